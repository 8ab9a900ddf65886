"""What this installation's operator taught: a small correction beside the shipped reader, fitted in seconds.

Three things hold it back (law 4). It may always hold more; it lets go only words that are, numbers apart, the same as a
mail that the operator read and let go; and what the rules hear of an emergency stays what it is. Sentences whose
meaning must not move (`sanity.toml`) are anchors: the correction is fitted to be nothing there (kernel ridge
regression; Saunders, Gammerman and Vovk 1998), so it fades with the distance from what was taught.
"""

import math
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from zlib import crc32

from mailbot.core.intent import Intent, Reading, Scope
from mailbot.reading.weigh import Understood, firm, scores_of, weighed
from mailbot.reading.words import sentences_of, words_of

if TYPE_CHECKING:
    from mailbot.reading.model import Guess

MOST_TAUGHT = 200
"""The newest examples that are learnt from: each costs a few hundredths of a second when the reader is loaded."""

_GIST = 3_000
_BUCKETS = 1 << 12
_PENALTY = 0.1
_WANTED = 0.85  # odds that a taught intent shall have in its own mail
_HELD = 0.97
_NUDGE = 0.5  # log odds from which a mail is like one that was to be held
_TINY = 1e-4
_ALARMING = 0.2  # odds of an emergency from which nothing is relabelled
_HEARD = 2.0  # weight of a rule's phrase from which an emergency was heard
_LAPSING = frozenset({Intent.PROMISE_TO_PAY, Intent.ABSENCE, Intent.AUTO_REPLY})
_WHOLE_CLIENT = frozenset({Intent.PERSONAL_EMERGENCY, Intent.ABSENCE, Intent.FINANCIAL_DIFFICULTY, Intent.AUTO_REPLY})
_DIGITS = re.compile(r"\d+(?:[.,:/-]\d+)*")

Numbers = Any  # numpy arrays: numpy is loaded with the model, not with this module


@dataclass(frozen=True, slots=True)
class Taught:
    """New words of a mail and what they mean."""

    words: str
    intent: Intent
    hold: bool


def pattern(words: str) -> str:
    """The words without capitals, accents, punctuation and numbers: two mails of one pattern say the same."""
    return " ".join("0" if _DIGITS.fullmatch(word.text) else word.text for word in words_of(words))


@lru_cache(maxsize=1)
def sanity() -> tuple[Taught, ...]:
    """The sentences whose meaning must not move."""
    read = tomllib.loads((resources.files("mailbot.reading") / "sanity.toml").read_text(encoding="utf-8"))
    return tuple(
        Taught(text, Intent(intent), held == "hold")
        for held, table in read.items()
        for intent, texts in table.items()
        for text in texts
    )


@dataclass(frozen=True, slots=True)
class Learned:
    """A fitted correction. `patterns` are the taught mails themselves, the newest of a pattern."""

    patterns: dict[str, Taught]
    rows: Numbers
    middle: Numbers
    weights: Numbers

    def guess(self, words: str, sentences: Sequence[Understood]) -> "Guess | None":
        """What the shipped model says, corrected; None where there is no model."""
        found = _shipped(words, sentences)
        if found is None:
            return None
        import numpy as np  # noqa: PLC0415 - with the model

        same = self.patterns.get(pattern(words))
        near = _similar(self.rows, _rows([words], self.middle)[0])
        push = near @ self.weights
        hold = _odds(_log_odds(found.hold) + max(0.0, float(push[-1])))
        if (same is not None and same.hold) or float(push[-1]) > _NUDGE:
            found = replace(found, hold=max(hold, found.hold), may_release=False)
        if _alarming(found, sentences):
            return found
        names = list(found.intents)
        logs = np.log(np.array([found.intents[each] for each in names]) + _TINY) + push[:-1]
        odds = np.exp(logs - logs.max())
        intents = {each: float(value) for each, value in zip(names, odds / odds.sum(), strict=True)}
        moved = replace(found, intents=intents)
        if same is None and moved.intent in _LAPSING and found.intent not in _LAPSING:
            return found  # a hold that ends by itself in place of one that does not: only for the very words
        return moved

    def settled(self, words: str, reading: Reading, sentences: Sequence[Understood] | None = None) -> Reading:
        """The reading of words that are, numbers apart, those of a taught mail; another reading comes back as it is."""
        same = self.patterns.get(pattern(words))
        if same is None:
            return reading
        heard = sentences if sentences is not None else [weighed(each) for each in sentences_of(words)]
        if reading.intent is Intent.PERSONAL_EMERGENCY or firm(scores_of(heard)):
            return reading if not same.hold else replace(reading, hold=True)
        return replace(
            reading,
            intent=same.intent,
            hold=same.hold,
            scope=Scope.CLIENT if same.intent in _WHOLE_CLIENT else Scope.INVOICE,
            until=reading.until if reading.intent is same.intent else None,
            confidence=max(reading.confidence, _WANTED),
            because="You said what the same words meant before.",
            others=tuple(each for each in reading.others if each is not same.intent),
        )


