"""What a mail means: the first layers of multilingual-e5-small (arXiv 2402.05672), tuned, on numpy and one thread.

One pass over a mail gives a vector for the whole, what its heads hear in it, and what each sentence shows, which knows
its neighbours. `mailbot.reading.carve` took the encoder (MIT) out of its package with only the word pieces that our
languages need; what `finetune_meaning` left as it was published is kept in its four bits and one scale for each 32,
what it tuned in eight bits. About 60 MB until `forget`.
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

from mailbot.reading.model_body import Heard
from mailbot.reading.model_features import INTENTS, Floats, readable
from mailbot.reading.model_pieces import FIRST, LAST, Pieces
from mailbot.reading.words import sentences_of

WEIGHTS = "meaning.npz"
CHECKSUM = "meaning.sha256"
WIDTH = 384
MOST_PIECES = 768
"""Word pieces that are looked at; what comes after them is not understood."""

HEADS = 12
LOOKS = 8
"""Attention heads over all pieces, each of which looks for a few telling ones."""

MIDWAY = 4
"""The layer that is heard beside the last one: what was meant stands out halfway up."""

_WINDOW = 160  # pieces that see one another; the heads learned on mails of this length
_PREFIX = "query:"  # the encoder was trained with it
_EPSILON = np.float32(1e-12)
_BLOCK = 32
_MIDDLE = 8
_FULL = 127
_TINY = 1e-9
_PARTS = ("look", "seen", "wide", "thought")


class MissingWeightsError(ImportError):
    """The weights are missing or not what was shipped."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """A vector of unit length for the whole mail, and what the heads hear in it; `cut`: not all was read."""

    whole: Floats
    heard: Heard
    cut: bool


@dataclass(frozen=True, slots=True)
class Encoder:
    """The network: packed rows of word pieces, and the other weights as floats."""

    pieces: Pieces
    table: NDArray[np.uint8]
    scales: NDArray[np.float16]
    weights: Mapping[str, Floats]

    def meaning_of(self, sentences: Sequence[str]) -> Meaning:
        """What the sentences of one mail mean, together and each."""
        known = self.weights
        windows, spans, cut = self._windows(sentences)
        both = [self._rows([*each, LAST]) for each in windows]
        midway, rows = (np.vstack([each[depth] for each in both]) for depth in range(2))
        parts = self._even("part", _means(rows, spans))
        whole = self._even("whole", rows.mean(axis=0))
        spoken = [at for at, (_, last) in enumerate(spans) if last] or [0]
        loudest = parts[spoken].max(axis=0)
        summary = np.hstack([whole, self._even("midway", midway.mean(axis=0)), loudest, self._seen(rows)])
        told = summary @ known["tell"] + known["tell_b"]
        shows = softmax(parts @ known["show"] + known["show_b"])
        count = len(INTENTS)
        inside = 1 / (1 + np.exp(-told[count:]))
        heard = Heard(softmax(told[:count]), inside[:-1].astype(np.float32), float(inside[-1]), shows)
        return Meaning(_unit(whole), heard, cut)

    def said_of(self, text: str) -> Heard:
        """What the heads hear in a text."""
        sentences = [each.text for each in sentences_of(text)]
        return self.meaning_of(sentences[: readable(sentences)]).heard

    def begin(self) -> list[int]:
        """The pieces with which each window begins."""
        return [FIRST, *self.pieces.of_text(_PREFIX)]

    def _even(self, name: str, values: Floats) -> Floats:
        """Centred and scaled as in training: encoders put all mails into one corner."""
        found: Floats = (values - self.weights[f"{name}_mean"]) / self.weights[f"{name}_spread"]
        return found

    def _seen(self, rows: Floats) -> Floats:
        """What the attention heads see in all pieces."""
        known = self.weights
        tokens = self._even("token", rows)
        shares = softmax((tokens @ known["attend"] + known["attend_b"]).T)
        values = _gelu(tokens @ known["value"] + known["value_b"]).reshape(len(tokens), LOOKS, -1)
        found: Floats = np.matmul(shares[:, None, :], values.transpose(1, 0, 2)).reshape(-1)
        return found

    def _windows(self, sentences: Sequence[str]) -> tuple[list[list[int]], list[tuple[int, int]], bool]:
        """Windows of word pieces, where each sentence stands in all of them, and whether something was left out.

        A window ends with a sentence, so that each sentence sees its neighbours.
        """
        begin = self.begin()
        windows, spans = [[*begin]], list[tuple[int, int]]()
        before = total = left_out = 0
        for sentence in sentences:
            pieces = self.pieces.of_text(sound(sentence))
            kept = pieces[: min(_WINDOW - len(begin), MOST_PIECES - total)]
            if len(windows[-1]) + len(kept) > _WINDOW:
                before += len(windows[-1]) + 1
                windows.append([*begin])
            start = before + len(windows[-1])
            spans.append((start, start + len(kept)) if kept else (0, 0))
            windows[-1] += kept
            total += len(kept)
            left_out += len(pieces) - len(kept)
        return windows, spans, left_out > 0

    def _rows(self, pieces: Sequence[int]) -> tuple[Floats, Floats]:
        """A row for each word piece, as the middle and the last layer see it."""
        known = self.weights
        rows = unpacked(self.table[pieces], self.scales[pieces]) + known["places"][: len(pieces)]
        rows = midway = _normed(rows, known["first_gain"], known["first_shift"])
        for layer in range(layers_of(known)):
            rows = self._layer(rows, layer)
            midway = rows if layer == MIDWAY - 1 else midway
        return midway, rows

    def _layer(self, rows: Floats, layer: int) -> Floats:
        def through(name: str, values: Floats) -> Floats:
            found: Floats = values @ self.weights[f"{layer}_{name}"] + self.weights[f"{layer}_{name}_b"]
            return found

        def settled(name: str, values: Floats) -> Floats:
            return _normed(values, self.weights[f"{layer}_{name}_gain"], self.weights[f"{layer}_{name}_shift"])

        count = len(rows)
        query, key, value = through("look", rows).reshape(count, 3, HEADS, -1).transpose(1, 2, 0, 3)
        looks = np.asarray(query / np.float32(math.sqrt(WIDTH / HEADS)) @ key.transpose(0, 2, 1), dtype=np.float32)
        seen = np.asarray((softmax(looks) @ value).transpose(1, 0, 2).reshape(count, WIDTH), dtype=np.float32)
        rows = settled("seen", rows + through("seen", seen))
        return settled("thought", rows + through("thought", _gelu(through("wide", rows))))


def encoder() -> Encoder:
    """The encoder that is shipped. Raises `MissingWeightsError` where the weights are not what was shipped."""
    return _encoder()


def vectors_of(texts: Sequence[str]) -> Floats:
    """One row of unit length for each text. Raises as above."""
    shipped = encoder()
    meant = (shipped.meaning_of([each.text for each in sentences_of(text)]) for text in texts)
    found: Floats = np.array([each.whole for each in meant])
    return found


def forget() -> None:
    """Give the memory back; the next mail loads the weights again."""
    _encoder.cache_clear()


def opened(octets: bytes) -> Encoder:
    """An encoder from the octets of its npz file; nothing in it is ever executed."""
    with np.load(BytesIO(octets), allow_pickle=False) as file:
        folded = dict(zip(file["fold_from"].tolist(), bytes(file["fold_to"]).decode().split("\0"), strict=True))
        pieces = Pieces.of(bytes(file["pieces"]).decode().split("\0"), file["scores"].tolist(), folded)
        names = [name for name in file.files if file[name].dtype in (np.float32, np.float16) and ":" not in name]
        weights = {name: file[name].astype(np.float32) for name in names if name != "scores"}
        for name in (each.removesuffix(":scale") for each in file.files if each.endswith(":scale")):
            if name != "table":
                weights[name] = np.ascontiguousarray(_rows_of(file[name], file[f"{name}:scale"]).T)
        return Encoder(pieces, file["table"], file["table:scale"], weights)


def packed(carved: bytes, weights: Mapping[str, Floats], untouched: int) -> bytes:
    """The npz file of a tuned encoder: `untouched` layers as they were carved, the others in eight bits."""
    with np.load(BytesIO(carved), allow_pickle=False) as file:
        kept: dict[str, NDArray[np.generic]] = {name: file[name] for name in file.files}
    for name, values in weights.items():
        layer, _, part = name.partition("_")
        if not layer.isdigit() and values.ndim > 1 and name != "places":
            kept[name] = values.astype(np.float16)
        elif not layer.isdigit() or (int(layer) >= untouched and part not in _PARTS):
            kept[name] = values.astype(np.float32)
        elif int(layer) >= untouched:
            scales = (np.maximum(np.abs(values).max(axis=0), _TINY) / _FULL).astype(np.float16)
            eighths = np.rint(values / scales.astype(np.float32)).clip(-_FULL, _FULL)
            kept[name], kept[f"{name}:scale"] = eighths.T.astype(np.int8), scales[:, None]
    buffer = BytesIO()
    np.savez_compressed(buffer, **kept)  # type: ignore[arg-type]  # numpy takes any array by any name
    return buffer.getvalue()


def layers_of(weights: Mapping[str, Floats]) -> int:
    """How many layers there are."""
    return 1 + max(int(name.split("_")[0]) for name in weights if name[0].isdigit())


def _rows_of(packed_rows: NDArray[np.generic], scales: NDArray[np.float16]) -> Floats:
    """Rows of floats, from eight bits or from four."""
    if packed_rows.dtype == np.int8:
        found: Floats = packed_rows.astype(np.float32) * scales.astype(np.float32)
        return found
    return unpacked(packed_rows.astype(np.uint8, copy=False), scales)


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
    """The mean of each sentence's rows; the first row stands for one that has none."""
    found: Floats = np.array([rows[first : max(last, 1)].mean(axis=0) for first, last in spans or [(0, 1)]])
    return found


def softmax(scores: Floats) -> Floats:
    """Odds that sum to one along the last axis."""
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    raised /= raised.sum(axis=-1, keepdims=True)
    found: Floats = raised
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


def sound(text: str) -> str:
    """The text without halves of characters, which no encoding knows."""
    return text.encode("utf-8", "replace").decode("utf-8")
