"""The operator keeps the books: credit notes, write-offs, refunds, chargebacks, credit, and taking entries back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from mailbot.core.client import Client, Invoice
from mailbot.core.decide import decide
from mailbot.core.events import ClaimReduced, CreditUsed, EntryUndone, MoneyReturned
from mailbot.core.ledger import Entry, EntryKind, credit_of
from mailbot.core.matter import Matter, NewMatter
from mailbot.core.money import Money
from mailbot.flows.banked import forget_payer
from mailbot.flows.command import CommandFault, client_owing
from mailbot.flows.commit import commit, plan
from mailbot.flows.ports import Bot, Conflict
from mailbot.flows.review import happen

_AT_ONCE = timedelta(seconds=1)  # one transaction closes what an entry answers, at more than one tick of the clock


@dataclass(frozen=True, slots=True)
class Slip:
    """What is written beside an amount: the day, a reference, and why."""

    on: date
    reference: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Booked:
    """What became of a client and an invoice, and the number by which it can be taken back."""

    client: Client
    invoice: Invoice | None
    entry: int


async def reduce(bot: Bot, kind: EntryKind, number: str, amount: Money | None, slip: Slip) -> Booked:
    """Ask for less: all that is open unless told otherwise. Raises `CommandFault` for more than that."""
    client, invoice = await _invoice(bot, number)
    money = invoice.balance if amount is None else amount
    most = invoice.amount - invoice.given_up if kind is EntryKind.CREDIT_NOTE else invoice.balance
    if amount is None and kind is EntryKind.CREDIT_NOTE and not invoice.balance:
        raise CommandFault(f"{number} is paid; give --amount to write a credit note on what was paid ({most})")
    _in_bounds(
        money, most, f"{number} asks for {invoice.balance}" if most == invoice.balance else f"{number} is {most}"
    )
    return await _book(
        bot, client, number, ClaimReduced(kind, number, money, slip.on, "operator", slip.reference, slip.note)
    )


async def give_back(bot: Bot, subject: str, amount: Money, slip: Slip) -> Booked:
    """Money that you sent back to a client: it must have been too much, or credited, before."""
    client, number = await _subject(bot, subject)
    credit = credit_of(client, amount.currency)
    more = f"; write a credit note first: mailbot credit-note {number} --amount {amount.amount}" if number else ""
    _in_bounds(amount, credit, f"the client's credit is {credit}{more}")
    event = MoneyReturned(EntryKind.REFUND, number, amount, slip.on, "operator", slip.reference, slip.note)
    return await _book(bot, client, number, event)


async def charge_back(bot: Bot, number: str, amount: Money | None, slip: Slip) -> Booked:
    """Money that the client's bank took back: what it paid is open again."""
    client, invoice = await _invoice(bot, number)
    most = invoice.paid + credit_of(client, invoice.amount.currency)
    money = invoice.paid if amount is None else amount
    _in_bounds(money, most, f"{invoice.paid} was paid for {number}")
    event = MoneyReturned(EntryKind.CHARGEBACK, number, money, slip.on, "operator", slip.reference, slip.note)
    return await _book(bot, client, number, event)


async def use_credit(bot: Bot, number: str, amount: Money | None, on: date) -> Booked:
    """Give an invoice what its client had paid too much."""
    client, invoice = await _invoice(bot, number)
    credit = credit_of(client, invoice.amount.currency)
    most = min(credit, invoice.balance)
    _in_bounds(most if amount is None else amount, most, f"{number} asks for {invoice.balance}, the credit is {credit}")
    event = CreditUsed(number, most if amount is None else amount, on)
    return await _book(bot, client, number, event)


