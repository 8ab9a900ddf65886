"""Money, bounces, holds by the operator, and what is given up."""
# ruff: noqa: E501 - a row of a table is one line

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from mailbot.core.client import Client, Contact, HeldBy, Hold, Leaving, Promise, Reachability, Role, Standing
from mailbot.core.decide import decide
from mailbot.core.effects import CloseMatters, Decision, Post, RaiseMatter, SendLetter, WithdrawLetters
from mailbot.core.events import DeliveryFailed, HoldAsked, HoldReleased, InvoiceCancelled, PaymentReceived, TimePassed
from mailbot.core.forecast import Step, forecast
from mailbot.core.intent import Intent, Scope
from mailbot.core.ladder import next_look_at, outlook
from mailbot.core.leave import Go, Leave, Wait, Withdraw, may_leave
from mailbot.core.matter import MatterKind
from mailbot.core.money import Money
from mailbot.core.policy import Policy, Rung
from tests.fakes.people import anna, at, bill, climbed, day, eur, said
from tests.unit.core.decisions import letters

POLICY = Policy()
MONDAY = "2026-03-02"
NOW = at(MONDAY)


def money(amount: str | int = 100, on: str = MONDAY, number: str = "F-1", currency: str = "EUR") -> PaymentReceived:
    return PaymentReceived(number, Money.of(amount, currency), day(on), "operator")


def paid(client: Client, event: PaymentReceived) -> Decision:
    return decide(client, event, POLICY, NOW)


def thanks(decision: Decision) -> list[SendLetter]:
    return [effect for effect in decision.effects if isinstance(effect, SendLetter)]


def test_full_payment_settles_takes_letters_back_and_says_thank_you() -> None:
    decision = paid(anna(), money())
    (invoice,) = decision.client.invoices
    assert (invoice.standing, invoice.balance) == (Standing.SETTLED, eur(0))
    assert [type(effect) for effect in decision.effects] == [Post, WithdrawLetters, CloseMatters, SendLetter]
    assert [letter.tone.template for letter in thanks(decision)] == ["thanks"]


def test_part_payment_leaves_the_rest_owed_and_the_ladder_on() -> None:
    decision = paid(anna(), money(40))
    (invoice,) = decision.client.invoices
    assert (invoice.standing, invoice.balance) == (Standing.OPEN, eur(60))
    assert outlook(decision.client, invoice, POLICY, NOW).at is not None
    assert [reason.code for _, reason in decision.because] == ["part_paid"]


def test_an_overpayment_settles_and_what_is_too_much_is_the_clients_credit_and_said() -> None:
    decision = paid(anna(), money(120))
    (invoice,) = decision.client.invoices
    assert (invoice.standing, invoice.balance, decision.client.credit) == (Standing.SETTLED, eur(0), (eur(20),))
    assert [why.code for _, why in decision.because] == ["settled", "overpaid"]


def test_a_refund_opens_the_invoice_again_and_thanks_nobody() -> None:
    settled = paid(anna(), money()).client
    decision = paid(settled, money(-30))
    (invoice,) = decision.client.invoices
    assert (invoice.standing, invoice.balance) == (Standing.OPEN, eur(30))
    assert thanks(decision) == []


def test_paying_back_what_was_too_much_opens_nothing() -> None:
    settled = paid(anna(), money(120)).client
    assert paid(settled, money(-20)).client.invoices[0].standing is Standing.SETTLED


@pytest.mark.parametrize(
    ("on", "kept"), [("2026-03-10", True), ("2026-03-11", False)], ids=["on the day: kept", "a day later: broken"]
)
def test_a_promise_is_kept_or_broken_by_the_money(on: str, kept: bool) -> None:
    promised = decide(anna(), said(Intent.PROMISE_TO_PAY, MONDAY, "2026-03-10"), POLICY, NOW).client
    decision = paid(promised, money(on=on))
    assert [promise.kept for promise in decision.client.invoices[0].promises] == [kept]
    assert not decision.client.standing_holds


