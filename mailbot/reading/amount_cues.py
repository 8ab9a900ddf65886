"""What stands beside an amount and tells what its writer says of it, as named features; the words are data."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from mailbot.reading.words import Word, words_of

Row = dict[str, float]

_NEAR = 3
_LONGEST = 4
_PLURALS = ("s", "x", "en", "er", "i")
_UNSAID = frozenset({"ref", "small"})
"""Cues that only tell whether a bare number is money."""

_VERDICTS = frozenset(
    {"paid", "will", "can", "contest", "deny", "agreed", "instead", "charge", "each", "rest", "have", "limit", "rate"}
)
_PAIRED = frozenset(
    {
        "paid",
        "will",
        "can",
        "contest",
        "instead",
        "agreed",
        "charge",
        "each",
        "rest",
        "owe",
        "not",
        "me",
        "you",
        "why",
        "deny",
        "pay",
    }
)


@dataclass(frozen=True, slots=True)
class _Cues:
    """The cues of a language: phrases by their first word, beginnings of words by their first two letters."""

    phrases: Mapping[str, Sequence[tuple[tuple[str, ...], str]]]
    beginnings: Mapping[str, Sequence[tuple[str, str]]]

    def at(self, ahead: Sequence[str]) -> Iterator[str]:
        """The cues that begin with the first of some words."""
        first = ahead[0]
        for words, name in self.phrases.get(first, ()):
            if len(words) == 1 or words == tuple(ahead[: len(words)]):
                yield name
        for beginning, name in self.beginnings.get(first[:2], ()):
            if first.startswith(beginning):
                yield name


@cache
def _cues() -> Mapping[str, _Cues]:
    text = (resources.files("mailbot.reading") / "amount_cues.toml").read_text(encoding="utf-8")
    return {language: _compiled(lists) for language, lists in tomllib.loads(text).items()}


def _compiled(lists: Mapping[str, str]) -> _Cues:
    phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    beginnings: dict[str, list[tuple[str, str]]] = {}
    for name, row in lists.items():
        for phrase in filter(None, map(str.strip, row.split(","))):
            words = tuple(word.text for word in words_of(phrase.rstrip("*")))
            if phrase.endswith("*"):
                beginnings.setdefault(words[0][:2], []).append((words[0], name))
            else:
                phrases.setdefault(words[0], []).append((words, name))
    return _Cues(phrases, beginnings)


def cues_in(words: Sequence[str], at: int, languages: Sequence[str]) -> set[str]:
    """The cues that begin at a word."""
    ahead = words[at : at + _LONGEST]
    known = _cues()
    return {name for language in languages if language in known for name in known[language].at(ahead)}


def cues_beside(
    before: Sequence[Word], after: Sequence[Word], clause_before: int, clause_after: int, languages: Sequence[str]
) -> Row:
    """The cues before and after an amount by how near they stand, and which of them meet in its clause.

    `before` and `after` are nearest first; `clause_*` say how many of them stand in the amount's own clause.
    """
    found: Row = {}
    clause: set[str] = set()
    for side, nearest, inside in (("<", before, clause_before), (">", after, clause_after)):
        texts = [word.text for word in nearest]
        ordered = texts[::-1] if side == "<" else texts
        nearest_said: tuple[int, set[str]] = (len(ordered), set())
        for at in range(len(ordered)):
            far = len(ordered) - 1 - at if side == "<" else at
            zone = "1" if far < min(_NEAR, inside) else "2" if far < inside else "3"
            names = cues_in(ordered, at, languages) - _UNSAID
            if zone != "3" and far < nearest_said[0] and names & _VERDICTS:
                nearest_said = (far, names & _VERDICTS)
            for name in names:
                found[f"{side}{zone}:{name}"] = 1.0
                if zone != "3":
                    clause.add(name)
                    found[f"c:{name}"] = 1.0
        found |= {f"{side}n:{name}": 1.0 for name in nearest_said[1]}
    telling = sorted(clause & _PAIRED)
    for at, name in enumerate(telling):
        for other in telling[at + 1 :]:
            found[f"c:{name}+{other}"] = 1.0
    return found


def beside_a_number(before: Sequence[Word], after: Sequence[Word], clause_after: int, languages: Sequence[str]) -> Row:
    """What kind of word stands right before and after a number: `page 20` and `20 pages` are no money."""
    follows = "end"
    if clause_after:
        texts = [word.text for word in after[:_LONGEST]]
        named = cues_in(texts, 0, languages)
        plural = texts[0].endswith(_PLURALS) and len(texts[0]) > _NEAR
        follows = "small" if "small" in named else "cue" if named else "plural" if plural else "other"
    precedes = "start"
    if before:
        ordered = [word.text for word in before[:_NEAR]][::-1]
        named = cues_in(ordered, len(ordered) - 1, languages)
        refers = any("ref" in cues_in(ordered, at, languages) for at in range(max(0, len(ordered) - 2), len(ordered)))
        precedes = "ref" if refers else "small" if "small" in named else "cue" if named else "other"
    return {f"next:{follows}": 1.0, f"prev:{precedes}": 1.0, f"prev:{precedes}+next:{follows}": 1.0}
