"""Variants of training mails: other openers and closers, no accents, small letters, slips of the finger.

A reader that has seen a thought only once as its author typed it learns the typing. Seeded: the same mails and seed
give the same variants. Used when fine-tuning, never when reading.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from random import Random
from typing import TYPE_CHECKING

from mailbot.core.intent import Intent

if TYPE_CHECKING:
    from mailbot.reading.train import Example

_GREETING = re.compile(
    r"(bonjour|bonsoir|salut|coucou|allo|hello|hi|hey|dear|good (morning|afternoon)|cher|chère|hallo|hola|ciao|beste|"
    r"sehr|guten|buenas|buenos|olá|bom dia|boa|morning|gentile|buongiorno|estimad|g'day|madame|monsieur|servus|dag)\b",
    re.IGNORECASE,
)
_SHORT_OPENER, _SHORT_CLOSER, _SHORT_MAIL = 4, 5, 120
_CLAUSE = range(9, 500)
_MOSTLY = 0.75


class Variety:
    """Draws a variant of a mail each time it is asked."""

    def __init__(self, mails: Sequence["Example"], seed: int) -> None:
        """Collect openers, closers and harmless short mails by language."""
        self._draw = Random(seed)  # noqa: S311 - variety, not secrecy
        self._openers: dict[str, list[str]] = defaultdict(list)
        self._closers: dict[str, list[str]] = defaultdict(list)
        self._harmless: dict[str, list[str]] = defaultdict(list)
        for mail in mails:
            lines = [line.strip() for line in mail.text.split("\n") if line.strip()]
            if len(lines) > 1 and _GREETING.match(lines[0]) and len(lines[0].split()) <= _SHORT_OPENER:
                self._openers[mail.lang].append(lines[0])
            if len(lines) > 2 and len(lines[-1].split()) <= _SHORT_CLOSER and not lines[-1].endswith("?"):
                self._closers[mail.lang].append(lines[-1])
            if mail.intent in (Intent.ACKNOWLEDGEMENT, Intent.OTHER) and len(mail.text) < _SHORT_MAIL and not mail.hold:
                self._harmless[mail.lang].append(mail.text)

    def of(self, mail: "Example") -> str:
        """One more way in which this mail might have been typed."""
        text = self._clause(mail)
        if mail.intent is not Intent.AUTO_REPLY:
            text = self._dressed(mail, text)
        return self._typed(text)

    def _often(self, share: float) -> bool:
        return self._draw.random() < share

    def _clause(self, mail: "Example") -> str:
        text = mail.text
        if len(mail.evidence) in _CLAUSE and len(mail.evidence) < _MOSTLY * len(text) and self._often(0.1):
            text = mail.evidence
        lines = [line for line in text.split("\n") if line.strip()]
        if len(lines) > 2 and _GREETING.match(lines[0]) and self._often(0.25):
            text = "\n".join(lines[1:])
        return text

    def _dressed(self, mail: "Example", text: str) -> str:
        """With a harmless mail before or after what holds, an opener or a closer of somebody else."""
        if mail.hold and self._harmless[mail.lang] and self._often(0.12):
            more = self._draw.choice(self._harmless[mail.lang])
            text = f"{more} {text}" if self._often(0.5) else f"{text}\n{more}"
        if self._openers[mail.lang] and not _GREETING.match(text) and self._often(0.2):
            text = self._draw.choice(self._openers[mail.lang]) + ("\n" if self._often(0.5) else " ") + text
        if self._closers[mail.lang] and self._often(0.2):
            text = f"{text}\n{self._draw.choice(self._closers[mail.lang])}"
        return text

    def _typed(self, text: str) -> str:
        kind = self._draw.random()
        if kind < 0.12:
            text = text.lower()
        elif kind < 0.15:
            text = text.upper()
        if self._often(0.25):
            text = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
        return self._slipped(text) if self._often(0.25) else text

    def _slipped(self, text: str) -> str:
        chars = list(text)
        for _ in range(self._draw.randint(1, 1 + len(text) // 40)):
            if len(chars) < 4:
                break
            at = self._draw.randrange(len(chars) - 1)
            if not chars[at].isalpha():
                continue
            slip = self._draw.choice("ddddssssrrr*")
            if slip == "d":
                del chars[at]
            elif slip == "s":
                chars[at], chars[at + 1] = chars[at + 1], chars[at]
            elif slip == "r":
                chars.insert(at, chars[at])
            else:
                chars[at] = self._draw.choice("abcdefghijklmnopqrstuvwxyz")
        return "".join(chars)