def test_part_of_a_promised_sum_leaves_the_promise_standing() -> None:
    promised = decide(anna(), said(Intent.PROMISE_TO_PAY, MONDAY, "2026-03-10"), POLICY, NOW).client
    after = paid(promised, money(40)).client
    assert after.invoices[0].standing is Standing.PROMISED
    assert [hold.intent for hold in after.standing_holds] == [Intent.PROMISE_TO_PAY]


def test_what_was_promised_for_all_is_over_when_nothing_is_owed_any_more() -> None:
    """And nobody is told of a broken promise afterwards."""
    client = anna(bill("F-1"), bill("F-2"))
    held = decide(client, said(Intent.PROMISE_TO_PAY, MONDAY, "2026-03-10", scope=Scope.CLIENT), POLICY, NOW).client
    one = paid(held, money()).client
    assert one.standing_holds
    both = paid(one, money(number="F-2")).client
    assert not both.standing_holds
    assert decide(both, TimePassed(), POLICY, at("2026-03-20")).because == ()


def test_a_claim_for_all_ends_with_the_last_money_so_that_next_years_invoice_is_not_held() -> None:
    client = anna(bill("F-1"), bill("F-2"))
    held = decide(client, said(Intent.PAYMENT_CLAIMED, MONDAY, about=()), POLICY, NOW).client
    asked = decide(held, TimePassed(), POLICY, at("2026-03-09"))
    (matter,) = [effect.matter for effect in asked.effects if isinstance(effect, RaiseMatter)]
    over = paid(paid(asked.client, money()).client, money(number="F-2"))
    assert not over.client.standing_holds
    assert matter.subject_key in {e.subject_key for e in over.effects if isinstance(e, CloseMatters)}


def test_an_emergency_outlasts_the_money_and_no_thank_you_goes_there() -> None:
    held = decide(anna(), said(Intent.PERSONAL_EMERGENCY, MONDAY), POLICY, NOW).client
    decision = paid(held, money())
    assert [hold.intent for hold in decision.client.standing_holds] == [Intent.PERSONAL_EMERGENCY]
    assert thanks(decision) == []


def test_money_for_a_disputed_invoice_ends_the_dispute() -> None:
    held = decide(anna(), said(Intent.DISPUTE, MONDAY), POLICY, NOW).client
    after = paid(held, money()).client
    assert (after.invoices[0].standing, after.standing_holds) == (Standing.SETTLED, ())


@pytest.mark.parametrize(
    "event", [money(number="X-9"), money(currency="CAD")], ids=["an unknown invoice", "another currency"]
)
def test_money_that_fits_nothing_changes_nothing(event: PaymentReceived) -> None:
    decision = paid(anna(), event)
    assert (decision.client, decision.effects) == (anna(), ())
    assert decision.because


def test_money_for_what_was_given_up_is_kept_and_reopens_nothing() -> None:
    given_up = decide(anna(), InvoiceCancelled("F-1"), POLICY, NOW).client
    decision = paid(given_up, money(40))
    assert decision.client.invoices[0].standing is Standing.WRITTEN_OFF
    assert (decision.client.invoices[0].paid, decision.client.credit) == (eur(0), (eur(40),))
    assert thanks(decision) == []


def test_what_is_cancelled_is_never_asked_about_again() -> None:
    claimed = decide(anna(), said(Intent.PAYMENT_CLAIMED, MONDAY), POLICY, NOW).client
    gone = decide(claimed, InvoiceCancelled("F-1", "we agreed"), POLICY, NOW)
    assert gone.client.invoices[0].standing is Standing.WRITTEN_OFF
    assert any(isinstance(effect, WithdrawLetters) for effect in gone.effects)
    assert decide(gone.client, TimePassed(), POLICY, at("2026-03-20")).effects == ()
    assert decide(gone.client, InvoiceCancelled("F-1"), POLICY, NOW).client == gone.client


def bounce(address: str = "anna@client.example", **changes: Any) -> DeliveryFailed:
    plain = DeliveryFailed(address, temporary=False, dead=True, invoices=("F-1",), diagnostic="5.1.1", mail_id=9)
    return replace(plain, **changes)