async def undo(bot: Bot, entry_id: int, on: date, note: str = "") -> Booked:
    """Take an entry back, and with it what it did to the ladder; a thank-you that has not left stays here.

    Raises `CommandFault` where there is no such entry, it was taken back, or later ones build on it.
    """
    while True:
        found = await bot.store.entries(id_=entry_id)
        if not found:
            raise CommandFault(f"there is no entry {entry_id}; `mailbot ledger NUMBER` shows those of an invoice")
        entry = found[0]
        if entry.undone_by is not None:
            raise CommandFault(f"entry {entry_id} was taken back before (by entry {entry.undone_by})")
        if entry.undoes is not None:
            raise CommandFault(f"entry {entry_id} takes entry {entry.undoes} back; record what came again instead")
        also = (entry.invoice,) if entry.invoice else ()
        client = await bot.store.client(entry.client, also=also)
        now = bot.clock.now()
        decision = decide(client, EntryUndone(entry, on, note=note), bot.policy, now)
        if not decision.effects:
            raise CommandFault(
                f"later entries build on entry {entry_id}; take those back first"
                f" (`mailbot ledger {entry.invoice or client.code}`)"
            )
        asked_again = await _closed_by(bot, entry)
        prepared = await plan(decision, bot, now)
        try:
            async with bot.store.begin() as tx:
                await commit(tx, prepared, bot, now)
                for matter in asked_again:
                    await tx.raise_matter(matter)
        except Conflict:
            continue
        if entry.source == "bank" and entry.kind is EntryKind.PAYMENT:
            await forget_payer(bot, entry.reference)
        return await _booked(bot, client, entry.invoice, lambda one: one.undoes == entry_id)


async def _closed_by(bot: Bot, entry: Entry) -> list[NewMatter]:
    """What the operator was asked, and the entry had answered: it is open again."""
    matters = await bot.store.matters(open_only=False, since=entry.recorded_at)
    return [
        _again(matter)
        for matter in matters
        if matter.closed_at is not None
        and entry.recorded_at <= matter.closed_at <= entry.recorded_at + _AT_ONCE
        and matter.client_id == entry.client
        and matter.at < entry.recorded_at
    ]


def _again(matter: Matter) -> NewMatter:
    fields = {name: getattr(matter, name) for name in NewMatter.__dataclass_fields__}
    return NewMatter(**fields)


async def _invoice(bot: Bot, number: str) -> tuple[Client, Invoice]:
    client = await client_owing(bot, number)
    invoice = client.invoice(number)
    assert invoice is not None
    return client, invoice


async def _subject(bot: Bot, subject: str) -> tuple[Client, str | None]:
    client = await bot.store.client_of_invoice(subject)
    if client is not None:
        return client, subject
    client = await bot.store.client_of_code(bot.business.id, subject)
    if client is None:
        raise CommandFault(f"{subject} is neither an invoice number nor a client's code; see `mailbot list`")
    return client, None


def _in_bounds(money: Money, most: Money, words: str) -> None:
    if money.currency != most.currency:
        raise CommandFault(f"{money} is in another currency: {words}")
    if money.amount <= 0:
        raise CommandFault(f"{money} is no amount to book: {words}")
    if most < money:
        raise CommandFault(f"{money} is too much: {words}")


async def _book(
    bot: Bot, client: Client, number: str | None, event: ClaimReduced | MoneyReturned | CreditUsed
) -> Booked:
    """Book it; raises `CommandFault` where the books changed since they were looked at, and do not allow it now."""
    known = {entry.id for entry in await bot.store.entries(client_id=client.id)}
    await happen(bot, client.id, event, also=(number,) if number else ())
    kind = EntryKind.CREDIT_USED if isinstance(event, CreditUsed) else event.kind
    return await _booked(
        bot, client, number, lambda one: one.id not in known and (one.kind, one.invoice) == (kind, number)
    )


async def _booked(bot: Bot, client: Client, number: str | None, made: Callable[[Entry], bool]) -> Booked:
    after = await bot.store.client(client.id, also=(number,) if number else ())
    entry = next((one for one in await bot.store.entries(client_id=client.id) if made(one)), None)
    if entry is None:
        raise CommandFault(
            f"nothing was booked: the books changed meanwhile; see `mailbot ledger {number or client.code}`"
        )
    return Booked(after, after.invoice(number) if number else None, entry.id)
