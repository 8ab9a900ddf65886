"""One or two words: thanks in any of the seven languages let the ladder go on, everything else is looked at."""

from datetime import date

import pytest

from mailbot.core.intent import Intent
from mailbot.reading import read, read_auto

ON = date(2026, 3, 10)


@pytest.mark.parametrize(
    "words", ["Recibido, gracias", "Recebi, obrigado.", "Danke!", "Bedankt", "Ricevuto, grazie", "Oki"]
)
def test_thanks_in_another_language_let_the_ladder_go_on(words: str) -> None:
    assert not read(words, sent_on=ON).hold


@pytest.mark.parametrize(
    "words",
    ["Nein danke", "No gracias", "Non merci", "Zut alors", "Jamais", "Hors de question", "Not approved", "Oui mais"],
)
def test_a_short_no_is_held(words: str) -> None:
    assert read(words, sent_on=ON).hold


@pytest.mark.parametrize(
    "words",
    [
        "Notre boîte facturation@b.example remplace celle-ci. Votre message n'a pas été lu.",
        "This mailbox is closed. It is replaced by facturation@b.example.",
        "I have left. Use facturation@b.example instead.",
    ],
)
def test_a_machine_that_names_the_new_mailbox_points_to_it(words: str) -> None:
    reading = read_auto(words, sent_on=ON)
    assert (reading.intent, reading.redirect_to) == (Intent.AUTO_REPLY, "facturation@b.example")


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("Bonjour Monsieur,\n\nJ'ai bien eu votre message.\n\nBonne journée", "J'ai bien eu votre message."),
        ("Hi Jean,\n\nWell received on our side.", "Well received on our side."),
        ("Bonjour,\n\nParfait.", "Parfait."),
        ("Bonjour", "Bonjour"),
        ("Bonjour, c'est noté", "Bonjour, c'est noté"),
    ],
)
def test_a_greeting_shows_nothing_where_another_sentence_does(words: str, shown: str) -> None:
    assert read(words, sent_on=ON).evidence == shown
