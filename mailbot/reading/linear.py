"""Linear scores over named features: weights that a person can read, in JSON beside the other weights."""

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources

Features = Mapping[str, float]


def score(features: Features, weights: Mapping[str, float]) -> float:
    """The sum of the features, each times its weight; a feature without a weight says nothing."""
    return sum(value * weights.get(name, 0.0) for name, value in features.items())


@cache
def weights_in(name: str) -> dict[str, dict[str, float]]:
    """The weights of a file, by what they score; empty where it is missing or broken."""
    try:
        text = (resources.files("mailbot.reading") / "weights" / name).read_text(encoding="utf-8")
        loaded = json.loads(text)
        return {str(kind): {str(key): float(value) for key, value in table.items()} for kind, table in loaded.items()}
    except (OSError, ValueError, AttributeError):
        return {}
