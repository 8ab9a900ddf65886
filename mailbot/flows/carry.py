"""Carry out one answer of the operator about one matter, by the same commands that can be typed."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date

from mailbot.core.answer import (
    Said,
    Word,
    accepted_as,
    answerable,
    candidates,
    deputy,
    proposed_address,
    trusted_sender,
)
from mailbot.core.client import Client
from mailbot.core.intent import Intent
from mailbot.core.ledger import EntryKind
from mailbot.core.matter import Matter
from mailbot.core.money import Money
from mailbot.core.reason import Reason, because
from mailbot.flows import command
from mailbot.flows.books import Slip, reduce
from mailbot.flows.meant import holds, tell_meaning
from mailbot.flows.ports import Bot
from mailbot.flows.report import operator_day
from mailbot.flows.supply import send_answer
from mailbot.flows.trust import trust
from mailbot.mail.thread import numbers_in
from mailbot.reading.dates import first_day
from mailbot.reading.words import folded

_DAY_LEADS = re.compile(r"^(?:jusqu\W?(?:au|a|en)?|until|till|by|le|on|au|du|the|a partir du|from|avant|apres|pour)\s+")
_UNIT = r"(?:€|\$|£|euros?|eur|dollars?|cad|usd|chf|gbp)"
_AMOUNT = re.compile(rf"(?:{_UNIT}\s*)?-?\d[\d\s.,'\u00a0\u202f]*(?:\s*{_UNIT}(?![a-z]))?", re.IGNORECASE)
_SOON_DAYS = 180  # a day and a month without a year further ahead than this were last year's
_SMALL = re.compile(r"[\s,;:()]+|\b(?:le|on|du|the|de|of|facture|invoice|pour|for)\b")


class NotUnderstood(Exception):
    """What follows the word says something that cannot be acted on; nothing was done."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What was done, and the command that takes it back."""

    what: Reason
    undo: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """An answer about a matter. `reference` names the mail and the line, so that money is recorded once."""

    said: Said
    matter: Matter
    client: Client | None
    invoices: tuple[str, ...]
    reference: str

    @property
    def subject(self) -> str:
        """What a command is about: the invoice, or the client."""
        if self.client is None:
            raise NotUnderstood
        return self.matter.invoice or self.client.code


async def carry_out(bot: Bot, job: Job) -> Carried:
    """Do what was said. Raises `NotUnderstood`, or `CommandFault` with the reason why it cannot be."""
    word = job.said.word
    assert word is not None
    return await _DO[word](bot, job)


async def _paid(bot: Bot, job: Job) -> Carried:
    number, rest = _invoice(job)
    client = await command.client_owing(bot, number)
    invoice = client.invoice(number)
    assert invoice is not None
    amount, paid_on = _money_and_day(bot, rest, invoice.amount.currency)
    if number == job.matter.invoice:
        came, came_on = _as_told(job.matter, invoice.amount.currency)
        amount, paid_on = amount or came, paid_on or came_on
    paid_on = paid_on or operator_day(bot)
    known = [one for one in await bot.store.payments(invoice=number) if one.reference == job.reference]
    if not known:
        client = await command.paid(bot, number, amount, paid_on, job.reference)
    after = client.invoice(number)
    assert after is not None
    entry = next((one for one in await bot.store.payments(invoice=number) if one.reference == job.reference), None)
    undo = f"mailbot undo {entry.entry}" if entry is not None and entry.entry else ""
    money = entry.amount if entry is not None else amount
    if after.balance.amount > 0:
        return Carried(because("answer_part_paid", number=number, amount=money, rest=after.balance), undo)
    return Carried(because("answer_paid", number=number, amount=money), undo)


def _as_told(matter: Matter, currency: str) -> tuple[Money | None, date | None]:
    """What the bank, or a notice, told of the money that the operator is asked about."""
    amount, day = (str(matter.facts.get(key, "")) for key in ("paid_amount", "paid_on"))
    return (Money.of(amount, currency), date.fromisoformat(day)) if amount and day else (None, None)


async def _accept(bot: Bot, job: Job) -> Carried:
    number, rest = _invoice(job)
    _nothing_else(rest)
    kind = accepted_as(job.matter)
    if not kind:
        raise NotUnderstood
    done = await reduce(bot, EntryKind(kind), number, None, Slip(operator_day(bot)))
    return Carried(because("answer_accepted", number=number), f"mailbot undo {done.entry}")


