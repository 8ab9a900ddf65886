"""The parts of the trained reader: word pieces, variants for training, what was kept of networks, the model card."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mailbot.core.intent import Intent
from mailbot.reading import model_table, train_unseen
from mailbot.reading.model import BODY
from mailbot.reading.model_body import Heard
from mailbot.reading.model_card import curve_of
from mailbot.reading.model_features import INTENTS
from mailbot.reading.model_vary import Variety
from mailbot.reading.train import Example, clauses_of, examples_in, prepared
from mailbot.reading.unseen import Unseen

MAIL = Example(
    id="zoe-0001",
    author="zoe",
    group="zoe-g0001",
    lang="fr",
    country="FR",
    sent_on="2026-03-04",
    subject="",
    text="Bonjour,\nMerci pour la facture et pour le beau travail sur la brochure. Le virement part vendredi.\nZoé",
    intent=Intent.PROMISE_TO_PAY,
    also=(),
    hold=True,
    until="2026-03-06",
    evidence="Le virement part vendredi.",
)


def _spelled(text: str) -> list[str]:
    names = {place: piece for piece, (place, _) in model_table.table().pieces.known.items()}
    return [names.get(place, "<unk>") for place in model_table.pieces_of(text)[1:-1]]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("I will pay you on Friday", ["▁I", "▁will", "▁pay", "▁you", "▁on", "▁Friday"]),
        ("the end\n\nof it", ["▁the", "▁end", "▁of", "▁it"]),
        ("", ["<unk>"]),
        ("\u200b \u00ad", ["<unk>"]),
    ],
    ids=["words are whole", "line breaks are spaces", "nothing is unknown", "what cannot be seen is nothing"],
)
def test_a_text_falls_into_pieces(text: str, pieces: list[str]) -> None:
    assert _spelled(text) == pieces


def test_every_letter_of_our_languages_is_known_and_a_rare_word_loses_none() -> None:
    letters = "abcdefghijklmnopqrstuvwxyzàâäãáåæçèéêëìíîïñòóôöõœùúûüß"
    assert "<unk>" not in _spelled(" ".join(letters))
    assert "".join(_spelled("Québécoiseriezuständigkeitsschlüssel"))[1:] == "Québécoiseriezuständigkeitsschlüssel"


def test_a_script_that_is_not_ours_is_unknown_and_no_fault() -> None:
    assert "<unk>" in _spelled("नमस्ते")


def test_a_changed_table_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_table, "TABLE_CHECKSUM", "README.md")
    with pytest.raises(ImportError):
        model_table.table.__wrapped__()


def test_variants_are_many_and_the_same_for_the_same_seed() -> None:
    mails = [MAIL, replace(MAIL, id="zoe-0002", text="Salut Max,\nbien reçu.\nÀ plus\nMarie", hold=False)]
    drawn = [[vary.of(MAIL) for _ in range(30)] for vary in (Variety(mails, 1), Variety(mails, 1), Variety(mails, 2))]
    assert drawn[0] == drawn[1] != drawn[2]
    assert len(set(drawn[0])) > 5
    assert all(text.strip() for text in drawn[0])


def test_the_clause_that_shows_the_intent_teaches_as_a_mail_of_its_own() -> None:
    long = prepared(replace(MAIL, text=MAIL.text + "\n" + "Le temps passe vite. " * 3))
    (clause,) = clauses_of([long])
    assert clause.example.text == MAIL.evidence
    assert clause.clause
    assert clauses_of([clause, prepared(replace(MAIL, also=("acknowledgement",)))]) == []


def test_what_was_kept_of_networks_comes_back(tmp_path: Path) -> None:
    odds = np.full(len(INTENTS), 1 / len(INTENTS), dtype=np.float32)
    shows = np.full((3, len(INTENTS) + 1), 0.5, dtype=np.float32)
    Unseen.of({"a": Heard(odds, odds, 0.25), "c": Heard(odds, odds, 0.5, shows)}).write(tmp_path / "unseen.npz")
    again = Unseen.read(tmp_path / "unseen.npz")
    kept, with_sentences = again.said_of("a"), again.said_of("c")
    assert kept is not None
    assert with_sentences is not None
    assert kept.shows.shape == (0, len(INTENTS) + 1)
    assert with_sentences.shows == pytest.approx(shows)
    assert kept.hold == pytest.approx(0.25)
    assert kept.intents == pytest.approx(odds, abs=0.001)
    assert again.said_of("b") is None


def test_what_the_network_says_of_later_mails_is_added_and_nothing_kept_is_touched(tmp_path: Path) -> None:
    odds = np.full(len(INTENTS), 1 / len(INTENTS), dtype=np.float32)
    kept = tmp_path / "unseen.npz"
    Unseen.of({MAIL.text: Heard(odds, odds, 0.25)}).write(kept)
    row = {"lang": "fr", "intent": "promise_to_pay", "hold": True}
    mails = [row | {"id": "zoe-0001", "text": MAIL.text}, row | {"id": "yan-0001", "text": "Je paie lundi."}]
    (tmp_path / "all-01.jsonl").write_text("\n".join(json.dumps(each) for each in mails), encoding="utf-8")
    network = Path(train_unseen.__file__).parent / "weights"
    arguments = ["--corpus", str(tmp_path), "--network", str(network), "--add-to", str(kept)]
    assert train_unseen.main(arguments) == 0
    first, later = Unseen.read(kept).said_of(MAIL.text), Unseen.read(kept).said_of("Je paie lundi.")
    assert first is not None
    assert first.hold == pytest.approx(0.25)
    assert later is not None
    assert INTENTS[int(later.intents.argmax())] is Intent.PROMISE_TO_PAY


def test_without_a_network_nothing_is_added(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "zoe-01.jsonl").write_text(
        json.dumps({"id": "a", "lang": "fr", "intent": "other", "hold": False, "text": "Oui."}), encoding="utf-8"
    )
    Unseen.of({"a": Heard(np.ones(1, dtype=np.float32), np.ones(1, dtype=np.float32), 0.5)}).write(
        tmp_path / "unseen.npz"
    )
    before = (tmp_path / "unseen.npz").read_bytes()
    folder = str(tmp_path)
    arguments = ["--corpus", folder, "--network", folder, "--add-to", str(tmp_path / "unseen.npz")]
    assert train_unseen.main(arguments) == 1
    assert BODY in capsys.readouterr().err
    assert (tmp_path / "unseen.npz").read_bytes() == before


def test_a_line_that_is_no_example_is_named(tmp_path: Path) -> None:
    (tmp_path / "zoe-01.jsonl").write_text(json.dumps({"id": "zoe-0001"}) + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"zoe-01\.jsonl:1: not an example"):
        examples_in(tmp_path)


def test_a_curve_never_falls_where_more_must_be_held() -> None:
    from mailbot.reading.model import Raw

    rows = [(0.1 * at, at % 3 > 0) for at in range(60)]
    said = [Raw(np.zeros(1, np.float32), score, np.zeros((1, 1), np.float32)) for score, _ in rows]
    shares = [free for _, free in curve_of([replace(MAIL, hold=hold) for _, hold in rows], said)]
    assert shares == sorted(shares)
    assert re.fullmatch(r"[01](\.\d+)?", str(shares[0]))
