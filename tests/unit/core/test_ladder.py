"""Which rung is due, when, and why not earlier."""
# ruff: noqa: E501 - a row of a table is one line

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from mailbot.core.client import (
    Client,
    Climb,
    Contact,
    HeldBy,
    Hold,
    Leaving,
    Promise,
    Reachability,
    Role,
    Standing,
)  # fmt: skip
from mailbot.core.forecast import forecast
from mailbot.core.intent import Intent
from mailbot.core.ladder import expected_on, next_look_at, outlook, recipient, tone
from mailbot.core.policy import Act, Policy, Rung
from tests.fakes.people import anna, at, bill, climbed, day

POLICY = Policy()
START = at("2026-03-02")


def held(since: str, until: str | None = None, **changes: Any) -> Hold:
    plain = Hold(
        1, None, HeldBy.PERSON, Intent.ABSENCE, at(since), day(until) if until else None, until is not None
    )  # fmt: skip
    return replace(plain, **changes)


def when(client: Client, now: datetime = START, policy: Policy = POLICY) -> tuple[str, str]:
    """The next rung of the first invoice, and the day in Montréal on which it may be climbed."""
    view = outlook(client, client.invoices[0], policy, now)
    return (
        view.rung.name if view.rung else "",
        policy.calendar(client).local_day(view.at).isoformat() if view.at else view.why.code,
    )


def climb_all(client: Client, now: datetime, days: int = 150, policy: Policy = POLICY) -> list[tuple[str, str]]:
    """Each rung with its local day, when nobody writes and nobody pays."""
    calendar = policy.calendar(client)
    steps = forecast(client, policy, now, now + timedelta(days=days))
    return [(step.rung, calendar.local_day(step.at).isoformat()) for step in steps]


def test_each_rung_of_the_default_ladder_comes_on_its_day() -> None:
    """Issued Monday 2 March, due Tuesday 31 March; Good Friday is 3 April."""
    fresh = anna(bill(issued_on=day("2026-03-02"), delivered_on=None))
    assert climb_all(fresh, START) == [
        ("invoice", "2026-03-02"),
        ("courtesy", "2026-03-30"),  # the 28th is a Saturday
        ("friendly", "2026-04-07"),  # five working days after the courtesy, and Good Friday is none
        ("personal", "2026-04-14"),  # five working days after the friendly one
        ("call", "2026-04-21"),
        ("collections", "2026-05-01"),
    ]


def test_a_late_import_begins_with_the_friendliest_and_skips_nothing() -> None:
    late = anna(bill(due="2026-01-20", issued_on=day("2025-12-20"), delivered_on=None))
    steps = climb_all(late, START)
    assert [rung for rung, _ in steps] == ["invoice", "courtesy", "friendly", "personal", "call", "collections"]
    calendar = POLICY.calendar(late)
    for (_, earlier), (rung, later) in pairwise(steps):
        gap = next(step.gap_days for step in POLICY.ladder("default") if step.name == rung)
        assert day(later) >= calendar.add_working_days(day(earlier), gap), rung
    letters = [on for rung, on in steps if rung in ("courtesy", "friendly", "personal")]
    for earlier, later in pairwise(letters):
        assert day(later) >= calendar.add_working_days(day(earlier), POLICY.budget_gap_days)


def test_an_invoice_that_was_delivered_by_other_means_starts_with_the_courtesy() -> None:
    late = anna(bill(due="2026-01-20", issued_on=day("2025-12-20"), delivered_on=day("2025-12-20")))
    assert climb_all(late, START)[0] == ("courtesy", "2026-03-02")


def test_after_two_months_of_downtime_one_rung_is_climbed_and_the_next_waits_its_gap() -> None:
    client = anna(climbed(bill(delivered_on=None), invoice="2026-03-02", courtesy="2026-03-30"))
    assert climb_all(client, at("2026-06-01"))[:2] == [("friendly", "2026-06-01"), ("personal", "2026-06-08")]


def test_a_rung_that_falls_on_a_holiday_waits_for_the_next_working_day() -> None:
    client = anna(climbed(bill(due="2026-03-31"), courtesy="2026-03-24"))  # friendly on Good Friday
    rung, on = when(client)
    assert (rung, on) == ("friendly", "2026-04-06")
    assert outlook(client, client.invoices[0], POLICY, START).why.code == "closed_day"


def test_money_is_expected_on_the_clients_own_pay_day() -> None:
    client = anna(climbed(bill(due="2026-03-31"), courtesy="2026-03-24"), pay_day=15)
    assert expected_on(client, client.invoices[0]) == day("2026-04-15")
    assert when(client) == ("friendly", "2026-04-20")  # the 18th is a Saturday