async def _hold(bot: Bot, job: Job) -> Carried:
    until = _day(bot, job.said.rest)
    await command.hold(bot, job.subject, until, "")
    undo = f"mailbot release {job.subject}"
    if until is None and job.said.rest:
        return Carried(because("answer_held_undated", subject=job.subject, words=job.said.rest), undo)
    return Carried(because("answer_held", subject=job.subject, until=until), undo)


async def _release(bot: Bot, job: Job) -> Carried:
    if job.said.rest:
        if _day(bot, job.said.rest) is None:
            raise NotUnderstood
        return await _hold(bot, job)  # "go on on the 15th" is to wait until then
    done = await command.release(bot, job.subject, "")
    if done.too:
        what = because("answer_released_too", subject=job.subject, too=", ".join(done.too))
        return Carried(what, f"mailbot hold {job.subject}")
    code = "answer_released" if done.lifted else "answer_nothing_held"
    return Carried(because(code, subject=job.subject), f"mailbot hold {job.subject}" if done.lifted else "")


async def _yes(bot: Bot, job: Job) -> Carried:
    if answerable(job.matter):
        _nothing_else(job.said.rest)
        return Carried(because("answer_to_client", address=await send_answer(bot, job.matter.id)))
    number, rest = _invoice(job)
    _nothing_else(rest)
    await command.approve(bot, number)
    return Carried(because("answer_approved", number=number), f"mailbot hold {number}")


async def _no(bot: Bot, job: Job) -> Carried:
    number, rest = _invoice(job)
    _nothing_else(rest)
    await command.hold(bot, number, None, "")
    return Carried(because("answer_kept_back", number=number), f"mailbot release {number}")


async def _done(bot: Bot, job: Job) -> Carried:
    await command.note(bot, job.subject, job.said.rest or job.said.line)
    return Carried(because("answer_noted", subject=job.subject))


async def _seen(bot: Bot, job: Job) -> Carried:
    matter = job.matter
    async with bot.store.begin() as tx:
        await tx.close_matters(
            bot.clock.now(),
            client_id=matter.client_id,
            invoices=(matter.invoice,) if matter.invoice else None,
            kinds=(matter.kind,),
            subject_key=matter.subject_key,
        )
    return Carried(because("answer_seen"))


async def _cancel(bot: Bot, job: Job) -> Carried:
    number, rest = _invoice(job)
    _nothing_else(rest)
    if not await command.cancel(bot, number, ""):
        return Carried(because("answer_nothing_to_cancel", number=number))
    entries = await bot.store.entries(invoice=number)
    last = max((entry.id for entry in entries), default=0)
    return Carried(because("answer_cancelled", number=number), f"mailbot undo {last}" if last else "")


async def _trust(bot: Bot, job: Job) -> Carried:
    sender = trusted_sender(job.matter)
    _nothing_else(job.said.rest)
    if not sender:
        raise NotUnderstood
    done = await trust(bot, sender)
    what = because("answer_trusted", sender=done.title, settled=", ".join(done.settled) or None)
    return Carried(what, f"mailbot distrust {done.provider}")


async def _arrived(bot: Bot, job: Job) -> Carried:
    number, rest = _invoice(job)
    _nothing_else(rest)
    await command.resolve_doubt(bot, number, arrived=True)
    return Carried(because("answer_arrived", number=number))


async def _resend(bot: Bot, job: Job) -> Carried:
    number, rest = _invoice(job)
    _nothing_else(rest)
    await command.resolve_doubt(bot, number, arrived=False)
    return Carried(because("answer_resent", number=number), f"mailbot hold {number}")


async def _adopt(bot: Bot, job: Job) -> Carried:
    address = proposed_address(job.matter)
    _nothing_else(job.said.rest)
    if not address or job.client is None:
        raise NotUnderstood
    before = await command.adopt_address(bot, job.client, address)
    undo = f"mailbot client contact {job.client.code} --billing-email {before}" if before else ""
    if deputy(job.matter):
        await _seen(bot, job)
    else:
        await command.release(bot, job.subject, "")
    return Carried(because("answer_adopted", address=address), undo)


async def _meant(bot: Bot, job: Job) -> Carried:
    intent, mail_id = job.said.intent, job.matter.mail_id
    assert intent is not None
    until = _day(bot, job.said.rest)
    if mail_id is None or (job.said.rest and until is None and not holds(intent, until)):
        raise NotUnderstood
    told = await tell_meaning(bot, mail_id, intent, until if intent in _DATED else None)
    if not told.reading.hold:
        return Carried(because("answer_meant", intent=intent.value), f"mailbot hold {job.subject}")
    return Carried(because("answer_meant_held", intent=intent.value, until=until), f"mailbot release {job.subject}")


