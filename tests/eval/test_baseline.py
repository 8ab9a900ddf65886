"""The shipped reader is not worse than the baseline on authors of whom nothing was trained, beyond noise."""

import json
from math import sqrt

import pytest

from tests.eval import judge
from tests.eval.__main__ import BASELINE
from tests.eval.figures import Answer, Figures, by_author, figures_of

BETTER_HIGH = ("intent", "hold_recall", "emergencies_held", "auto_right", "dates")
BETTER_LOW = ("false_holds", "needless", "invented")
_WIDE = 2.0


@pytest.fixture(scope="module")
def answers() -> list[Answer]:
    return judge.answers(judge.held_out())


@pytest.fixture(scope="module")
def baseline() -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = json.loads(BASELINE.read_text(encoding="utf-8"))
    return found


def _noise(share: float, mails: float) -> float:
    """Two standard errors of a share, at least two mails' worth."""
    return max(_WIDE * sqrt(max(0.0, share * (1 - share)) / mails), 2 / mails)


def _fallen(now: Figures, before: dict[str, float]) -> list[str]:
    found = now.rounded()
    mails = min(found["mails"], before["mails"])
    worse = [name for name in BETTER_HIGH if found[name] < before[name] - _noise(before[name], mails)]
    return worse + [name for name in BETTER_LOW if found[name] > before[name] + _noise(before[name], mails)]


@pytest.mark.parametrize("author", sorted({each.author for each in judge.held_out()}))
def test_no_figure_falls_by_more_than_noise(
    author: str, answers: list[Answer], baseline: dict[str, dict[str, float]]
) -> None:
    assert _fallen(figures_of(by_author(answers, author)), baseline[f"held-out {author}"]) == []


def test_a_fall_would_be_seen(baseline: dict[str, dict[str, float]]) -> None:
    before = baseline["held-out authors"]
    worse = {name: value - 0.15 if name in BETTER_HIGH else value for name, value in before.items()}
    assert set(_fallen(Figures(**worse), before)) == set(BETTER_HIGH)  # type: ignore[arg-type]


def test_every_emergency_is_held(answers: list[Answer]) -> None:
    missed = [
        e.meant.id for e in answers if e.meant.intent == "personal_emergency" and e.meant.hold and not e.found.hold
    ]
    assert missed == []


def test_the_evidence_is_the_writers_own_words(answers: list[Answer]) -> None:
    assert all(each.found.evidence in each.meant.text for each in answers)


def test_the_model_is_worth_having(answers: list[Answer]) -> None:
    """Better than the rules alone by more than noise, or it should not be there."""
    now = figures_of(answers)
    alone = figures_of(judge.answers(judge.held_out(), judge.by_rules))
    assert now.intent > alone.intent + _noise(alone.intent, now.mails)
    assert now.false_holds < alone.false_holds
