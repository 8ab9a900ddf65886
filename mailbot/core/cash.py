"""Expected money, week by week and per currency: every open cent stands in exactly one place."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from mailbot.core.aging import share
from mailbot.core.habit import Bill, Doubt, Habits, expectation, promised_on
from mailbot.core.money import Money, totals

WEEKS = 8
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Week:
    """A calendar week from Monday on: what is expected in it, in how many invoices, and what of it was promised.

    `share` is its part of the longest bar in its currency, 0 to 100.
    """

    starts_on: date
    amount: Money
    count: int
    promised: Money
    share: int


@dataclass(frozen=True, slots=True)
class Doubtful:
    """What is owed and cannot be told a day for, and why."""

    doubt: Doubt
    amount: Money
    count: int


@dataclass(frozen=True, slots=True)
class Cash:
    """All that is owed in one currency: in the weeks to come, `later`, and without a day (`uncertain`)."""

    currency: str
    total: Money
    weeks: tuple[Week, ...]
    later: Money
    later_count: int
    uncertain: tuple[Doubtful, ...]


class Span(StrEnum):
    """A stretch of time to come, as one says it."""

    THIS_WEEK = "this_week"
    NEXT_WEEK = "next_week"
    TWO_MORE = "two_more"  # the two weeks after that
    LATER = "later"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class SpanRow:
    """What is expected in a stretch; `share` as in `Week`."""

    span: Span
    amount: Money
    count: int
    share: int


@dataclass(frozen=True, slots=True)
class CashInShort:
    """The same money in five rows."""

    currency: str
    total: Money
    rows: tuple[SpanRow, ...]


@dataclass(frozen=True, slots=True)
class _Owed:
    """An open balance where it belongs: the Monday of its week, or why it has no day."""

    money: Money
    place: date | Doubt
    promised: bool


def cash(bills: Iterable[Bill], known: Habits, today: date) -> tuple[Cash, ...]:
    """The money that is owed, by the week in which it can be expected; the first week is the present one."""
    owed = [
        _Owed(bill.owed, _place(bill, known, today), promised_on(bill.invoice) is not None)
        for bill in bills
        if bill.owed
    ]
    return tuple(
        _cash_of(total, [one for one in owed if one.money.currency == total.currency], today)
        for total in totals(one.money for one in owed)
    )


def in_short(cash_of: Cash) -> CashInShort:
    """The weeks drawn together: this one, the next, two more, all later ones, and what is uncertain."""
    weeks, nothing = cash_of.weeks, Money.of(0, cash_of.currency)
    parts = [
        (Span.THIS_WEEK, weeks[0].amount, weeks[0].count),
        (Span.NEXT_WEEK, weeks[1].amount, weeks[1].count),
        (Span.TWO_MORE, weeks[2].amount + weeks[3].amount, weeks[2].count + weeks[3].count),
        (
            Span.LATER,
            _sum([week.amount for week in weeks[4:]], cash_of.later),
            sum(week.count for week in weeks[4:]) + cash_of.later_count,
        ),
        (
            Span.UNCERTAIN,
            _sum([part.amount for part in cash_of.uncertain], nothing),
            sum(part.count for part in cash_of.uncertain),
        ),
    ]
    most = max(amount for _, amount, _ in parts)
    rows = tuple(SpanRow(span, amount, count, share(amount, most)) for span, amount, count in parts)
    return CashInShort(cash_of.currency, cash_of.total, rows)


def _place(bill: Bill, known: Habits, today: date) -> date | Doubt:
    day = expectation(bill, known, today)
    return day if isinstance(day, Doubt) else _monday(day)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _cash_of(total: Money, owed: Sequence[_Owed], today: date) -> Cash:
    nothing = Money.of(0, total.currency)
    starts = [_monday(today) + week * _WEEK for week in range(WEEKS)]
    in_week = [[one for one in owed if one.place == start] for start in starts]
    after = [one for one in owed if isinstance(one.place, date) and one.place > starts[-1]]
    unknown = [(doubt, [one for one in owed if one.place is doubt]) for doubt in Doubt]
    sums = [_sum([one.money for one in week], nothing) for week in in_week]
    later = _sum([one.money for one in after], nothing)
    uncertain = tuple(
        Doubtful(doubt, _sum([one.money for one in found], nothing), len(found)) for doubt, found in unknown if found
    )
    most = max([*sums, later, *(part.amount for part in uncertain)])
    weeks = tuple(
        Week(start, amount, len(week), _sum([one.money for one in week if one.promised], nothing), share(amount, most))
        for start, week, amount in zip(starts, in_week, sums, strict=True)
    )
    return Cash(total.currency, total, weeks, later, len(after), uncertain)


def _sum(amounts: Iterable[Money], start: Money) -> Money:
    return sum(amounts, start)
