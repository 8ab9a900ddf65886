"""What stands around a place in a text, as named features: words beside it, and the cues of `days/*.toml`."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailbot.reading.day_rules import Language, spoken_in
from mailbot.reading.words import Sentence, Word

_NEAR = 3
_FAR = 9
_CLAUSE_ENDS = ",;:()!?…\n"


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a text within its sentence: the words before it and after it, nearest first, and those in it.

    `same_clause_*` say how many of them no comma or the like cuts off.
    """

    sentence: int
    before: tuple[Word, ...]
    after: tuple[Word, ...]
    clause_before: int
    clause_after: int
    asks: bool


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A text, its sentences, and the languages that are spoken in it."""

    sentences: Sequence[Sentence]
    starts: tuple[int, ...]
    languages: tuple[Language, ...]

    def place(self, start: int, end: int) -> Place | None:
        """What stands around a stretch, or None where no sentence holds it."""
        at = bisect_right(self.starts, start) - 1
        if at < 0:
            return None
        sentence = self.sentences[at]
        left, right = start - sentence.start, end - sentence.start
        before = tuple(word for word in sentence.words if word.end <= left)[::-1][: 2 * _FAR]
        after = tuple(word for word in sentence.words if word.start >= right)[: 2 * _FAR]
        return Place(
            at,
            before,
            after,
            _in_clause(sentence.text, before, left, forward=False),
            _in_clause(sentence.text, after, right, forward=True),
            sentence.asks,
        )

    def cues(self, word: str) -> Iterator[str]:
        """The cues that a word gives in the languages of the text."""
        for language in self.languages:
            for name, (exact, beginnings) in language.cues.items():
                if word in exact or (beginnings and word.startswith(beginnings)):
                    yield name


def surroundings_of(sentences: Sequence[Sentence], country: str) -> Surroundings:
    """The surroundings of a text that is cut into sentences."""
    words = [word.text for sentence in sentences[:60] for word in sentence.words[:80]]
    return Surroundings(sentences, tuple(each.start for each in sentences), spoken_in(words, country.upper()))


def _in_clause(text: str, words: Sequence[Word], edge: int, *, forward: bool) -> int:
    """How many of the words stand before the next mark that ends a clause."""
    for count, word in enumerate(words):
        between = text[edge : word.start] if forward else text[word.end : edge]
        if any(mark in between for mark in _CLAUSE_ENDS) or " - " in between:
            return count
        edge = word.end if forward else word.start
    return len(words)


def features_around(place: Place, around: Surroundings) -> dict[str, float]:
    """Cues by how near they stand, and the nearest words themselves."""
    found: dict[str, float] = {}
    for side, words, clause in (("<", place.before, place.clause_before), (">", place.after, place.clause_after)):
        for at, word in enumerate(words):
            near = "1" if at < _NEAR and at < clause else "2" if at < clause and at < _FAR else "3"
            for cue in around.cues(word.text):
                found[f"{side}{near}{cue}"] = 1.0
        for at, word in enumerate(words[: min(_NEAR, clause)]):
            plain = "0" if word.text[:1].isdigit() else word.text
            found[f"{side}w{at if at == 0 else ''}={plain}"] = 1.0
        if clause >= 2:
            pair = " ".join("0" if word.text[:1].isdigit() else word.text for word in words[:2])
            found[f"{side}p={pair}"] = 1.0
    return found
