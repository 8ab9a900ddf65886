"""What is owed by age: the five buckets that bookkeepers use, per currency."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mailbot.core.money import Money, totals


class Bucket(StrEnum):
    """How long money has been owed, in days past the due date."""

    NOT_DUE = "not_due"
    TO_30 = "to_30"
    TO_60 = "to_60"
    TO_90 = "to_90"
    OLDER = "older"


_LAST_DAYS = ((Bucket.NOT_DUE, 0), (Bucket.TO_30, 30), (Bucket.TO_60, 60), (Bucket.TO_90, 90))


def bucket_of(due_on: date, today: date) -> Bucket:
    """The aging bucket of an invoice: due today is not yet late."""
    late_days = (today - due_on).days
    return next((bucket for bucket, last in _LAST_DAYS if late_days <= last), Bucket.OLDER)


@dataclass(frozen=True, slots=True)
class AgingRow:
    """One bucket: how much, in how many invoices; `share` is its part of the largest bucket, 0 to 100, for the bar."""

    bucket: Bucket
    amount: Money
    count: int
    share: int


@dataclass(frozen=True, slots=True)
class Aging:
    """What is owed in one currency, by age; always all five buckets, youngest first."""

    currency: str
    total: Money
    rows: tuple[AgingRow, ...]


def aging(owed: Iterable[tuple[date, Money]], today: date) -> tuple[Aging, ...]:
    """Sort balances by due date into buckets, per currency in alphabetical order; currencies are never added."""
    balances = [(bucket_of(due_on, today), balance) for due_on, balance in owed if balance.amount > 0]
    return tuple(
        _aging_of(total, [(bucket, money) for bucket, money in balances if money.currency == total.currency])
        for total in totals(money for _, money in balances)
    )


def _aging_of(total: Money, balances: list[tuple[Bucket, Money]]) -> Aging:
    sums = {bucket: Money.of(0, total.currency) for bucket in Bucket}
    counts = dict.fromkeys(Bucket, 0)
    for bucket, money in balances:
        sums[bucket] += money
        counts[bucket] += 1
    most = max(money.amount for money in sums.values())
    rows = tuple(
        AgingRow(bucket, sums[bucket], counts[bucket], share(sums[bucket], Money(most, total.currency)))
        for bucket in Bucket
    )
    return Aging(total.currency, total, rows)


def share(part: Money, whole: Money) -> int:
    """The length of a bar: per cent, but at least 2 for what is not nothing: a bar that cannot be seen tells a lie."""
    return max(2, int(100 * part.amount / whole.amount)) if part.amount > 0 else 0
