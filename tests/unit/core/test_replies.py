"""What follows from a client's words: which hold, on what, until when, and who is told. Mails of Monday 2 March."""
# ruff: noqa: E501 - a row of a table is one line

from dataclasses import replace
from datetime import date

import pytest

from mailbot.core.client import Client, Contact, HeldBy, Hold, Promise, Reachability, Standing
from mailbot.core.decide import decide
from mailbot.core.effects import WithdrawLetters
from mailbot.core.events import HoldAsked, HoldReleased, TimePassed
from mailbot.core.intent import Intent, Scope
from mailbot.core.ladder import outlook
from mailbot.core.policy import Policy
from tests.fakes.people import anna, at, away, bill, day, said
from tests.unit.core.decisions import letters, matters, only_hold

POLICY = Policy()
MONDAY = "2026-03-02"
NOW = at(MONDAY)


@pytest.mark.parametrize(
    ("intent", "named", "scope", "until", "lapses", "asks", "urgent"),
    [
        pytest.param(Intent.PROMISE_TO_PAY, "2026-03-10", "F-1", "2026-03-12", True, False, False, id="a promise with a day: two working days of grace"),
        pytest.param(Intent.PROMISE_TO_PAY, "2026-03-13", "F-1", "2026-03-17", True, False, False, id="a promise for a Friday: grace over the weekend"),
        pytest.param(Intent.PROMISE_TO_PAY, None, "F-1", "2026-03-09", True, False, False, id="a promise without a day: five working days"),
        pytest.param(Intent.PROMISE_TO_PAY, "2026-02-20", "F-1", "2026-03-09", True, False, False, id="a promise for a day gone by counts as one without a day"),
        pytest.param(Intent.PROMISE_TO_PAY, "2026-04-16", "F-1", "2026-04-20", True, False, False, id="a promise for in 45 days is a promise"),
        pytest.param(Intent.PROMISE_TO_PAY, "2026-04-17", "F-1", None, False, True, False, id="a promise for later is a wish for new terms"),
        pytest.param(Intent.PAYMENT_CLAIMED, None, "F-1", "2026-03-09", False, False, False, id="says paid: five working days, then the operator is asked"),
        pytest.param(Intent.DISPUTE, None, "F-1", None, False, True, True, id="a dispute: at once to the operator"),
        pytest.param(Intent.PERSONAL_EMERGENCY, None, None, None, False, True, True, id="an emergency: everything stops"),
        pytest.param(Intent.PERSONAL_EMERGENCY, "2026-03-10", None, None, False, True, True, id="an emergency with a day: still a human says when"),
        pytest.param(Intent.FINANCIAL_DIFFICULTY, None, None, None, False, True, False, id="short of money: everything stops"),
        pytest.param(Intent.ABSENCE, "2026-03-13", None, "2026-03-16", True, False, False, id="away until Friday: until Monday"),
        pytest.param(Intent.ABSENCE, None, None, "2026-03-11", True, False, False, id="away without a day: seven working days"),
        pytest.param(Intent.ABSENCE, "9999-12-31", None, "2026-03-11", True, False, False, id="away until the end of time was misread"),
        pytest.param(Intent.EXTENSION_REQUEST, "2026-03-20", "F-1", None, False, True, False, id="asks for more time: the operator answers"),
        pytest.param(Intent.DOCUMENT_REQUEST, None, "F-1", None, False, True, False, id="asks for a document: the operator answers"),
        pytest.param(Intent.REDIRECT, None, "F-1", None, False, True, False, id="names another person: the operator decides"),
        pytest.param(Intent.REFUSAL, None, "F-1", None, False, True, True, id="will not pay: at once to the operator"),
        pytest.param(Intent.QUESTION, None, "F-1", None, False, True, False, id="a question: the operator answers"),
        pytest.param(Intent.OTHER, None, "F-1", None, False, True, False, id="not understood means held"),
    ],
)  # fmt: skip
def test_a_person_writes(  # noqa: PLR0917 - the columns of the table
    intent: Intent, named: str | None, scope: str | None, until: str | None, lapses: bool, asks: bool, urgent: bool
) -> None:
    decision = decide(anna(), said(intent, MONDAY, named), POLICY, NOW)
    hold = only_hold(decision.client)
    assert (hold.invoice, hold.until, hold.lapses) == (scope, day(until) if until else None, lapses)
    assert (hold.by, hold.intent, hold.mail_id, hold.evidence) == (HeldBy.PERSON, intent, 7, "ses mots")
    assert [matter.matter.urgent for matter in matters(decision)] == ([urgent] if asks else [])
    assert any(isinstance(effect, WithdrawLetters) for effect in decision.effects)
    view = outlook(decision.client, decision.client.invoices[0], POLICY, NOW)
    assert view.at is None or view.at >= at("2026-03-09", "00:00")


