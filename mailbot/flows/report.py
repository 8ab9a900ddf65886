"""What the operator is told: the digest of a working morning, and at once what cannot wait for it."""

import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mailbot.core.aging import aging
from mailbot.core.brief import Coming, Digest, Happening
from mailbot.core.calendar import Hours, WorkCalendar
from mailbot.core.client import Client
from mailbot.core.figures import told_in_short
from mailbot.core.matter import Matter, MatterKind, NewMatter
from mailbot.core.money import totals
from mailbot.core.reason import Reason, because
from mailbot.flows.ahead import ahead
from mailbot.flows.bankage import data_on, old_data
from mailbot.flows.commit import is_live
from mailbot.flows.door import Door, open_door, remember_asked
from mailbot.flows.enrol import OPENING
from mailbot.flows.figures import LAST_FIGURES, figures_due, figures_of
from mailbot.flows.freshness import read_at
from mailbot.flows.needs import need_of
from mailbot.flows.outside import Words
from mailbot.flows.ports import Bot, Replay
from mailbot.flows.records import JournalEntry
from mailbot.flows.write import business_context, locale_named, operator_letter

log = logging.getLogger(__name__)

_LAST_DIGEST = "last_digest_on"
_AHEAD_DAYS = 2
# Money may be recorded long after it came; older entries than these are no news.
_LATE_ENTRY = timedelta(days=366)
_STALE_AFTER = timedelta(hours=1)
# What is said elsewhere in the digest, or is too small to tell.
_UNTOLD = frozenset(
    (
        "outside_hours",
        "inbox_stale",
        "draft_mode",
        "own_mail",
        "not_ours",
        "mail_again",
        "climbed",
        "nothing_was_held",
        "nothing_to_cancel",
        "rung_issued",
        "rung_due",
        "rung_pay_day",
        "rung_gap",
        "rung_after_hold",
        "budget",
        "just_answered",
        "closed_day",
        "from_operator",
        "mail_bulk",
        "notice_noted",
        "notice_resembles",
    )
)


def operator_calendar(bot: Bot) -> WorkCalendar:
    """The operator's own working days; the digest keeps to them."""
    operator = bot.business.operator
    return WorkCalendar(
        operator.country, operator.region, operator.timezone, Hours(time(0), time(23, 59), time(23, 59))
    )


def digest_due(bot: Bot, last_on: date | None, now: datetime) -> date | None:
    """The day whose digest is due at `now`, or None: not yet time, not a working day, or already written."""
    operator = bot.business.operator
    local = now.astimezone(ZoneInfo(operator.timezone))
    if local.time() < time.fromisoformat(operator.digest_at) or operator_calendar(bot).closed(local.date()):
        return None
    return None if last_on == local.date() else local.date()


async def report(bot: Bot) -> bool:
    """Write today's digest if it is due; it is written once per day, whatever happens (UNIQUE key)."""
    now = bot.clock.now()
    last = await bot.store.recall(_LAST_DIGEST)
    last_on = date.fromisoformat(last) if last else None
    today = digest_due(bot, last_on, now)
    if today is None:
        return False
    if last_on is not None and last_on > today:  # written while the clock was wrong: it says nothing about since when
        last_on = today - timedelta(days=1)
    key = _key(bot, today)
    door = await open_door(bot, key)
    digest = await compile_digest(bot, today, last_on, door)
    silent = digest.empty and bot.business.operator.digest_when_empty == "skip"
    words = None if silent else await _words(bot, "digest", {"digest": digest})
    if words is None and not silent:
        return False
    try:
        async with bot.store.begin() as tx:
            if words is not None:
                letter = operator_letter(
                    bot, key=key, template="digest", now=now, message_id=door.message_id,
                    subject=words.subject, text=words.text, html=words.html,
                )  # fmt: skip
                await tx.enqueue(letter)
                await remember_asked(tx, door, key, [need.id for need in digest.needs_you], now)
                if digest.expected or digest.figures:
                    await tx.remember(LAST_FIGURES, today.isoformat())
            await tx.remember(_LAST_DIGEST, today.isoformat())
    except Replay:
        async with bot.store.begin() as tx:
            await tx.remember(_LAST_DIGEST, today.isoformat())
    bot.wake.set()
    return not silent


def _key(bot: Bot, on: date) -> str:
    return f"digest.{bot.business.id}.{on}"


async def digest_now(bot: Bot) -> Digest:
    """The digest as it would be written now: since the last one, or since yesterday where today's left already."""
    today = operator_day(bot)
    last = await bot.store.recall(_LAST_DIGEST)
    last_on = date.fromisoformat(last) if last else None
    return await compile_digest(bot, today, last_on if last_on is not None and last_on < today else None)


