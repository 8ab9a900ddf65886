"""Train the choice of days: `python -m mailbot.reading.train_days --corpus FOLDER --unseen FILE FILE --out FOLDER`.

What the heads say of a mail comes from heads that had not read its author. Every mail is seen twice, with what the
heads say and with what the rules alone say, so that days are found where no trained model can be loaded, too.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from mailbot.reading.choice_fit import Offer, choice_weights
from mailbot.reading.commitment import WEIGHTS, features_of_days, odds_by_rules
from mailbot.reading.dates import days_in
from mailbot.reading.model import Guess, calibrated
from mailbot.reading.train import (
    Example,
    Listener,
    calibration_of,
    clauses_of,
    cross_validated,
    examples_in,
    folds_by_author,
    listener_in,
    prepared,
)
from mailbot.reading.weigh import weighed
from mailbot.reading.words import sentences_of

_PENALTY = 3.0


def offer_of(example: Example, guess: Guess | None) -> Offer | None:
    """The days that a mail names, with what the heads say or the rules alone; None where it names none."""
    sent_on = date.fromisoformat(example.sent_on)
    named = days_in(example.text, sent_on=sent_on, country=example.country)
    if not named:
        return None
    sentences = [weighed(each) for each in sentences_of(example.text)]
    rows = features_of_days(
        sentences,
        named,
        sent_on=sent_on,
        country=example.country,
        intents=guess.intents if guess else odds_by_rules(sentences),
        parts=guess.sentences if guess else (),
    )
    return Offer(example.author, tuple(rows), tuple(each.day.isoformat() == example.until for each in named))


def offers_of(examples: Sequence[Example], guesses: Sequence[Guess]) -> list[Offer]:
    """Every mail that names a day, once as the heads see it and once as the rules see it."""
    found = [offer_of(each, guess) for each, guess in zip(examples, guesses, strict=True)]
    found += [offer_of(each, None) for each in examples]
    return [each for each in found if each is not None]


def day_weights(examples: Sequence[Example], guesses: Sequence[Guess]) -> dict[str, float]:
    """Weights for the choice of days, from mails and what heads that had not read them say."""
    return choice_weights(offers_of(examples, guesses), _PENALTY)


def unseen_guesses(examples: Sequence[Example], heard_of: Listener) -> list[Guess]:
    """What heads and networks say of each mail that had not read its author."""
    mails = [prepared(each) for each in examples]
    taught = [*mails, *clauses_of(mails)]
    unseen = cross_validated(taught, folds_by_author(taught), heard_of)
    settings = calibration_of(mails, unseen)
    return [calibrated(each, settings, cut=mail.features.cut) for each, mail in zip(unseen, mails, strict=True)]


def written(days: dict[str, float]) -> str:
    """The weights as JSON, sorted, one a line."""
    return json.dumps({"days": days}, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Train and write; 1 and one line where the corpus cannot be read."""
    parser = argparse.ArgumentParser(
        prog="python -m mailbot.reading.train_days", description="Train the choice of days."
    )
    parser.add_argument("--corpus", type=Path, required=True, help="folder of *.jsonl examples")
    parser.add_argument("--unseen", type=Path, nargs=2, required=True, help="as for mailbot.reading.train")
    parser.add_argument("--out", type=Path, required=True, help="folder with the network, to write the weights to")
    options = parser.parse_args(arguments)
    try:
        examples = examples_in(options.corpus)
        heard_of = listener_in(options.out, *options.unseen)
    except (OSError, ValueError) as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    guesses = unseen_guesses(examples, heard_of)
    (options.out / WEIGHTS).write_text(written(day_weights(examples, guesses)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