def test_got_it_thanks_lets_the_ladder_go_on_and_gives_the_client_some_peace() -> None:
    decision = decide(anna(), said(Intent.ACKNOWLEDGEMENT, MONDAY), POLICY, NOW)
    assert not decision.client.standing_holds
    assert decision.effects == ()
    assert decision.client.answered_at == NOW


def test_a_promise_is_acknowledged_once_and_stands_with_the_invoice() -> None:
    decision = decide(anna(), said(Intent.PROMISE_TO_PAY, MONDAY, "2026-03-10"), POLICY, NOW)
    (ack,) = letters(decision)
    assert (ack.tone.template, ack.answer, ack.promised_on, ack.climbs) == ("promise_ack", True, day("2026-03-10"), ())
    (invoice,) = decision.client.invoices
    assert invoice.standing is Standing.PROMISED
    assert invoice.promises == (Promise(day(MONDAY), day("2026-03-10")),)


@pytest.mark.parametrize("named", [None, "2026-02-20"], ids=["no day", "a day gone by"])
def test_no_day_is_acknowledged_that_was_not_given(named: str | None) -> None:
    (ack,) = letters(decide(anna(), said(Intent.PROMISE_TO_PAY, MONDAY, named), POLICY, NOW))
    assert ack.promised_on is None


@pytest.mark.parametrize(
    "client",
    [anna(contacts=()), anna(contacts=(Contact("x@client.example", reachability=Reachability.DEAD),))],
    ids=["no contact", "a dead address"],
)
def test_a_promise_is_kept_in_mind_even_if_nobody_can_be_answered(client: Client) -> None:
    decision = decide(client, said(Intent.PROMISE_TO_PAY, MONDAY, "2026-03-10"), POLICY, NOW)
    assert letters(decision) == []
    assert decision.client.invoices[0].standing is Standing.PROMISED


def test_no_acknowledgement_if_the_operator_wants_none() -> None:
    policy = Policy(acknowledge_promises=False)
    assert letters(decide(anna(), said(Intent.PROMISE_TO_PAY, MONDAY, "2026-03-10"), policy, NOW)) == []


def test_a_wish_for_new_terms_is_no_promise() -> None:
    decision = decide(anna(), said(Intent.PROMISE_TO_PAY, MONDAY, "2026-09-01"), POLICY, NOW)
    assert decision.client.invoices[0].promises == ()
    assert letters(decision) == []


def test_a_dispute_stops_one_invoice_while_the_other_goes_on() -> None:
    client = anna(bill("F-1", "2026-02-20"), bill("F-2", "2026-02-20"))
    decision = decide(client, said(Intent.DISPUTE, MONDAY, about=("F-1", "F-2"), invoices=("F-1",)), POLICY, NOW)
    first, second = decision.client.invoices
    assert (first.standing, second.standing) == (Standing.DISPUTED, Standing.OPEN)
    assert outlook(decision.client, first, POLICY, NOW).at is None
    assert outlook(decision.client, second, POLICY, NOW).at is not None


def test_an_answer_to_a_letter_about_several_invoices_holds_them_all_and_asks_once() -> None:
    client = anna(bill("F-1"), bill("F-2"), bill("F-3"))
    decision = decide(client, said(Intent.QUESTION, MONDAY, about=("F-1", "F-3")), POLICY, NOW)
    assert sorted(hold.invoice or "" for hold in decision.client.standing_holds) == ["F-1", "F-3"]
    assert len({hold.id for hold in decision.client.standing_holds}) == 2
    (asked,) = matters(decision)
    assert asked.matter.invoice is None


