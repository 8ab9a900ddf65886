"""What the linear heads look at: n-grams and the rules, of the whole and of each sentence.

Everything is a plain function of the text, the same when training and when reading.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from mailbot.core.intent import Intent
from mailbot.reading.weigh import Understood, scores_of, weighed
from mailbot.reading.words import folded, sentences_of, words_of

Floats = NDArray[np.float32]

INTENTS = tuple(Intent)
LETTER_BUCKETS = 1 << 14
WORD_BUCKETS = 1 << 13
BUCKETS = LETTER_BUCKETS + WORD_BUCKETS
MOST_SENTENCES = 32
"""Sentences that are looked at one by one; a longer mail is never let through."""

_LETTERS = (2, 3, 4, 5)
_LONGEST = 6_000
_CLAUSE = 500
_BUDGET = 6_000
_SPACE = 32
_SHORT = 40
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Features:
    """One mail as numbers: `dense` of the whole, n-gram `buckets` with their `counts`, one row per sentence."""

    dense: Floats
    buckets: NDArray[np.int64]
    counts: Floats
    sentences: Floats
    cut: bool = False


def features_of(words: str, weighed_sentences: Sequence[Understood] | None = None) -> Features:
    """The features of a mail's new words."""
    sentences = weighed_sentences if weighed_sentences is not None else [weighed(each) for each in sentences_of(words)]
    read = sentences[: readable([each.sentence.text for each in sentences])]
    rules = np.array([_rules(each) for each in read] or [_NOTHING], dtype=np.float32)
    buckets, counts = _grams(words)
    return Features(_summary(words, read, rules), buckets, counts, _sentence_rows(rules), len(sentences) > len(read))


def readable(sentences: Sequence[str]) -> int:
    """How many of the first sentences may be looked at in a blink; hostile text costs no more."""
    ends = accumulate(min(_CLAUSE, len(each)) for each in sentences[:MOST_SENTENCES])
    return sum(end <= _BUDGET for end in ends)


def _rules(each: Understood) -> list[float]:
    weights = [each.weights.get(intent, 0.0) for intent in INTENTS]
    return [*weights, each.pleasant, each.about_money, each.explained, each.asks_for, each.sentence.asks]


_MARKS = 5
_NOTHING = [0.0] * (len(INTENTS) + _MARKS)


def _summary(words: str, read: Iterable[Understood], rules: Floats) -> Floats:
    scores = scores_of(read)
    marks = rules[:, len(INTENTS) :]
    shape = [len(rules) / 5, len(words) / 300, "?" in words, len(words) < _SHORT]
    weights = [scores.get(intent, 0.0) / 3 for intent in INTENTS]
    return np.hstack([weights, marks.max(axis=0), marks.min(axis=0), shape]).astype(np.float32)


def _sentence_rows(rules: Floats) -> Floats:
    count = len(rules)
    place = [[at / 5, count / 5, at == count - 1] for at in range(count)]
    scaled = rules.copy()
    scaled[:, : len(INTENTS)] /= 2
    return np.hstack([scaled, np.array(place)]).astype(np.float32)


def _grams(words: str) -> tuple[NDArray[np.int64], Floats]:
    """Buckets of letter n-grams (2 to 5, none across words) and of words and pairs of words; how often, damped."""
    hashed = [_letter_grams(words[:_LONGEST]), _word_grams(words[:_LONGEST])]
    buckets, counts = np.unique(np.concatenate(hashed), return_counts=True)
    return buckets.astype(np.int64), (1 + np.log(counts)).astype(np.float32)


def _letter_grams(words: str) -> NDArray[np.int64]:
    plain = "".join("0" if char.isdigit() else char for char in folded(words))
    octets = f" {' '.join(plain.split())} ".encode("utf-32-le", "replace")
    codes = np.frombuffer(octets, dtype=np.uint32).astype(np.uint64)
    spaces = codes == _SPACE
    found = [np.zeros(0, dtype=np.int64)]
    for length in _LETTERS:
        places = len(codes) - length + 1
        if places < 1:
            break
        value = np.full(places, length, dtype=np.uint64)
        across = np.zeros(places, dtype=bool)
        for at in range(length):
            value = (value ^ codes[at : at + places]) * _FACTOR
            value ^= value >> np.uint64(29)
            if 0 < at < length - 1:
                across |= spaces[at : at + places]
        found.append((value[~across] % np.uint64(LETTER_BUCKETS)).astype(np.int64))
    return np.concatenate(found)


def _word_grams(words: str) -> NDArray[np.int64]:
    texts = ["0" if word.text[0].isdigit() else word.text for word in words_of(words)]
    pairs = [f"{first} {second}" for first, second in pairwise(texts)]
    hashed = [crc32(text.encode("utf-8", "replace")) % WORD_BUCKETS + LETTER_BUCKETS for text in [*texts, *pairs]]
    return np.array(hashed, dtype=np.int64)