async def compile_digest(bot: Bot, today: date, last_on: date | None, door: Door | None = None) -> Digest:
    """Everything that the operator should know this morning, as values; with a `door`, what they can answer by mail."""
    zone = ZoneInfo(bot.business.operator.timezone)
    now = bot.clock.now()
    since = datetime.combine(last_on or today - timedelta(days=1), time.min, zone).astimezone(UTC)
    if last_on is not None:
        since = datetime.combine(last_on, time.fromisoformat(bot.business.operator.digest_at), zone).astimezone(UTC)
        last = await bot.store.letter(_key(bot, last_on))
        since = max(since, last.created_at) if last is not None else since  # a late one told of its morning, too
    clients = {client.id: client for client in await bot.store.all_clients()}
    matters = await bot.store.matters()
    live = [(c, i) for c in clients.values() for i in c.invoices if i.live]
    recent = await bot.store.payments(since=since.date() - _LATE_ENTRY)
    figures = await figures_of(bot, today) if await figures_due(bot, today) else None
    payments = [p for p in recent if p.recorded_at and p.recorded_at >= since and p.source != OPENING]
    return Digest(
        on=today,
        since=last_on,
        needs_you=tuple(
            [
                await need_of(matter, clients, bot, today, number=number, door=door)
                for number, matter in enumerate(matters, start=1)
            ]
        ),
        received=totals(payment.amount for payment in payments),
        aging=aging(((invoice.due_on, invoice.balance) for _, invoice in live), today),
        expected=figures.short if figures else (),
        figures=told_in_short(figures) if figures else (),
        coming=await _coming(list(clients.values()), bot, today),
        happened=await _happened(bot, clients, since),
        notes=await _notes(bot, now),
        draft_mode=not await is_live(bot),
    )


async def _coming(clients: Sequence[Client], bot: Bot, today: date) -> tuple[Coming, ...]:
    zone = ZoneInfo(bot.business.operator.timezone)
    until = datetime.combine(today + timedelta(days=_AHEAD_DAYS + 1), time.min, zone).astimezone(UTC)
    found = [
        Coming(step.at.astimezone(zone).date(), client.name, step.invoices, step.rung, step.why, step.to)
        for step, client in await ahead(bot, clients, until)
    ]
    return tuple(sorted(found, key=lambda coming: (coming.on, coming.client)))


async def _happened(bot: Bot, clients: dict[int, Client], since: datetime) -> tuple[Happening, ...]:
    entries = await bot.store.journal_of(since=since, limit=1000)
    told = [entry for entry in entries if entry.reason.code not in _UNTOLD and not _own_mail(entry)]
    return tuple(happening(entry, clients, bot) for entry in told)


def _own_mail(entry: JournalEntry) -> bool:
    """Whether it tells the operator that a mail to the operator was sent."""
    return entry.client_id is None and entry.reason.code == "sent"


def happening(entry: JournalEntry, clients: dict[int, Client], bot: Bot) -> Happening:
    """A line of the journal as the operator reads it, on the operator's own day."""
    client = clients.get(entry.client_id) if entry.client_id is not None else None
    day = entry.at.astimezone(ZoneInfo(bot.business.operator.timezone)).date()
    return Happening(day, entry.reason, client.name if client else "", entry.invoice or "")


async def _notes(bot: Bot, now: datetime) -> tuple[Reason, ...]:
    bank = old_data(bot, await data_on(bot), now)
    old = (bank,) if bank is not None else ()
    read = await read_at(bot)
    if read is None:
        return (because("inbox_never_read"), *old)
    if now - read > _STALE_AFTER:
        return (because("inbox_unread_since", since=read), *old)
    return old


async def alert(bot: Bot) -> int:
    """Write at once about what cannot wait: a dispute, an emergency, a refusal, a call to make; once per matter."""
    written = 0
    clients: dict[int, Client] | None = None
    for matter in await bot.store.matters():
        template = _template(matter)
        key = f"alert.{matter.id}"
        if template is None or await bot.store.letter(key) is not None:
            continue
        clients = clients if clients is not None else {c.id: c for c in await bot.store.all_clients()}
        today = operator_day(bot)
        door, now = await open_door(bot, key), bot.clock.now()
        need = await need_of(matter, clients, bot, today, number=1, door=door)
        words = await _words(bot, template, {"need": need})
        if words is None:
            continue
        letter = operator_letter(
            bot, key=key, template=template, now=now, message_id=door.message_id,
            subject=words.subject, text=words.text, html=words.html,
            invoices=(matter.invoice,) if matter.invoice else (),
        )  # fmt: skip
        try:
            async with bot.store.begin() as tx:
                await tx.enqueue(letter)
                await remember_asked(tx, door, key, [matter.id], now)
        except Replay:
            continue
        written += 1
    if written:
        bot.wake.set()
    return written


async def _words(bot: Bot, template: str, context: Mapping[str, object]) -> Words | None:
    """A mail to the operator in words; a template that cannot be rendered is a matter, and stops no other mail."""
    try:
        return bot.writer.render(template, operator_locale(bot), {**operator_context(bot), **context})
    except Exception as fault:
        log.exception("the template %s cannot be rendered", template)
        facts = {"template": template, "fault": str(fault)}
        now, key = bot.clock.now(), f"template:{template}"
        async with bot.store.begin() as tx:
            await tx.raise_matter(NewMatter(MatterKind.REFUSED, now, None, None, key, urgent=True, facts=facts))
        return None


def _template(matter: Matter) -> str | None:
    if matter.kind == "call":
        return "call_prompt"
    if matter.kind == "collections":
        return "collections"
    return "alert" if matter.urgent else None


def operator_day(bot: Bot) -> date:
    """What day it is for the operator."""
    return bot.clock.now().astimezone(ZoneInfo(bot.business.operator.timezone)).date()


def operator_context(bot: Bot) -> dict[str, object]:
    """What every mail to the operator may use: their locale and time zone, and the business."""
    timezone = bot.business.operator.timezone
    return {"locale": operator_locale(bot), "timezone": timezone, "business": business_context(bot)}


def operator_locale(bot: Bot) -> str:
    """The operator's language as spoken in their country: `fr_CA`."""
    operator = bot.business.operator
    return locale_named(operator.language, operator.country)