@pytest.mark.parametrize(
    ("about", "named", "expected"),
    [
        pytest.param(("F-1",), ("F-2",), {"F-2"}, id="the number in the words is stronger than the thread"),
        pytest.param((), ("F-2", "X-9"), {"F-2"}, id="a number that we do not know is none"),
        pytest.param((), (), {None}, id="no number at all, and several invoices: the whole client"),
        pytest.param((), ("X-9",), {None}, id="only an unknown number: the whole client"),
        pytest.param(("F-0",), (), {None}, id="only an invoice that is closed: the whole client"),
    ],
)
def test_what_a_mail_is_about(about: tuple[str, ...], named: tuple[str, ...], expected: set[str | None]) -> None:
    client = anna(bill("F-1"), bill("F-2"), bill("F-0", standing=Standing.SETTLED))
    decision = decide(client, said(Intent.OTHER, MONDAY, about=about, invoices=named), POLICY, NOW)
    assert {hold.invoice for hold in decision.client.standing_holds} == expected


def test_a_mail_that_names_nothing_is_about_the_only_invoice_there_is() -> None:
    assert only_hold(decide(anna(), said(Intent.OTHER, MONDAY, about=()), POLICY, NOW).client).invoice == "F-1"


@pytest.mark.parametrize("intent", [Intent.PAYMENT_CLAIMED, Intent.PROMISE_TO_PAY])
def test_words_about_money_from_a_client_who_owes_nothing_hold_nothing(intent: Intent) -> None:
    """Otherwise next year's invoice would wait for an answer to last year's "just paid, thanks"."""
    client = anna(bill(standing=Standing.SETTLED))
    assert not decide(client, said(intent, MONDAY), POLICY, NOW).client.standing_holds
    assert decide(client, said(Intent.DISPUTE, MONDAY), POLICY, NOW).client.standing_holds


@pytest.mark.parametrize(
    ("first", "second", "left"),
    [
        pytest.param(("2026-03-10", Intent.PROMISE_TO_PAY), ("2026-03-20", Intent.PROMISE_TO_PAY), [(Intent.PROMISE_TO_PAY, "2026-03-24")], id="a later promise replaces the earlier one"),
        pytest.param(("2026-03-20", Intent.PROMISE_TO_PAY), ("2026-03-10", Intent.PROMISE_TO_PAY), [(Intent.PROMISE_TO_PAY, "2026-03-12")], id="and so does an earlier one"),
        pytest.param(("2026-03-20", Intent.PROMISE_TO_PAY), (None, Intent.PAYMENT_CLAIMED), [(Intent.PAYMENT_CLAIMED, "2026-03-09")], id="paid after all replaces a promise"),
        pytest.param((None, Intent.DISPUTE), ("2026-03-10", Intent.PROMISE_TO_PAY), [(Intent.DISPUTE, None), (Intent.PROMISE_TO_PAY, "2026-03-12")], id="what waits for a human stays"),
    ],
)  # fmt: skip
def test_a_newer_word(
    first: tuple[str | None, Intent], second: tuple[str | None, Intent], left: list[tuple[Intent, str | None]]
) -> None:
    once = decide(anna(), said(first[1], MONDAY, first[0]), POLICY, NOW).client
    twice = decide(once, said(second[1], MONDAY, second[0], mail_id=9), POLICY, NOW).client
    assert [(h.intent, h.until.isoformat() if h.until else None) for h in twice.standing_holds] == left


def test_an_invoice_stands_as_promised_only_while_a_promise_holds_it() -> None:
    promised = decide(anna(), said(Intent.PROMISE_TO_PAY, MONDAY, "2026-03-20"), POLICY, NOW).client
    claimed = decide(promised, said(Intent.PAYMENT_CLAIMED, MONDAY), POLICY, NOW).client
    assert claimed.invoices[0].standing is Standing.OPEN


def test_being_away_takes_no_promise_back() -> None:
    client = anna(bill("F-1"), bill("F-2"))
    promised = decide(client, said(Intent.PROMISE_TO_PAY, MONDAY, "2026-03-30", scope=Scope.CLIENT), POLICY, NOW).client
    left = decide(promised, said(Intent.ABSENCE, MONDAY, "2026-03-10"), POLICY, NOW).client
    assert Intent.PROMISE_TO_PAY in [hold.intent for hold in left.standing_holds]
    view = outlook(left, left.invoices[0], POLICY, at("2026-03-20"))
    assert view.at is not None
    assert view.at >= at("2026-04-01", "00:00")


