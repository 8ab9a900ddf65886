"""Whether the writer wants no more letters at all: then everything of theirs is silent, not the one invoice."""

import tomllib
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from importlib import resources

from mailbot.core.intent import Intent
from mailbot.reading.phrases import Lexicon, compile_phrase
from mailbot.reading.words import Sentence, fold_word

_MEANT = frozenset({Intent.REFUSAL})
_ANGRY = frozenset({Intent.DISPUTE, Intent.OTHER, Intent.QUESTION})
_NEAR = 4


def wants_silence(intent: Intent, others: Collection[Intent], sentences: Iterable[Sentence]) -> bool:
    """Whether a mail that refuses says so of every letter, not of one invoice. Never raises; linear.

    "Stop the reminders, it was paid yesterday" is a claim and no such wish, so the intents are asked first.
    """
    if intent not in _MEANT and not (intent in _ANGRY and _MEANT.intersection(others)):
        return False
    lexicon, narrow = _known()
    for sentence in sentences:
        texts = [word.text for word in sentence.words]
        if any(narrow.isdisjoint(texts[hit.first : hit.last + _NEAR]) for hit in lexicon.hits(sentence)):
            return True
    return False


@cache
def _known() -> tuple[Lexicon, frozenset[str]]:
    text = (resources.files("mailbot.reading") / "silence.toml").read_text(encoding="utf-8")
    table: Mapping[str, Mapping[str, str]] = tomllib.loads(text)
    found = Lexicon()
    for language, lines in table.items():
        for line in filter(None, map(str.strip, lines.get("sure", "").splitlines())):
            found.add(compile_phrase(line, language, 1.0, lines))
    return found, frozenset(map(fold_word, table["sets"]["narrow"].split()))