@pytest.mark.parametrize(
    ("due", "pay_day", "expected"),
    [
        pytest.param("2026-03-31", None, "2026-03-31", id="none: the due date"),
        pytest.param("2026-03-31", 31, "2026-03-31", id="the due date itself"),
        pytest.param("2026-02-10", 31, "2026-02-28", id="the 31st of a short month is its last day"),
        pytest.param("2026-12-20", 5, "2027-01-05", id="next month, next year"),
    ],
)
def test_the_day_on_which_money_is_expected(due: str, pay_day: int | None, expected: str) -> None:
    assert expected_on(anna(pay_day=pay_day), bill(due=due)) == day(expected)


COURTESY_SENT = climbed(bill(), courtesy="2026-03-27")


@pytest.mark.parametrize(
    ("client", "expected"),
    [
        pytest.param(anna(COURTESY_SENT), ("friendly", "2026-04-06"), id="plain: due and three, Good Friday closed"),
        pytest.param(
            anna(COURTESY_SENT, chased_at=at("2026-04-02")), ("friendly", "2026-04-10"),
            id="another reminder was sent to this client: five working days pass first",
        ),
        pytest.param(
            anna(COURTESY_SENT, answered_at=at("2026-04-08")), ("friendly", "2026-04-13"),
            id="the client has just answered: three working days pass first",
        ),
        pytest.param(
            anna(COURTESY_SENT, holds=(held("2026-04-01", "2026-04-11"),)), ("friendly", "2026-04-13"),
            id="away for ten days from the day after the due date: the held days do not use up the wait",
        ),
        pytest.param(
            anna(COURTESY_SENT, holds=(held("2026-04-01", lifted_at=at("2026-04-21"), intent=Intent.DISPUTE),)),
            ("friendly", "2026-04-23"), id="a dispute of twenty days that was settled: the clock goes on where it stood",
        ),
        pytest.param(
            anna(COURTESY_SENT, holds=(held("2026-04-01", "2026-04-14", intent=Intent.PROMISE_TO_PAY),)),
            ("friendly", "2026-04-14"), id="a promise: the client's own clock runs, and the day after it is due",
        ),
        pytest.param(
            anna(COURTESY_SENT, holds=(held("2026-04-01"),)), ("friendly", "held_absence"), id="held without an end",
        ),
        pytest.param(
            anna(COURTESY_SENT, holds=(held("2026-04-01", invoice="F-2"),)), ("friendly", "2026-04-06"),
            id="a hold on another invoice is none of this one's",
        ),
        pytest.param(
            anna(replace(COURTESY_SENT, standing=Standing.DISPUTED)), ("friendly", "held_dispute"), id="disputed",
        ),
        pytest.param(
            anna(COURTESY_SENT, contacts=(Contact("x@y.example", reachability=Reachability.DEAD),)),
            ("friendly", "no_address"), id="no address that works",
        ),
        pytest.param(anna(replace(COURTESY_SENT, standing=Standing.SETTLED)), ("", "closed_settled"), id="settled"),
        pytest.param(anna(replace(COURTESY_SENT, standing=Standing.WRITTEN_OFF)), ("", "closed_written_off"), id="void"),
        pytest.param(
            anna(replace(bill(), climbs=(Climb("courtesy", at("2026-03-27"), "k", state=Leaving.WAITING),))),
            ("friendly", "letter_waiting"), id="the last letter still waits in the outbox",
        ),
        pytest.param(
            anna(replace(bill(), climbs=(Climb("courtesy", at("2026-03-27"), "k", state=Leaving.LEAVING),))),
            ("friendly", "letter_leaving"), id="nobody knows whether the last letter left",
        ),
    ],
)  # fmt: skip
def test_the_friendly_reminder_waits_for(client: Client, expected: tuple[str, str]) -> None:
    assert when(client) == expected


def test_two_overlapping_holds_push_a_rung_only_once() -> None:
    two = (held("2026-04-01", lifted_at=at("2026-04-11")), held("2026-04-03", lifted_at=at("2026-04-13"), id=2))
    assert when(anna(COURTESY_SENT, holds=two), at("2026-04-13")) == ("friendly", "2026-04-15")


def test_a_hold_before_the_previous_rung_pushes_nothing() -> None:
    old = held("2026-03-05", lifted_at=at("2026-03-25"))
    assert when(anna(COURTESY_SENT, holds=(old,))) == ("friendly", "2026-04-06")


def test_five_reminders_are_enough_and_then_a_human_decides() -> None:
    rungs = tuple(Rung(f"r{n}", n, 1, template="friendly") for n in range(4))
    policy = Policy(ladders={"default": rungs}, budget_letters=2)
    client = anna(climbed(bill(), r0="2026-04-01", r1="2026-04-13"))
    assert when(client, at("2026-04-20"), policy) == ("r2", "budget_spent")
    assert next_look_at(client, policy, at("2026-04-20")) is None


