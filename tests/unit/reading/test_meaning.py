"""The encoder that is shipped: its word pieces, its windows, and that like meanings come out alike."""

import hashlib
from collections.abc import Sequence
from importlib import resources

import numpy as np
import pytest

from mailbot.core.intent import Intent
from mailbot.reading import model_meaning
from mailbot.reading.model_features import INTENTS
from mailbot.reading.model_meaning import (
    CHECKSUM,
    MOST_PIECES,
    WEIGHTS,
    Meaning,
    MissingWeightsError,
    encoder,
    opened,
    packed,
    vectors_of,
)
from mailbot.reading.model_pieces import SPECIAL, UNKNOWN, Pieces

FOLDER = resources.files("mailbot.reading") / "weights"


@pytest.fixture(scope="module")
def pieces() -> Pieces:
    return opened((FOLDER / WEIGHTS).read_bytes()).pieces


def _spelt(pieces: Pieces, text: str) -> str:
    names = {at: piece for piece, (at, _) in pieces.known.items()}
    return "".join(names[at] for at in pieces.of_text(text))


def test_the_weights_are_what_the_checksum_says() -> None:
    expected = (FOLDER / CHECKSUM).read_text(encoding="ascii").split()[0]
    assert hashlib.sha256((FOLDER / WEIGHTS).read_bytes()).hexdigest() == expected


def test_changed_weights_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_meaning, "CHECKSUM", "README.md")
    with pytest.raises(MissingWeightsError):
        model_meaning._encoder.__wrapped__()


@pytest.mark.parametrize(
    "text",
    [
        "Le virement est parti mardi.",
        "We'll pay the 1,240.50 € on Friday 13/03, promise!",
        "Überweisung läuft, Grüße aus Köln",
        "coração, señor, perché, reünie, œuvre",
        "xqzjvk-supercalifragilistic_2026@example.fr",
    ],
)
def test_pieces_put_together_again_give_the_words(pieces: Pieces, text: str) -> None:
    assert _spelt(pieces, text).split("\u2581") == ["", *text.split()]


def test_common_words_are_one_piece_and_letters_nobody_uses_are_unknown(pieces: Pieces) -> None:
    assert len(pieces.of_text("Bonjour merci facture payment")) == 4
    assert UNKNOWN in pieces.of_text("ༀ")
    assert min(pieces.of_text("merci")) >= SPECIAL


def test_odd_forms_of_the_same_letters_are_the_same_pieces(pieces: Pieces) -> None:
    assert pieces.of_text("ﬁn de mois\u00a0…") == pieces.of_text("fin de mois ...")


@pytest.mark.parametrize(
    ("said", "alike", "other"),
    [
        ("Le virement est parti ce matin.", "We sent the bank transfer this morning.", "Can you resend the contract?"),
        ("I am in hospital since Monday.", "Je suis hospitalisé depuis lundi.", "Merci, bien reçu, bonne journée !"),
        ("Wir zahlen nächste Woche.", "On règle la semaine prochaine.", "Votre travail n'est pas conforme au devis."),
    ],
)
def test_the_same_thought_in_another_language_is_nearer_than_another_thought(said: str, alike: str, other: str) -> None:
    rows = vectors_of([said, alike, other])
    assert rows[0] @ rows[1] > rows[0] @ rows[2] + 0.1


def _meant(sentences: Sequence[str]) -> Meaning:
    return encoder().meaning_of(sentences)


def test_each_sentence_is_heard_and_an_empty_mail_has_one() -> None:
    found = _meant(["Bonjour,", "le virement est parti.", "Bonne journée"])
    assert found.heard.shows.shape == (3, len(INTENTS) + 1)
    assert found.heard.shows.sum(axis=1) == pytest.approx(1)
    assert not found.cut
    assert _meant([]).heard.shows.shape == (1, len(INTENTS) + 1)


def test_the_sentence_that_says_it_is_heard_among_its_neighbours() -> None:
    sentences = ["Bonjour Max,", "merci encore pour la brochure.", "Le virement part vendredi.", "Bonne journée"]
    promised = _meant(sentences).heard.shows[:, INTENTS.index(Intent.PROMISE_TO_PAY)]
    assert promised.argmax() == 2


def test_a_sentence_is_read_with_its_neighbours() -> None:
    alone, after = _meant(["It is done."]), _meant(["Please pay the invoice.", "It is done."])
    assert not np.allclose(alone.heard.shows[0], after.heard.shows[1], atol=1e-3)


def test_a_mail_of_several_windows_is_read_to_the_end() -> None:
    many = ["Nous avons bien noté votre demande concernant la livraison du chantier."] * 20
    found = _meant([*many, "Le virement est parti hier."])
    assert not found.cut
    assert found.heard.shows.shape == (21, len(INTENTS) + 1)
    paid = found.heard.shows[:, INTENTS.index(Intent.PAYMENT_CLAIMED)]
    assert paid.argmax() == 20


def test_a_mail_longer_than_is_looked_at_says_that_it_was_cut() -> None:
    found = _meant(["a b c d e f g h i j " * 10] * (MOST_PIECES // 50))
    assert found.cut
    assert np.isfinite(found.heard.shows).all()
    assert np.isfinite(found.whole).all()


@pytest.mark.parametrize("text", ["\x1b", "\ud800", "\0" * 50, "🙏" * 400, "\u202e" * 300, "é" * 5000])
def test_no_text_makes_numbers_that_are_none(text: str) -> None:
    found = _meant([text])
    assert np.isfinite(found.whole).all()
    assert np.isfinite(found.heard.intents).all()
    assert 0 <= found.heard.hold <= 1


def test_weights_that_are_packed_again_say_what_they_said_before() -> None:
    octets = (FOLDER / WEIGHTS).read_bytes()
    first = opened(octets)
    again = opened(packed(octets, first.weights, 1))
    words = "Le virement part vendredi, promis."
    assert again.said_of(words).hold == pytest.approx(first.said_of(words).hold, abs=0.01)
    assert again.said_of(words).intents == pytest.approx(first.said_of(words).intents, abs=0.01)
