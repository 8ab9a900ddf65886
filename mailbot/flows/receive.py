"""A mail came: look, think, commit. Its octets, the cursor and the outcome move in one transaction (law 3)."""

import asyncio
import hashlib
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

from mailbot.core.client import Client
from mailbot.core.decide import decide
from mailbot.core.doubted import doubt_facts
from mailbot.core.events import AutoReplied, BankChangeAnnounced, DeliveryFailed, Event, ReplyReceived
from mailbot.core.intent import Intent, Kind, Reading, Scope
from mailbot.core.matter import MatterKind, NewMatter
from mailbot.core.reason import Fact, Reason, because
from mailbot.flows.answers import Claim, attend, claim_of, put_on_list
from mailbot.flows.commit import commit, plan
from mailbot.flows.concern import Concerned, concerned, understood_of
from mailbot.flows.documents import with_documents
from mailbot.flows.doubt import proven_by
from mailbot.flows.freshness import was_read
from mailbot.flows.inbound import Cursor, RawMail
from mailbot.flows.learn import taught
from mailbot.flows.noticed import Noticed, notice_in, noticed
from mailbot.flows.ports import Bot, Conflict, Replay, StoreUnavailable
from mailbot.flows.records import JournalEntry, MailNote
from mailbot.flows.review import happen
from mailbot.flows.second import second_look
from mailbot.flows.sender import Resemblance, doubt_of, resemblance_of
from mailbot.mail.kind import kind_of
from mailbot.mail.parse import ParsedMail, parse
from mailbot.mail.quote import new_words
from mailbot.mail.report import DeliveryReport, report_of
from mailbot.reading.diversion import diversion

log = logging.getLogger(__name__)

_CANDIDATE = re.compile(r"[A-Za-z0-9][A-Za-z0-9./_-]{1,38}[A-Za-z0-9]")
_CANDIDATES_READ = 200
_TRUSTED_SKEW = timedelta(days=2)
_OWN = "own"
_UNTIMED = datetime.min.replace(tzinfo=UTC)  # a matter gets its instant when it is committed


@dataclass(frozen=True, slots=True)
class _Judged:
    """What a mail is and whom it concerns."""

    mail: ParsedMail
    kind: str
    clients: Concerned = ()
    reading: Reading | None = None
    report: DeliveryReport | None = None
    outcome: Reason | None = None
    matters: tuple[NewMatter, ...] = ()
    diverts: str | None = None
    doubt: Reason | None = None
    notice: Noticed | None = None
    answers: bool = False


async def sync(bot: Bot) -> int:
    """Read every watched folder to its end and give the number of messages; only then the inbox is fresh (law 6)."""
    started_at = bot.clock.now()
    since = (started_at - timedelta(days=bot.business.lookback_days)).date()
    count = 0
    for folder in await bot.mailbox.watched():
        cursor = await bot.store.cursor(bot.mailbox.name, folder)
        async for batch in bot.mailbox.fetch_new(folder, cursor, since=since):
            for raw in batch.mails:
                await receive(raw, bot)
                count += 1
            async with bot.store.begin() as tx:
                await tx.move_cursor(bot.mailbox.name, folder, batch.cursor)
    await attend(bot)  # before the inbox counts as read: an operator's "wait" comes before the next letter
    await was_read(bot, started_at)
    return count


async def receive(raw: RawMail, bot: Bot) -> None:
    """A mail came: look, think, commit. One that cannot be judged is kept, shown to the operator, and blocks nobody."""
    while True:
        try:
            await _receive(raw, bot)
        except Conflict:
            continue
        except Replay:
            log.info("mail %s/%s was stored before", raw.folder, raw.uid)
        except StoreUnavailable:
            raise  # the mail is not at fault: it is read again once the store can be used
        except Exception as fault:
            log.exception("mail %s/%s could not be judged", raw.folder, raw.uid)
            await _keep_unread(raw, bot, fault)
        return