def test_a_call_prompt_needs_no_address_and_no_budget() -> None:
    client = anna(
        climbed(bill(), courtesy="2026-03-24", friendly="2026-04-06", personal="2026-04-13"),
        contacts=(), chased_at=at("2026-04-20"), answered_at=at("2026-04-20"),
    )  # fmt: skip
    assert when(client, at("2026-04-20")) == ("call", "2026-04-20")


def test_a_ladder_that_nobody_knows_is_the_default_one() -> None:
    assert when(anna(ladder="gone")) == when(anna())


@pytest.mark.parametrize(
    ("roles", "chosen"),
    [
        (((Role.CLIENT, Reachability.GOOD), (Role.BILLING, Reachability.GOOD)), 1),
        (((Role.ASSISTANT, Reachability.GOOD), (Role.CLIENT, Reachability.DOUBTFUL)), 1),
        (((Role.BILLING, Reachability.DEAD), (Role.ASSISTANT, Reachability.GOOD)), 1),
        (((Role.BILLING, Reachability.DEAD),), None),
        ((), None),
    ],
    ids=[
        "the billing desk first", "the client before an assistant", "a dead address never", "all dead: nobody",
        "no contact: nobody",
    ],
)  # fmt: skip
def test_who_is_written_to(roles: tuple[tuple[Role, Reachability], ...], chosen: int | None) -> None:
    contacts = tuple(Contact(f"c{n}@x.example", role, reachability=reach) for n, (role, reach) in enumerate(roles))
    assert recipient(anna(contacts=contacts)) == (None if chosen is None else contacts[chosen])


FRIENDLY = next(rung for rung in POLICY.ladder("default") if rung.name == "friendly")
PERSONAL = next(rung for rung in POLICY.ladder("default") if rung.name == "personal")


def test_after_an_emergency_the_letter_is_the_softest() -> None:
    emergency = held("2026-04-08", lifted_at=at("2026-05-04"), intent=Intent.PERSONAL_EMERGENCY)
    invoice = climbed(bill(), courtesy="2026-03-24", friendly="2026-04-06")
    assert (tone(anna(invoice, holds=(emergency,)), invoice, PERSONAL).template) == "courtesy"
    assert tone(anna(invoice, holds=(emergency,)), invoice, PERSONAL).after_hold
    later = climbed(bill(), courtesy="2026-03-24", friendly="2026-05-06")
    assert tone(anna(later, holds=(emergency,)), later, PERSONAL).template == "personal"


@pytest.mark.parametrize(
    ("delivered", "soft"),
    [("2026-04-01", True), ("2026-05-04", True), ("2026-10-01", False)],
    ids=["delivered before it", "delivered while it lasted", "delivered long after"],
)
def test_hard_times_soften_the_first_letter_of_bills_that_were_there(delivered: str, soft: bool) -> None:
    """A bill that came months later has nothing to do with them, though no letter about it has left yet."""
    emergency = held("2026-04-08", lifted_at=at("2026-05-04"), intent=Intent.PERSONAL_EMERGENCY)
    invoice = bill(delivered_on=day(delivered))
    assert tone(anna(invoice, holds=(emergency,)), invoice, PERSONAL).after_hold is soft


def test_a_broken_promise_is_mentioned_once() -> None:
    promise = Promise(day("2026-04-07"), day("2026-04-15"), kept=False)
    before = replace(climbed(bill(), courtesy="2026-03-24", friendly="2026-04-06"), promises=(promise,))
    assert tone(anna(before), before, PERSONAL).broken_promise_on == day("2026-04-15")
    after = replace(climbed(bill(), courtesy="2026-03-24", friendly="2026-04-20"), promises=(promise,))
    assert tone(anna(after), after, PERSONAL).broken_promise_on is None


def test_a_kept_promise_is_not_mentioned() -> None:
    invoice = bill(promises=(Promise(day("2026-04-07"), day("2026-04-15"), kept=True),))
    assert tone(anna(invoice), invoice, FRIENDLY).broken_promise_on is None


def test_the_next_look_is_the_first_moment_at_which_time_can_change_anything() -> None:
    first, second = COURTESY_SENT, bill("F-2", due="2026-06-30")
    away = held("2026-04-01", "2026-04-03", invoice="F-2")
    client = anna(first, second, holds=(away,))
    assert next_look_at(client, POLICY, START) == at("2026-04-03", "00:00")
    assert next_look_at(anna(first, holds=(held("2026-04-01"),)), POLICY, START) is None


def test_an_invoice_rung_is_no_reminder() -> None:
    assert not POLICY.ladder("default")[0].chasing
    assert [rung.name for rung in POLICY.ladder("default") if rung.chasing] == ["courtesy", "friendly", "personal"]
    assert not Rung("call", 17, act=Act.CALL).chasing
