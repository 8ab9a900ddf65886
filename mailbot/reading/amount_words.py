"""Numbers in words: `seven hundred and twenty pounds`, `deux mille euros`, `zweihundert Euro`, `a hundred now`."""

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import NamedTuple

from mailbot.reading.words import folded

_WORD = re.compile(r"[^\W_]+|[^\w\s-]")
_JOINTS = frozenset({"and", "et", "y", "e"})
_ARTICLES = frozenset({"a", "an", "un", "une", "um", "uma", "ein", "eine", "een", "uno"})
_SCORE, _FOUR = 20, 4
_HUNDRED, _THOUSAND = 100, 1_000
_MOST_WORDS, _AHEAD = 12, 16
_LEAST_ALONE, _LEAST_JOINED, _LONGEST_WORD = 4, 6, 48


@dataclass(frozen=True, slots=True)
class Said:
    """A number in words, and the currency that follows it; `hundreds`: it says hundreds or thousands."""

    value: Decimal
    sign: str
    named: bool
    hundreds: bool
    start: int
    end: int


class _Token(NamedTuple):
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Numbers:
    add: Mapping[str, int]
    times: Mapping[str, int]
    of_part: Mapping[str, int]
    slang: Mapping[str, int]
    notes: Mapping[str, int]
    about: Mapping[str, int]
    slang_after: Collection[str]
    factors: Mapping[str, int]
    joined: re.Pattern[str]
    parts: re.Pattern[str]


@cache
def _numbers() -> _Numbers:
    text = (resources.files("mailbot.reading") / "amounts.toml").read_text(encoding="utf-8")
    table: dict[str, dict[str, int]] = tomllib.loads(text)
    joined = table["joined"]
    either = "|".join(sorted(map(re.escape, joined), key=len, reverse=True))
    alone = {name: value for name, value in joined.items() if len(name) >= _LEAST_ALONE and 0 < value < _HUNDRED}
    return _Numbers(
        add=alone | table["add"],
        times=table["times"],
        of_part={**joined, **table["add"], **table["times"]},
        slang=table["slang"],
        notes=table["notes"],
        about=table["about"],
        slang_after=table["slang_after"],
        factors=table["factors"],
        joined=re.compile(rf"(?:{either})+"),
        parts=re.compile(either),
    )


def factor_of(word: str) -> int:
    """What a word after digits multiplies them by: `85 mil`, `12 k`, `2 lakhs`; 1 where there is none."""
    return _numbers().factors.get(folded(word).rstrip("."), 1)


def written_out(text: str, currencies: Collection[str]) -> Iterator[Said]:
    """Each number in words that one of the `currencies` follows, or that says hundreds."""
    tokens = [_Token(match[0], match.start(), match.end()) for match in _WORD.finditer(folded(text))]
    at = 0
    while at < len(tokens):
        words = _words_from(tokens, at)
        if words:
            yield from _number(tokens[at : at + _AHEAD], words, currencies)
            at += len(words)
        else:
            yield from _named_number(tokens[at : at + _AHEAD], currencies)
            at += 1


def _words_from(tokens: Sequence[_Token], at: int) -> list[list[str]]:
    """The parts of each word from `at` on that together say a number."""
    found: list[list[str]] = []
    for place in range(at, min(len(tokens), at + _MOST_WORDS)):
        parts = _parts(tokens, place, begins=place == at)
        if not parts:
            break
        found.append(parts)
    while found and found[-1][0] in _JOINTS:
        found.pop()
    return found


def _number(tokens: Sequence[_Token], said: Sequence[Sequence[str]], currencies: Collection[str]) -> Iterator[Said]:
    """What those words say, where it is money or may be."""
    numbers = _numbers()
    words = [part for parts in said for part in parts]
    value = Decimal(_value(words, numbers))
    following = tokens[len(said)] if len(said) < len(tokens) else None
    if following and following.text in numbers.slang and words[-1] in numbers.slang_after:
        value *= numbers.slang[following.text]
        yield Said(value, "", named=True, hundreds=True, start=tokens[0].start, end=following.end)
    elif len(words) > 1 or words[0] not in _ARTICLES:
        yield from _with_currency(tokens, len(said), value, currencies)
        if (
            len(words) > 1
            and value >= _HUNDRED
            and any(numbers.of_part.get(word) in {_HUNDRED, _THOUSAND} for word in words)
        ):
            yield Said(value, "", named=False, hundreds=True, start=tokens[0].start, end=tokens[len(said) - 1].end)


def _named_number(tokens: Sequence[_Token], currencies: Collection[str]) -> Iterator[Said]:
    """`une centaine d'euros`, `a tenner`."""
    numbers, first = _numbers(), tokens[0]
    if first.text in numbers.about:
        yield from _with_currency(tokens, 1, Decimal(numbers.about[first.text]), currencies)
    elif first.text in numbers.notes:
        value = Decimal(numbers.notes[first.text])
        yield Said(value, "quid", named=True, hundreds=False, start=first.start, end=first.end)


def _with_currency(tokens: Sequence[_Token], after: int, value: Decimal, currencies: Collection[str]) -> Iterator[Said]:
    """The number with the currency that follows, also after `de` and `d'`."""
    following = [token.text for token in tokens[after : after + 3]]
    for joint in ([], ["de"], ["d", "'"]):
        place = len(joint)
        if following[:place] == joint and following[place : place + 1] and following[place] in currencies:
            end = tokens[after + place].end
            yield Said(value, following[place], named=True, hundreds=False, start=tokens[0].start, end=end)
            return


def _parts(tokens: Sequence[_Token], at: int, *, begins: bool) -> list[str]:
    """The numbers in a word, none where it is no number; German, Dutch and Italian join them."""
    numbers, word = _numbers(), tokens[at].text
    if word in _JOINTS:
        return [] if begins else [word]
    if begins and word in _ARTICLES:
        following = tokens[at + 1].text if at + 1 < len(tokens) else ""
        return [word] if following in numbers.times else []
    if word in numbers.add or word in numbers.times:
        return [word]
    if _LEAST_JOINED <= len(word) <= _LONGEST_WORD and numbers.joined.fullmatch(word):
        return _split(word, numbers)
    return []


def _split(word: str, numbers: _Numbers) -> list[str]:
    """The parts of a joined number, the longest first wherever the rest still fits."""
    found: list[str] = []
    while word:
        for length in range(min(len(word), 12), 0, -1):
            part, rest = word[:length], word[length:]
            if numbers.parts.fullmatch(part) and (not rest or numbers.joined.fullmatch(rest)):
                found.append(part)
                word = rest
                break
        else:
            return []
    if not numbers.of_part[found[0]] or not numbers.of_part[found[-1]]:
        return []
    return [part for part in found if numbers.of_part[part]]


def _value(words: Sequence[str], numbers: _Numbers) -> int:
    """The number that the words say; `quatre-vingts` is four times twenty."""
    total = part = 0
    for word in words:
        value = numbers.of_part.get(word, 0)
        if value in {_HUNDRED, _THOUSAND} and word not in numbers.add:
            part = max(part, 1) * value
            if value == _THOUSAND:
                total, part = total + part, 0
        else:
            four_score = value == _SCORE and part % 10 == _FOUR and "vingt" in word
            part = part + _FOUR * (_SCORE - 1) if four_score else part + value
    return total + part
