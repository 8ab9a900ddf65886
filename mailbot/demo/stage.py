"""The stage: a mail world, the bot with a database of its own, and the people of the stories in their mailboxes."""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from random import Random

from mailbot.bot import Assembled, assemble, desk_of
from mailbot.clock import HandClock
from mailbot.config import ConfigFaults, Fault, Settings, load
from mailbot.demo.chronicle import Chronicle
from mailbot.demo.person import Person
from mailbot.demo.provider import records as keys_of
from mailbot.demo.script import Actor, Play
from mailbot.demo.world import MailWorld
from mailbot.flows.desk import GivenRecords
from mailbot.flows.ports import Bot
from mailbot.intake import ClientRecord, Defaults, read_clients, read_invoices

_MARKER = "made-by-mailbot-demo.txt"
_PASSWORD = "only-in-the-demo"  # noqa: S105 - opens a mailbox that lives as long as this process
_EARLIER: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("From: Maman <maman@famille.example>\r\nSubject: Dimanche", "On mange vers midi. Tu viens?", ("\\Seen",)),
    ("From: Papeterie <info@papeterie.example>\r\nSubject: Soldes\r\nPrecedence: bulk", "Tout est en solde.", ()),
    ("From: Luc <luc@amis.example>\r\nSubject: Photos", "Voici les photos de samedi.", ("\\Seen", "\\Flagged")),
)


@dataclass(slots=True)
class Stage:
    """Everything that takes part.

    `people` and `owners` are by address, `records` and `casts` by client; `earlier` holds flags of older mail by UID.
    """

    play: Play
    out: Path
    world: MailWorld
    clock: HandClock
    parts: Assembled
    operator: Person
    records: Mapping[str, ClientRecord]
    people: Mapping[str, Person]
    owners: Mapping[str, str]
    numbers: Mapping[str, str]
    earlier: Mapping[int, frozenset[str]]
    random: Random
    chronicle: Chronicle = field(default_factory=Chronicle)
    imap_up: bool = True

    @property
    def bot(self) -> Bot:
        """The bundle of ports that the flows work with."""
        return self.parts.bot

    @property
    def casts(self) -> Mapping[str, Actor]:
        """The scripts by client."""
        return {actor.code: actor for actor in self.play.actors}

    @property
    def settings(self) -> Settings:
        """What the business configured."""
        return self.parts.settings

    @property
    def ends_at(self) -> datetime:
        """When the curtain falls."""
        last = self.play.starts_on + timedelta(days=self.play.days)
        return datetime.combine(last, time.min, self.play.zone).astimezone(UTC)


def mailbox_of(stage: Stage, code: str) -> Person:
    """The mailbox that a client uses: the newest address that the sheets give."""
    return stage.people[[email for email, owner in stage.owners.items() if owner == code][-1]]


def address_of(record: ClientRecord) -> str:
    """Where a client is written to: its billing desk, if it has one."""
    return (record.billing_email or record.email).lower()


def defaults_of(settings: Settings) -> Defaults:
    """What holds where a sheet says nothing."""
    owner = settings.business
    return Defaults(
        currency=owner.currency,
        country=owner.country,
        region=owner.region,
        language=owner.language[:2],
        timezone=owner.timezone,
        ladders=frozenset(settings.policy.ladders),
    )


@asynccontextmanager
async def set_up(play: Play, out: Path, *, seed: int) -> AsyncIterator[Stage]:
    """Open the world, a fresh database in `out`, and everybody's mailbox."""
    clock = HandClock(datetime.combine(play.starts_on, time(8), play.zone))
    async with MailWorld(clock.now) as world:
        settings = _configured(play, out, world)
        records, owners, numbers = _cast(play, settings)
        for email in (*owners, settings.business.email, *settings.operator.emails):
            world.add_user(email, _PASSWORD)
        earlier = await _earlier_mail(world, settings.business.email)
        people = {email: _person(world, email) for email in owners}
        operator = _person(world, settings.operator.emails[0])
        try:
            async with assemble(settings, clock) as assembled:
                desk = desk_of(settings, GivenRecords(keys_of(*(one.signed_by for one in play.strangers))))
                parts = replace(assembled, bot=replace(assembled.bot, desk=desk))
                chance = Random(seed)  # noqa: S311 - moves answers by some minutes
                yield Stage(play, out, world, clock, parts, operator, records, people, owners, numbers, earlier, chance)
        finally:
            for person in (*people.values(), operator):
                person.close()


