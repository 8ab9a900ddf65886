"""Meaning as numbers: the first layers of multilingual-e5-small (arXiv 2402.05672), on numpy and one thread.

One pass over a mail gives a vector for the whole and one for each sentence, which knows its neighbours. The weights
(MIT) are kept as they were published for small machines: four bits and one scale for each 32 of them. `mailbot.reading.
carve` took them out of there, with only the word pieces that our languages need. About 60 MB until `forget`.
"""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from mailbot.reading.model_pieces import FIRST, LAST, Pieces
from mailbot.reading.words import sentences_of

Floats = NDArray[np.float32]

WEIGHTS = "meaning.npz"
CHECKSUM = "meaning.sha256"
WIDTH = 384
MOST_PIECES = 768
"""Word pieces that are looked at; what comes after them is not understood."""

_WINDOW = 190  # pieces that see one another; the heads learned on mails of this length
_HEADS = 12
_LISTENED = (6, 8)  # the layers whose words are heard: what was meant stands out most halfway up
_PREFIX = "query:"  # the encoder was trained with it
_EPSILON = np.float32(1e-12)
_BLOCK = 32
_MIDDLE = 8


class MissingWeightsError(ImportError):
    """The weights are missing or not what was shipped."""


@dataclass(frozen=True, slots=True)
class Meanings:
    """A vector for the whole mail and a row for each sentence, both about of unit length; `cut`: not all was read."""

    whole: Floats
    parts: Floats
    cut: bool


@dataclass(frozen=True, slots=True)
class Encoder:
    """The network: packed rows of word pieces, and the layers' weights as floats."""

    pieces: Pieces
    table: NDArray[np.uint8]
    scales: NDArray[np.float16]
    weights: Mapping[str, Floats]

    def meanings_of(self, sentences: Sequence[str]) -> Meanings:
        """What the sentences of one mail mean, together and each."""
        windows, spans, cut = self._windows(sentences)
        heard = [self._heard([*each, LAST]) for each in windows]
        depths = [np.vstack([each[depth] for each in heard]) for depth in range(len(_LISTENED))]
        whole: Floats = np.sum([_unit(rows.mean(axis=0)) for rows in depths], axis=0)
        parts: Floats = np.sum([_unit(_means(rows, spans)) for rows in depths], axis=0)
        known = self.weights
        return Meanings(
            (whole - known["whole_mean"]) / known["whole_spread"],
            (parts - known["part_mean"]) / known["part_spread"],
            cut,
        )

    def _windows(self, sentences: Sequence[str]) -> tuple[list[list[int]], list[tuple[int, int]], bool]:
        """Windows of word pieces, where each sentence stands in all of them, and whether something was left out.

        A window ends with a sentence, so that each sentence sees its neighbours.
        """
        begin = [FIRST, *self.pieces.of_text(_PREFIX)]
        windows, spans = [[*begin]], list[tuple[int, int]]()
        before = total = left_out = 0
        for sentence in sentences:
            pieces = self.pieces.of_text(_sound(sentence))
            kept = pieces[: min(_WINDOW - len(begin), MOST_PIECES - total)]
            if len(windows[-1]) + len(kept) > _WINDOW:
                before += len(windows[-1]) + 1
                windows.append([*begin])
            start = before + len(windows[-1])
            spans.append((start, start + len(kept)) if kept else (0, 1))
            windows[-1] += kept
            total += len(kept)
            left_out += len(pieces) - len(kept)
        return windows, spans, left_out > 0

    def _heard(self, pieces: Sequence[int]) -> list[Floats]:
        """A row for each word piece, as the layers that are listened to see it."""
        known = self.weights
        rows = unpacked(self.table[pieces], self.scales[pieces]) + known["places"][: len(pieces)]
        tokens = [_normed(rows, known["first_gain"], known["first_shift"])]
        for layer in range(max(_LISTENED)):
            tokens.append(self._layer(tokens[-1], layer))
        return [tokens[depth] for depth in _LISTENED]

    def _layer(self, rows: Floats, layer: int) -> Floats:
        def through(name: str, values: Floats) -> Floats:
            found: Floats = values @ self.weights[f"{layer}_{name}"] + self.weights[f"{layer}_{name}_b"]
            return found

        def settled(name: str, values: Floats) -> Floats:
            return _normed(values, self.weights[f"{layer}_{name}_gain"], self.weights[f"{layer}_{name}_shift"])

        count = len(rows)
        query, key, value = through("look", rows).reshape(count, 3, _HEADS, -1).transpose(1, 2, 0, 3)
        looks = (query / np.float32(math.sqrt(WIDTH / _HEADS))) @ key.transpose(0, 2, 1)
        np.exp(looks - looks.max(axis=-1, keepdims=True), out=looks)
        looks /= looks.sum(axis=-1, keepdims=True)
        seen = np.asarray((looks @ value).transpose(1, 0, 2).reshape(count, WIDTH), dtype=np.float32)
        rows = settled("seen", rows + through("seen", seen))
        return settled("thought", rows + through("thought", _gelu(through("wide", rows))))


