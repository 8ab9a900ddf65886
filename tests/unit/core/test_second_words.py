"""A mail that says more than one thing, and a second mail after a first: what stands, who is told, who is answered."""

import pytest

from mailbot.core.client import Contact, Promise, Role, Standing
from mailbot.core.decide import decide
from mailbot.core.events import TimePassed
from mailbot.core.intent import Intent, Scope
from mailbot.core.ladder import outlook
from mailbot.core.policy import Policy
from tests.fakes.people import anna, at, bill, day, said
from tests.unit.core.decisions import letters, matters, only_hold

POLICY = Policy()
MONDAY = "2026-03-02"
NOW = at(MONDAY)


@pytest.mark.parametrize(
    ("intent", "other", "scope"),
    [
        pytest.param(Intent.PROMISE_TO_PAY, Intent.PERSONAL_EMERGENCY, None, id="a promise from a hospital bed"),
        pytest.param(Intent.PROMISE_TO_PAY, Intent.DISPUTE, "F-1", id="pays, but contests"),
        pytest.param(Intent.ABSENCE, Intent.PERSONAL_EMERGENCY, None, id="away for a funeral"),
        pytest.param(Intent.PAYMENT_CLAIMED, Intent.REFUSAL, "F-1", id="has paid, and wants no more letters"),
        pytest.param(Intent.PROMISE_TO_PAY, Intent.FINANCIAL_DIFFICULTY, None, id="will pay, and cannot"),
    ],
)
def test_a_graver_word_beside_it_holds_until_a_human_has_looked(
    intent: Intent, other: Intent, scope: str | None
) -> None:
    decision = decide(anna(), said(intent, MONDAY, "2026-03-10", others=(other,)), POLICY, NOW)
    grave = [hold for hold in decision.client.standing_holds if hold.intent is other]
    assert [(hold.invoice, hold.until, hold.lapses) for hold in grave] == [(scope, None, False)]
    assert [asked.matter.facts["intent"] for asked in matters(decision)] == [other.value]
    assert letters(decision) == []
    later = decide(decision.client, TimePassed(), POLICY, at("2026-12-01")).client
    assert outlook(later, later.invoices[0], POLICY, at("2026-12-01")).at is None


@pytest.mark.parametrize(
    ("intent", "other", "urgent"),
    [
        pytest.param(Intent.PROMISE_TO_PAY, Intent.PERSONAL_EMERGENCY, True, id="a promise from a hospital bed"),
        pytest.param(Intent.QUESTION, Intent.DISPUTE, True, id="asks, and contests"),
        pytest.param(Intent.PROMISE_TO_PAY, Intent.FINANCIAL_DIFFICULTY, False, id="will pay, and cannot"),
    ],
)
def test_a_graver_word_beside_it_is_as_urgent_as_it_would_be_alone(intent: Intent, other: Intent, urgent: bool) -> None:
    (asked,) = matters(decide(anna(), said(intent, MONDAY, "2026-03-10", others=(other,)), POLICY, NOW))
    assert asked.matter.urgent is urgent


@pytest.mark.parametrize(
    "other", [Intent.QUESTION, Intent.DOCUMENT_REQUEST, Intent.EXTENSION_REQUEST, Intent.REDIRECT], ids=str
)
def test_what_a_promise_asks_besides_is_put_to_the_operator(other: Intent) -> None:
    decision = decide(anna(), said(Intent.PROMISE_TO_PAY, MONDAY, "2026-03-10", others=(other,)), POLICY, NOW)
    assert only_hold(decision.client).until == day("2026-03-12")
    assert [(asked.matter.facts["intent"], asked.matter.urgent) for asked in matters(decision)] == [
        (other.value, False)
    ]
    assert [letter.tone.template for letter in letters(decision)] == ["promise_ack"]


