"""Fitting linear heads: penalised softmax regression by accelerated gradient (Nesterov 1983) with restarts.

Where there are more features than mails the same steps are taken in the span of the mails (the kernel of their inner
products), which gives the same weights in a fraction of the time. Deterministic; nothing is drawn.
"""

from collections.abc import Callable

import numpy as np

from mailbot.reading.model_features import BUCKETS, Features, Floats

_BLOCK = 2_048
GRAMS_LOUD = 2.0


def softmax(scores: Floats) -> Floats:
    """Odds that sum to one in each row."""
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    odds: Floats = raised / raised.sum(axis=-1, keepdims=True)
    return odds


def rarity(mails: list[Features], at_least: int = 2) -> Floats:
    """How telling each bucket is (inverse document frequency); nil where fewer than `at_least` mails have it."""
    seen = np.zeros(BUCKETS, dtype=np.float32)
    for mail in mails:
        seen[mail.buckets] += 1
    known: Floats = np.where(seen >= at_least, 1 + np.log((1 + len(mails)) / (1 + seen)), 0).astype(np.float32)
    return known


def gram_values(mail: Features, telling: Floats) -> Floats:
    """The weight of each of a mail's buckets, of unit length for letters and for words alike."""
    values = mail.counts * telling[mail.buckets]
    length = float(np.sqrt((values**2).sum()))
    scaled: Floats = values * np.float32(GRAMS_LOUD * np.sqrt(2) / length) if length else values
    return scaled


def _gram_block(mails: list[Features], values: list[Floats], first: int) -> Floats:
    block = np.zeros((len(mails), _BLOCK), dtype=np.float32)
    for row, mail in enumerate(mails):
        low, high = np.searchsorted(mail.buckets, (first, first + _BLOCK))
        block[row, mail.buckets[low:high] - first] = values[row][low:high]
    return block


def kernel(mails: list[Features], telling: Floats) -> Floats:
    """The inner products of all mails."""
    values = [gram_values(mail, telling) for mail in mails]
    dense = np.vstack([mail.dense for mail in mails])
    found = dense @ dense.T
    for first in range(0, BUCKETS, _BLOCK):
        block = _gram_block(mails, values, first)
        found += block @ block.T
    return found


def weights_from(mails: list[Features], telling: Floats, span: Floats) -> tuple[Floats, Floats]:
    """The weights of dense features and of buckets that belong to weights on mails."""
    values = [gram_values(mail, telling) for mail in mails]
    dense = np.vstack([mail.dense for mail in mails])
    grams = [_gram_block(mails, values, first).T @ span for first in range(0, BUCKETS, _BLOCK)]
    return dense.T @ span, np.vstack(grams)


def fit_span(
    products: Floats, wanted: Floats, weight: Floats, penalty: float, steps: int = 100
) -> tuple[Floats, Floats]:
    """Weights on mails, and the bias, that make `softmax(products @ weights + bias)` come near to `wanted`."""
    share = (weight / weight.sum()).astype(np.float32)
    root = np.sqrt(share)
    pace = 1 / (_largest(products * root[:, None] * root) * 0.5 + (1 + penalty) / len(products))
    bias = np.log(np.maximum(share @ wanted, 1e-4))
    return _descend(
        lambda at, offset: (softmax(products @ at + offset) - wanted) * share[:, None],
        lambda residual, at: residual + penalty / len(products) * at,
        (np.zeros_like(wanted), bias),
        pace,
        steps,
    )


def fit(rows: Floats, wanted: Floats, weight: Floats, penalty: float, steps: int = 100) -> tuple[Floats, Floats]:
    """Weights on features, and the bias, that make `softmax(rows @ weights + bias)` come near to `wanted`."""
    share = (weight / weight.sum()).astype(np.float32)
    pace = 1 / (_largest((rows * share[:, None]).T @ rows) * 0.5 + (1 + penalty) / len(rows))
    bias = np.log(np.maximum(share @ wanted, 1e-4))
    return _descend(
        lambda at, offset: (softmax(rows @ at + offset) - wanted) * share[:, None],
        lambda residual, at: rows.T @ residual + penalty / len(rows) * at,
        (np.zeros((rows.shape[1], wanted.shape[1]), dtype=np.float32), bias),
        pace,
        steps,
    )


def _largest(matrix: Floats) -> float:
    """The largest eigenvalue of a symmetric matrix, by power iteration."""
    vector = np.ones(len(matrix), dtype=np.float32)
    size = 1.0
    for _ in range(20):
        vector = matrix @ vector
        size = float(np.linalg.norm(vector)) or 1.0
        vector /= np.float32(size)
    return size * 1.05


def _descend(
    residual_at: Callable[[Floats, Floats], Floats],
    slope_of: Callable[[Floats, Floats], Floats],
    start: tuple[Floats, Floats],
    pace: float,
    steps: int,
) -> tuple[Floats, Floats]:
    weights, bias = start
    ahead, ahead_bias, speed = weights, bias, 1.0
    for _ in range(steps):
        residual = residual_at(ahead, ahead_bias)
        stepped = ahead - np.float32(pace) * slope_of(residual, ahead)
        stepped_bias = ahead_bias - residual.sum(axis=0)
        if float(((ahead - stepped) * (stepped - weights)).sum()) > 0:
            speed = 1.0
        faster = (1 + np.sqrt(1 + 4 * speed * speed)) / 2
        push = np.float32((speed - 1) / faster)
        ahead = stepped + push * (stepped - weights)
        ahead_bias = stepped_bias + push * (stepped_bias - bias)
        weights, bias, speed = stepped, stepped_bias, faster
    return weights, bias
