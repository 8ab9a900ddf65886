"""Expected money, DSO, lateness and promises: plain to recompute by hand, and nothing is counted twice."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.cash import Cash, Span, cash, in_short
from mailbot.core.client import Client, HeldBy, Hold, Invoice, Promise, Standing
from mailbot.core.figures import Figures, days_sales_outstanding, figures, payers, promises, told_in_short
from mailbot.core.habit import Bill, Doubt, Habit, expectation, habits
from mailbot.core.intent import Intent
from mailbot.core.money import Money, totals
from mailbot.core.policy import Policy
from tests.fakes.people import anna, bill, day, eur

TODAY = day("2026-12-14")  # a Monday


def owing(due: str, amount: str | int = 100, *, client: Client | None = None, **changes: Any) -> Bill:
    """An open invoice."""
    return Bill(client or anna(), bill("F-9", due, amount, **changes))


def paid(due: str, late_days: int, client: Client | None = None, **changes: Any) -> Bill:
    """A settled invoice, and how late its money was."""
    one = bill("F-0", due, standing=Standing.SETTLED, paid=eur(100), **changes)
    return Bill(client or anna(), one, settled_on=one.due_on + timedelta(days=late_days))


def hold(intent: Intent | None, until: str | None = None, *, lapses: bool = False, invoice: str | None = None) -> Hold:
    last = day(until) if until else None
    return Hold(1, invoice, HeldBy.PERSON, intent, datetime(2026, 12, 10, tzinfo=UTC), last, lapses)


BENOIT = anna(id=2, code="benoit", name="Benoît")


def test_a_client_of_whom_nothing_is_known_pays_on_the_due_date() -> None:
    assert expectation(owing("2026-12-18"), habits([]), TODAY) == day("2026-12-18")


@pytest.mark.parametrize(
    ("theirs", "others", "days"),
    [
        pytest.param([], [], 0, id="nothing known: the due date"),
        pytest.param([12], [], 5, id="one invoice is drawn to the due date"),
        pytest.param([12] * 30, [], 12, id="thirty invoices speak for themselves"),
        pytest.param([0], [20] * 30, 14, id="one invoice is drawn to everybody's habit"),
        pytest.param([-3] * 30, [], -3, id="who pays early is expected early"),
        pytest.param([10, 10, 10, 10, 10, 400], [], 9, id="one accident does not make a habit"),
    ],
)
def test_a_clients_habit_is_the_median_drawn_to_everybodys(theirs: list[int], others: list[int], days: int) -> None:
    bills = [paid("2026-06-15", late) for late in theirs] + [paid("2026-06-15", late, BENOIT) for late in others]
    assert habits(bills).of(anna()).days == days


def test_the_habit_tells_what_it_rests_on() -> None:
    known = habits([paid("2026-06-15", 9), paid("2026-07-15", 11)])
    assert known.of(anna()) == Habit(6, 2, 10)
    assert known.of(BENOIT) == Habit(4)


@pytest.mark.parametrize(
    ("due", "late", "expected"),
    [
        pytest.param("2026-12-16", [7] * 20, "2026-12-23", id="the habit is added to the due date"),
        pytest.param("2026-12-19", [], "2026-12-21", id="a Saturday's money comes on Monday"),
        pytest.param("2026-12-10", [], "2026-12-14", id="a few days late: any day now"),
        pytest.param(
            "2026-11-20", [0] * 9 + [30, 40, 90], "2026-12-30", id="as late as those who paid later than this"
        ),
        pytest.param("2026-11-20", [0] * 9, Doubt.LATE, id="later than anybody ever was: no day can be told"),
    ],
)
def test_the_day_of_the_money(due: str, late: list[int], expected: str | Doubt) -> None:
    known = habits([paid("2026-06-15", days) for days in late])
    found = expectation(owing(due), known, TODAY)
    assert found == (expected if isinstance(expected, Doubt) else day(expected))


def test_who_is_known_to_pay_very_late_is_measured_by_themselves() -> None:
    """Forty days late: others take fifty then, this client takes ninety."""
    bills = [paid("2026-06-15", 50, BENOIT) for _ in range(9)] + [paid("2026-03-16", days) for days in (0, 1, 90)]
    assert expectation(owing("2026-11-04"), habits(bills), TODAY) == day("2027-02-02")


def test_a_known_pay_day_is_waited_for() -> None:
    assert expectation(owing("2026-12-18", client=anna(pay_day=30)), habits([]), TODAY) == day("2026-12-30")


@pytest.mark.parametrize(
    ("promised", "expected"),
    [("2027-01-06", "2027-01-06"), ("2026-12-11", "2026-12-14")],
    ids=["to come", "just passed: any day now"],
)
def test_a_promise_counts_as_it_was_made(promised: str, expected: str) -> None:
    promise = Promise(day("2026-12-01"), day(promised))
    one = owing("2026-11-01", standing=Standing.PROMISED, promises=(promise,))
    held = replace(one, client=anna(holds=(hold(Intent.PROMISE_TO_PAY, "2027-01-08", lapses=True),)))
    assert expectation(held, habits([]), TODAY) == day(expected)


def test_a_broken_promise_counts_for_nothing() -> None:
    broken = Promise(day("2026-12-01"), day("2026-12-10"), kept=False)
    assert expectation(owing("2026-11-01", promises=(broken,)), habits([]), TODAY) is Doubt.LATE


@pytest.mark.parametrize(
    ("stop", "expected"),
    [
        (hold(Intent.DISPUTE, invoice="F-9"), Doubt.DISPUTED),
        (hold(Intent.PAYMENT_CLAIMED, "2026-12-18"), Doubt.CLAIMED),
        (hold(Intent.PERSONAL_EMERGENCY), Doubt.HELD),
        (hold(None), Doubt.HELD),
        (hold(Intent.ABSENCE, "2027-01-05", lapses=True), date(2027, 1, 5)),
        (hold(Intent.DISPUTE, invoice="F-1"), date(2026, 12, 18)),
    ],
    ids=["disputed", "said to be paid", "an emergency", "the operator's hold", "away, and back", "another invoice"],
)
def test_what_waits_for_a_person_has_no_day_and_what_runs_out_only_waits(stop: Hold, expected: date | Doubt) -> None:
    assert expectation(owing("2026-12-18", client=anna(holds=(stop,))), habits([]), TODAY) == expected


def test_a_disputed_invoice_is_uncertain_without_any_hold() -> None:
    assert expectation(owing("2026-12-18", standing=Standing.DISPUTED), habits([]), TODAY) is Doubt.DISPUTED


def test_the_weeks_begin_on_monday_with_the_present_one() -> None:
    (found,) = cash([owing("2026-12-20"), owing("2026-12-21", 50), owing("2027-02-08", 70)], habits([]), TODAY)
    assert [week.starts_on for week in found.weeks][:2] == [day("2026-12-14"), day("2026-12-21")]
    assert [str(week.amount.amount) for week in found.weeks] == ["0.00", "150.00", *["0.00"] * 6]
    assert (str(found.later), found.later_count, found.weeks[1].count) == ("70.00 EUR", 1, 2)


def test_what_was_promised_is_told_within_its_week() -> None:
    promise = Promise(day("2026-12-01"), day("2026-12-16"))
    (found,) = cash([owing("2026-12-17"), owing("2026-11-17", 40, promises=(promise,))], habits([]), TODAY)
    assert (str(found.weeks[0].amount), str(found.weeks[0].promised)) == ("140.00 EUR", "40.00 EUR")


def test_currencies_have_weeks_of_their_own() -> None:
    dollars = owing("2026-12-17", amount=1)
    dollars = replace(dollars, invoice=replace(dollars.invoice, amount=Money.of(9, "CAD"), paid=Money.of(0, "CAD")))
    assert [str(one.total) for one in cash([owing("2026-12-17"), dollars], habits([]), TODAY)] == [
        "9.00 CAD",
        "100.00 EUR",
    ]


def test_in_short_there_are_five_rows() -> None:
    disputed = owing("2026-12-18", 7, standing=Standing.DISPUTED)
    bills = [owing("2026-12-15", 1), owing("2026-12-22", 2), owing("2026-12-29", 3), owing("2027-01-27", 4)]
    (found,) = cash([*bills, owing("2027-01-04", 5), owing("2027-06-01", 6), disputed], habits([]), TODAY)
    short = in_short(found)
    assert [(row.span, int(row.amount.amount), row.count) for row in short.rows] == [
        (Span.THIS_WEEK, 1, 1),
        (Span.NEXT_WEEK, 2, 1),
        (Span.TWO_MORE, 8, 2),
        (Span.LATER, 10, 2),
        (Span.UNCERTAIN, 7, 1),
    ]


money = st.builds(Money.from_minor, st.integers(0, 10**8), st.sampled_from(["CAD", "EUR", "JPY"]))
days = st.integers(-500, 300).map(lambda offset: TODAY + timedelta(days=offset))
stops = st.none() | st.builds(
    hold, st.sampled_from([None, *Intent]), days.map(str) | st.none(), lapses=st.booleans(), invoice=st.none()
)
vows = st.lists(st.builds(Promise, days, days, st.sampled_from([None, True, False])), max_size=3).map(tuple)


@st.composite
def any_bill(draw: st.DrawFn) -> Bill:
    """Any invoice, in whatever state, of one of three clients."""
    due_on, amount, stop, standing = draw(days), draw(money), draw(stops), draw(st.sampled_from(Standing))
    part = Money.from_minor(draw(st.integers(0, amount.minor)), amount.currency)
    invoice = Invoice(f"F-{draw(st.integers(1, 99))}", due_on - timedelta(days=30), due_on, amount, part)
    invoice = replace(invoice, standing=standing, promises=draw(vows))
    client = anna(id=draw(st.integers(1, 3)), pay_day=draw(st.sampled_from([None, 1, 31])))
    settled_on = draw(days) if standing is Standing.SETTLED else None
    return Bill(replace(client, holds=(stop,) if stop else ()), invoice, settled_on)


def whole(found: Cash) -> tuple[Money, int]:
    """All parts of a forecast put together again."""
    sums = [*(week.amount for week in found.weeks), found.later, *(part.amount for part in found.uncertain)]
    count = sum(week.count for week in found.weeks) + found.later_count + sum(part.count for part in found.uncertain)
    return sum(sums, Money.of(0, found.currency)), count


@given(st.lists(any_bill(), max_size=12))
def test_every_open_cent_stands_in_exactly_one_place(bills: list[Bill]) -> None:
    found = figures(bills, Policy(), TODAY)
    assert tuple(one.total for one in found.cash) == totals(one.owed for one in bills if one.owed)
    for one, short in zip(found.cash, found.short, strict=True):
        owed = [each for each in bills if each.owed and each.owed.currency == one.currency]
        assert whole(one) == (one.total, len(owed))
        assert sum((row.amount for row in short.rows), Money.of(0, one.currency)) == one.total
        assert all((row.share > 0) == bool(row.amount) == (row.count > 0) for row in short.rows)
        assert all(week.promised <= week.amount for week in one.weeks)
    said = {(b.client.id, p.made_on, p.due_on) for b in bills for p in b.invoice.promises}
    assert found.promises.kept + found.promises.broken + found.promises.open <= len(said)
    assert found.lately.kept <= found.promises.kept
    assert found.lately.broken <= found.promises.broken


@given(st.lists(any_bill(), max_size=12), any_bill())
def test_no_money_is_expected_before_today_or_on_a_day_of_rest(bills: list[Bill], one: Bill) -> None:
    found = expectation(one, habits(bills), TODAY)
    assert isinstance(found, Doubt) or (found >= TODAY and found.weekday() < 5)


def test_dso_is_what_is_owed_by_what_was_invoiced_times_the_days() -> None:
    """100 of 150 invoiced in ninety days are open; an older open invoice counts as owed, and not as invoiced."""
    old = owing("2026-07-31", 50, issued_on=day("2026-07-01"))
    new = owing("2026-12-31", 50, issued_on=day("2026-12-01"))
    done = paid("2026-11-30", 0, issued_on=day("2026-11-01"))
    (dso,) = days_sales_outstanding([old, new, done], TODAY)
    assert (dso.days, dso.period_days, str(dso.owed), str(dso.invoiced)) == (60, 90, "100.00 EUR", "150.00 EUR")


def test_a_young_ledger_is_measured_over_its_own_days() -> None:
    """Otherwise the first invoice of all, sent today, would be ninety days outstanding."""
    (dso,) = days_sales_outstanding([owing("2027-01-13", issued_on=TODAY)], TODAY)
    assert (dso.days, dso.period_days) == (1, 1)


def test_what_was_credited_was_never_invoiced() -> None:
    credited = replace(owing("2026-12-31", 50, issued_on=day("2026-12-01"), waived=eur(50)), reduced=eur(50))
    (dso,) = days_sales_outstanding([credited, owing("2026-12-31", 50, issued_on=day("2026-12-01"))], TODAY)
    assert (str(dso.owed), str(dso.invoiced), dso.days) == ("50.00 EUR", "50.00 EUR", 14)


def test_without_an_invoice_in_the_period_there_is_no_dso() -> None:
    assert days_sales_outstanding([owing("2026-01-31", issued_on=day("2026-01-01"))], TODAY) == ()


def test_the_slowest_payer_comes_first_and_what_is_open_counts_as_of_today() -> None:
    never = owing("2026-12-04", client=BENOIT)
    found = payers([paid("2026-06-15", 2), paid("2026-07-15", 4), owing("2026-12-31"), never], habits([]), TODAY)
    assert [(one.code, one.average_days, one.settled, one.overdue) for one in found] == [
        ("benoit", 10, 0, 1),
        ("anna", 3, 2, 0),
    ]


def test_a_promise_for_three_invoices_is_one_promise() -> None:
    kept, broken = (
        Promise(day("2026-12-01"), day("2026-12-09"), kept=True),
        Promise(day("2026-12-01"), day("2026-12-02"), kept=False),
    )
    three = [paid("2026-11-15", 24, promises=(kept, broken)) for _ in range(3)]
    found = promises(three, Policy(), TODAY)
    assert (found.kept, found.broken, found.open, found.share) == (1, 1, 0, 50)


@pytest.mark.parametrize(
    ("promise", "settled_on", "kept", "broken"),
    [
        (Promise(day("2026-12-01"), day("2026-12-09"), kept=True), "2026-12-08", 1, 0),
        (Promise(day("2026-11-01"), day("2026-12-01"), kept=True), "2026-11-30", 0, 0),
        (Promise(day("2026-12-01"), day("2026-12-04"), kept=False), None, 0, 1),
        (Promise(day("2026-11-01"), day("2026-11-27"), kept=False), "2026-12-10", 0, 0),
        (Promise(day("2026-12-01"), day("2026-12-07"), kept=False), "2026-12-08", 0, 1),
    ],
    ids=["kept", "kept long ago", "its grace ran out", "given up long ago, paid since", "paid a day too late"],
)
def test_promises_of_the_last_seven_days(promise: Promise, settled_on: str | None, kept: int, broken: int) -> None:
    one = replace(owing("2026-11-15", promises=(promise,)), settled_on=day(settled_on) if settled_on else None)
    found = promises([one], Policy(), TODAY, since=TODAY - timedelta(days=7))
    assert (found.kept, found.broken) == (kept, broken)


def test_a_promise_about_what_was_given_up_is_neither_kept_nor_open() -> None:
    idle = Promise(day("2026-12-01"), day("2026-12-20"))
    assert promises([owing("2026-11-15", standing=Standing.WRITTEN_OFF, promises=(idle,))], Policy(), TODAY).open == 0


def test_an_empty_ledger_has_no_figures() -> None:
    assert figures([], Policy(), TODAY) == Figures(TODAY)
    assert figures([], Policy(), TODAY).empty
    assert told_in_short(Figures(TODAY)) == ()


def test_one_invoice_is_enough_for_sensible_figures() -> None:
    found = figures([owing("2026-12-31", issued_on=day("2026-12-01"))], Policy(), TODAY)
    assert [(one.span, one.count) for one in found.short[0].rows if one.count] == [(Span.TWO_MORE, 1)]
    assert [str(dso.days) for dso in found.dso] == ["14"]
    assert told_in_short(found) == ()  # a fortnight's DSO says nothing
    assert found.payers == ()


def test_in_short_the_digest_tells_dso_promises_and_the_slowest() -> None:
    broken = Promise(day("2026-12-01"), day("2026-12-07"), kept=False)
    found = figures([owing("2026-12-04", issued_on=day("2026-11-01"), promises=(broken,))], Policy(), TODAY)
    assert [line.code for line in told_in_short(found)] == [
        "figure_uncertain",
        "figure_dso",
        "figure_promises",
        "figure_slowest",
    ]