async def _receive(raw: RawMail, bot: Bot) -> None:
    judged = await _judge(raw, bot)
    now = bot.clock.now()
    woken = False
    async with bot.store.begin() as tx:
        mail_id = await tx.note_mail(_note(raw, judged))
        if judged.answers:
            await put_on_list(tx, mail_id)
        await tx.move_cursor(raw.account, raw.folder, Cursor(raw.uidvalidity, raw.uid))
        for client, numbers in judged.clients:
            event = _event(judged, client, numbers, mail_id, raw)
            if event is None:
                continue
            event = await with_documents(event, judged.mail, client, bot, alone=len(judged.clients) == 1)
            prepared = await plan(decide(client, event, bot.policy, now), bot, now)
            await commit(tx, prepared, bot, now)
            woken = woken or bool(prepared.letters)
        if judged.notice is not None and not await judged.notice.remember(tx, mail_id, now):
            raise Conflict  # the same payment was recorded while this notice was judged: look again
        for matter in judged.matters:
            await tx.raise_matter(replace(matter, mail_id=mail_id, at=now))
        if judged.outcome is not None and not judged.clients:
            await tx.journal([JournalEntry(now, judged.outcome)])
    log.info("mail %s/%s: %s %s", raw.folder, raw.uid, judged.kind, judged.reading.intent if judged.reading else "")
    if woken:
        bot.wake.set()


async def _judge(raw: RawMail, bot: Bot) -> _Judged:
    mail = parse(raw.octets)
    await proven_by(bot, mail)
    kind = kind_of(mail)[0]
    if await bot.store.known_mail(_digest(mail, raw.octets), mail.sha256):
        return _Judged(mail, kind.value, outcome=because("mail_again"))
    claim = await claim_of(bot, mail)
    if claim is Claim.ANSWER:
        return _Judged(mail, Kind.COMMAND.value, outcome=because("from_operator"), answers=True)
    judged = await _judged_of(mail, kind, raw, bot)
    return replace(judged, answers=claim is Claim.STRANGE)


async def _judged_of(mail: ParsedMail, kind: Kind, raw: RawMail, bot: Bot) -> _Judged:
    """What a mail is that does not speak for the operator."""
    if mail.from_email == bot.business.email:
        return _Judged(mail, _OWN, outcome=because("own_mail"))
    if mail.from_email in bot.business.operator.emails:
        return _Judged(mail, Kind.COMMAND.value, outcome=because("from_operator"))
    report = report_of(mail) if kind in (Kind.BOUNCE, Kind.DELAY) else None
    clients = await concerned(mail, report, bot)
    if notice := await _noticed(mail, kind, clients, raw, bot):
        return notice
    diverts = _diverts(mail, bot) if kind in (Kind.REPLY, Kind.AUTO_REPLY, Kind.BULK) else None
    if diverts and clients:
        return _Judged(mail, kind.value, clients, None, None, because(f"mail_{kind}"), diverts=diverts)
    if kind not in (Kind.REPLY, Kind.AUTO_REPLY):
        return _Judged(mail, kind.value, clients, None, report, because(f"mail_{kind}"))
    try:
        lesson = await taught(bot)
        # in a thread: the trained reader takes a second to load, and letters leave meanwhile
        client = clients[0][0] if clients else None
        reader = partial(understood_of, mail, kind, client, sent_on=_sent_on(mail, raw), bot=bot, lesson=lesson)
        kind, _, words = await asyncio.to_thread(reader)
        words = await second_look(bot.second if clients else None, kind, words)
    except Exception as fault:
        log.exception("the words of mail %s/%s could not be read", raw.folder, raw.uid)
        kind, words = Kind.REPLY, _not_understood(mail, fault)
    if not clients:
        return await _from_nobody_known(mail, kind, words, diverts, bot)
    return _Judged(mail, kind.value, clients, words, None, because("understood", intent=words.intent.value))


