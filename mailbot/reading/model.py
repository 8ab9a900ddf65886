"""The trained reader: odds for each intent and for a hold, from the whole mail and from each sentence.

It is loaded at the first mail that is read. Where numpy, the encoder or the weights are missing or are not what was
shipped, there is none, and the rules read alone (more mails are then held for a person, never fewer).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from io import BytesIO

import numpy as np

from mailbot.core.intent import Intent
from mailbot.reading.model_features import INTENTS, Features, Floats, features_of
from mailbot.reading.model_fit import gram_values, softmax
from mailbot.reading.weigh import Understood

WEIGHTS = "reader.npz"
CHECKSUM = "reader.sha256"
GIST = 0.6
"""How much the whole mail counts against its most telling sentences."""

_TINY = 1e-4
_HARMLESS = [INTENTS.index(each) for each in (Intent.ACKNOWLEDGEMENT, Intent.APPROVAL, Intent.OTHER)]
_TELLING = [at for at, each in enumerate(INTENTS) if at not in _HARMLESS and each is not Intent.AUTO_REPLY]


@dataclass(frozen=True, slots=True)
class Heads:
    """Linear heads: over the whole (15 intents, then go on and hold) and over a sentence (15 intents, then nothing)."""

    telling: Floats
    dense: Floats
    grams: Floats
    bias: Floats
    sentence: Floats
    sentence_bias: Floats


@dataclass(frozen=True, slots=True)
class Raw:
    """What the heads say before calibration: log odds of the intents, a score for a hold, odds per sentence."""

    intents: Floats
    hold: float
    sentences: Floats


@dataclass(frozen=True, slots=True)
class Calibration:
    """From scores to odds: fitted on mails of authors whom the heads had not read."""

    sharpness: float
    slope: float
    offset: float
    release_below: float


@dataclass(frozen=True, slots=True)
class Guess:
    """Calibrated odds: per intent, for a hold, and per sentence for each intent. `may_release`: surely no hold."""

    intents: dict[Intent, float]
    hold: float
    sentences: tuple[dict[Intent, float], ...]
    may_release: bool

    @property
    def intent(self) -> Intent:
        """The likeliest intent."""
        return max(self.intents, key=lambda each: self.intents[each])


@dataclass(frozen=True, slots=True)
class Model:
    """Heads and their calibration."""

    heads: Heads
    calibration: Calibration

    def guess(self, words: str, sentences: Sequence[Understood]) -> Guess:
        """What the new words of a mail say."""
        features = features_of(words, sentences)
        return calibrated(raw(self.heads, features), self.calibration, cut=features.cut)


def raw(heads: Heads, mail: Features) -> Raw:
    """Apply the heads to one mail."""
    values = gram_values(mail, heads.telling)
    scores = mail.dense @ heads.dense + values @ heads.grams[mail.buckets].astype(np.float32) + heads.bias
    count = len(INTENTS)
    whole, hold = softmax(scores[:count]), float(softmax(scores[count:])[1])
    parts = softmax(mail.sentences @ heads.sentence + heads.sentence_bias)
    return pooled(whole, hold, parts)


def pooled(whole: Floats, hold: float, parts: Floats) -> Raw:
    """The whole and the most telling sentences together."""
    loudest = parts[:, : len(INTENTS)].max(axis=0)
    logs = GIST * np.log(whole + _TINY) + (1 - GIST) * np.log(loudest + _TINY)
    odds = softmax(logs)
    harmful = float(1 - odds[_HARMLESS].sum())
    worst = float(parts[:, _TELLING].sum(axis=1).max())
    return Raw(logs, _logit(hold) + _logit(harmful) + _logit(worst), parts)


def calibrated(raw_guess: Raw, calibration: Calibration, *, cut: bool = False) -> Guess:
    """Scores as odds. A mail that was cut is never released."""
    odds = softmax(raw_guess.intents * np.float32(calibration.sharpness))
    hold = float(1 / (1 + np.exp(-(calibration.slope * raw_guess.hold + calibration.offset))))
    return Guess(
        intents={intent: float(odds[at]) for at, intent in enumerate(INTENTS)},
        hold=hold,
        sentences=tuple({intent: float(row[at]) for at, intent in enumerate(INTENTS)} for row in raw_guess.sentences),
        may_release=hold < calibration.release_below and not cut,
    )


def _logit(odds: float) -> float:
    return float(np.log((odds + _TINY) / (1 - odds + _TINY)))


@cache
def model() -> Model | None:
    """The model that is shipped, or None where it is missing or its checksum is wrong."""
    folder = resources.files("mailbot.reading") / "weights"
    try:
        octets = (folder / WEIGHTS).read_bytes()
        expected = (folder / CHECKSUM).read_text(encoding="ascii").split()[0]
    except (OSError, IndexError):
        return None
    if hashlib.sha256(octets).hexdigest() != expected:
        return None
    return opened(octets)


def opened(octets: bytes) -> Model:
    """A model from the octets of its npz file; nothing in it is ever executed."""
    with np.load(BytesIO(octets), allow_pickle=False) as file:
        heads = Heads(
            file["telling"].astype(np.float32),
            file["dense"].astype(np.float32),
            file["grams"],
            file["bias"],
            file["sentence"].astype(np.float32),
            file["sentence_bias"],
        )
        return Model(heads, Calibration(*(float(value) for value in file["calibration"])))


def packed(shipped: Model) -> bytes:
    """The npz file of a model: half precision, for less than a megabyte."""
    heads, settings = shipped.heads, shipped.calibration
    buffer = BytesIO()
    np.savez_compressed(
        buffer,
        telling=heads.telling.astype(np.float16),
        dense=heads.dense.astype(np.float16),
        grams=heads.grams.astype(np.float16),
        bias=heads.bias.astype(np.float32),
        sentence=heads.sentence.astype(np.float16),
        sentence_bias=heads.sentence_bias.astype(np.float32),
        calibration=np.array([settings.sharpness, settings.slope, settings.offset, settings.release_below]),
    )
    return buffer.getvalue()
