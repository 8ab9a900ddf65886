"""What is left when the curtain falls: mailboxes, the SMTP server's log, and the bot's database beside them."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from email.parser import BytesHeaderParser
from email.policy import default
from functools import cache
from zoneinfo import ZoneInfo

import holidays

from mailbot.core.calendar import Hours
from mailbot.demo.chronicle import Chronicle
from mailbot.demo.person import LETTER_HEADER
from mailbot.demo.script import Actor, Outage
from mailbot.demo.stage import Stage
from mailbot.flows.records import StoredMail

CHASING = ("courtesy", "friendly", "personal")
CLIMBING = ("invoice", *CHASING)
MIXED = "several"
"""What a letter is called that climbs one rung for one invoice and another for another."""


@dataclass(frozen=True, slots=True)
class LetterSeen:
    """A letter of the bot's as it was found: by its key it says what it is about and which rung it climbs.

    Only where it climbs different rungs for different invoices, `mixed` names them from the outbox.
    """

    at: datetime
    to: str
    key: str
    message_id: str
    octets: bytes
    code: str = ""
    subject: str = ""
    mixed: tuple[tuple[str, str], ...] = ()

    @property
    def rung(self) -> str:
        """The last word of the key but the time."""
        return self.key.split(".")[-2] if self.key.count(".") >= 2 else ""

    @property
    def chasing(self) -> bool:
        """Whether it asks for money."""
        return self.rung in (*CHASING, MIXED)

    @property
    def climbs(self) -> tuple[tuple[str, str], ...]:
        """Invoice and rung, for each rung that it climbs."""
        return self.mixed or tuple((number, self.rung) for number in self.invoices if self.rung in CLIMBING)

    @property
    def written_at(self) -> datetime:
        """When the bot decided on it, as the key's last word says."""
        return datetime.strptime(self.key.rpartition(".")[2].partition("-")[0], "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC)

    @property
    def invoices(self) -> tuple[str, ...]:
        """The numbers in the key."""
        return tuple(filter(None, self.key.split(".")[0].split("+")))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a client works: their hours and days, worked out here anew and not by the bot."""

    zone: ZoneInfo
    country: str
    region: str
    hours: Hours = field(default_factory=Hours)

    def closed(self, day: date) -> str:
        """Why nobody works there on this day, or empty text."""
        if day.weekday() >= 5:
            return "a weekend"
        known = holidays.country_holidays(self.country, subdiv=self.region or None, years=day.year)
        return str(known.get(day, ""))

    def shut(self, at: datetime) -> str:
        """Why nobody is at work there at this instant, or empty text."""
        local = at.astimezone(self.zone)
        if closed := self.closed(local.date()):
            return closed
        open_now = self.hours.opens <= local.time() < self.hours.closing(local.date())
        return "" if open_now else f"{local:%H:%M}"

    def working_days(self, first: datetime, then: datetime) -> int:
        """How many working days after `first` the day of `then` is."""
        day, last = first.astimezone(self.zone).date(), then.astimezone(self.zone).date()
        count = 0
        while day < last:
            day += timedelta(days=1)
            count += not self.closed(day)
        return count


@dataclass(frozen=True, slots=True)
class Flagged:
    """A message in the business's own mailbox: what its flags were when it came, and what they are."""

    uid: int
    before: frozenset[str]
    now: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that the laws are checked against."""

    arrived: Sequence[LetterSeen]
    accepted: Sequence[LetterSeen]
    to_operator: Sequence[LetterSeen]
    filed: Sequence[str]
    mailbox: Sequence[Flagged]
    inbound: Sequence[str]
    stored: Sequence[str]
    written: Mapping[str, tuple[datetime, bytes]]
    standings: Mapping[str, str]
    chronicle: Chronicle
    outages: Sequence[Outage]
    places: Mapping[str, Place]
    actors: Sequence[Actor]
    budget_gap_days: int = 5


async def gather(stage: Stage) -> Evidence:
    """Look into every mailbox, the server's log and the database."""
    business = stage.settings.business.email
    arrived: list[LetterSeen] = []
    for email, code in stage.owners.items():
        arrived += [_seen(mail.octets, mail.at, email, code) for mail in await stage.world.messages(email)]
    accepted = seen_by_server(stage)
    own = [(folder, mail) for folder in ("INBOX", "Junk") for mail in await stage.world.messages(business, folder)]
    flags = _flags(stage, {mail.uid: mail.flags for folder, mail in own if folder == "INBOX"})
    mails = await stage.bot.store.mails(limit=100_000)
    letters = [(seen, await stage.bot.store.letter(seen.key)) for seen in accepted]
    climbs = {seen.key: letter.climbs for seen, letter in letters if letter is not None and seen.rung == MIXED}
    accepted = [replace(seen, mixed=climbs.get(seen.key, ())) for seen in accepted]
    arrived = [replace(seen, mixed=climbs.get(seen.key, ())) for seen in arrived]
    clients = await stage.bot.store.all_clients(closed_too=True)
    hours = stage.settings.policy.hours
    return Evidence(
        arrived=sorted((letter for letter in arrived if letter.key), key=lambda letter: letter.at),
        accepted=[letter for letter in accepted if letter.code],
        to_operator=[letter for letter in accepted if not letter.code],
        filed=[_seen(m.octets, m.at, "").message_id for m in await stage.world.messages(business, "Sent")],
        mailbox=flags,
        inbound=[hashlib.sha256(mail.octets).hexdigest() for _, mail in own],
        stored=[await _digest(stage, mail) for mail in mails],
        written={seen.key: (letter.created_at, letter.octets) for seen, letter in letters if letter is not None},
        standings={invoice.number: invoice.standing.value for client in clients for invoice in client.invoices},
        chronicle=stage.chronicle,
        outages=[outage for outage in stage.play.outages if outage.starts_at < stage.ends_at],
        places={code: Place(ZoneInfo(r.timezone), r.country, r.region, hours) for code, r in stage.records.items()},
        actors=stage.play.actors,
        budget_gap_days=stage.settings.policy.budget_gap_days,
    )


def seen_by_server(stage: Stage) -> list[LetterSeen]:
    """Every letter of the bot's that the SMTP server took, once for each recipient."""
    ours = [mail for mail in stage.world.accepted if mail.login == stage.settings.business.email]
    return [_seen(m.octets, m.at, r, stage.owners.get(r, "")) for m in ours for r in m.recipients]


def _flags(stage: Stage, now: Mapping[int, frozenset[str]]) -> list[Flagged]:
    """Mail that lay there has the flags of its owner; whatever came since must have none. Deleted mail is missing."""
    uids = range(min(stage.earlier), max(now, default=0) + 1)
    return [Flagged(uid, stage.earlier.get(uid, frozenset()), now.get(uid)) for uid in uids]


async def _digest(stage: Stage, mail: StoredMail) -> str:
    return hashlib.sha256(await stage.bot.store.mail_octets(mail.id)).hexdigest()


def _seen(octets: bytes, at: datetime, to: str, code: str = "") -> LetterSeen:
    key, message_id, subject = _head(octets)
    return LetterSeen(at, to, key, message_id, octets, code, subject)


@cache
def _head(octets: bytes) -> tuple[str, str, str]:
    """Letter key, Message-ID and subject; the same octets are looked at in several places."""
    mail = BytesHeaderParser(policy=default).parsebytes(octets)
    return str(mail[LETTER_HEADER] or ""), str(mail["Message-ID"] or ""), str(mail["Subject"])