def meanings_of(sentences: Sequence[str]) -> Meanings:
    """What the sentences of one mail mean. Raises `MissingWeightsError` where the weights are not what was shipped."""
    return _encoder().meanings_of(sentences)


def vectors_of(texts: Sequence[str]) -> Floats:
    """One row of unit length for each text. Raises as above."""
    encoder = _encoder()
    found: Floats = np.array(
        [_unit(encoder.meanings_of([each.text for each in sentences_of(text)]).whole) for text in texts]
    )
    return found


def forget() -> None:
    """Give the memory back; the next mail loads the weights again."""
    _encoder.cache_clear()


def opened(octets: bytes) -> Encoder:
    """An encoder from the octets of its npz file; nothing in it is ever executed."""
    with np.load(BytesIO(octets), allow_pickle=False) as file:
        folded = dict(zip(file["fold_from"].tolist(), bytes(file["fold_to"]).decode().split("\0"), strict=True))
        pieces = Pieces.of(bytes(file["pieces"]).decode().split("\0"), file["scores"].tolist(), folded)
        weights = {name: file[name] for name in file.files if file[name].dtype == np.float32 and name != "scores"}
        for name in (each.removesuffix(":scale") for each in file.files if each.endswith(":scale")):
            if name != "table":
                weights[name] = np.ascontiguousarray(unpacked(file[name], file[f"{name}:scale"]).T)
        return Encoder(pieces, file["table"], file["table:scale"], weights)


def unpacked(packed: NDArray[np.uint8], scales: NDArray[np.float16]) -> Floats:
    """Rows of floats from rows of half octets: of each 16 octets the low halves come first, then the high ones."""
    halves = packed.reshape(len(packed), -1, _BLOCK // 2)
    values = np.concatenate([halves & 15, halves >> 4], axis=2).astype(np.float32) - _MIDDLE
    found: Floats = (values * scales.astype(np.float32)[:, :, None]).reshape(len(packed), -1)
    return found


@cache
def _encoder() -> Encoder:
    folder = resources.files("mailbot.reading") / "weights"
    try:
        octets = (folder / WEIGHTS).read_bytes()
        expected = (folder / CHECKSUM).read_text(encoding="ascii").split()[0]
    except (OSError, IndexError) as error:
        raise MissingWeightsError(WEIGHTS) from error
    if hashlib.sha256(octets).hexdigest() != expected:
        raise MissingWeightsError(WEIGHTS)
    return opened(octets)


def _normed(rows: Floats, gain: Floats, shift: Floats) -> Floats:
    centred = rows - rows.mean(axis=1, keepdims=True)
    spread = np.sqrt((centred * centred).mean(axis=1, keepdims=True) + _EPSILON)
    found: Floats = centred / spread * gain + shift
    return found


def _means(rows: Floats, spans: Sequence[tuple[int, int]]) -> Floats:
    found: Floats = np.array([rows[first:last].mean(axis=0) for first, last in spans or [(0, len(rows))]])
    return found


def _unit(rows: Floats) -> Floats:
    found: Floats = rows / np.linalg.norm(rows, axis=-1, keepdims=True)
    return found


def _gelu(values: Floats) -> Floats:
    """Half the value, more the likelier it is under a normal distribution (Abramowitz and Stegun 7.1.26, to 2e-7)."""
    size = np.abs(values) * np.float32(math.sqrt(0.5))
    part = 1 / (1 + np.float32(0.3275911) * size)
    series = np.float32(1.061405429) * part
    for factor in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        series = (series + np.float32(factor)) * part
    found: Floats = np.float32(0.5) * values * (1 + np.copysign(1 - series * np.exp(-size * size), values))
    return found


def _sound(text: str) -> str:
    """The text without halves of characters, which no encoding knows."""
    return text.encode("utf-8", "replace").decode("utf-8")
