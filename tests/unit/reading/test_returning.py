"""An automatic answer that tells until when somebody is away is believed."""

from datetime import date

import pytest

from mailbot.reading import read_auto
from mailbot.reading.returning import last_day_away
from mailbot.reading.words import sentences_of

ON = date(2026, 3, 10)

TOLD = [
    ("En congé maternité jusqu'au 1er septembre 2026, mes mails ne sont pas lus.", "FR", date(2026, 9, 1)),
    ("Merci pour votre message. Le cabinet est fermé du 9 au 20 mars. Dr Lenoir", "FR", date(2026, 3, 20)),
    ("Danke! Ich bin bis einschließlich 27.03.2026 nicht im Büro. Keine Weiterleitung.", "DE", date(2026, 3, 27)),
    ("I am on leave until 20 March, emails are not read.", "GB", date(2026, 3, 20)),
    ("Estoy de baja hasta el 20 de marzo.", "ES", date(2026, 3, 20)),
]


@pytest.mark.parametrize(("words", "country", "day"), TOLD, ids=[words for words, *_ in TOLD])
def test_the_day_behind_until_ends_an_absence(words: str, country: str, day: date) -> None:
    chosen = last_day_away(words, sentences_of(words), sent_on=ON, country=country)
    assert chosen is not None
    assert chosen.day == day
    assert read_auto(words, sent_on=ON, country=country).until == day


@pytest.mark.parametrize(
    "words",
    [
        "Our spring sale runs on 12 April, I am away.",
        "Closed until 12 April, or until 20 April for the workshop.",
        "I am away this month.",
    ],
)
def test_no_day_or_several_end_no_absence(words: str) -> None:
    assert last_day_away(words, sentences_of(words), sent_on=ON, country="GB") is None