def _not_understood(mail: ParsedMail, fault: Exception) -> Reading:
    """What a reader that fails makes of a mail: held for a person to read (law 4)."""
    why = f"It could not be read ({type(fault).__name__})."
    return Reading(Intent.OTHER, hold=True, scope=Scope.INVOICE, reply_text=mail.text[:4000], because=why)


def _sent_on(mail: ParsedMail, raw: RawMail) -> date:
    """The writer's own date, unless their clock is plainly wrong: then the day of arrival."""
    if mail.sent_at is not None and mail.sent_on is not None and abs(mail.sent_at - raw.arrived_at) < _TRUSTED_SKEW:
        return mail.sent_on
    return raw.arrived_at.date()


def _event(judged: _Judged, client: Client, numbers: tuple[str, ...], mail_id: int, raw: RawMail) -> Event | None:
    sender, sent_on = judged.mail.from_email, _sent_on(judged.mail, raw)
    doubt = judged.doubt or (doubt_of(judged.mail, client) if judged.report is None else None)
    if judged.notice is not None:
        return judged.notice.event(numbers, mail_id)
    if judged.diverts is not None:
        return BankChangeAnnounced(judged.diverts, numbers, sender, mail_id, doubt)
    if judged.reading is not None:
        if judged.kind == Kind.AUTO_REPLY or judged.reading.intent is Intent.AUTO_REPLY:
            return AutoReplied(judged.reading, sender, sent_on, mail_id, doubt)
        return ReplyReceived(judged.reading, numbers, sender, sent_on, mail_id, doubt)
    if judged.report is not None:
        known = {contact.email for contact in client.contacts}
        named = (*judged.report.original_recipients, *judged.report.recipients)
        address = next((address for address in named if address in known), "")
        temporary = not judged.report.permanent
        return DeliveryFailed(
            address,
            temporary,
            judged.report.dead,
            numbers,
            judged.report.diagnostic[:300],
            mail_id,
            judged.report.message_ids,
        )
    return None


def _diverts(mail: ParsedMail, bot: Bot) -> str | None:
    """The words that announce other bank details than ours, or None."""
    return diversion(new_words(mail.text, mail.html), mail.subject, bot.business.own_accounts)


async def _from_nobody_known(mail: ParsedMail, kind: Kind, words: Reading, diverts: str | None, bot: Bot) -> _Judged:
    """No letter of ours is named and the sender is no contact: nothing changes but the operator's list.

    One exception can only pause: other bank details, announced by somebody who is like a client or knows an invoice.
    """
    named = await _named(mail, words, bot)
    alike = await resemblance_of(mail, bot)
    found = alike.client_id if alike else (named[0][0] if named else None)
    if diverts and found is not None:
        numbers = tuple(number for client_id, number in named if client_id == found)
        clients = ((await bot.store.client(found, also=numbers), numbers),)
        return _Judged(
            mail, kind.value, clients, None, None, because(f"mail_{kind}"), diverts=diverts,
            doubt=alike.why if alike else because("sender_unknown", address=mail.from_email),
        )  # fmt: skip
    matters = _stranger(mail, words, named, alike) if kind is Kind.REPLY else ()
    return _Judged(mail, kind.value, (), words, None, because("not_ours"), matters)


async def _named(mail: ParsedMail, reading: Reading, bot: Bot) -> Sequence[tuple[int, str]]:
    """Our invoices that the subject or the words name."""
    found = _CANDIDATE.findall(f"{mail.subject}\n{reading.reply_text}")[:_CANDIDATES_READ]
    return await bot.store.numbers_known([word for word in dict.fromkeys(found) if any(c.isdigit() for c in word)])


def _stranger(
    mail: ParsedMail, reading: Reading, named: Sequence[tuple[int, str]], alike: Resemblance | None
) -> tuple[NewMatter, ...]:
    """Somebody unknown names one of our invoices, or looks like a client."""
    if not named and alike is None:
        return ()
    facts: dict[str, Fact] = {"sender": mail.from_email, "intent": reading.intent.value}
    facts["words"] = reading.evidence or mail.subject
    client_id, number = named[0] if named else (alike.client_id if alike else None, None)
    key = f"stranger:{mail.sha256[:16]}" if named else f"stranger:{mail.from_email}"
    facts |= doubt_facts(alike.why if alike else None)
    return (NewMatter(MatterKind.STRANGER, _UNTIMED, client_id, number, key, facts=facts),)