def test_a_promise_for_one_invoice_outlives_an_older_one_for_all() -> None:
    """The older promise's day comes first; what was promised for the second invoice later is not broken then."""
    client = anna(bill("F-1"), bill("F-2"))
    older = decide(client, said(Intent.PROMISE_TO_PAY, MONDAY, "2026-03-10", scope=Scope.CLIENT), POLICY, NOW).client
    newer = said(Intent.PROMISE_TO_PAY, MONDAY, "2026-03-25", invoices=("F-2",), mail_id=9)
    both = decide(older, newer, POLICY, NOW).client
    after = decide(both, TimePassed(), POLICY, at("2026-03-12")).client
    first, second = after.invoices
    assert [(p.due_on, p.kept) for p in first.promises] == [(day("2026-03-10"), False)]
    assert [(p.due_on, p.kept) for p in second.promises] == [(day("2026-03-25"), None)]
    assert (first.standing, second.standing) == (Standing.OPEN, Standing.PROMISED)


def test_a_promise_for_all_replaces_the_one_for_a_single_invoice() -> None:
    client = anna(bill("F-1"), bill("F-2"))
    single = decide(client, said(Intent.PROMISE_TO_PAY, MONDAY, "2026-03-10"), POLICY, NOW).client
    newer = said(Intent.PROMISE_TO_PAY, MONDAY, "2026-03-25", scope=Scope.CLIENT, mail_id=9)
    after = decide(single, newer, POLICY, NOW).client
    assert only_hold(after).until == day("2026-03-27")
    assert [p.due_on for p in after.invoices[0].promises] == [day("2026-03-25")]


def test_a_new_promise_after_the_day_of_the_old_one_leaves_that_one_broken() -> None:
    once = decide(anna(), said(Intent.PROMISE_TO_PAY, MONDAY, "2026-03-10"), POLICY, NOW).client
    late = said(Intent.PROMISE_TO_PAY, "2026-03-11", "2026-03-18", mail_id=9)
    twice = decide(once, late, POLICY, at("2026-03-11")).client
    assert [(p.due_on, p.kept) for p in twice.invoices[0].promises] == [
        (day("2026-03-10"), False),
        (day("2026-03-18"), None),
    ]


@pytest.mark.parametrize(
    ("named", "until"),
    [
        pytest.param("2026-03-13", "2026-03-16", id="until the day after the return"),
        pytest.param(None, "2026-03-11", id="seven working days where none is named"),
        pytest.param("2026-02-13", "2026-03-11", id="and where it is gone by"),
        pytest.param("9999-12-31", "2026-03-11", id="and where it was misread"),
    ],
)
def test_an_automatic_reply_pauses_the_client(named: str | None, until: str) -> None:
    hold = only_hold(decide(anna(), away(MONDAY, named), POLICY, NOW).client)
    assert (hold.invoice, hold.by, hold.until, hold.lapses) == (None, HeldBy.MACHINE, day(until), True)


def test_an_automatic_reply_never_overrules_a_person() -> None:
    for intent, named in ((Intent.PERSONAL_EMERGENCY, None), (Intent.PROMISE_TO_PAY, "2026-03-30")):
        person = decide(anna(), said(intent, MONDAY, named), POLICY, NOW).client
        after = decide(person, away(MONDAY, "2026-03-04"), POLICY, NOW).client
        theirs = [hold for hold in after.standing_holds if hold.by is HeldBy.PERSON]
        assert theirs == list(person.standing_holds)
        later = decide(after, TimePassed(), POLICY, at("2026-03-06")).client
        assert [hold for hold in later.standing_holds if hold.by is HeldBy.PERSON] == theirs


def test_the_same_automatic_reply_again_adds_nothing() -> None:
    once = decide(anna(), away(MONDAY, "2026-03-13"), POLICY, NOW).client
    assert decide(once, away(MONDAY, "2026-03-13"), POLICY, NOW).client == once


def test_a_deputy_is_proposed_and_never_adopted() -> None:
    told = away(MONDAY, "2026-03-13", redirect_to="deputy@client.example", redirect_name="Mia Roy")
    decision = decide(anna(), told, POLICY, NOW)
    (asked,) = matters(decision)
    assert (asked.matter.facts["address"], asked.matter.facts["person"]) == ("deputy@client.example", "Mia Roy")
    assert decision.client.contacts == anna().contacts


def test_an_answer_from_a_doubtful_address_shows_that_it_works() -> None:
    contact = Contact("anna@client.example", reachability=Reachability.DEAD)
    after = decide(anna(contacts=(contact,)), said(Intent.OTHER, MONDAY), POLICY, NOW).client
    assert after.contacts[0].reachability is Reachability.GOOD


