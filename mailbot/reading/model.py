"""The trained reader: odds for each intent and for a hold, from the whole mail and from each sentence.

Three readers of different make speak for the whole: linear heads over n-grams and rules, the tuned encoder, and the
tuned convolutions. They are loaded at the first mail that is read. Where numpy or the weights are missing or are not
what was shipped, there is none, and the rules read alone (more mails are then held for a person, never fewer).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from io import BytesIO

import numpy as np
from threadpoolctl import ThreadpoolController

from mailbot.core.intent import Intent
from mailbot.reading import model_body, model_meaning, model_table
from mailbot.reading.model_body import Body, Heard
from mailbot.reading.model_features import INTENTS, Features, Floats, features_of
from mailbot.reading.model_fit import gram_values, softmax
from mailbot.reading.weigh import Understood

WEIGHTS = "reader.npz"
CHECKSUM = "reader.sha256"
BODY = "body.npz"
BODY_CHECKSUM = "body.sha256"
GIST = 0.6
"""How much the whole mail counts against its most telling sentences."""
MEANT, TUNED = 0.5, 0.2
"""How much the tuned encoder and the tuned convolutions count; the linear heads are the rest."""

SHOWN = 0.6
"""How much the encoder counts against the linear head where a sentence is heard."""

IN_DOUBT = 0.55
"""How much surer the model must be where the rules alone would hold."""

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
    """Before calibration: log odds of the intents, a score for a hold, odds per sentence, odds of an absence."""

    intents: Floats
    hold: float
    sentences: Floats
    away: float = 1.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """From scores to odds: fitted on mails of authors whom the heads had not read."""

    sharpness: float
    slope: float
    offset: float
    release_below: float

    def odds_of_hold(self, said: Raw) -> float:
        """How likely it is that reminders must wait."""
        return float(1 / (1 + np.exp(-(self.slope * said.hold + self.offset))))


@dataclass(frozen=True, slots=True)
class Guess:
    """Calibrated odds: per intent, for a hold, and per sentence for each intent.

    `may_release`: surely no hold; `clearly`: so surely that a phrase which a rule knows may stand in it by chance;
    `away`: odds that a machine which wrote this tells of an absence or a departure.
    """

    intents: dict[Intent, float]
    hold: float
    sentences: tuple[dict[Intent, float], ...]
    may_release: bool
    clearly: bool = False
    away: float = 1.0

    @property
    def intent(self) -> Intent:
        """The likeliest intent."""
        return max(self.intents, key=lambda each: self.intents[each])


@dataclass(frozen=True, slots=True)
class Model:
    """Heads and their calibration, and the tuned convolutions; the encoder stands beside them (`model_meaning`)."""

    heads: Heads
    calibration: Calibration
    body: Body

    def guess(self, words: str, sentences: Sequence[Understood]) -> Guess:
        """What the new words of a mail say, on one thread: more would only wait for each other."""
        with threadpools().limit(limits=1, user_api="blas"):
            features = features_of(words, sentences)
            read = [each.sentence.text for each in sentences[: len(features.sentences)]]
            meant = model_meaning.encoder().meaning_of(read)
            said = raw(self.heads, features, meant.heard, self.body.heard(words))
        return calibrated(said, self.calibration, cut=features.cut or meant.cut)


@cache
def threadpools() -> ThreadpoolController:
    """The libraries under numpy; found once, for looking takes longer than a mail."""
    return ThreadpoolController()


def raw(heads: Heads, mail: Features, meant: Heard, heard: Heard) -> Raw:
    """Apply the heads to one mail, and add what encoder and convolutions heard in it."""
    values = gram_values(mail, heads.telling)
    scores = mail.dense @ heads.dense + values @ heads.grams[mail.buckets].astype(np.float32) + heads.bias
    count = len(INTENTS)
    whole, hold = softmax(scores[:count]), float(softmax(scores[count:])[1])
    parts = softmax(mail.sentences @ heads.sentence + heads.sentence_bias)
    return joined(pooled(whole, hold, parts), meant, heard)


def joined(said: Raw, meant: Heard, heard: Heard) -> Raw:
    """All readers together, each as loud as its errors allow (`MEANT`, `TUNED`)."""
    said_counts = 1 - MEANT - TUNED
    logs = said_counts * said.intents + MEANT * _logs(meant.intents) + TUNED * _logs(heard.intents)
    hold = said_counts * said.hold / 3 + MEANT * _feared(meant) + TUNED * _feared(heard)
    parts = softmax((1 - SHOWN) * _logs(said.sentences) + SHOWN * _logs(meant.shows))
    return Raw(logs, hold, parts, (meant.hold + heard.hold) / 2)


def _feared(heard: Heard) -> float:
    """Log odds that reminders must wait, by what a network says of holds and of intents."""
    return (_logit(heard.hold) + _logit(float(1 - heard.intents[_HARMLESS].sum()))) / 2


def _logs(odds: Floats) -> Floats:
    found: Floats = np.log(odds + _TINY)
    return found


def pooled(whole: Floats, hold: float, parts: Floats) -> Raw:
    """The whole and the most telling sentences together, as the linear heads see them."""
    loudest = parts[:, : len(INTENTS)].max(axis=0)
    logs = GIST * _logs(whole) + (1 - GIST) * _logs(loudest)
    odds = softmax(logs)
    harmful = float(1 - odds[_HARMLESS].sum())
    worst = float(parts[:, _TELLING].sum(axis=1).max())
    return Raw(logs, _logit(hold) + _logit(harmful) + _logit(worst), parts)


def calibrated(raw_guess: Raw, calibration: Calibration, *, cut: bool = False) -> Guess:
    """Scores as odds. A mail that was cut is never released."""
    odds = softmax(raw_guess.intents * np.float32(calibration.sharpness))
    hold = calibration.odds_of_hold(raw_guess)
    return Guess(
        intents={intent: float(odds[at]) for at, intent in enumerate(INTENTS)},
        hold=hold,
        sentences=tuple({intent: float(row[at]) for at, intent in enumerate(INTENTS)} for row in raw_guess.sentences),
        may_release=hold < calibration.release_below and not cut,
        clearly=hold < calibration.release_below * IN_DOUBT and not cut,
        away=raw_guess.away,
    )


def _logit(odds: float) -> float:
    return float(np.log((odds + _TINY) / (1 - odds + _TINY)))


@cache
def model() -> Model | None:
    """The model that is shipped, or None where a part of it is missing or its checksum is wrong."""
    heads, body = _sound(WEIGHTS, CHECKSUM), _sound(BODY, BODY_CHECKSUM)
    return opened(heads, model_body.opened(body)) if heads and body else None


def forget() -> None:
    """Give the memory back; the next mail loads the weights again."""
    model.cache_clear()
    model_meaning.forget()
    model_table.forget()


def _sound(name: str, checksum: str) -> bytes | None:
    """The octets of a file of weights, or None where it is missing or not what was shipped."""
    folder = resources.files("mailbot.reading") / "weights"
    try:
        octets = (folder / name).read_bytes()
        expected = (folder / checksum).read_text(encoding="ascii").split()[0]
    except (OSError, IndexError):
        return None
    return octets if hashlib.sha256(octets).hexdigest() == expected else None


def opened(octets: bytes, body: Body) -> Model:
    """A model from the octets of the npz file of its heads; nothing in it is ever executed."""
    with np.load(BytesIO(octets), allow_pickle=False) as file:
        heads = Heads(
            file["telling"].astype(np.float32),
            file["dense"].astype(np.float32),
            file["grams"],
            file["bias"],
            file["sentence"].astype(np.float32),
            file["sentence_bias"],
        )
        return Model(heads, Calibration(*(float(value) for value in file["calibration"])), body)


def packed(shipped: Model) -> bytes:
    """The npz file of the heads: half precision, for less than a megabyte."""
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
