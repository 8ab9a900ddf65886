"""Readings of mails that the reader has not learned from."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from mailbot.core.intent import Intent, Reading
from mailbot.reading import read
from mailbot.reading.model import Guess, calibrated
from mailbot.reading.reader import Guesser
from mailbot.reading.train import (
    Example,
    Prepared,
    calibration_of,
    clauses_of,
    cross_validated,
    examples_in,
    folds_by_author,
    listener_in,
)
from mailbot.reading.train_days import day_weights
from tests.eval.figures import Answer

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "tests" / "corpus" / "replies"
HELD_OUT = ROOT / "tests" / "corpus" / "heldout"
UNSEEN = (ROOT / "tests" / "eval" / "unseen_meaning.npz", ROOT / "tests" / "eval" / "unseen.npz")
"""What encoders and convolutions said of authors whom they had not read, as `finetune_meaning` and `finetune` wrote."""

WEIGHTS = ROOT / "mailbot" / "reading" / "weights"

DEVELOPMENT = ROOT.parent / "shared" / "corpora" / "client-replies" / "dev.jsonl"


def by_rules(words: str, sentences: object) -> None:
    """No model: the rules read alone."""


def answer(example: Example, guesser: Guesser | None = None, days: Mapping[str, float] | None = None) -> Answer:
    return Answer(example, _read(example, guesser, days))


def _read(example: Example, guesser: Guesser | None, days: Mapping[str, float] | None) -> Reading:
    return read(
        example.text,
        subject=example.subject,
        sent_on=date.fromisoformat(example.sent_on),
        country=example.country,
        guesser=guesser,
        day_weights=days,
    )


def unseen_answers(mails: list[Prepared]) -> list[Answer]:
    """Each author's mails as read by heads, networks and thresholds that come from other authors alone."""
    taught = [*mails, *clauses_of(mails)]
    folds = folds_by_author(taught)
    unseen = cross_validated(taught, folds, listener_in(WEIGHTS, *UNSEEN))
    found: dict[int, Answer] = {}
    for fold in folds:
        inside = set(fold)
        others = [at for at in range(len(mails)) if at not in inside]
        settings = calibration_of([mails[at] for at in others], [unseen[at] for at in others])
        guesses = [calibrated(each, settings, cut=mail.features.cut) for each, mail in zip(unseen, mails, strict=True)]
        days = day_weights([mails[at].example for at in others], [guesses[at] for at in others])
        for at in fold:
            found[at] = answer(mails[at].example, _saying(guesses[at]), days)
    return [found[at] for at in range(len(mails))]


def _saying(guess: Guess) -> Guesser:
    return lambda _words, _sentences: guess


def held_out() -> list[Example]:
    """Mails of authors of whom nothing is ever trained on."""
    return examples_in(HELD_OUT) if any(HELD_OUT.glob("*.jsonl")) else []


def development() -> list[Example]:
    """The independent development test, where it stands beside this checkout; it knows no days."""
    if not DEVELOPMENT.exists():
        return []
    rows = [json.loads(line) for line in DEVELOPMENT.read_text(encoding="utf-8").splitlines()]
    return [
        Example(
            f"dev-{at:04}",
            "dev",
            f"dev-{at:04}",
            row["lang"],
            "FR" if row["lang"] == "fr" else "US",
            "2026-03-04",
            "",
            row["text"],
            Intent(row["intent"]),
            (),
            row["hold"],
            None,
            "",
        )
        for at, row in enumerate(rows)
    ]


def answers(examples: Sequence[Example], guesser: Guesser | None = None) -> list[Answer]:
    """Readings by the shipped model, or by `guesser`."""
    return [answer(example, guesser) for example in examples]