@lru_cache(maxsize=1)
def learned_from(taught: tuple[Taught, ...]) -> Learned | None:
    """Fit the correction; None where there is no model or nothing was taught."""
    taught = taught[-MOST_TAUGHT:]
    base = [_shipped(each.words, _sentences(each.words)) for each in taught]
    if not taught or any(each is None for each in base):
        return None
    import numpy as np  # noqa: PLC0415 - with the model

    texts = [each.words for each in (*taught, *sanity())]
    middle = _middle([each.words for each in sanity()])
    rows = _rows(texts, middle)
    names = list(base[0].intents) if base[0] is not None else []
    wanted = np.zeros((len(texts), len(names) + 1), dtype=np.float64)
    for at, (each, guess) in enumerate(zip(taught, base, strict=True)):
        if guess is None:
            continue
        now = np.array([guess.intents[name] for name in names])
        goal = now * (1 - _WANTED) / max(_TINY, 1 - now[names.index(each.intent)])
        goal[names.index(each.intent)] = max(_WANTED, now[names.index(each.intent)])
        wanted[at, :-1] = np.log(goal + _TINY) - np.log(now + _TINY)
        if each.hold:
            wanted[at, -1] = max(0.0, _log_odds(_HELD) - _log_odds(guess.hold))
    products = np.array([_similar(rows, row) for row in rows], dtype=np.float64)
    weights = np.linalg.solve(products + _PENALTY * np.eye(len(rows)), wanted)
    return Learned({pattern(each.words): each for each in taught}, rows, middle, weights.astype(np.float32))


def forget() -> None:
    """Give the correction's memory back; it is fitted again when a mail comes."""
    learned_from.cache_clear()


def refused_by_rules(taught: Taught) -> bool:
    """Whether the rules surely hold these words, so that teaching cannot let them go."""
    sentences = _sentences(taught.words)
    return not taught.hold and (firm(scores_of(sentences)) or _heard_emergency(sentences))


def _sentences(words: str) -> list[Understood]:
    return [weighed(each) for each in sentences_of(words)]


def _shipped(words: str, sentences: Sequence[Understood]) -> "Guess | None":
    """What the shipped model says; None where it, numpy or the encoder is missing."""
    try:
        from mailbot.reading.model import model  # noqa: PLC0415 - numpy and the weights only once there is a mail

        shipped = model()
        return shipped.guess(words, sentences) if shipped else None
    except ImportError:
        return None


def _alarming(guess: "Guess", sentences: Sequence[Understood]) -> bool:
    return guess.intents.get(Intent.PERSONAL_EMERGENCY, 0.0) >= _ALARMING or _heard_emergency(sentences)


def _heard_emergency(sentences: Sequence[Understood]) -> bool:
    return any(each.weights.get(Intent.PERSONAL_EMERGENCY, 0.0) >= _HEARD for each in sentences)


# Likeness


def _middle(texts: Sequence[str]) -> Numbers:
    """The mean of plain sentences: encoders put all mails into one corner, and only the rest tells them apart."""
    from mailbot.reading.model_meaning import vectors_of  # noqa: PLC0415 - with the model

    return vectors_of([text[:_GIST] for text in texts]).mean(axis=0)


def _rows(texts: Sequence[str], middle: Numbers) -> Numbers:
    """One row a text: its meaning and its n-grams, both of unit length."""
    import numpy as np  # noqa: PLC0415 - with the model

    from mailbot.reading.model_meaning import vectors_of  # noqa: PLC0415

    meaning = vectors_of([text[:_GIST] for text in texts]) - middle
    meaning /= np.linalg.norm(meaning, axis=1, keepdims=True) + 1e-9
    grams = np.zeros((len(texts), _BUCKETS), dtype=np.float32)
    for at, text in enumerate(texts):
        for gram in _grams(text):
            grams[at, crc32(gram.encode()) % _BUCKETS] += 1
    grams = np.sqrt(grams)
    grams /= np.linalg.norm(grams, axis=1, keepdims=True) + 1e-9
    return np.hstack([meaning, grams]).astype(np.float32)


def _grams(text: str) -> list[str]:
    words = pattern(text[:_GIST]).split()
    plain = f" {' '.join(words)} "
    return [*words, *(f"{a} {b}" for a, b in pairwise(words)),
            *(plain[at : at + 4] for at in range(len(plain) - 3))]  # fmt: skip


def _similar(rows: Numbers, row: Numbers) -> Numbers:
    """How like a mail is to others, 0 to 1: opposite meanings count as nothing, and only nearness counts much."""
    import numpy as np  # noqa: PLC0415 - with the model

    split = rows.shape[1] - _BUCKETS
    meaning = np.maximum(rows[:, :split] @ row[:split], 0.0)
    return 0.5 * meaning**2 + 0.5 * (rows[:, split:] @ row[split:])


def _log_odds(odds: float) -> float:
    return math.log((odds + _TINY) / (1 - odds + _TINY))


def _odds(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds))
