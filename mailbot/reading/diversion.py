"""Whether a mail announces that money shall go elsewhere: the opening move of payment-diversion fraud.

An honest client may change banks too. The two cannot be told apart from the words, so both freeze and are shown.
"""

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from mailbot.reading.phrases import Hit, Lexicon, compile_phrase
from mailbot.reading.words import Sentence, fold_word, sentences_of

_SURE, _HINT = 3.0, 1.0
# ISO 13616: country, two check digits, 11 to 30 letters and digits, often in groups.
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?:[ \u00a0.-]?[A-Za-z0-9]){11,30}(?![A-Za-z0-9])")
_IBAN_LEAST = 15
_YOURS_BEFORE = 2


@dataclass(frozen=True, slots=True)
class _Known:
    lexicon: Lexicon
    yours: frozenset[str]
    told: frozenset[str]


def diversion(words: str, subject: str = "", ours: Collection[str] = ()) -> str | None:
    """The sentence that announces other bank details, verbatim, or None. Never raises; linear.

    `ours` are lines that may hold our own account (an IBAN in them is no news when a client repeats it).
    """
    known = _known()
    sentences = [*sentences_of(subject), *sentences_of(words)]
    for sentence in sentences:
        if any(hit.phrase.weight == _SURE and not _asks_for_ours(hit, sentence, known) for hit in _hits(sentence)):
            return sentence.text
    foreign = foreign_iban(f"{subject}\n{words}", ours)
    if foreign and any(True for sentence in sentences for _ in _hits(sentence)):
        return next((s.text for s in sentences if foreign in s.text), foreign)
    return None


def foreign_iban(text: str, ours: Collection[str] = ()) -> str:
    """The first IBAN as it is written that passes its check (ISO 7064, mod 97-10) and is not ours, or empty."""
    own = "".join(_plain(line) for line in ours)
    for found in _IBAN.finditer(text):
        iban = _valid_start(_plain(found[0]))
        if iban and iban not in own:
            return found[0]
    return ""


def _valid_start(plain: str) -> str:
    """The longest beginning that is a valid IBAN: words may follow it without a sign between them."""
    for end in range(min(len(plain), 34), _IBAN_LEAST - 1, -1):
        turned = plain[4:end] + plain[:4]
        if int("".join(str(int(c, 36)) for c in turned)) % 97 == 1:
            return plain[:end]
    return ""


def _plain(text: str) -> str:
    return "".join(c for c in text.upper() if c.isascii() and c.isalnum())


def _hits(sentence: Sentence) -> Iterator[Hit]:
    return _known().lexicon.hits(sentence)


def _asks_for_ours(hit: Hit, sentence: Sentence, known: _Known) -> bool:
    """Whether the sentence is about our own details: "send me your new IBAN", but not "we got your new IBAN"."""
    texts = [word.text for word in sentence.words]
    near = texts[max(0, hit.first - _YOURS_BEFORE) : hit.last]
    return not known.yours.isdisjoint(near) and known.told.isdisjoint(texts)


@cache
def _known() -> _Known:
    text = (resources.files("mailbot.reading") / "diversion.toml").read_text(encoding="utf-8")
    table: Mapping[str, Mapping[str, str]] = tomllib.loads(text)
    found = Lexicon()
    for language, lines in table.items():
        if language == "sets":
            continue
        for tier, weight in (("sure", _SURE), ("hint", _HINT)):
            for line in filter(None, map(str.strip, lines[tier].splitlines())):
                found.add(compile_phrase(line, language, weight, lines))
    sets = {name: frozenset(map(fold_word, words.split())) for name, words in table["sets"].items()}
    return _Known(found, sets["yours"], sets["told"])
