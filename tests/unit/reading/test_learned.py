"""What the operator taught: it may hold more, it lets go only the very words, and emergencies stay what they are."""

from datetime import date

import pytest

from mailbot.core.intent import Intent, Reading
from mailbot.reading import read
from mailbot.reading.learned import Learned, Taught, learned_from, pattern, refused_by_rules, sanity
from mailbot.reading.model import model
from mailbot.reading.weigh import weighed
from mailbot.reading.words import sentences_of

TODAY = date(2026, 11, 23)
PIPE = Taught("Salut, c'est dans le pipe pour la quinzaine", Intent.PROMISE_TO_PAY, hold=True)
COMMITTEE = Taught("Le dossier passe en comité jeudi", Intent.ACKNOWLEDGEMENT, hold=False)
FORWARDED = Taught("Top, je transmets à Bertrand !", Intent.REDIRECT, hold=True)


def learned(*taught: Taught) -> Learned:
    found = learned_from(taught)
    assert found is not None
    return found


def read_with(found: Learned, words: str) -> Reading:
    return found.settled(words, read(words, sent_on=TODAY, guesser=found.guess))


def test_each_taught_mail_is_read_as_it_was_taught() -> None:
    found = learned(PIPE, COMMITTEE, FORWARDED)
    for one in (PIPE, COMMITTEE, FORWARDED):
        reading = read_with(found, one.words)
        assert (reading.intent, reading.hold) == (one.intent, one.hold), one.words


def test_what_is_like_a_taught_mail_is_understood_like_it() -> None:
    """Another name in the same sentence: the intent is clearer than before."""
    words = "Je transmets à Bertrand"
    shipped, found = model(), learned(FORWARDED)
    assert shipped is not None
    sentences = [weighed(each) for each in sentences_of(words)]
    before, after = shipped.guess(words, sentences), found.guess(words, sentences)
    assert after is not None
    assert after.intents[Intent.REDIRECT] > before.intents[Intent.REDIRECT]
    assert read_with(found, words).intent is Intent.REDIRECT


def test_only_the_very_words_are_let_go() -> None:
    """Numbers, capitals and accents apart; one word more, and the mail is held as it was."""
    found = learned(COMMITTEE)
    assert not read_with(found, "le dossier passe en comite JEUDI.").hold
    assert read_with(found, "Le dossier passe en comité jeudi, mais la facture est fausse").hold
    assert read_with(found, "Le dossier passe devant le juge jeudi").hold


def test_an_emergency_is_held_whatever_was_taught() -> None:
    sad = Taught("Ma mère est décédée hier", Intent.ACKNOWLEDGEMENT, hold=False)
    assert refused_by_rules(sad)
    reading = read_with(learned(sad), sad.words)
    assert reading.hold
    assert reading.intent is Intent.PERSONAL_EMERGENCY


def test_plain_sentences_keep_their_meaning_and_none_is_let_go() -> None:
    found = learned(PIPE, COMMITTEE, FORWARDED)
    for one in sanity():
        before, after = read(one.words, sent_on=TODAY), read_with(found, one.words)
        assert (after.intent, after.hold) == (before.intent, before.hold), one.words


def test_what_was_shipped_holds_every_plain_sentence_that_must_hold() -> None:
    assert [one.words for one in sanity() if one.hold and not read(one.words, sent_on=TODAY).hold] == []


def test_a_hold_that_ends_by_itself_replaces_no_other_but_for_the_very_words() -> None:
    away = Taught("La facture est fausse, voyez avec mon associé", Intent.ABSENCE, hold=True)
    reading = read_with(learned(away), "La facture est fausse, vous verrez avec mon associé demain")
    assert reading.intent is not Intent.ABSENCE


@pytest.mark.parametrize(("one", "other"), [("Payé le 12/11 !", "paye le 3/12"), ("OK — merci", "ok merci")])
def test_two_mails_of_one_pattern_say_the_same(one: str, other: str) -> None:
    assert pattern(one) == pattern(other)


def test_nothing_taught_is_no_correction() -> None:
    assert learned_from(()) is None
