"""Numbers in words where a currency follows: `seven hundred and twenty pounds`, `deux mille euros`."""

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from importlib import resources

from mailbot.reading.words import folded

_WORD = re.compile(r"[^\W_]+|[^\w\s-]")
_JOINTS = frozenset({"and", "et", "y", "e"})
_SCORE, _FOUR = 20, 4
_THOUSAND = 1_000
_MOST_WORDS = 12


@cache
def _numbers() -> Mapping[str, Mapping[str, int]]:
    text = (resources.files("mailbot.reading") / "amounts.toml").read_text(encoding="utf-8")
    found: dict[str, dict[str, int]] = tomllib.loads(text)
    return found


def written_out(text: str, currencies: Collection[str]) -> Iterator[tuple[int, str, int, int]]:
    """Each number in words that one of the `currencies` follows: its value, that word, where it begins and ends.

    The word is empty where the number's own last word says that it is money (`two grand`).
    """
    tokens = [(match[0], match.start(), match.end()) for match in _WORD.finditer(folded(text))]
    numbers = _numbers()
    at = 0
    while at < len(tokens):
        first = at
        while at < len(tokens) and at - first < _MOST_WORDS and _counts(tokens[at][0], numbers, begins=at == first):
            at += 1
        if at == first:
            at += 1
            continue
        words = [word for word, _, _ in tokens[first:at]]
        following = tokens[at][0] if at < len(tokens) else ""
        if following in numbers["slang"] and words[-1] in numbers["slang_after"]:
            yield _value(words, numbers) * numbers["slang"][following], "", tokens[first][1], tokens[at][2]
        elif following in currencies and (len(words) > 1 or words[0] not in {"a", "an", "un", "une"}):
            yield _value(words, numbers), following, tokens[first][1], tokens[at][2]


def _counts(word: str, numbers: Mapping[str, Mapping[str, int]], *, begins: bool) -> bool:
    return word in numbers["add"] or word in numbers["times"] or (not begins and word in _JOINTS)


def _value(words: list[str], numbers: Mapping[str, Mapping[str, int]]) -> int:
    """The number that the words say; `quatre-vingts` is four times twenty."""
    total = part = 0
    for word in words:
        if word in numbers["times"]:
            factor = numbers["times"][word]
            part = max(part, 1) * factor
            if factor >= _THOUSAND:
                total, part = total + part, 0
        elif word in numbers["add"]:
            value = numbers["add"][word]
            four_score = value == _SCORE and part % 10 == _FOUR and "vingt" in word
            part = part + _FOUR * (_SCORE - 1) if four_score else part + value
    return total + part
