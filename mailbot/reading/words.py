"""Text to sentences and folded words, each of which still knows where it stands in the writer's own text."""

import re
import unicodedata
from dataclasses import dataclass

LONGEST = 65_536
"""Characters of a message that are read; a longer one is cut, never refused."""

_LONGEST_SENTENCE = 1_200
_MOST_SENTENCES = 400

_TOKEN = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+|\d+(?:[.,:/]\d+)*|[^\W\d_]+|[?👍👌✅]")
_BREAK = re.compile(r"(?<=[.!?…])[\"»”)]*\s+|[\r\n]+|\s+[—\u2013]\s+|;\s+")
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "´": "'", "`": "'", "′": "'", "\u00a0": " ", "\u202f": " "})  # noqa: RUF001 - these are what people type
# A full stop after one of these ends no sentence.
_ABBREVIATIONS = (
    "m",
    "mr",
    "mrs",
    "ms",
    "mme",
    "mlle",
    "dr",
    "st",
    "no",
    "n",
    "nr",
    "ref",
    "art",
    "inc",
    "ltd",
    "tel",
    "av",
    "etc",
    "approx",
)

_CONTRACTIONS = {
    "wont": ("will", "not"),
    "cant": ("can", "not"),
    "cannot": ("can", "not"),
    "dont": ("do", "not"),
    "doesnt": ("does", "not"),
    "didnt": ("did", "not"),
    "havent": ("have", "not"),
    "hasnt": ("has", "not"),
    "isnt": ("is", "not"),
    "arent": ("are", "not"),
    "wasnt": ("was", "not"),
    "werent": ("were", "not"),
    "wouldnt": ("would", "not"),
    "couldnt": ("could", "not"),
    "shouldnt": ("should", "not"),
    "aint": ("is", "not"),
    "im": ("i", "am"),
    "ive": ("i", "have"),
    "weve": ("we", "have"),
    "youve": ("you", "have"),
    "theyve": ("they", "have"),
    "youre": ("you", "are"),
    "theyre": ("they", "are"),
    "thats": ("that", "is"),
    "whats": ("what", "is"),
    "gonna": ("going", "to"),
    "wanna": ("want", "to"),
    "gotta": ("got", "to"),
}
_ENDINGS = {"ll": "will", "ve": "have", "re": "are", "m": "am", "d": "would"}


@dataclass(frozen=True, slots=True)
class Word:
    """One folded word: no accents, no capitals. `start` and `end` point into the text that was read."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as written, where it starts, and its folded words."""

    text: str
    start: int
    words: tuple[Word, ...]

    @property
    def asks(self) -> bool:
        """Whether it ends as a question."""
        return self.text.rstrip(' "»”)!').endswith("?")


def folded(text: str) -> str:
    """Small letters without accents, one character for one, so that positions stay valid."""
    return "".join(_base(char) for char in text.translate(_APOSTROPHES))


def _base(char: str) -> str:
    if char.isascii():
        return char.lower()
    plain = unicodedata.normalize("NFKD", char)[0].lower()
    return plain if len(plain) == 1 else char


def fold_word(word: str) -> str:
    """One word without accents and capitals; `œ` becomes `oe`."""
    plain = unicodedata.normalize("NFKD", word.lower().replace("œ", "oe").replace("æ", "ae"))
    return "".join(char for char in plain if not unicodedata.combining(char))


def words_of(text: str) -> tuple[Word, ...]:
    """The folded words of a text; English contractions are written out (`haven't` becomes `have not`)."""
    plain = text.translate(_APOSTROPHES)
    found: list[Word] = []
    for match in _TOKEN.finditer(plain):
        start, end = match.span()
        elided = start > 0 and plain[start - 1] == "'"
        found += [Word(part, start, end) for part in _written_out(fold_word(match[0]), found, after_apostrophe=elided)]
    return tuple(found)


def _written_out(word: str, before: list[Word], *, after_apostrophe: bool) -> tuple[str, ...]:
    if after_apostrophe and before:
        if word == "t" and before[-1].text.endswith("n"):
            return _negated(before)
        if word in _ENDINGS:
            return (_ENDINGS[word],)
        if word == "s" and before[-1].text in {"it", "that", "what", "there", "here", "he", "she", "who", "where"}:
            return ("is",)
    return _CONTRACTIONS.get(word, (word,))


def _negated(before: list[Word]) -> tuple[str, ...]:
    last = before.pop()
    stem = {"won": "will", "can": "can", "shan": "shall", "ain": "is"}.get(last.text, last.text.removesuffix("n"))
    before.append(Word(stem, last.start, last.end))
    return ("not",)


def sentences_of(text: str) -> tuple[Sentence, ...]:
    """The sentences of a text, in order. Lines are sentences too, for many people write without full stops."""
    text = text[:LONGEST]
    found: list[Sentence] = []
    start = 0
    for match in _BREAK.finditer(text):
        if _abbreviated(text, match.start()) or (match[0].isspace() and "\n" in match[0] and _runs_on(text, match)):
            continue
        _add(found, text, start, match.start())
        start = match.end()
        if len(found) >= _MOST_SENTENCES:
            break
    _add(found, text, start, len(text))
    return tuple(found)


def _add(found: list[Sentence], text: str, start: int, end: int) -> None:
    for left in range(start, end, _LONGEST_SENTENCE):
        piece = text[left : min(end, left + _LONGEST_SENTENCE)]
        bare = piece.strip()
        if bare:
            found.append(Sentence(bare, left + piece.index(bare), words_of(bare)))


def _abbreviated(text: str, at: int) -> bool:
    if at == 0 or text[at - 1] != ".":
        return False
    head = text[max(0, at - 12) : at - 1]
    last = re.split(r"[^\w]", head)[-1]
    return fold_word(last) in _ABBREVIATIONS and last[:1].isalpha()


def _runs_on(text: str, line_break: re.Match[str]) -> bool:
    """A wrapped line: it was long, did not end a sentence, and the next one goes on in small letters."""
    if line_break[0].replace("\r", "") != "\n":
        return False
    line_start = text.rfind("\n", 0, line_break.start()) + 1
    following = text[line_break.end() : line_break.end() + 1]
    return line_break.start() - line_start > 55 and (following.islower() or following.isdigit())
