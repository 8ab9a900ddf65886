"""What holds for good: emergencies and disputes end by a human word alone. Mails of Monday 2 March."""

import pytest

from mailbot.core.client import HeldBy
from mailbot.core.decide import decide
from mailbot.core.effects import CloseMatters
from mailbot.core.events import HoldAsked, TimePassed
from mailbot.core.intent import Intent
from mailbot.core.ladder import outlook
from mailbot.core.policy import Policy
from tests.fakes.people import anna, at, away, bill, climbed, day, said
from tests.unit.core.decisions import letters, matters, only_hold

POLICY = Policy()
MONDAY = "2026-03-02"
NOW = at(MONDAY)

EMERGENCIES = [Intent.PERSONAL_EMERGENCY, Intent.FINANCIAL_DIFFICULTY]


@pytest.mark.parametrize("intent", EMERGENCIES, ids=str)
def test_after_an_emergency_the_ladder_resumes_on_the_day_that_the_operator_set_with_the_softest_letter(
    intent: Intent,
) -> None:
    invoice = climbed(bill(due="2026-01-20", delivered_on=day("2025-12-20")), courtesy="2026-01-15")
    struck = decide(
        anna(climbed(invoice, courtesy="2026-01-15", friendly="2026-01-26")), said(intent, MONDAY), POLICY, NOW
    )
    waiting = decide(struck.client, HoldAsked(None, day("2026-04-15")), POLICY, at("2026-03-04"))
    assert CloseMatters(None, (), "mail:7") in waiting.effects
    before = decide(waiting.client, TimePassed(), POLICY, at("2026-04-14"))
    assert letters(before) == []
    lapsed = decide(before.client, TimePassed(), POLICY, at("2026-04-15", "00:01")).client
    view = outlook(lapsed, lapsed.invoices[0], POLICY, at("2026-04-15", "00:01"))
    assert view.at is not None
    (letter,) = letters(decide(lapsed, TimePassed(), POLICY, view.at))
    assert (letter.tone.template, letter.tone.after_hold) == ("courtesy", True)


@pytest.mark.parametrize("intent", EMERGENCIES, ids=str)
def test_without_a_human_word_an_emergency_never_ends(intent: Intent) -> None:
    struck = decide(anna(bill(due="2026-01-20")), said(intent, MONDAY, "2026-03-10"), POLICY, NOW).client
    for event in (said(Intent.PROMISE_TO_PAY, "2026-03-05", "2026-03-12"), away("2026-03-05", "2026-03-06")):
        struck = decide(struck, event, POLICY, at("2026-03-05")).client
    late = decide(struck, TimePassed(), POLICY, at("2027-03-01"))
    assert letters(late) == []
    assert outlook(late.client, late.client.invoices[0], POLICY, at("2027-03-01")).at is None


def test_a_dispute_does_not_end_on_a_day_that_was_set_for_the_client() -> None:
    disputed = decide(anna(), said(Intent.DISPUTE, MONDAY), POLICY, NOW).client
    after = decide(disputed, HoldAsked(None, day("2026-04-15")), POLICY, NOW).client
    later = decide(after, TimePassed(), POLICY, at("2026-06-01")).client
    assert outlook(later, later.invoices[0], POLICY, at("2026-06-01")).at is None


def test_what_sounds_like_a_machine_but_contests_is_listened_to_like_a_person() -> None:
    decision = decide(anna(), away(MONDAY, "2026-03-06", others=(Intent.DISPUTE,)), POLICY, NOW)
    hold = only_hold(decision.client)
    assert (hold.intent, hold.by, hold.lapses, hold.until) == (Intent.DISPUTE, HeldBy.PERSON, False, None)
    assert [asked.matter.urgent for asked in matters(decision)] == [True]


def test_a_dispute_beside_another_request_is_shown_and_outlasts_its_answer() -> None:
    decision = decide(
        anna(), said(Intent.REDIRECT, MONDAY, others=(Intent.DISPUTE,), reply_text="tous ses mots"), POLICY, NOW
    )
    assert {hold.intent for hold in decision.client.standing_holds} == {Intent.REDIRECT, Intent.DISPUTE}
    assert [asked.matter.facts["words"] for asked in matters(decision)] == ["tous ses mots"]