def _person(world: MailWorld, email: str) -> Person:
    return Person(email, _PASSWORD, world.imap_port, world.smtp_port)


def _configured(play: Play, out: Path, world: MailWorld) -> Settings:
    """The story's configuration, with this world's ports, beside a database that does not exist yet."""
    _make_room(out)
    for old in (*out.glob("mailbot.db*"), *out.glob("backups/mailbot-*.db")):
        old.unlink()
    text = play.text_of(play.config)
    text = text.replace("@IMAP_PORT@", str(world.imap_port)).replace("@SMTP_PORT@", str(world.smtp_port))
    file = out / "mailbot.toml"
    file.write_text(text, "utf-8")
    secrets = {"MAILBOT_IMAP_PASSWORD": _PASSWORD, "MAILBOT_SMTP_PASSWORD": _PASSWORD}
    return load(file, {**os.environ, **secrets, "MAILBOT_DATABASE": ""})


def _make_room(out: Path) -> None:
    """Make the folder; one that holds anything but an earlier demo is left alone."""
    marker = out / _MARKER
    try:
        out.mkdir(parents=True, exist_ok=True)
        if any(out.iterdir()) and not marker.is_file():
            raise ConfigFaults((Fault(str(out), "", "holds other files; name an empty or a new folder with --out"),))
        marker.write_text("Written by `mailbot demo`, which empties and fills this folder anew each time.\n", "utf-8")
    except OSError as error:
        why = f"cannot be written: {error.strerror}; name another folder with --out"
        raise ConfigFaults((Fault(str(out), "", why),)) from error


def _cast(play: Play, settings: Settings) -> tuple[dict[str, ClientRecord], dict[str, str], dict[str, str]]:
    """Who takes part, whose each address and each invoice is, from the sheets that the operator will import."""
    defaults, records = defaults_of(settings), dict[str, ClientRecord]()
    owners, numbers = dict[str, str](), dict[str, str]()
    for command in play.operator:
        if command.clients:
            octets = (play.folder / command.clients).read_bytes()
            for record in read_clients(octets, file=command.clients, defaults=defaults).records:
                records.setdefault(record.code, record)
                owners[address_of(record)] = record.code
        if command.invoices:
            octets = (play.folder / command.invoices).read_bytes()
            sheet = read_invoices(octets, file=command.invoices, today=play.starts_on, defaults=defaults)
            numbers |= {invoice.number: invoice.client for invoice in sheet.records}
    unknown = [actor.code for actor in play.actors if actor.code not in records]
    if unknown:
        sheets = ", ".join(command.clients for command in play.operator if command.clients) or "imported sheet"
        raise ConfigFaults(
            tuple(Fault(str(play.folder), f"client {code}", f"is in no {sheets}; add a line there") for code in unknown)
        )
    return records, owners, numbers


async def _earlier_mail(world: MailWorld, email: str) -> dict[int, frozenset[str]]:
    """What lay in the mailbox before: read, unread and starred mail that the bot must leave as it is; flags by UID."""
    found = dict[int, frozenset[str]]()
    for index, (head, body, flags) in enumerate(_EARLIER):
        octets = f"{head}\r\nTo: {email}\r\nMessage-ID: <earlier-{index}@famille.example>\r\n\r\n{body}\r\n".encode()
        found[await world.deliver(email, octets, flags=flags)] = frozenset(flags)
    return found
