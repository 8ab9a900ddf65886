"""The reader on short client replies of an independent author: an examination, never a source of phrases.

Every other line (the even ones) was looked at while the phrases were written; the odd ones were not, so theirs are
the figures to believe. Run with `-s` to see the table.
"""

import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from mailbot.core.intent import Intent, Reading
from mailbot.reading import read

CORPUS = Path(__file__).parents[4] / "shared" / "corpora" / "client-replies" / "dev.jsonl"

Answers = list[tuple[dict[str, object], Reading]]

pytestmark = pytest.mark.skipif(not CORPUS.exists(), reason="the corpora are not beside this checkout")


@pytest.fixture(scope="module")
def answers() -> Answers:
    lines = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
    return [
        (line, read(line["text"], sent_on=date(2026, 3, 4), country="FR" if line["lang"] == "fr" else "US"))
        for line in lines
    ]


def _figures(answers: Answers) -> tuple[float, float, float]:
    """Accuracy, hold recall and false holds; automatic replies are judged by intent only.

    Their labels say "no hold" also for an absence with a return date, where the ladder must wait: another convention.
    """
    people = [(line, reading) for line, reading in answers if line["intent"] != "auto_reply"]
    right = sum(reading.intent == line["intent"] for line, reading in answers) / len(answers)
    due = [reading.hold for line, reading in people if line["hold"]]
    needless = [reading.hold for line, reading in people if not line["hold"]]
    return right, sum(due) / len(due), sum(needless) / len(needless)


def test_the_figures_do_not_fall(answers: Answers) -> None:
    rows = [("all", answers), ("not looked at", answers[1::2])]
    rows += [(language, [each for each in answers if each[0]["lang"] == language]) for language in ("fr", "en")]
    figures = {name: _figures(some) for name, some in rows}
    for name, (right, recall, false) in figures.items():
        print(f"{name:14} intent {right:.3f}  hold recall {recall:.3f}  false holds {false:.3f}")
    wanted = Counter(str(line["intent"]) for line, _ in answers)
    found = Counter(str(reading.intent) for line, reading in answers if reading.intent == line["intent"])
    for intent, count in wanted.items():
        print(f"  {intent:22} {found[intent]:3} of {count}")
    for name, (least_right, least_recall, most_false) in FLOORS.items():
        right, recall, false = figures[name]
        assert right >= least_right, name
        assert recall >= least_recall, name
        assert false <= most_false, name


# Just below what is reached: intent, hold recall; just above: false holds.
FLOORS = {"all": (0.81, 0.985, 0.27), "not looked at": (0.70, 0.985, 0.35)}


def test_every_personal_emergency_is_held(answers: Answers) -> None:
    missed = [line["text"] for line, reading in answers if line["intent"] == "personal_emergency" and not reading.hold]
    assert missed == []


def test_the_evidence_is_the_clients_own_words(answers: Answers) -> None:
    assert all(reading.evidence in str(line["text"]) for line, reading in answers)


def test_a_refusal_or_a_dispute_is_never_read_as_approval(answers: Answers) -> None:
    wrong = [
        line["text"]
        for line, reading in answers
        if line["intent"] in ("refusal", "dispute") and reading.intent is Intent.APPROVAL and not reading.hold
    ]
    assert wrong == []
