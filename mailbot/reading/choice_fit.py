"""Fitting a choice among few: conditional logit (McFadden 1974), penalised, by accelerated gradient with restarts.

Each mail offers some candidates, or none of them is right. Deterministic; nothing is drawn.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mailbot.reading.linear import Features
from mailbot.reading.model_features import Floats

_LEAST = 3
_STEPS = 300
_TINY = 1e-9
_ROUND = 5e-4


@dataclass(frozen=True, slots=True)
class Offer:
    """The candidates of one mail as features, and which of them are right (none may be)."""

    author: str
    rows: tuple[Features, ...]
    right: tuple[bool, ...]


def choice_weights(offers: Sequence[Offer], penalty: float) -> dict[str, float]:
    """Weights under which the right candidate, or none, is the likeliest; features of fewer than three are left out."""
    counts = Counter(name for offer in offers for row in offer.rows for name in row)
    names = sorted(name for name, count in counts.items() if count >= _LEAST)
    found = _descended(offers, _table(offers, names), penalty)
    return {name: round(float(value), 3) for name, value in zip(names, found, strict=True) if abs(value) >= _ROUND}


def _table(offers: Sequence[Offer], names: Sequence[str]) -> Floats:
    place = {name: at for at, name in enumerate(names)}
    rows = [row for offer in offers for row in offer.rows]
    table = np.zeros((len(rows), len(names)), dtype=np.float32)
    for at, row in enumerate(rows):
        for name, value in row.items():
            if name in place:
                table[at, place[name]] = value
    return table


def _descended(offers: Sequence[Offer], table: Floats, penalty: float) -> Floats:
    owner = np.array([at for at, offer in enumerate(offers) for _ in offer.rows])
    right = np.array([each for offer in offers for each in offer.right], dtype=np.float32)
    has_right = (np.bincount(owner, right, len(offers)) > 0)[owner]

    def slope(weights: Floats) -> Floats:
        scores = table @ weights
        top = np.zeros(len(offers), dtype=np.float32)
        np.maximum.at(top, owner, scores)
        raised = np.exp(scores - top[owner])
        odds = raised / (np.bincount(owner, raised, len(offers)) + np.exp(-top))[owner]
        of_right = np.bincount(owner, odds * right, len(offers))[owner]
        wanted = np.where(has_right, odds * right / np.maximum(of_right, _TINY), 0.0)
        found: Floats = table.T @ (odds - wanted).astype(np.float32) + np.float32(penalty) * weights
        return found

    vector = np.ones(table.shape[1], dtype=np.float32)
    size = 1.0
    for _ in range(20):
        vector = table.T @ (table @ vector)
        size = float(np.linalg.norm(vector)) or 1.0
        vector /= np.float32(size)
    pace = np.float32(1 / (0.5 * size + penalty))
    weights = ahead = np.zeros(table.shape[1], dtype=np.float32)
    speed = 1.0
    for _ in range(_STEPS):
        stepped = ahead - pace * slope(ahead)
        if float(((ahead - stepped) * (stepped - weights)).sum()) > 0:
            speed = 1.0
        faster = (1 + float(np.sqrt(1 + 4 * speed * speed))) / 2
        ahead = stepped + np.float32((speed - 1) / faster) * (stepped - weights)
        weights, speed = stepped, faster
    return weights
