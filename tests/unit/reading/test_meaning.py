"""The encoder that is shipped: its word pieces, its windows, and that like meanings come out alike."""

import hashlib
from importlib import resources

import numpy as np
import pytest

from mailbot.reading import model_meaning
from mailbot.reading.model_meaning import (
    CHECKSUM,
    MOST_PIECES,
    WEIGHTS,
    WIDTH,
    MissingWeightsError,
    meanings_of,
    opened,
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


def test_each_sentence_has_a_row_and_an_empty_mail_has_one() -> None:
    found = meanings_of(["Bonjour,", "le virement est parti.", "Bonne journée"])
    assert found.parts.shape == (3, WIDTH)
    assert not found.cut
    assert meanings_of([]).parts.shape == (1, WIDTH)


def test_a_sentence_is_read_with_its_neighbours() -> None:
    alone, after = meanings_of(["It is done."]), meanings_of(["Please pay the invoice.", "It is done."])
    assert not np.allclose(alone.parts[0], after.parts[1], atol=1e-3)


def test_a_mail_of_several_windows_is_read_to_the_end() -> None:
    many = ["Nous avons bien noté votre demande concernant la livraison du chantier."] * 20
    found = meanings_of([*many, "Le virement est parti."])
    assert not found.cut
    assert found.parts.shape == (21, WIDTH)
    last, alone = found.parts[-1], meanings_of(["Le virement est parti."]).parts[0]
    assert last @ alone > found.parts[0] @ alone


def test_a_mail_longer_than_is_looked_at_says_that_it_was_cut() -> None:
    found = meanings_of(["a b c d e f g h i j " * 10] * (MOST_PIECES // 50))
    assert found.cut
    assert np.isfinite(found.parts).all()
    assert np.isfinite(found.whole).all()


@pytest.mark.parametrize("text", ["\ud800", "\0" * 50, "🙏" * 400, "\u202e" * 300, "é" * 5000])
def test_no_text_makes_numbers_that_are_none(text: str) -> None:
    assert np.isfinite(meanings_of([text]).whole).all()