async def _noticed(mail: ParsedMail, kind: Kind, clients: Concerned, raw: RawMail, bot: Bot) -> _Judged | None:
    """A payment service or a bank wrote, or somebody who wants to be taken for one (law 5)."""
    contact = any(contact.email == mail.from_email for client, _ in clients for contact in client.contacts)
    # in a thread: the templates take a moment to load
    found = await asyncio.to_thread(notice_in, mail, kind, bot, contact=contact)
    if found is None:
        return None
    result = await noticed(found, mail, raw, bot)
    return _Judged(
        mail, Kind.PAYMENT_NOTICE.value, result.concerned, None, None, result.outcome, result.matters, notice=result
    )


def _digest(mail: ParsedMail, octets: bytes) -> str:
    """What a mail is known by when it comes again: a second delivery has other trace fields (RFC 5321 4.4).

    Its own id, date, sender, subject and body. A mail without Message-ID is known by all of its octets.
    """
    if not mail.message_id:
        return mail.sha256
    head = "\0".join((mail.message_id, mail.from_email, mail.header("date"), mail.subject))
    body = re.split(rb"\r?\n\r?\n", octets, maxsplit=1)[1:]
    return hashlib.sha256(b"\0".join((head.encode("utf-8", "surrogatepass"), *body))).hexdigest()


def _note(raw: RawMail, judged: _Judged) -> MailNote:
    mail, reading = judged.mail, judged.reading
    first = judged.clients[0] if judged.clients else None
    return MailNote(
        raw=raw,
        sha256=_digest(judged.mail, raw.octets),
        message_id=mail.message_id,
        from_email=mail.from_email,
        subject=mail.subject,
        kind=judged.kind,
        received_at=raw.arrived_at,
        client_id=first[0].id if first else None,
        invoices=first[1] if first else (),
        intent=reading.intent.value if reading else "",
        reply_text=reading.reply_text if reading and first else "",
        outcome=judged.outcome,
    )


async def _keep_unread(raw: RawMail, bot: Bot, fault: Exception) -> None:
    """Keep a message that made a later step fail; if even that fails, the error goes up and nothing moves."""
    digest = hashlib.sha256(raw.octets).hexdigest()
    now = bot.clock.now()
    told = f"{type(fault).__name__}: {fault}"[:300]
    note = MailNote(raw, digest, "", "", "", Kind.REPLY.value, raw.arrived_at, fault=told)
    key = f"mail:{digest[:16]}"
    try:
        async with bot.store.begin() as tx:
            mail_id = await tx.note_mail(note)
            await tx.move_cursor(raw.account, raw.folder, Cursor(raw.uidvalidity, raw.uid))
            matter = NewMatter(
                MatterKind.UNREADABLE, now, None, None, key, urgent=True, mail_id=mail_id, facts={"fault": told}
            )
            await tx.raise_matter(matter)
    except Replay:
        return
    try:
        await _hold_unheard(raw, bot, mail_id, fault)
    except StoreUnavailable:
        raise
    except Exception:
        log.exception("mail %s/%s could not hold its client", raw.folder, raw.uid)


async def _hold_unheard(raw: RawMail, bot: Bot, mail_id: int, fault: Exception) -> None:
    """A mail that nobody has read yet still holds whom it concerns (law 4), as far as that can be known."""
    mail = parse(raw.octets)
    if mail.from_email in (bot.business.email, *bot.business.operator.emails):
        return
    words = replace(_not_understood(mail, fault), scope=Scope.CLIENT)
    for client, numbers in await concerned(mail, None, bot):
        await happen(bot, client.id, ReplyReceived(words, numbers, mail.from_email, _sent_on(mail, raw), mail_id))
