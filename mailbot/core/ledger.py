"""The books: entries that are only ever added, and what they add up to.

An entry moves money between three places: what came from the client (`cash`), what of it an invoice got (`paid`), and
what an invoice need not bring any more (`waived`). What came and no invoice got is the client's credit. So for each
invoice amount = paid + waived + balance, for each client and currency cash = paid + credit, and none is below zero.
An entry is taken back by another one with every amount turned round, which names it in `undoes`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum

from mailbot.core.client import Client, Invoice, Standing
from mailbot.core.money import Money, totals


class EntryKind(StrEnum):
    """What an entry is called in the books."""

    PAYMENT = "payment"
    CREDIT_USED = "credit_used"  # money that the client had too much here, given to an invoice
    CREDIT_NOTE = "credit_note"
    WRITE_OFF = "write_off"  # given up: it will not come
    FEE = "fee"  # a bank kept it on the way
    DISCOUNT = "discount"
    CANCELLATION = "cancellation"  # the invoice was never due
    REFUND = "refund"  # sent back to the client
    CHARGEBACK = "chargeback"  # taken back by the client's bank


@dataclass(frozen=True, slots=True)
class Before:
    """What an entry changed besides the books, so that it can be put back: standing, promises decided, holds lifted.

    `answered_at` is the client's last answer before it: money for a part counts as one.
    """

    standing: Standing
    promises: tuple[tuple[date, date], ...] = ()
    holds: tuple[int, ...] = ()
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry to add. The three amounts are in one currency; `source` says who knew of it, `reference` by what."""

    kind: EntryKind
    invoice: str | None
    cash: Money
    paid: Money
    waived: Money
    booked_on: date
    source: str
    reference: str = ""
    note: str = ""
    undoes: int | None = None
    before: Before | None = None

    @property
    def amount(self) -> Money:
        """The size by which a person knows the entry."""
        return self.cash or self.waived or self.paid

    @property
    def credit(self) -> Money:
        """What the client's credit grows by."""
        return self.cash - self.paid


@dataclass(frozen=True, slots=True)
class Entry(NewEntry):
    """An entry as the books hold it. `undone_by` is the entry that took it back."""

    id: int = 0
    client: int = 0
    recorded_at: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    undone_by: int | None = None

    @property
    def stands(self) -> bool:
        """Whether it counts: not taken back, and itself nothing that takes back."""
        return self.undone_by is None and self.undoes is None


def payment(invoice: str, amount: Money, booked_on: date, source: str, reference: str = "") -> NewEntry:
    """Money that an invoice gets whole."""
    nothing = Money.of(0, amount.currency)
    return NewEntry(EntryKind.PAYMENT, invoice, amount, amount, nothing, booked_on, source, reference)


def received(invoice: Invoice, amount: Money) -> Money:
    """What of the money that came an invoice gets: no more than it still asks for, and what is closed asks nothing."""
    if amount.amount <= 0 or not invoice.live:
        return Money.of(0, amount.currency)
    return min(amount, invoice.balance)


def reversal(entry: Entry, booked_on: date, source: str, note: str = "") -> NewEntry:
    """The entry that takes this one back."""
    return NewEntry(
        entry.kind, entry.invoice, _minus(entry.cash), _minus(entry.paid), _minus(entry.waived),
        booked_on, source, entry.reference, note, undoes=entry.id,
    )  # fmt: skip


def _minus(money: Money) -> Money:
    return Money.of(-money.amount, money.currency)


@dataclass(frozen=True, slots=True)
class Part:
    """What an invoice got on a day, and who knew of it."""

    on: date
    amount: Money
    source: str


def kept_parts(entries: Iterable[Entry]) -> tuple[Part, ...]:
    """What an invoice got and still has, oldest first: together they are what was paid for it.

    What went back is taken from the latest part of just that amount, else from the latest ones.
    """
    parts: list[Part] = []
    for entry in entries:
        if not entry.stands:
            continue
        if entry.paid.amount > 0:
            parts.append(Part(entry.booked_on, entry.paid, entry.source))
        back = _minus(entry.paid)
        whole = next((part for part in reversed(parts) if part.amount == back), None)
        if whole is not None:
            parts.remove(whole)
            continue
        while back.amount > 0 and parts:
            last = parts.pop()
            if back < last.amount:
                parts.append(replace(last, amount=last.amount - back))
            back -= min(back, last.amount)
    return tuple(sorted(parts, key=lambda part: part.on))


def credit_of(client: Client, currency: str) -> Money:
    """What the client has paid and no invoice got, in one currency."""
    return next((money for money in client.credit if money.currency == currency), Money.of(0, currency))


def with_credit(client_credit: Iterable[Money], more: Money) -> tuple[Money, ...]:
    """A client's credit after it grew (or shrank) in one currency."""
    return tuple(money for money in totals((*client_credit, more)) if money)


def sound(invoice: Invoice | None, credit: Money) -> bool:
    """Whether books may look like this: nothing below zero."""
    if credit.amount < 0:
        return False
    return invoice is None or (
        invoice.paid.amount >= 0 and invoice.given_up.amount >= 0 and invoice.balance.amount >= 0
    )
