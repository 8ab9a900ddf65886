"""The operator said what a mail meant: what followed from the first reading gives way."""

from dataclasses import replace

import pytest

from mailbot.core.client import Client, Standing
from mailbot.core.decide import decide
from mailbot.core.effects import Decision, RaiseMatter, SendLetter
from mailbot.core.events import HoldReleased, MeaningTold, ReplyReceived
from mailbot.core.intent import Intent, Reading, Scope
from mailbot.core.ladder import tone
from mailbot.core.policy import Policy
from tests.fakes.people import anna, at, day

POLICY = Policy()
MONDAY = "2026-03-02"
NOW = at(MONDAY)


def wrote(client: Client, intent: Intent, mail_id: int = 7, until: str | None = None) -> Decision:
    reading = Reading(intent, hold=True, scope=Scope.INVOICE, until=day(until) if until else None, confidence=0.4)
    return decide(client, ReplyReceived(reading, ("F-1",), "anna@anna.test", day(MONDAY), mail_id), POLICY, NOW)


def meant(client: Client, intent: Intent, *, hold: bool, until: str | None = None, mail_id: int = 7) -> Decision:
    return decide(client, told(intent, hold=hold, until=until, mail_id=mail_id), POLICY, NOW)


def told(intent: Intent, *, hold: bool, until: str | None = None, mail_id: int = 7) -> MeaningTold:
    reading = Reading(intent, hold=hold, scope=Scope.INVOICE, until=day(until) if until else None, confidence=1.0)
    return MeaningTold(reading, ("F-1",), "anna@anna.test", day(MONDAY), mail_id)


def test_a_mail_that_meant_nothing_holds_nothing() -> None:
    held = wrote(anna(), Intent.QUESTION).client
    after = meant(held, Intent.ACKNOWLEDGEMENT, hold=False)
    assert after.client.standing_holds == ()
    assert after.because[0][1].code == "meant"


def test_a_dispute_that_was_none_leaves_the_invoice_open() -> None:
    held = wrote(anna(), Intent.DISPUTE).client
    assert held.invoices[0].standing is Standing.DISPUTED
    after = meant(held, Intent.PROMISE_TO_PAY, hold=True, until="2026-03-12").client
    assert after.invoices[0].standing is Standing.PROMISED
    assert [(hold.intent, hold.lapses) for hold in after.standing_holds] == [(Intent.PROMISE_TO_PAY, True)]


def test_a_promise_that_was_none_is_not_broken_later() -> None:
    held = wrote(anna(), Intent.PROMISE_TO_PAY, until="2026-03-12").client
    assert held.invoices[0].promises
    after = meant(held, Intent.DISPUTE, hold=True)
    assert after.client.invoices[0].promises == ()
    assert after.client.invoices[0].standing is Standing.DISPUTED


def test_holds_of_other_mails_stay() -> None:
    held = wrote(wrote(anna(), Intent.REFUSAL, 6).client, Intent.QUESTION, 7).client
    after = meant(held, Intent.ACKNOWLEDGEMENT, hold=False).client
    assert [(hold.intent, hold.mail_id) for hold in after.standing_holds] == [(Intent.REFUSAL, 6)]


def test_nobody_is_alarmed_by_what_the_operator_said() -> None:
    """A dispute is urgent news, unless the news came from the operator."""
    held = wrote(anna(), Intent.QUESTION).client
    effects = meant(held, Intent.DISPUTE, hold=True).effects
    raised = [effect.matter for effect in effects if isinstance(effect, RaiseMatter)]
    assert [matter.urgent for matter in raised] == [False]


def test_the_client_did_not_write_again() -> None:
    held = replace(wrote(anna(), Intent.QUESTION).client, answered_at=at("2026-02-27"))
    assert meant(held, Intent.ABSENCE, hold=True, until="2026-03-20").client.answered_at == at("2026-02-27")


def test_a_promise_is_acknowledged_as_if_it_had_been_understood_at_once() -> None:
    held = wrote(anna(), Intent.QUESTION).client
    effects = meant(held, Intent.PROMISE_TO_PAY, hold=True, until="2026-03-12").effects
    assert [e.tone.template for e in effects if isinstance(e, SendLetter)] == ["promise_ack"]


@pytest.mark.parametrize("misread", [Intent.PERSONAL_EMERGENCY, Intent.FINANCIAL_DIFFICULTY])
def test_nobody_is_comforted_about_hard_times_that_were_none(misread: Intent) -> None:
    """The next letter does not speak of hard times that only the first reading saw; real ones it still spares."""
    held = wrote(anna(), misread).client
    later = at("2026-03-03")
    wrong = decide(held, told(Intent.ACKNOWLEDGEMENT, hold=False), POLICY, later).client
    rung = next(rung for rung in POLICY.ladder("default") if rung.name == "friendly")
    assert not tone(wrong, wrong.invoices[0], rung).after_hold
    right = decide(held, told(misread, hold=True), POLICY, later).client
    free = decide(right, HoldReleased(None), POLICY, at("2026-03-04")).client
    assert tone(free, free.invoices[0], rung).after_hold
