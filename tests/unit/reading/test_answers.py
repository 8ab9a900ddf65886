"""What an operator types in answer to a digest: both languages, any capitals, any punctuation; never a guess."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.answer import Word
from mailbot.core.intent import Intent
from mailbot.reading.answers import intent_named, said_in, shown

ANSWERS: dict[str, tuple[tuple[int, ...], Word, Intent | None, str]] = {
    "3 payé": ((3,), Word.PAID, None, ""),
    "3 PAYE": ((3,), Word.PAID, None, ""),
    "3 : payé.": ((3,), Word.PAID, None, ""),
    "#3 paid!": ((3,), Word.PAID, None, ""),
    "n° 3 payé": ((3,), Word.PAID, None, ""),
    "3) Payé, merci !": ((3,), Word.PAID, None, ""),
    "3 paye\u0301": ((3,), Word.PAID, None, ""),
    "« 3 payé »": ((3,), Word.PAID, None, ""),
    "3 payé 1 250,00 € le 3/12": ((3,), Word.PAID, None, "1 250,00 € le 3/12"),
    "1, 2 et 5 reprendre": ((1, 2, 5), Word.RELEASE, None, ""),
    "2 wait until 2026-12-15": ((2,), Word.HOLD, None, "until 2026-12-15"),
    "2 attendre jusqu'au 15/12": ((2,), Word.HOLD, None, "jusqu'au 15/12"),
    "2 d\u2019accord": ((2,), Word.YES, None, ""),
    "oui": ((), Word.YES, None, ""),
    "4 pas arrivée": ((4,), Word.RESEND, None, ""),
    "4 arrivée": ((4,), Word.ARRIVED, None, ""),
    "1 absence 15/12": ((1,), Word.MEANT, Intent.ABSENCE, "15/12"),
    "1 bien reçu": ((1,), Word.MEANT, Intent.ACKNOWLEDGEMENT, ""),
    "1 promised 12 December": ((1,), Word.MEANT, Intent.PROMISE_TO_PAY, "12 December"),
    "6 confiance": ((6,), Word.TRUST, None, ""),
    "6 write off": ((6,), Word.CANCEL, None, ""),
}
NOT_UNDERSTOOD = ["3 payé ?", "3 pas payé", "3 non-payé par lui", "7 blabla", "3 bof"]
NO_ANSWERS = [
    "Bonjour,",
    "Noémie Gagnon",
    "2nd reminder",
    "",
    "3",
    "12/12/2026",
    "Je ne sais pas encore.",
    "Merci !",
    "Thanks",
]


@pytest.mark.parametrize("line", ANSWERS)
def test_a_line_is_understood(line: str) -> None:
    (said,) = said_in(line)
    assert (said.numbers, said.word, said.intent, said.rest) == ANSWERS[line]


@pytest.mark.parametrize("line", NOT_UNDERSTOOD)
def test_a_numbered_line_that_says_no_plain_word_comes_back_without_one(line: str) -> None:
    """`3 non payé par lui` begins with a no and goes on: what follows is kept, so that nothing acts on half a line."""
    (said,) = said_in(line)
    assert said.word is None or said.rest


@pytest.mark.parametrize("line", NO_ANSWERS)
def test_other_lines_are_no_answers(line: str) -> None:
    assert said_in(line) == ()


def test_several_answers_in_lines_and_in_one_line() -> None:
    found = said_in("Bonjour,\n1 oui; 2 payé\n3 payé, 4 reprendre\n\nNoémie")
    assert [(said.numbers[0], said.word) for said in found] == [
        (1, Word.YES),
        (2, Word.PAID),
        (3, Word.PAID),
        (4, Word.RELEASE),
    ]


def test_a_closing_word_beside_numbered_answers_is_none() -> None:
    """Else "ok" under "1 attendre" would say yes to a letter."""
    assert [said.word for said in said_in("1 attendre\nok\nMerci")] == [Word.HOLD]
    assert said_in("oui\nnon") == ()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_word_that_a_mail_shows_is_understood_as_itself(language: str) -> None:
    for word in Word:
        if word is not Word.MEANT:
            (said,) = said_in(f"3 {shown(word, language)}")
            assert (said.word, said.rest) == (word, ""), word
    for intent in Intent:
        (said,) = said_in(f"3 {shown(Word.MEANT, language, intent)}")
        assert (said.word, said.intent, said.rest) == (Word.MEANT, intent, ""), intent


def test_an_intent_is_named_in_any_language() -> None:
    assert [intent_named(word) for word in ("Litige", "dispute", "payment_claimed", "congé", "xyz")] == [
        Intent.DISPUTE,
        Intent.DISPUTE,
        Intent.PAYMENT_CLAIMED,
        Intent.ABSENCE,
        None,
    ]


@given(st.text(max_size=400))
def test_any_text_is_read_without_an_error(text: str) -> None:
    for said in said_in(text):
        assert said.numbers or said.word


def test_a_hostile_text_costs_no_more_than_a_short_one() -> None:
    assert len(said_in("1 oui\n" * 100_000)) <= 40
    assert len(said_in("1 oui, " * 100_000)) <= 40
    assert said_in("," * 1_000_000 + "1" * 1_000_000) == ()