@pytest.mark.parametrize(
    ("event", "reach", "until", "told"),
    [
        pytest.param(bounce(), Reachability.DEAD, None, True, id="no such user: the address is dead"),
        pytest.param(bounce(dead=False), Reachability.DOUBTFUL, None, True, id="returned for another reason: doubtful"),
        pytest.param(bounce(temporary=True), Reachability.DOUBTFUL, "2026-03-04", False, id="late: two working days"),
        pytest.param(bounce("x@y.example"), Reachability.GOOD, None, True, id="an address behind the client's: told too"),
    ],
)  # fmt: skip
def test_a_bounce(event: DeliveryFailed, reach: Reachability, until: str | None, told: bool) -> None:
    decision = decide(anna(), event, POLICY, NOW)
    assert decision.client.contacts[0].reachability is reach
    (hold,) = decision.client.standing_holds
    assert (hold.by, hold.until) == (HeldBy.MACHINE, day(until) if until else None)
    kinds = [effect.matter.kind for effect in decision.effects if isinstance(effect, RaiseMatter)]
    assert kinds == ([MatterKind.BOUNCE] if told else [])


def test_after_a_bounce_the_other_address_is_named_and_a_release_closes_the_matter() -> None:
    two = anna(contacts=(Contact("anna@client.example"), Contact("compta@client.example", Role.ASSISTANT)))
    decision = decide(two, bounce(invoices=("F-1", "F-2")), POLICY, NOW)
    (matter,) = [effect.matter for effect in decision.effects if isinstance(effect, RaiseMatter)]
    assert matter.facts["other"] == "compta@client.example"
    held = decide(decision.client, HoldAsked("F-2"), POLICY, NOW).client
    free = decide(held, HoldReleased("F-1"), POLICY, NOW)
    closing = [effect for effect in free.effects if isinstance(effect, CloseMatters)]
    assert any(effect.invoices is None and MatterKind.BOUNCE in effect.kinds for effect in closing)


def test_the_operator_asks_for_silence_until_a_day() -> None:
    held = decide(anna(bill(due="2026-01-20")), HoldAsked("F-1", day("2026-03-10"), "talks"), POLICY, NOW)
    assert any(isinstance(effect, WithdrawLetters) for effect in held.effects)
    assert next_look_at(held.client, POLICY, NOW) == at("2026-03-10", "00:00")
    after = decide(held.client, TimePassed(), POLICY, at("2026-03-10"))
    assert not after.client.standing_holds


def test_silence_for_a_client_reaches_every_invoice_and_a_release_ends_it() -> None:
    long_ago = day("2026-01-02")
    client = anna(*(bill(number, "2026-01-20", delivered_on=long_ago) for number in ("F-1", "F-2")))
    held = decide(client, HoldAsked(None), POLICY, NOW).client
    assert all(outlook(held, invoice, POLICY, NOW).at is None for invoice in held.invoices)
    free = decide(held, HoldReleased(None), POLICY, NOW).client
    assert all(outlook(free, invoice, POLICY, NOW).ready(NOW) for invoice in free.invoices)


def test_a_release_ends_a_dispute() -> None:
    held = decide(anna(), said(Intent.DISPUTE, MONDAY), POLICY, NOW).client
    free = decide(held, HoldReleased("F-1"), POLICY, NOW).client
    assert (free.invoices[0].standing, free.standing_holds) == (Standing.OPEN, ())


def test_a_release_of_the_client_leaves_the_dispute_of_one_invoice_alone() -> None:
    disputed = bill("F-1", standing=Standing.DISPUTED)
    own = Hold(1, "F-1", HeldBy.PERSON, Intent.DISPUTE, NOW)
    wide = Hold(2, None, HeldBy.PERSON, Intent.PERSONAL_EMERGENCY, NOW)
    after = decide(anna(disputed, bill("F-2"), holds=(own, wide)), HoldReleased(None), POLICY, NOW).client
    assert [hold.id for hold in after.standing_holds] == [1]
    assert after.invoices[0].standing is Standing.DISPUTED
    again = decide(after, HoldReleased(None), POLICY, NOW).client
    assert again.standing_holds == ()
    assert again.invoices[0].standing is Standing.OPEN