def test_the_operators_silence_is_not_lifted_by_a_clients_word() -> None:
    held = decide(anna(), HoldAsked("F-1", date(2026, 3, 20), "no"), POLICY, NOW).client
    after = decide(held, said(Intent.PROMISE_TO_PAY, MONDAY, "2026-03-04"), POLICY, NOW).client
    assert {hold.by for hold in after.standing_holds} == {HeldBy.OPERATOR, HeldBy.PERSON}


def test_a_release_answers_the_mail_that_held_everything() -> None:
    """Released through one invoice, the client's own hold goes, and nothing of it stays on the operator's list."""
    client = anna(bill("F-1"), bill("F-2"))
    held = decide(client, said(Intent.PERSONAL_EMERGENCY, MONDAY), POLICY, NOW)
    (asked,) = matters(held)
    free = decide(held.client, HoldReleased("F-1"), POLICY, NOW)
    assert not free.client.standing_holds
    assert any(
        getattr(effect, "subject_key", "") == asked.matter.subject_key or getattr(effect, "invoices", ()) is None
        for effect in free.effects
    )


def test_a_broken_promise_frees_the_ladder_and_says_so() -> None:
    promised = decide(anna(), said(Intent.PROMISE_TO_PAY, MONDAY, "2026-03-10"), POLICY, NOW).client
    grace = decide(promised, TimePassed(), POLICY, at("2026-03-11", "23:59"))
    assert grace.client.standing_holds
    over = decide(promised, TimePassed(), POLICY, at("2026-03-12", "00:00"))
    assert not over.client.standing_holds
    assert [reason.code for _, reason in over.because] == ["promise_broken"]
    assert over.client.invoices[0].promises[0].kept is False


def test_a_claimed_payment_that_does_not_show_becomes_a_question_once() -> None:
    claimed = decide(anna(), said(Intent.PAYMENT_CLAIMED, MONDAY), POLICY, NOW).client
    asked = decide(claimed, TimePassed(), POLICY, at("2026-03-09"))
    assert [matter.matter.kind for matter in matters(asked)] == ["claim"]
    assert only_hold(asked.client).until is None
    assert decide(asked.client, TimePassed(), POLICY, at("2026-03-10")).effects == ()


def test_while_silent_holds_run_out_and_nothing_is_climbed() -> None:
    late = anna(bill(due="2026-01-20"))
    held = decide(late, away(MONDAY, "2026-03-03"), POLICY, NOW).client
    after = decide(held, TimePassed(silent=True), POLICY, at("2026-03-20"))
    assert not after.client.standing_holds
    assert letters(after) == []
    assert letters(decide(held, TimePassed(), POLICY, at("2026-03-20")))


def test_several_due_invoices_make_one_letter_in_the_gentlest_tone() -> None:
    emergency = Hold(1, "F-2", HeldBy.PERSON, Intent.PERSONAL_EMERGENCY, NOW, lifted_at=at("2026-03-03"))
    client = anna(bill("F-1", "2026-01-20"), bill("F-2", "2026-01-20"), holds=(emergency,))
    (letter,) = letters(decide(client, TimePassed(), POLICY, at("2026-03-12")))
    assert letter.invoices == ("F-1", "F-2")
    assert letter.climbs == (("F-1", "courtesy"), ("F-2", "courtesy"))
    assert letter.tone.after_hold
    assert letter.chasing


def test_a_rung_that_wants_approval_makes_a_proposal() -> None:
    ladder = tuple(replace(rung, approval=rung.name == "courtesy") for rung in POLICY.ladder("default"))
    (letter,) = letters(
        decide(
            anna(bill(due="2026-01-20", delivered_on=day("2026-01-02"))),
            TimePassed(),
            Policy(ladders={"default": ladder}),
            NOW,
        )
    )
    assert letter.approval


def test_a_promise_without_a_day_is_never_told_as_one_that_named_a_day() -> None:
    overdue = bill(due="2026-02-01", delivered_on=day("2026-01-02"), issued_on=day("2026-01-02"))
    after = decide(anna(overdue), said(Intent.PROMISE_TO_PAY, MONDAY), POLICY, NOW).client
    assert after.invoices[0].standing is Standing.PROMISED
    free = decide(after, TimePassed(), POLICY, at("2026-03-09"))
    (letter,) = letters(free)
    assert letter.tone.broken_promise_on is None
    assert free.client.invoices[0].standing is Standing.OPEN
