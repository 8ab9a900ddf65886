"""Phrases as data: a small pattern language, loaded from one TOML file per language, matched in linear time.

A phrase is a row of items between spaces:

    word      that word, accents and capitals aside      word*   any word that begins so
    a|b*|c    one of these                               (a|b)   one of these, or nothing
    $name     one of a set from [words]                  ($name) likewise, or nothing
    ~         up to 3 words in between                   ~~      up to 7
    #         something that begins with a digit         @       an email address
    ^         the sentence begins here                   ?       the sentence asks

Each intent lists phrases that are `sure`, `likely` or a mere `hint`. Matching looks only at words
where the first item fits, and gaps are bounded, so hostile text costs no more than long text.
"""

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from mailbot.core.intent import Intent
from mailbot.reading.words import Sentence, Word, fold_word, words_of

LANGUAGES = ("fr", "en")
WEIGHTS = {"sure": 3.0, "likely": 2.0, "hint": 1.0}
_GAPS = {"~": 3, "~~": 7}


@dataclass(frozen=True, slots=True)
class Item:
    """One place of a phrase: exact words, beginnings of words, or a gap of at most `gap` words."""

    exact: frozenset[str] = frozenset()
    beginnings: tuple[str, ...] = ()
    optional: bool = False
    gap: int = 0

    def fits(self, word: str) -> bool:
        """Whether a folded word may stand here."""
        if word in self.exact or (self.beginnings and word.startswith(self.beginnings)):
            return True
        if "#" in self.exact and word[:1].isdigit():
            return True
        return "@" in self.exact and "@" in word


@dataclass(frozen=True, slots=True)
class Phrase:
    """A pattern and what it speaks for. `source` is the line of the language file."""

    about: str
    weight: float
    items: tuple[Item, ...]
    source: str
    at_start: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase that was found in a sentence: words `first` up to, not including, `last`."""

    phrase: Phrase
    first: int
    last: int


@dataclass(slots=True)
class Lexicon:
    """All phrases of all languages, by the first word that they may begin with."""

    by_word: dict[str, list[Phrase]] = field(default_factory=lambda: defaultdict(list))
    by_beginning: dict[str, list[tuple[str, Phrase]]] = field(default_factory=lambda: defaultdict(list))
    sets: dict[str, frozenset[str]] = field(default_factory=dict)

    def add(self, phrase: Phrase) -> None:
        """Learn one more phrase."""
        first = phrase.items[0]
        for word in first.exact:
            self.by_word[word].append(phrase)
        for beginning in first.beginnings:
            self.by_beginning[beginning[:2]].append((beginning, phrase))

    def hits(self, sentence: Sentence) -> Iterator[Hit]:
        """Every phrase that stands in the sentence, once per place where it begins."""
        texts = [word.text for word in sentence.words]
        for first, text in enumerate(texts):
            for phrase in self._candidates(text):
                if phrase.at_start and first > 0:
                    continue
                last = _match(phrase.items, texts, first)
                if last:
                    yield Hit(phrase, first, last)

    def _candidates(self, text: str) -> Iterator[Phrase]:
        yield from self.by_word.get(text, ())
        for beginning, phrase in self.by_beginning.get(text[:2], ()):
            if text.startswith(beginning):
                yield phrase
        if text[:1].isdigit():
            yield from self.by_word.get("#", ())
        if "@" in text:
            yield from self.by_word.get("@", ())

    def has(self, name: str, word: Word) -> bool:
        """Whether a word belongs to a named set."""
        return word.text in self.sets.get(name, frozenset())


def _match(items: tuple[Item, ...], texts: list[str], first: int) -> int:
    """The index after the last matched word, or 0. Keeps the set of places that are still possible (Thompson 1968)."""
    places = {first}
    for item in items:
        onward: set[int] = set()
        for place in places:
            if item.gap:
                onward.update(range(place, min(place + item.gap, len(texts)) + 1))
                continue
            if item.optional:
                onward.add(place)
            if place < len(texts) and item.fits(texts[place]):
                onward.add(place + 1)
        if not onward:
            return 0
        places = onward
    return min(places)


def compile_phrase(source: str, about: str, weight: float, sets: Mapping[str, str]) -> Phrase:
    """Read one phrase; raises ValueError naming the phrase where an item is unknown or the first item is open."""
    parts = source.split()
    at_start = parts[:1] == ["^"]
    items = tuple(_item(part, source, sets) for part in parts[at_start:])
    if not items or any(end.gap or end.optional for end in (items[0], items[-1])):
        raise ValueError(f"the phrase {source!r} must begin and end with a word that is not optional")
    return Phrase(about, weight, items, source, at_start)


def _item(part: str, source: str, sets: Mapping[str, str]) -> Item:
    if part in _GAPS:
        return Item(gap=_GAPS[part])
    optional = part.startswith("(") and part.endswith(")")
    exact: set[str] = set()
    beginnings: list[str] = []
    pending = part.strip("()").split("|")
    while pending:
        word = pending.pop()
        if word.startswith("$"):
            if word[1:] not in sets:
                raise ValueError(f"the phrase {source!r} names {word}, which [words] does not define")
            pending.extend(sets[word[1:]].split())
        elif word.endswith("*"):
            beginnings.append(fold_word(word[:-1]))
        else:
            exact.add(fold_word(word))
    return Item(frozenset(exact), tuple(beginnings), optional)


@cache
def lexicon() -> Lexicon:
    """The phrases of every language that is shipped, compiled on first use."""
    found = Lexicon()
    for language in LANGUAGES:
        text = (resources.files("mailbot.reading") / f"{language}.toml").read_text(encoding="utf-8")
        _load(tomllib.loads(text), found)
    return found


def language_of(text: str) -> str:
    """The language of a text by its commonest small words: `fr`, `en`, or empty where neither is ahead."""
    texts = [word.text for word in words_of(text[:4_000])]
    counts = {language: sum(word in lexicon().sets[f"common_{language}"] for word in texts) for language in LANGUAGES}
    best = max(counts, key=lambda language: counts[language])
    return best if sum(count == counts[best] for count in counts.values()) == 1 else ""


def _load(table: Mapping[str, Mapping[str, object]], into: Lexicon) -> None:
    sets = {name: str(words) for name, words in table["words"].items()}
    for name, words in table["sets"].items():
        into.sets[name] = into.sets.get(name, frozenset()) | frozenset(fold_word(w) for w in str(words).split())
    for about, tiers in table["phrases"].items():
        if about not in _ABOUT:
            raise ValueError(f"phrases.{about} is no intent")
        assert isinstance(tiers, Mapping)
        for tier, lines in tiers.items():
            for line in str(lines).splitlines():
                if line.strip():
                    into.add(compile_phrase(line.strip(), about, WEIGHTS[tier], sets))


_ABOUT = frozenset({*(str(intent) for intent in Intent), "pleasantry", "deputy", "money"})
