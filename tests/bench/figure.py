"""What a benchmark gives, and the few statistics that it needs."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Unproven(Exception):
    """A benchmark did not do what it claims to have measured."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `ratio` is the figure over the peer's; `met` is None where there is no goal."""

    what: str
    value: str
    peer: str = ""
    peer_value: str = ""
    ratio: float | None = None
    goal: str = ""
    met: bool | None = None


def proven(claim: bool, words: str) -> None:
    """Raise `Unproven` unless the claim holds."""
    if not claim:
        raise Unproven(words)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of the values does not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def median(values: Sequence[float]) -> float:
    """The value in the middle."""
    return percentile(values, 0.5)


def millis(seconds: float) -> str:
    """Seconds as milliseconds with three digits that count."""
    value = seconds * 1000
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f} ms"
