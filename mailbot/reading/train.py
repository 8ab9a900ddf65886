"""Train the heads: `python -m mailbot.reading.train --corpus FOLDER --unseen FILE FILE --out mailbot/reading/weights`.

Reads every `*.jsonl` of the corpus, sets thresholds on mails of authors whom neither the heads nor the networks had
read, then trains on all. The networks are taken from the folder as `mailbot.reading.finetune_meaning` and `finetune`
left them. Writes the weights of the heads, their checksum and a model card. Nothing is drawn: the same corpus gives the
same weights.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from mailbot.core.intent import Intent
from mailbot.reading import model_body, model_meaning, model_table
from mailbot.reading.model import (
    BODY,
    CHECKSUM,
    IN_DOUBT,
    WEIGHTS,
    Calibration,
    Heads,
    Model,
    Raw,
    joined,
    packed,
    pooled,
)
from mailbot.reading.model_body import Body, Heard
from mailbot.reading.model_card import card
from mailbot.reading.model_features import INTENTS, Features, Floats, features_of
from mailbot.reading.model_fit import fit, fit_span, kernel, rarity, softmax, weights_from
from mailbot.reading.model_meaning import Encoder
from mailbot.reading.reader import objects
from mailbot.reading.unseen import Unseen
from mailbot.reading.weigh import Understood, weighed
from mailbot.reading.words import sentences_of

_PENALTY = 1.0
_FOLDS = 5
_SILENT = 0.3  # what a sentence counts that does not show the intent
_HARM_MISSED = 0.0125  # before the vetoes of `reader`, which hold the most harmful of these
_OPENING = 25
_FEW = 8
_MOSTLY = 0.75


@dataclass(frozen=True, slots=True)
class Example:
    """One mail of the corpus: its new words, what they mean, and who wrote it."""

    id: str
    author: str
    group: str
    lang: str
    country: str
    sent_on: str
    subject: str
    text: str
    intent: Intent
    also: tuple[str, ...]
    hold: bool
    until: str | None
    evidence: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """An example and its features; `objected`: the rules alone would hold it; `clause`: it is a part of another."""

    example: Example
    features: Features
    shows: tuple[bool, ...]
    objected: bool
    clause: bool = False


def examples_in(folder: Path) -> list[Example]:
    """Every example of a folder. Raises ValueError naming file and line."""
    found = []
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            try:
                found.append(_example(json.loads(line)))
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(f"{path}:{number}: not an example: {error!r}") from error
    if not found:
        raise ValueError(f"{folder} holds no *.jsonl with examples")
    return found


def _example(row: dict[str, object]) -> Example:
    also = row.get("also") or []
    assert isinstance(also, list)
    until = row.get("until")
    name = str(row["id"])
    return Example(
        id=name,
        author=name.split("-", maxsplit=1)[0],
        group=str(row.get("group", name)),
        lang=str(row["lang"]),
        country=str(row.get("country", "")),
        sent_on=str(row.get("sent_on", "2026-03-04")),
        subject=str(row.get("subject", "")),
        text=str(row["text"]),
        intent=Intent(str(row["intent"])),
        also=tuple(str(each) for each in also),
        hold=bool(row["hold"]),
        until=str(until) if until else None,
        evidence=str(row.get("evidence", "")),
    )


def prepared(example: Example) -> Prepared:
    """An example with its features."""
    sentences = [weighed(sentence) for sentence in sentences_of(example.text)]
    features = features_of(example.text, sentences)
    return Prepared(example, features, _shows(example, sentences, len(features.sentences)), objects(sentences))


def clauses_of(mails: Sequence[Prepared]) -> list[Prepared]:
    """The clause that shows the one intent of a longer mail, as a mail of its own: people write as briefly as that."""
    examples = (mail.example for mail in mails if not mail.clause)
    brief = [
        replace(each, text=each.evidence.strip())
        for each in examples
        if _FEW < len(each.evidence.strip()) < _MOSTLY * len(each.text)
        and not each.also
        and each.intent is not Intent.AUTO_REPLY
    ]
    return [replace(prepared(each), clause=True) for each in brief]


def _shows(example: Example, sentences: Sequence[Understood], count: int) -> tuple[bool, ...]:
    """Which sentences show the primary intent."""
    shown = example.evidence.strip()
    texts = [each.sentence.text for each in sentences[:count]]
    if count == 1 or not shown:
        return (count == 1,) * count
    return tuple(text in shown or shown in text or shown[:_OPENING] in text for text in texts)


def _one_hot(columns: Sequence[int], count: int) -> Floats:
    found: Floats = np.eye(count, dtype=np.float32)[np.array(columns, dtype=np.int64)]
    return found


def _sentences_fitted(mails: list[Prepared]) -> tuple[Floats, Floats]:
    """The sentence head: what shows an intent against what says nothing."""
    rows, wanted, weight = [], [], []
    for mail in mails:
        for row, shows in zip(mail.features.sentences, mail.shows, strict=True):
            if shows or (any(mail.shows) and not mail.example.also):
                rows.append(row)
                wanted.append(INTENTS.index(mail.example.intent) if shows else len(INTENTS))
                weight.append(1.0 if shows else _SILENT)
    table = _one_hot(wanted, len(INTENTS) + 1)
    return fit(np.array(rows), table, np.array(weight, dtype=np.float32), _PENALTY)


def _wholes_fitted(mails: list[Prepared], products: Floats) -> tuple[Floats, Floats]:
    """The heads over whole mails, as weights on mails, side by side: intents, then go on and hold."""
    even = np.ones(len(mails), dtype=np.float32)
    intents = _one_hot([INTENTS.index(mail.example.intent) for mail in mails], len(INTENTS))
    holds = _one_hot([mail.example.hold for mail in mails], 2)
    span, bias = fit_span(products, intents, even, _PENALTY)
    hold_span, hold_bias = fit_span(products, holds, even, _PENALTY)
    return np.hstack([span, hold_span]), np.hstack([bias, hold_bias])


def trained(mails: list[Prepared]) -> Heads:
    """Heads that have read all these mails."""
    features = [mail.features for mail in mails]
    telling = rarity(features)
    span, bias = _wholes_fitted(mails, kernel(features, telling))
    dense, grams = weights_from(features, telling, span)
    return Heads(telling, dense, grams, bias, *_sentences_fitted(mails))


def folds_by_author(mails: list[Prepared]) -> list[list[int]]:
    """The places of the whole mails of some authors each: they are judged by heads that read only the others."""
    authors = sorted({mail.example.author for mail in mails})
    whole = [(at, mail.example.author) for at, mail in enumerate(mails) if not mail.clause]
    groups = [authors[first::_FOLDS] for first in range(min(_FOLDS, len(authors)))]
    return [[at for at, writer in whole if writer in group] for group in groups]


Listener = Callable[[str], tuple[Heard, Heard]]
"""What encoder and convolutions say of a text that they have not read."""


def listener(meant: Unseen, heard: Unseen, encoder: Encoder, body: Body) -> Listener:
    """By what was kept, or by the networks themselves for a mail that was written after they were tuned."""
    return lambda text: (meant.said_of(text) or encoder.said_of(text), heard.said_of(text) or body.heard(text))


def listener_in(folder: Path, meant: Path, heard: Path) -> Listener:
    """The same, from the folder of the networks and the files that were kept. Raises OSError or ValueError."""
    encoder = model_meaning.opened((folder / model_meaning.WEIGHTS).read_bytes())
    return listener(Unseen.read(meant), Unseen.read(heard), encoder, model_body.opened((folder / BODY).read_bytes()))


def cross_validated(mails: list[Prepared], folds: list[list[int]], heard_of: Listener) -> list[Raw]:
    """For every whole mail what heads and networks say that have not read its author. Clauses only teach."""
    features = [mail.features for mail in mails]
    products = kernel(features, rarity(features))
    found: dict[int, Raw] = {}
    for fold in folds:
        held = {mails[at].example.author for at in fold}
        rest = [at for at, mail in enumerate(mails) if mail.example.author not in held]
        read = [mails[at] for at in rest]
        span, bias = _wholes_fitted(read, products[np.ix_(rest, rest)])
        scores = products[np.ix_(fold, rest)] @ span + bias
        sentence, sentence_bias = _sentences_fitted(read)
        for at, row in zip(fold, scores, strict=True):
            parts = softmax(mails[at].features.sentences @ sentence + sentence_bias)
            whole, hold = softmax(row[: len(INTENTS)]), float(softmax(row[len(INTENTS) :])[1])
            found[at] = joined(pooled(whole, hold, parts), *heard_of(mails[at].example.text))
    return [found[at] for at in sorted(found)]


def calibration_of(mails: list[Prepared], unseen: list[Raw]) -> Calibration:
    """Sharpness, hold odds and the threshold of release, from what was said of mails that were not read."""
    wanted = np.array([INTENTS.index(mail.example.intent) for mail in mails])
    logs = np.array([each.intents for each in unseen])
    steps = [float(step) for step in np.arange(0.4, 2.6, 0.05)]
    sharpness = min(steps, key=lambda step: _surprise(logs, wanted, step))
    scores = np.array([[each.hold / 10] for each in unseen], dtype=np.float32)
    holds = _one_hot([mail.example.hold for mail in mails], 2)
    slopes, bias = fit(scores, holds, np.ones(len(mails), dtype=np.float32), 1e-3, steps=500)
    slope, offset = float(slopes[0, 1] - slopes[0, 0]) / 10, float(bias[1] - bias[0])
    odds = 1 / (1 + np.exp(-(slope * scores[:, 0] * 10 + offset)))
    return Calibration(sharpness, slope, offset, _release_below(mails, odds))


def _surprise(logs: Floats, wanted: Floats, sharpness: float) -> float:
    odds = softmax(logs * np.float32(sharpness))
    return float(-np.log(odds[np.arange(len(wanted)), wanted] + 1e-9).mean())


def _release_below(mails: list[Prepared], odds: Floats) -> float:
    """The odds of a hold below which a mail may go, so that `_HARM_MISSED` are missed of those that must not.

    Where the rules alone would hold the odds must be `IN_DOUBT` times as low.
    """
    wanted = [at for at, mail in enumerate(mails) if mail.example.hold and mail.example.intent is not Intent.AUTO_REPLY]
    surest = sorted(float(odds[at]) / (IN_DOUBT if mails[at].objected else 1.0) for at in wanted)
    return min(surest[int(_HARM_MISSED * len(wanted))], 0.5)


def main(arguments: Sequence[str] | None = None) -> int:
    """Train and write; 1 and one line where the corpus cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m mailbot.reading.train", description="Train the reader.")
    parser.add_argument("--corpus", type=Path, required=True, help="folder of *.jsonl examples")
    parser.add_argument(
        "--unseen",
        type=Path,
        nargs=2,
        required=True,
        help="what encoders, convolutions said of authors they had not read",
    )
    parser.add_argument("--out", type=Path, required=True, help="folder with the network, for weights and model card")
    options = parser.parse_args(arguments)
    try:
        examples = examples_in(options.corpus)
        body = model_body.opened((options.out / BODY).read_bytes())
        heard_of = listener_in(options.out, *options.unseen)
    except (OSError, ValueError) as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    mails = [prepared(example) for example in examples]
    taught = [*mails, *clauses_of(mails)]
    said = cross_validated(taught, folds_by_author(taught), heard_of)
    settings = calibration_of(mails, said)
    octets = packed(Model(trained(taught), settings, body))
    (options.out / WEIGHTS).write_bytes(octets)
    (options.out / CHECKSUM).write_text(f"{hashlib.sha256(octets).hexdigest()}  {WEIGHTS}\n", encoding="ascii")
    others = (BODY, model_meaning.WEIGHTS, model_table.TABLE)
    files = {WEIGHTS: octets} | {name: (options.out / name).read_bytes() for name in others}
    files |= {each.name: each.read_bytes() for each in options.unseen}
    (options.out / "README.md").write_text(card(examples, said, settings, files), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
