"""How clients pay: each one's own lateness, and the day on which the money for an invoice can be expected."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from statistics import median

from mailbot.core.calendar import WorkCalendar
from mailbot.core.client import Client, Invoice, Standing
from mailbot.core.intent import Intent
from mailbot.core.ladder import blocking_holds, expected_on
from mailbot.core.money import Money

# What is known of many weighs as much as this many invoices of one's own.
_PRIOR_INVOICES = 3
# A day that was missed by no more than this may still be met: transfers take their time, and so do statements.
_GRACE_DAYS = 7


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice with its client, as figures see it.

    `settled_on` is when the last of its money came, if that is known; `reduced` is what credit notes and a cancellation
    took away: it was never earned.
    """

    client: Client
    invoice: Invoice
    settled_on: date | None = None
    reduced: Money | None = None

    @property
    def owed(self) -> Money:
        """What may still come; nothing for what is closed."""
        nothing = Money.of(0, self.invoice.amount.currency)
        return max(self.invoice.balance, nothing) if self.invoice.live else nothing

    @property
    def late_days(self) -> int | None:
        """How many days after the due date the last money came; negative is before, None where it is not known."""
        return None if self.settled_on is None else (self.settled_on - self.invoice.due_on).days


@dataclass(frozen=True, slots=True)
class Habit:
    """How late somebody pays: `own_days` is the median of `count` settled invoices, `days` is what is reckoned with."""

    days: int = 0
    count: int = 0
    own_days: int | None = None


@dataclass(frozen=True, slots=True)
class Habits:
    """The habits of all clients, by id; `lateness` holds the days of every settled invoice, sorted, `own` by client."""

    of_client: Mapping[int, Habit] = field(default_factory=dict)
    everybody: Habit = field(default_factory=Habit)
    lateness: tuple[int, ...] = ()
    own: Mapping[int, tuple[int, ...]] = field(default_factory=dict)

    def of(self, client: Client) -> Habit:
        """A client's habit; of whom nothing is known, everybody's."""
        return self.of_client.get(client.id, Habit(self.everybody.days))

    def later_than(self, late_days: int, client: Client) -> int | None:
        """How late those payments usually were that came later than this: the client's own, else everybody's."""
        for lateness in (self.own.get(client.id, ()), self.lateness):
            slower = bisect_right(lateness, late_days)
            if slower < len(lateness):
                return lateness[(slower + len(lateness) - 1) // 2]
        return None


class Doubt(StrEnum):
    """Why no day can be told for money that is owed."""

    DISPUTED = "disputed"
    HELD = "held"
    CLAIMED = "claimed"  # the client, or a notice that proves nothing, says that it is paid
    LATE = "late"  # later than anybody has ever paid


def habits(bills: Iterable[Bill]) -> Habits:
    """Each client's median days late, drawn to everybody's median where there are few invoices.

    A median over n invoices counts n times, the prior counts three times; everybody's own prior is the due date.
    """
    days: dict[int, list[int]] = {}
    for bill in bills:
        if bill.late_days is not None:
            days.setdefault(bill.client.id, []).append(bill.late_days)
    lateness = sorted(late for theirs in days.values() for late in theirs)
    everybody = _habit(lateness, 0)
    own = {id_: tuple(sorted(theirs)) for id_, theirs in days.items()}
    return Habits({id_: _habit(theirs, everybody.days) for id_, theirs in own.items()}, everybody, tuple(lateness), own)


def _habit(days: Sequence[int], prior: int) -> Habit:
    if not days:
        return Habit(prior)
    middle = median(days)
    drawn = (len(days) * middle + _PRIOR_INVOICES * prior) / (len(days) + _PRIOR_INVOICES)
    return Habit(round(drawn), len(days), round(middle))


def expectation(bill: Bill, known: Habits, today: date) -> date | Doubt:
    """When the rest of an open invoice can be expected, never before today; or why nobody can say.

    A promise counts as it was made. Without one: the due date (or the client's pay day) and the client's habit. Where
    that has passed: as late as those of their payments, else of anybody's, that came later than this. A hold that runs
    out by itself delays, others stop.
    """
    client, invoice = bill.client, bill.invoice
    holds = blocking_holds(client, invoice)
    stopping = next((hold for hold in holds if not hold.lapses), None)
    if invoice.standing is Standing.DISPUTED or (stopping is not None and stopping.intent is Intent.DISPUTE):
        return Doubt.DISPUTED
    if stopping is not None:
        return Doubt.CLAIMED if stopping.intent is Intent.PAYMENT_CLAIMED else Doubt.HELD
    promised = promised_on(invoice)
    if promised is not None:
        return _working_day(client, max(promised, today))
    day = max(invoice.due_on + timedelta(days=known.of(client).days), expected_on(client, invoice))
    if day + timedelta(days=_GRACE_DAYS) < today:
        later = known.later_than((today - invoice.due_on).days, client)
        if later is None:
            return Doubt.LATE
        day = invoice.due_on + timedelta(days=later)
    return _working_day(client, max(day, today, *(hold.until for hold in holds if hold.until is not None)))


def promised_on(invoice: Invoice) -> date | None:
    """The day of the last promise that still stands."""
    return max((promise.due_on for promise in invoice.promises if promise.kept is None), default=None)


def _working_day(client: Client, day: date) -> date:
    """Banks move money on working days."""
    return WorkCalendar(client.country, client.region, client.timezone).working_day_from(day)
