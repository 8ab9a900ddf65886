"""The model card, the weights, what was kept of networks and the corpus belong together, and no figure of it fell."""

import json
import re
from importlib import resources

import pytest

from mailbot.reading import model as model_module
from mailbot.reading import model_meaning, model_table
from mailbot.reading.model_card import digest
from mailbot.reading.train import examples_in
from tests.eval import judge
from tests.eval.__main__ import BASELINE, card_figures

WEIGHTS = resources.files("mailbot.reading") / "weights"
CARD = (WEIGHTS / "README.md").read_text(encoding="utf-8")
_NOISE = 0.02


@pytest.mark.parametrize("name", [model_module.WEIGHTS, model_module.BODY, model_meaning.WEIGHTS, model_table.TABLE])
def test_the_card_names_the_weights_that_are_shipped(name: str) -> None:
    assert f"| {name} | " in CARD
    assert digest((WEIGHTS / name).read_bytes()) in CARD


def test_the_card_names_what_networks_said_that_had_not_read_the_corpus() -> None:
    assert all(digest(each.read_bytes()) in CARD for each in judge.UNSEEN)


def test_the_card_was_written_for_this_corpus_or_for_its_beginning() -> None:
    written = re.search(r"- Corpus: (\d+) mails", CARD)
    assert written is not None
    assert int(written[1]) <= len(examples_in(judge.CORPUS))


def test_all_weights_together_stay_small() -> None:
    octets = sum(int(size.replace(",", "")) for size in re.findall(r"\| \S+\.npz \| ([\d,]+) \|", CARD))
    assert octets < 40_000_000


def test_no_figure_of_the_card_falls_by_more_than_noise() -> None:
    before = json.loads(BASELINE.read_text(encoding="utf-8"))["model card"]
    now = card_figures()
    assert now["intent"] > before["intent"] - _NOISE
    assert now["held_without_need"] < before["held_without_need"] + 2 * _NOISE