def test_a_release_of_what_is_not_held_says_so() -> None:
    decision = decide(anna(), HoldReleased("F-1"), POLICY, NOW)
    assert decision.client == anna()
    assert [reason.code for _, reason in decision.because] == ["nothing_was_held"]


def leave(client: Client, **changes: Any) -> Leave:
    plain: dict[str, Any] = {
        "climbing": True, "chasing": True, "read_at": NOW, "expires_at": None, "decided_at": NOW,
    }  # fmt: skip
    plain |= changes
    now = plain.pop("now", NOW)
    return may_leave(client, ("F-1",), POLICY, now, **plain)


def held_by(intent: Intent, **changes: Any) -> Client:
    hold = Hold(1, None, HeldBy.PERSON, intent, NOW + timedelta(minutes=1))
    return anna(holds=(replace(hold, **changes),))


@pytest.mark.parametrize(
    ("client", "changes", "expected"),
    [
        pytest.param(anna(), {}, Go, id="nothing speaks against it"),
        pytest.param(anna(), {"read_at": None}, Wait, id="the inbox was never read"),
        pytest.param(anna(), {"read_at": NOW - timedelta(minutes=11)}, Wait, id="the inbox was read too long ago"),
        pytest.param(anna(), {"read_at": NOW - timedelta(minutes=10)}, Go, id="ten minutes ago is fresh"),
        pytest.param(anna(), {"read_at": None, "chasing": False}, Go, id="an invoice needs no fresh inbox"),
        pytest.param(anna(), {"now": at(MONDAY, "18:00")}, Wait, id="in the evening"),
        pytest.param(anna(), {"now": at("2026-03-07", "10:00"), "climbing": False}, Wait, id="thanks on a Saturday"),
        pytest.param(anna(), {"expires_at": NOW}, Withdraw, id="too old"),
        pytest.param(anna(bill(standing=Standing.SETTLED)), {}, Withdraw, id="paid in the meantime"),
        pytest.param(anna(bill(standing=Standing.DISPUTED)), {}, Withdraw, id="disputed in the meantime"),
        pytest.param(anna(bill("F-2")), {}, Withdraw, id="the invoice is gone"),
        pytest.param(held_by(Intent.OTHER), {}, Withdraw, id="a client wrote in the meantime"),
        pytest.param(held_by(Intent.ABSENCE, lapses=True), {}, Withdraw, id="a client is away"),
        pytest.param(held_by(Intent.OTHER, lifted_at=NOW), {}, Go, id="a hold that was lifted"),
        pytest.param(held_by(Intent.PERSONAL_EMERGENCY), {"climbing": False}, Withdraw, id="no thanks into an emergency"),
        pytest.param(
            held_by(Intent.FINANCIAL_DIFFICULTY, since=NOW - timedelta(days=1)), {"climbing": False}, Go,
            id="an acknowledgement that was decided with the hardship in view",
        ),
        pytest.param(
            anna(chased_at=NOW + timedelta(hours=1)), {"now": NOW + timedelta(hours=2), "read_at": NOW + timedelta(hours=2)},
            Wait, id="another reminder left since this one was decided",
        ),
        pytest.param(anna(chased_at=NOW), {}, Go, id="its own decision does not stop it"),
    ],
)  # fmt: skip
def test_the_last_look_before_the_door(client: Client, changes: dict[str, Any], expected: type) -> None:
    assert isinstance(leave(client, **changes), expected)


def really(client: Client, policy: Policy, days: int) -> list[Step]:
    """What the ladder does when time passes hour by hour and every letter leaves at once."""
    steps: list[Step] = []
    for hour in range(days * 24):
        now = NOW + timedelta(hours=hour)
        client, done = _one_hour(client, policy, now)
        steps += done
    return steps