_DATED = frozenset({Intent.PROMISE_TO_PAY, Intent.ABSENCE, Intent.AUTO_REPLY, Intent.EXTENSION_REQUEST})
_DO: dict[Word, Callable[[Bot, Job], Awaitable[Carried]]] = {
    Word.PAID: _paid,
    Word.HOLD: _hold,
    Word.RELEASE: _release,
    Word.YES: _yes,
    Word.NO: _no,
    Word.DONE: _done,
    Word.SEEN: _seen,
    Word.CANCEL: _cancel,
    Word.ACCEPT: _accept,
    Word.TRUST: _trust,
    Word.ARRIVED: _arrived,
    Word.RESEND: _resend,
    Word.ADOPT: _adopt,
    Word.MEANT: _meant,
}


# What follows the word


def _nothing_else(rest: str) -> None:
    """Whoever says more than the word may mean something else; money and letters wait for a plain word."""
    if rest.strip():
        raise NotUnderstood


def _invoice(job: Job) -> tuple[str, str]:
    """Which invoice an answer is about, and what else follows the word."""
    several = candidates(job.matter)
    named = numbers_in(job.said.rest, (*job.invoices, *several)) if job.said.rest else ()
    if len(named) == 1:
        return named[0], _without(job.said.rest, named[0])
    if several:
        raise NotUnderstood
    number = job.matter.invoice or (job.invoices[0] if len(job.invoices) == 1 else None)
    if number is None or named:
        raise NotUnderstood
    return number, job.said.rest


def _without(text: str, number: str) -> str:
    """The text without an invoice's number, however it was typed."""
    parts = [re.escape(part) for part in re.findall(r"[^\W_]+", number)]
    return re.sub(r"[\W_]*".join(parts), " ", text, count=1, flags=re.IGNORECASE).strip()


def _day(bot: Bot, text: str) -> date | None:
    """The day that stands in the text and nothing else, or None."""
    if not text.strip():
        return None
    today = operator_day(bot)
    return first_day(text, sent_on=today, country=bot.business.operator.country)


def _money_and_day(bot: Bot, text: str, currency: str) -> tuple[Money | None, date | None]:
    """An amount, a day, both or none; anything else is not understood, and no money is recorded."""
    today = operator_day(bot)
    rest = folded(text).strip()
    amount: Money | None = None
    day: date | None = None
    while rest:
        rest = _DAY_LEADS.sub("", rest)
        if past := _past_day(rest, today, bot.business.operator.country):
            day, rest = past[0], rest[past[1] :]
        elif amount is None and (found := _AMOUNT.match(rest)):
            amount, rest = _amount(bot, found[0], currency), rest[found.end() :]
        else:
            raise NotUnderstood
        rest = _SMALL.sub(" ", rest).strip()
    if day is not None and day > today:
        raise NotUnderstood
    return amount, day


def _amount(bot: Bot, text: str, currency: str) -> Money:
    from mailbot.intake import NotAnAmountError, typed_amount  # noqa: PLC0415 - an idle daemon needs no importer

    try:
        business = bot.business
        return Money.of(typed_amount(text.strip(), currency, business.operator.language, business.country), currency)
    except NotAnAmountError as fault:
        raise NotUnderstood from fault


_PAST = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)|(\d{1,2})[/.](\d{1,2})(?:[/.](\d{2,4}))?(?![\d.,/])|(hier|yesterday|aujourd'hui|today)"
)


def _past_day(text: str, today: date, country: str) -> tuple[date, int] | None:
    """A day not after today that the text begins with, and where it ends."""
    found = _PAST.match(text)
    if found is None:
        return None
    try:
        if found[7]:
            back = 1 if found[7] in ("hier", "yesterday") else 0
            return date.fromordinal(today.toordinal() - back), found.end()
        if found[1]:
            return date(int(found[1]), int(found[2]), int(found[3])), found.end()
        day, month = (found[5], found[4]) if country == "US" else (found[4], found[5])
        year = int(found[6]) if found[6] else today.year
        year += 2000 if year < 100 else 0
        given = date(year, int(month), int(day))
        if (given - today).days > _SOON_DAYS and not found[6]:
            given = date(year - 1, int(month), int(day))
    except ValueError:
        return None
    return given, found.end()
