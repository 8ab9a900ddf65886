"""The figures of a business: expected money, DSO, lateness and promises; per currency, and never added over them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from mailbot.core.aging import Aging, aging
from mailbot.core.cash import Cash, CashInShort, cash, in_short
from mailbot.core.habit import Bill, Habits, habits
from mailbot.core.money import Money, totals
from mailbot.core.policy import Policy
from mailbot.core.reason import Reason, because

DSO_DAYS = 90
"""A quarter. A younger ledger is measured over the days that it has."""

_LATELY = timedelta(days=7)
# The DSO of a shorter past says little: in the first weeks everything is still open.
_TELLING_DAYS = 30


@dataclass(frozen=True, slots=True)
class Dso:
    """Days sales outstanding in one currency: `owed` / `invoiced` x `period_days`.

    The usual definition (Credit Research Foundation): total receivables at the end of a period, divided by what was
    invoiced in it, times its days. Invoiced is net of credit notes and cancellations.
    """

    currency: str
    days: int
    owed: Money
    invoiced: Money
    period_days: int


@dataclass(frozen=True, slots=True)
class Payer:
    """How late a client pays on average: settled invoices, and those open past their due date, which count as of today.

    `usual_days` is the median of the settled ones, `reckoned_days` what the forecast goes by.
    """

    code: str
    name: str
    average_days: int
    settled: int
    overdue: int
    usual_days: int | None
    reckoned_days: int


@dataclass(frozen=True, slots=True)
class Promises:
    """Promises to pay, one for each thing that was said, over however many invoices. `share` is per cent kept."""

    kept: int = 0
    broken: int = 0
    open: int = 0

    @property
    def share(self) -> int | None:
        """Per cent of those that were decided; None before the first."""
        decided = self.kept + self.broken
        return round(100 * self.kept / decided) if decided else None


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything at once. `lately`: promises decided in the last seven days; `payers` worst first."""

    on: date
    cash: tuple[Cash, ...] = ()
    short: tuple[CashInShort, ...] = ()
    aging: tuple[Aging, ...] = ()
    dso: tuple[Dso, ...] = ()
    payers: tuple[Payer, ...] = ()
    promises: Promises = Promises()
    lately: Promises = Promises()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.cash or self.payers or self.promises != Promises())


def figures(bills: Sequence[Bill], policy: Policy, today: date) -> Figures:
    """All figures as of `today`, the operator's day."""
    known = habits(bills)
    money = cash(bills, known, today)
    return Figures(
        on=today,
        cash=money,
        short=tuple(in_short(one) for one in money),
        aging=aging(((bill.invoice.due_on, bill.owed) for bill in bills), today),
        dso=days_sales_outstanding(bills, today),
        payers=payers(bills, known, today),
        promises=promises(bills, policy, today),
        lately=promises(bills, policy, today, since=today - _LATELY),
    )


def told_in_short(figures: Figures) -> tuple[Reason, ...]:
    """What a digest says of the figures besides the expected money, in a line each."""
    lines = [because("figure_uncertain")] if any(one.uncertain for one in figures.cash) else []
    lines += [
        because("figure_dso", days=dso.days, currency=dso.currency, period=dso.period_days)
        for dso in figures.dso
        if dso.period_days >= _TELLING_DAYS
    ]
    lately = figures.lately
    if lately.kept or lately.broken:
        share = figures.promises.share
        lines.append(because("figure_promises", kept=lately.kept, broken=lately.broken, share=share))
    if figures.payers and figures.payers[0].average_days > 0:
        worst = figures.payers[0]
        lines.append(because("figure_slowest", client=worst.name, days=worst.average_days))
    return tuple(lines)


def days_sales_outstanding(bills: Sequence[Bill], today: date) -> tuple[Dso, ...]:
    """The DSO of each currency in which something was invoiced lately; see `Dso`."""
    found = []
    for currency in sorted({bill.invoice.amount.currency for bill in bills}):
        mine = [bill for bill in bills if bill.invoice.amount.currency == currency and bill.invoice.issued_on <= today]
        first = min((bill.invoice.issued_on for bill in mine), default=today)
        period = min(DSO_DAYS, (today - first).days + 1)
        since = today - timedelta(days=period - 1)
        invoiced = _total([_earned(bill) for bill in mine if bill.invoice.issued_on >= since], currency)
        owed = _total([bill.owed for bill in mine], currency)
        if invoiced.amount > 0:
            days = (owed.amount / invoiced.amount * period).quantize(Decimal(1), ROUND_HALF_UP)
            found.append(Dso(currency, int(days), owed, invoiced, period))
    return tuple(found)


def payers(bills: Iterable[Bill], known: Habits, today: date) -> tuple[Payer, ...]:
    """Clients of whom something is known, the slowest first."""
    by_client: dict[int, list[Bill]] = {}
    for bill in bills:
        by_client.setdefault(bill.client.id, []).append(bill)
    found = []
    for theirs in by_client.values():
        client = theirs[0].client
        settled = [bill.late_days for bill in theirs if bill.late_days is not None]
        open_days = [(today - bill.invoice.due_on).days for bill in theirs if bill.owed and bill.invoice.due_on < today]
        days = [*settled, *open_days]
        if days:
            habit = known.of(client)
            average = round(Decimal(sum(days)) / len(days))
            found.append(
                Payer(client.code, client.name, average, len(settled), len(open_days), habit.own_days, habit.days)
            )
    return tuple(sorted(found, key=lambda payer: (-payer.average_days, payer.name)))


def promises(bills: Iterable[Bill], policy: Policy, today: date, *, since: date | None = None) -> Promises:
    """How promises ended: one for several invoices is kept if all of it was. With `since`, those decided after it."""
    said: dict[tuple[int, date, date], list[tuple[bool | None, date | None]]] = {}
    for bill in bills:
        for promise in bill.invoice.promises:
            if promise.kept is None and not bill.invoice.live:
                continue  # given up: nothing was left to keep
            decided_on = _decided_on(bill, promise.due_on, policy, kept=promise.kept)
            said.setdefault((bill.client.id, promise.made_on, promise.due_on), []).append((promise.kept, decided_on))
    kept = broken = still = 0
    for ends in said.values():
        outcomes = [end for end, _ in ends]
        decided_on = max((on for _, on in ends if on is not None), default=today)
        if False in outcomes:
            broken += since is None or decided_on > since
        elif None in outcomes:
            still += 1
        else:
            kept += since is None or decided_on > since
    return Promises(kept, broken, still)


def _decided_on(bill: Bill, due_on: date, policy: Policy, *, kept: bool | None) -> date | None:
    """The day on which it was known: that of the money, or when the grace after the promised day was over."""
    if kept is None:
        return None
    if kept:
        return bill.settled_on or due_on
    over = policy.calendar(bill.client).add_working_days(due_on, policy.promise_grace_days)
    return min(bill.settled_on, over) if bill.settled_on is not None and bill.settled_on > due_on else over


def _earned(bill: Bill) -> Money:
    return bill.invoice.amount if bill.reduced is None else bill.invoice.amount - bill.reduced


def _total(amounts: Iterable[Money], currency: str) -> Money:
    return next(iter(totals(amounts)), Money.of(0, currency))