def _one_hour(client: Client, policy: Policy, now: Any) -> tuple[Client, list[Step]]:
    done = list(forecast(client, policy, now, now))
    decision = decide(client, TimePassed(), policy, now)
    client = decision.client
    for effect in decision.effects:
        pairs = effect.climbs if isinstance(effect, SendLetter) else ()
        if type(effect).__name__ == "ClimbRung":
            pairs = ((effect.invoice, effect.rung),)  # type: ignore[union-attr]
        for number, rung in pairs:
            invoice = client.invoice(number)
            assert invoice is not None
            grown = climbed(invoice, **{rung: now.date().isoformat()}).climbs[0]
            grown = replace(grown, at=now, state=Leaving.GONE)
            new = replace(invoice, climbs=(*invoice.climbs, grown))
            client = replace(client, invoices=tuple(new if i.number == number else i for i in client.invoices))
        if isinstance(effect, SendLetter) and effect.chasing:
            client = replace(client, chased_at=now)
    return client, done


@pytest.mark.parametrize(
    "client",
    [
        pytest.param(anna(bill(due="2026-03-31", delivered_on=None)), id="one invoice"),
        pytest.param(anna(bill("F-1", "2026-01-20"), bill("F-2", "2026-03-20"), bill("F-3", "2026-03-25")), id="three"),
        pytest.param(
            decide(anna(bill(due="2026-01-20")), said(Intent.PROMISE_TO_PAY, MONDAY, "2026-03-10"), POLICY, NOW).client,
            id="a promise that will be broken",
        ),
        pytest.param(
            anna(bill("F-1", "2026-02-20"), bill("F-2", "2026-02-20"), pay_day=15, answered_at=NOW), id="a pay day",
        ),
    ],
)  # fmt: skip
def test_the_forecast_is_what_really_happens(client: Client) -> None:
    foreseen = forecast(client, POLICY, NOW, NOW + timedelta(days=70))
    assert [(s.at.date(), s.rung, s.invoices, s.to) for s in foreseen] == [
        (s.at.date(), s.rung, s.invoices, s.to) for s in really(client, POLICY, 70)
    ]
    assert len(foreseen) >= 3


def test_a_forecast_of_a_held_client_is_empty() -> None:
    held = decide(anna(bill(due="2026-01-20")), said(Intent.PERSONAL_EMERGENCY, MONDAY), POLICY, NOW).client
    assert forecast(held, POLICY, NOW, NOW + timedelta(days=90)) == ()


def test_promises_of_the_past_are_left_as_they_were() -> None:
    old = Promise(day("2026-02-01"), day("2026-02-10"), kept=False)
    assert paid(anna(bill(promises=(old,))), money()).client.invoices[0].promises == (old,)
    assert paid(anna(), money("33.33")).client.invoices[0].balance.amount == Decimal("66.67")


@pytest.mark.parametrize("firm_first", [True, False], ids=["the firmer bill is the older", "and the other way round"])
def test_a_letter_of_the_users_own_does_not_set_the_tone_for_a_bill_that_is_hardly_late(firm_first: bool) -> None:
    """One letter for two bills sounds like the gentler rung, whatever the templates are called."""
    rungs = (
        Rung("courtesy", -3, 3, template="courtesy"), Rung("friendly", 3, 3, template="friendly"),
        Rung("firm", 10, 5, template="firm"), Rung("last", 20, 5, template="last"),
    )  # fmt: skip
    policy = Policy(ladders={"default": rungs})
    sooner = climbed(bill("F-1", "2026-02-20"), courtesy="2026-02-16")
    later = climbed(bill("F-2", "2026-01-05"), courtesy="2026-01-02", friendly="2026-01-12")
    last = replace(climbed(later, courtesy="2026-01-02", friendly="2026-01-12", firm="2026-01-20"), number="F-3")
    for gentler, firmer, expected in ((sooner, later, "friendly"), (later, last, "firm")):
        bills = (firmer, gentler) if firm_first else (gentler, firmer)
        (letter,) = letters(decide(anna(*bills), TimePassed(), policy, at("2026-03-10")))
        assert (len(letter.invoices), letter.tone.template) == (2, expected)
