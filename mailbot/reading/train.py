"""Train the reader: `python -m mailbot.reading.train --corpus tests/corpus/replies --out mailbot/reading/weights`.

Reads every `*.jsonl` of the corpus, sets thresholds on mails of authors whom the heads had not read, then trains on
all. Writes the weights, their checksum and a model card. Nothing is drawn: the same corpus gives the same weights.
"""

import argparse
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mailbot.core.intent import Intent
from mailbot.reading.model import CHECKSUM, WEIGHTS, Calibration, Heads, Model, Raw, packed, pooled
from mailbot.reading.model_features import INTENTS, Features, Floats, features_of
from mailbot.reading.model_fit import fit, fit_span, kernel, rarity, softmax, weights_from
from mailbot.reading.weigh import Understood, firm, scores_of, weighed
from mailbot.reading.words import sentences_of

_PENALTY = 1.0
_SILENT = 0.3  # what a sentence counts that does not show the intent
_HARM_MISSED = 0.01
_OPENING = 25


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
    """An example and its features; `firm`: the rules surely hold it."""

    example: Example
    features: Features
    shows: tuple[bool, ...]
    firm: bool


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
    return Prepared(example, features, _shows(example, sentences, len(features.sentences)), firm(scores_of(sentences)))


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
    """The places of each author's mails: a mail is judged by heads that read only the others. Groups stay whole."""
    authors = sorted({mail.example.author for mail in mails})
    return [[at for at, mail in enumerate(mails) if mail.example.author == author] for author in authors]


def cross_validated(mails: list[Prepared], folds: list[list[int]]) -> list[Raw]:
    """For every mail what heads say that have not read its fold."""
    features = [mail.features for mail in mails]
    products = kernel(features, rarity(features))
    found: dict[int, Raw] = {}
    for fold in folds:
        held = set(fold)
        rest = [at for at in range(len(mails)) if at not in held]
        read = [mails[at] for at in rest]
        span, bias = _wholes_fitted(read, products[np.ix_(rest, rest)])
        scores = products[np.ix_(fold, rest)] @ span + bias
        sentence, sentence_bias = _sentences_fitted(read)
        for at, row in zip(fold, scores, strict=True):
            parts = softmax(mails[at].features.sentences @ sentence + sentence_bias)
            whole, hold = softmax(row[: len(INTENTS)]), float(softmax(row[len(INTENTS) :])[1])
            found[at] = pooled(whole, hold, parts)
    return [found[at] for at in range(len(mails))]


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
    """The odds of a hold below which a mail may go: one in a hundred is missed, an emergency never."""
    harmful = [mail.example.hold and mail.example.intent is not Intent.AUTO_REPLY for mail in mails]
    loose = sorted(float(odds[at]) for at, mail in enumerate(mails) if harmful[at] and not mail.firm)
    allowed = int(_HARM_MISSED * sum(harmful))
    urgent = [float(odds[at]) for at, mail in enumerate(mails) if _urgent(mail)]
    return min(loose[allowed], *urgent, 0.5) if urgent else min(loose[allowed], 0.5)


def _urgent(mail: Prepared) -> bool:
    return mail.example.intent is Intent.PERSONAL_EMERGENCY and mail.example.hold and not mail.firm


def _card(examples: list[Example], mails: list[Prepared], unseen: list[Raw], settings: Calibration) -> str:
    found = [INTENTS[int(each.intents.argmax())] for each in unseen]
    right = np.mean([intent is mail.example.intent for intent, mail in zip(found, mails, strict=True)])
    intents = Counter(each.intent.value for each in examples)
    authors = Counter(each.author for each in examples)
    languages = Counter(each.lang for each in examples)
    listed = "\n".join(f"| {name} | {count} |" for name, count in sorted(intents.items()))
    return f"""# Model card: the reader of client replies

Linear heads over the multilingual Universal Sentence Encoder v3, hashed n-grams and the scores of the rules, for the
whole mail and for each sentence. Trained by `python -m mailbot.reading.train`; deterministic. It decides what rules
leave open; what the rules hold for sure stays held, and what it is not sure of is held for a person.

- Corpus: {len(examples)} mails, {len({each.group for each in examples})} groups.
- Authors: {_listed(authors)}.
- Languages: {_listed(languages)}.
- Intent of mails by authors whom it had not read: {right:.3f} (the heads alone; `make eval` judges the whole reader).
- Sharpness {settings.sharpness:.2f}, hold odds from {settings.slope:.3f} x score {settings.offset:+.3f}.
- Released below odds of {settings.release_below:.4f}.
- Not for: decisions about people, legal meaning, languages other than fr, en, de, es, it, nl, pt.

| intent | mails |
|---|---|
{listed}
"""


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.most_common())


def main(arguments: Sequence[str] | None = None) -> int:
    """Train and write; 1 and one line where the corpus cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m mailbot.reading.train", description="Train the reader.")
    parser.add_argument("--corpus", type=Path, required=True, help="folder of *.jsonl examples")
    parser.add_argument("--out", type=Path, required=True, help="folder to write weights, checksum and model card to")
    options = parser.parse_args(arguments)
    try:
        examples = examples_in(options.corpus)
    except (OSError, ValueError) as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    mails = [prepared(example) for example in examples]
    unseen = cross_validated(mails, folds_by_author(mails))
    settings = calibration_of(mails, unseen)
    octets = packed(Model(trained(mails), settings))
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / WEIGHTS).write_bytes(octets)
    (options.out / CHECKSUM).write_text(f"{hashlib.sha256(octets).hexdigest()}  {WEIGHTS}\n", encoding="ascii")
    (options.out / "README.md").write_text(_card(examples, mails, unseen, settings), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
