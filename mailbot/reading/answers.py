"""What the operator answered: lines such as "3 payé" or "2 wait 15/12". The words are data (`answers.toml`)."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from mailbot.core.answer import Said, Word
from mailbot.core.intent import Intent
from mailbot.reading.words import folded

_LONGEST_LINE = 200
_MOST_LINES = 60
_MOST_ANSWERS = 40
_JOINT = r"\s*(?:,|&|\+|\bet\b|\band\b)\s*"
_NUMBERED = re.compile(
    rf"(?:(?:n\s?[o°º]|no|num|numero|number|point|item|#)\.?\s*)?(\d{{1,3}}(?:{_JOINT}\d{{1,3}})*)(?!\d|/\d)"
)
_AFTER_NUMBER = " \t.:;,)=-\u2013\u2014>/"
_EDGES = " \t.:;,!?\u2026\"'«»\u201c\u201d\u2018\u2019()[]*_-\u2013\u2014\u00a0\u202f"
_SEPARATE = re.compile(r";|(?<=[a-z]),\s+(?=\d{1,3}\s*[.:=)]?\s+[a-z])")


@dataclass(frozen=True, slots=True)
class _Phrase:
    """Folded words that say one thing."""

    text: str
    word: Word
    intent: Intent | None


def said_in(words: str) -> tuple[Said, ...]:
    """The answers in the new words of a mail, in order.

    A line that begins with a number and is not understood comes back without a word; other lines (a greeting, a
    signature) are left out. A word without a number counts only where there is no other, and a "thanks" never.
    Never raises; a hostile text costs no more than a short one.
    """
    found: list[Said] = []
    for line in unicodedata.normalize("NFC", words).splitlines()[:_MOST_LINES]:
        for part in _parts(line[:_LONGEST_LINE]):
            said = _said(part)
            if said is not None and len(found) < _MOST_ANSWERS:
                found.append(said)
    numbered = [said for said in found if said.numbers]
    if numbered:
        return tuple(numbered)  # a "thanks" or an "ok" beside numbered answers closes the mail
    plain = {(said.word, said.intent) for said in found if not said.rest}
    return () if len(plain) > 1 else tuple(found[:1])


def shown(word: Word, language: str, intent: Intent | None = None) -> str:
    """The word that a mail in this language shows."""
    for tag in (language[:2], "en"):
        for section in _sections():
            if (section.word, section.intent, section.language) == (word, intent, tag):
                return section.phrases[0]
    return word.value


def intent_named(text: str) -> Intent | None:
    """The intent that a name or a word in any language stands for."""
    plain = folded(text).strip(_EDGES)
    known = {section.intent.value: section.intent for section in _sections() if section.intent}
    if plain in known:
        return known[plain]
    said = (s.intent for s in _sections() if s.intent and plain in map(folded, s.phrases))
    return next(said, None)


def _parts(line: str) -> Iterator[str]:
    """The answers of one line, in the writer's own letters: folding keeps each character's place."""
    plain = folded(line)
    if len(plain) != len(line):
        line = plain
    start = 0
    for cut in _SEPARATE.finditer(plain):
        yield line[start : cut.start()]
        start = cut.end()
    yield line[start:]


def _said(part: str) -> Said | None:
    line = part.strip(_EDGES)
    plain = folded(line)
    if not plain or len(plain) != len(line):
        line = plain
    numbered = _NUMBERED.match(plain)
    numbers: tuple[int, ...] = ()
    start = 0
    if numbered:
        numbers = tuple(dict.fromkeys(int(number) for number in re.findall(r"\d+", numbered[1])))
        start = numbered.end()
        while start < len(plain) and plain[start] in _AFTER_NUMBER:
            start += 1
    if numbered and start < len(plain) and start == numbered.end() and plain[start].isalnum():
        numbers, start = (), 0  # "2nd" or "3x" is no number of a matter
    if not numbers and plain.strip(_EDGES) in _fillers():
        return None
    phrase = None if "?" in part else _longest(plain[start:])  # "3 payé ?" asks
    if phrase is None:
        return Said(line, numbers, None) if numbers and start < len(plain) else None
    rest = line[start + len(phrase.text) :].strip(_EDGES)
    if folded(rest).strip(_EDGES) in _fillers():
        rest = ""
    return Said(line, numbers, phrase.word, phrase.intent, rest)


def _longest(plain: str) -> _Phrase | None:
    for phrase in _phrases():
        if plain.startswith(phrase.text) and not plain[len(phrase.text) : len(phrase.text) + 1].isalnum():
            return phrase
    return None


@dataclass(frozen=True, slots=True)
class _Section:
    word: Word
    intent: Intent | None
    language: str
    phrases: tuple[str, ...]


@cache
def _read() -> dict[str, dict[str, dict[str, list[str]]]]:
    file = resources.files("mailbot.reading") / "answers.toml"
    found: dict[str, dict[str, dict[str, list[str]]]] = tomllib.loads(file.read_text(encoding="utf-8"))
    return found


@cache
def _sections() -> tuple[_Section, ...]:
    """Plain words before intents: "ok" is a yes wherever both could be meant."""
    read = _read()
    found = []
    for word in Word:
        if word is Word.MEANT:
            continue
        for language, phrases in read[word.value].items():
            found.append(_Section(word, None, language, tuple(map(str, phrases))))
    for name, languages in read["meant"].items():
        for language, words in languages.items():
            found.append(_Section(Word.MEANT, Intent(name), language, tuple(words)))
    return tuple(found)


@cache
def _phrases() -> tuple[_Phrase, ...]:
    """All phrases, the longest first; one that stands twice belongs to its first section."""
    found: dict[str, _Phrase] = {}
    for section in _sections():
        for text in section.phrases:
            found.setdefault(folded(text), _Phrase(folded(text), section.word, section.intent))
    return tuple(sorted(found.values(), key=lambda phrase: -len(phrase.text)))


@cache
def _fillers() -> frozenset[str]:
    return frozenset(folded(str(text)) for texts in _read()["fillers"].values() for text in texts)
