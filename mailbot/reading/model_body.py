"""The tuned network: the encoder's convolutions over word pieces, fine-tuned on replies, on numpy and one thread.

Same shape as the multilingual Universal Sentence Encoder v3 (arXiv 1907.04307, the convolutional one): three branches
of n-gram windows, their layer norm, the sum over the pieces and a small stack of dense layers. Beside that sum some
attention heads each look for a few telling pieces. `mailbot.reading.finetune` writes its weights, as whole numbers of
eight bits with one scale per column; the table of word pieces stands beside it (`model_table`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import numpy as np

from mailbot.reading import model_table
from mailbot.reading.model_features import INTENTS, Floats

MOST_PIECES = 300
"""Word pieces of a mail that are looked at; the heads over sentences see the rest."""

LOUD = 4.0
EPSILON = 1e-12
"""What is added to a variance in each layer norm, as in the encoder."""

_WINDOWS = ((2, 0), (3, 1), (5, 2))
_WIDTH = 256
_LONGEST = 3_000
_TINY = 1e-6
_FULL = 127


@dataclass(frozen=True, slots=True)
class Heard:
    """What a network says of one mail: odds of each intent as the primary one, of each being in it, of a hold.

    `shows`: for each sentence the odds of each intent and of nothing, where the network hears sentences.
    """

    intents: Floats
    inside: Floats
    hold: float
    shows: Floats = field(default_factory=lambda: np.zeros((0, len(INTENTS) + 1), dtype=np.float32))


@dataclass(frozen=True, slots=True)
class Body:
    """The network's weights by name, as floats."""

    weights: Mapping[str, Floats]

    def heard(self, text: str) -> Heard:
        """What a text says. Raises ImportError where the table of word pieces is missing."""
        pieces = model_table.pieces_of(text[:_LONGEST])[:MOST_PIECES]
        scores = self._summary(self._tokens(pieces))
        count = len(INTENTS)
        return Heard(_softmax(scores[:count]), _logistic(scores[count:-1]), float(_logistic(scores[-1:])[0]))

    def _tokens(self, pieces: Sequence[int]) -> Floats:
        """One row for each word piece, told by its neighbours."""
        known = self.weights
        embedded = model_table.embedded(pieces)
        near = _normed(embedded @ known["proj"] + known["proj_b"], known["ln_g3"], known["ln_b3"])
        branches = [embedded]
        for place, (order, left) in enumerate(_WINDOWS):
            own = near[:, place * _WIDTH : (place + 1) * _WIDTH]
            first = _relu(_windows(own, order, left) @ known[f"w1_{order}"] + known[f"b1_{order}"]) + own
            second = _relu(_windows(first, order, left) @ known[f"w2_{order}"] + known[f"b2_{order}"]) + first
            branches.append(second)
        return _normed(np.hstack(branches), known["ln_g"], known["ln_b"])

    def _summary(self, tokens: Floats) -> Floats:
        """Scores of the heads: intents, intents inside, hold."""
        known = self.weights
        count = np.float32(len(tokens))
        mean = (tokens.sum(axis=0) @ known["cnn_W"] + count * known["cnn_b"]) / np.sqrt(count)
        inner = _relu(mean @ known["p1"] + _relu(mean @ known["d0"]) @ known["d1"])
        vector = np.tanh(inner @ known["p3"] + _relu(inner @ known["d2"]) @ known["d3"])
        vector = vector / max(float(np.linalg.norm(vector)), _TINY) * np.float32(LOUD)
        looks = tokens @ known["look"] + known["look_b"]
        shares = np.exp(looks - looks.max(axis=0))
        shares /= shares.sum(axis=0)
        values = _gelu(tokens @ known["value"] + known["value_b"]).reshape(len(tokens), shares.shape[1], -1)
        seen = np.einsum("th,thv->hv", shares, values).reshape(-1)
        found: Floats = np.hstack([vector, seen]) @ known["heads"] + known["heads_b"]
        return found


def opened(octets: bytes) -> Body:
    """A network from the octets of its npz file; nothing in it is ever executed."""
    with np.load(BytesIO(octets), allow_pickle=False) as file:
        scales = {name for name in file.files if name.endswith(":scale")}
        return Body(
            {
                name: file[name].astype(np.float32) * file[f"{name}:scale"].astype(np.float32)
                if f"{name}:scale" in scales
                else file[name].astype(np.float32)
                for name in file.files
                if name not in scales
            }
        )


def packed(weights: Mapping[str, Floats]) -> bytes:
    """The npz file of a network: matrices in eight bits with a scale per column, vectors in full."""
    kept: dict[str, Any] = {}
    for name, values in weights.items():
        if values.ndim == 1:
            kept[name] = values.astype(np.float32)
            continue
        scale = np.maximum(np.abs(values).max(axis=0), _TINY) / _FULL
        kept[name] = np.rint(values / scale).astype(np.int8)
        kept[f"{name}:scale"] = scale.astype(np.float32)
    buffer = BytesIO()
    np.savez_compressed(buffer, **kept)
    return buffer.getvalue()


def _windows(rows: Floats, order: int, left: int) -> Floats:
    """Each row beside its neighbours, `left` of them before it; nothing stands beyond the ends."""
    padded = np.zeros((len(rows) + order - 1, rows.shape[1]), dtype=np.float32)
    padded[left : left + len(rows)] = rows
    return np.hstack([padded[at : at + len(rows)] for at in range(order)])


def _normed(rows: Floats, gain: Floats, shift: Floats) -> Floats:
    centred = rows - rows.mean(axis=1, keepdims=True)
    spread = np.sqrt((centred**2).mean(axis=1, keepdims=True) + np.float32(EPSILON))
    found: Floats = centred / spread * gain + shift
    return found


def _relu(values: Floats) -> Floats:
    found: Floats = np.maximum(values, 0)
    return found


def _gelu(values: Floats) -> Floats:
    """The tanh form of Hendrycks and Gimpel 2016 (arXiv 1606.08415), which needs no error function."""
    cubes = values * values * values  # numpy's power of floats is a hundred times as slow
    found: Floats = 0.5 * values * (1 + np.tanh(np.float32(0.7978845608) * (values + np.float32(0.044715) * cubes)))
    return found


def _softmax(scores: Floats) -> Floats:
    raised = np.exp(scores - scores.max())
    odds: Floats = raised / raised.sum()
    return odds


def _logistic(scores: Floats) -> Floats:
    odds: Floats = (1 / (1 + np.exp(-scores))).astype(np.float32)
    return odds
