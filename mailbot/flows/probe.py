"""The probe: one mail to oneself, to learn which proofs of departure this account gives, and how soon."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, timedelta

from mailbot.flows.dispatch import LEASE, hand_over
from mailbot.flows.inbound import Cursor, RawMail
from mailbot.flows.outbound import LetterState, NewLetter
from mailbot.flows.ports import Bot
from mailbot.flows.proof import LETTER_FIELD, Proofs, envelope_ids, remember
from mailbot.mail.compose import Draft, compose, mint_message_id
from mailbot.mail.parse import ParsedMail, parse
from mailbot.mail.report import Outcome, report_of

_TEMPLATE = "probe"


class ProbeFault(Exception):
    """The mail could not be handed over; the message is the server's answer."""


@dataclass(frozen=True, slots=True)
class ProbeWords:
    """What stands in the mail."""

    subject: str
    text: str


async def probe(
    bot: Bot,
    words: ProbeWords,
    *,
    wait: timedelta,
    pause: Callable[[], Awaitable[None]],
    offers_reports: Callable[[], bool],
) -> Proofs:
    """Send one mail to the business's own address, watch for at most `wait` what becomes of it, and remember that.

    `pause` is awaited between two looks; `offers_reports` is asked once the server has spoken. The post office should
    ask for success reports. Raises `ProbeFault`, `AccountFault` and what the mailbox raises.
    """
    news = _News(bot)
    await news.read()  # what came before is not looked at again
    letter = await _written(bot, words, wait)
    taken = await bot.store.letter(letter.key)
    assert taken is not None
    outcome = await hand_over(bot, taken)
    if outcome.verdict != "accepted":
        raise ProbeFault(f"{outcome.code} {outcome.text}".strip())
    started_at = bot.clock.now()
    known = Proofs(started_at, reports_offered=offers_reports())
    while True:
        passed_s = round((bot.clock.now() - started_at).total_seconds(), 1)
        for raw in await news.read():
            known = _with_mail(known, parse(raw.octets), letter, passed_s, junk=raw.folder != news.inbox)
        if known.sent_copy_s is None and "sent" in await bot.mailbox.copies(letter.message_id, letter.key):
            known = replace(known, sent_copy_s=passed_s)
        if _complete(known) or passed_s >= wait.total_seconds():
            break
        await pause()
    async with bot.store.begin() as tx:
        await remember(tx, known)
    return known


async def _written(bot: Bot, words: ProbeWords, wait: timedelta) -> NewLetter:
    """Write the mail down, claimed by this process: nothing leaves that was not written down first (law 1)."""
    now = bot.clock.now()
    own = bot.business.email
    key = f"{_TEMPLATE}.{now.astimezone(UTC):%Y%m%dT%H%M%S%f}"
    draft = Draft(
        message_id=mint_message_id(key, own.rpartition("@")[2]),
        date=now,
        sender=("mailbot", own),
        to=(("", own),),
        subject=f"{words.subject} ({key})",
        text=words.text,
        letter_key=key,
    )
    letter = NewLetter(
        key=key,
        business=bot.business.id,
        client_id=None,
        template=_TEMPLATE,
        invoices=(),
        climbs=(),
        chasing=False,
        automatic_answer=False,
        subject=draft.subject,
        envelope_from=own,
        recipients=draft.recipients,
        message_id=draft.message_id,
        octets=compose(draft),
        created_at=now,
        not_before=now,
        expires_at=now + wait,
    )
    async with bot.store.begin() as tx:
        await tx.enqueue(letter)
        await tx.move_letter(
            key,
            [LetterState.QUEUED],
            LetterState.CLAIMED,
            at=now,
            claimed_by=bot.owner,
            claimed_until=now + LEASE,
        )
    return letter


class _News:
    """What comes into the watched folders, read with cursors of its own: the daemon's stay where they are."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._cursors: dict[str, Cursor | None] = {}
        self.inbox = ""

    async def read(self) -> list[RawMail]:
        """Everything that is new since the last time; at first, since the daemon's cursor or since yesterday."""
        mailbox, found = self._bot.mailbox, list[RawMail]()
        since = (self._bot.clock.now() - timedelta(days=1)).date()
        folders = await mailbox.watched()
        self.inbox = folders[0]
        for folder in folders:
            if folder not in self._cursors:
                self._cursors[folder] = await self._bot.store.cursor(mailbox.name, folder)
            async for batch in mailbox.fetch_new(folder, self._cursors[folder], since=since):
                found += batch.mails
                self._cursors[folder] = batch.cursor
        return found


def _with_mail(known: Proofs, mail: ParsedMail, letter: NewLetter, passed_s: float, *, junk: bool) -> Proofs:
    """What a mail that came adds to what is known."""
    report = report_of(mail)
    if report is not None:
        ours = letter.key in envelope_ids(mail) or letter.message_id in report.message_ids
        if ours and known.report_s is None and report.outcome is Outcome.DELIVERED:
            return replace(known, report_s=passed_s)
        return known
    fields = [field.strip() for field in mail.headers.get(LETTER_FIELD, ())]
    ours = mail.message_id == letter.message_id or letter.key in fields or letter.key in mail.subject
    if not ours or known.own_copy_s is not None:
        return known
    return replace(
        known,
        own_copy_s=passed_s,
        in_junk=junk,
        message_id_kept=mail.message_id == letter.message_id,
        letter_field_kept=letter.key in fields,
        references_kept=letter.message_id in mail.references,
        return_path=mail.return_path,
        return_path_kept=None if mail.return_path is None else mail.return_path == letter.envelope_from.lower(),
        authserv_id=authserv_id(mail),
    )


def _complete(known: Proofs) -> bool:
    reported = known.report_s is not None or not known.reports_offered
    return reported and known.sent_copy_s is not None and known.own_copy_s is not None


def authserv_id(mail: ParsedMail) -> str:
    """The name in the topmost Authentication-Results (RFC 8601 2.2), or empty: Microsoft writes results without one."""
    words = mail.header("authentication-results").partition(";")[0].partition("(")[0].split()
    name = words[0].strip('"').lower() if words else ""
    return "" if "=" in name else name