def test_a_person_who_is_away_has_their_deputy_proposed_and_never_adopted() -> None:
    event = said(Intent.ABSENCE, MONDAY, "2026-03-13", redirect_to="deputy@client.example")
    decision = decide(anna(), event, POLICY, NOW)
    (asked,) = matters(decision)
    assert asked.matter.facts["address"] == "deputy@client.example"
    assert decision.client.contacts == anna().contacts
    assert only_hold(decision.client).until == day("2026-03-16")


@pytest.mark.parametrize(
    "intent", [Intent.DOCUMENT_REQUEST, Intent.QUESTION, Intent.REDIRECT, Intent.OTHER, Intent.APPROVAL]
)
def test_words_about_something_else_take_no_promise_back(intent: Intent) -> None:
    """Once the copy is sent or the question answered, the day that was promised still counts."""
    promised = decide(anna(), said(Intent.PROMISE_TO_PAY, MONDAY, "2026-03-20"), POLICY, NOW).client
    asked = decide(promised, said(intent, MONDAY, mail_id=9), POLICY, NOW).client
    assert {hold.intent for hold in asked.standing_holds} == {Intent.PROMISE_TO_PAY, intent}
    assert asked.invoices[0].standing is Standing.PROMISED


def test_words_about_something_else_do_not_end_an_absence() -> None:
    client = anna(bill("F-1"), bill("F-2"))
    gone = decide(client, said(Intent.ABSENCE, MONDAY, "2026-03-20"), POLICY, NOW).client
    asked = decide(gone, said(Intent.QUESTION, MONDAY, about=(), mail_id=9), POLICY, NOW).client
    assert {hold.intent for hold in asked.standing_holds} == {Intent.ABSENCE, Intent.QUESTION}


@pytest.mark.parametrize("scope", [Scope.INVOICE, Scope.CLIENT], ids=["one invoice", "all of them"])
def test_a_promise_said_again_without_its_day_keeps_the_day(scope: Scope) -> None:
    """'The 20th', and then 'yes, it is coming': no reminder before the 20th, and nobody asks for the day again."""
    promised = decide(anna(), said(Intent.PROMISE_TO_PAY, MONDAY, "2026-03-20"), POLICY, NOW).client
    again = decide(promised, said(Intent.PROMISE_TO_PAY, MONDAY, scope=scope, mail_id=9), POLICY, NOW)
    assert letters(again) == []
    assert again.client.invoices[0].promises == (Promise(day(MONDAY), day("2026-03-20")),)
    later = decide(again.client, TimePassed(), POLICY, at("2026-03-16")).client
    assert only_hold(later).until == day("2026-03-24")
    assert later.invoices[0].standing is Standing.PROMISED
    broken = decide(later, TimePassed(), POLICY, at("2026-03-24")).client
    assert [(p.due_on, p.kept) for p in broken.invoices[0].promises] == [(day("2026-03-20"), False)]


def test_only_the_invoices_without_a_promised_day_are_asked_about() -> None:
    client = anna(bill("F-1"), bill("F-2"))
    promised = decide(client, said(Intent.PROMISE_TO_PAY, MONDAY, "2026-03-20"), POLICY, NOW).client
    again = said(Intent.PROMISE_TO_PAY, MONDAY, scope=Scope.CLIENT, mail_id=9)
    (ack,) = letters(decide(promised, again, POLICY, NOW))
    assert (ack.invoices, ack.promised_on) == (("F-2",), None)


def test_a_promise_is_acknowledged_to_whoever_made_it() -> None:
    """The billing desk, which gets the reminders, has written nothing that it could be thanked for."""
    desk = Contact("desk@client.example", Role.BILLING)
    client = anna(contacts=(Contact("anna@client.example", first_name="Anna"), desk))
    (ack,) = letters(decide(client, said(Intent.PROMISE_TO_PAY, MONDAY, "2026-03-10"), POLICY, NOW))
    assert ack.contact.email == "anna@client.example"
    stranger = said(Intent.PROMISE_TO_PAY, MONDAY, "2026-03-10", sender="no-contact@client.example")
    assert [ack.contact.email for ack in letters(decide(client, stranger, POLICY, NOW))] == ["desk@client.example"]
