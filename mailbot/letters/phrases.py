"""Reasons in words: `templates/mail/<language>/phrases.toml` has a sentence for each code (law 11)."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_time

from mailbot.core.reason import Fact, Reason
from mailbot.letters.fault import TemplateFault
from mailbot.letters.folders import all_folders, languages_asked
from mailbot.letters.formats import NBSP, day_in, money_in, reader_locale, typographic

_SLOT = re.compile(r"\{(\w+)(?:\|([^|{}]*)\|([^|{}]*))?\}")
_PART = re.compile(r"\[([^\[\]]*)\]")
_LONGEST_FACT = 240
_MONEY = re.compile(r"(-?\d+(?:\.\d+)?) ([A-Z]{3})")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*")


@dataclass(frozen=True, slots=True)
class _Reader:
    locale: Locale
    timezone: str


class Phrases:
    """The sentences of all languages; a user's own `phrases.toml` adds to the packaged one and wins over it."""

    def __init__(self, folders: Sequence[Path] = ()) -> None:
        self._folders = all_folders(folders)
        self._read: dict[str, tuple[dict[str, str], dict[str, dict[str, str]]]] = {}

    def phrase(self, reason: Reason, language: str, locale: str = "", timezone: str = "") -> str:
        """Put a reason into words; a code without a sentence stands for itself, never an exception.

        `{due_on}` is a fact in the reader's form, `{days|day|days}` a number with its singular and plural, and
        `[ until {until}]` is left out when the fact is not known. A moment is told in `timezone`; without one, its day.
        """
        for tag in languages_asked(language, "en"):
            sentences, words = self._language(tag)
            if reason.code in sentences:
                fill = partial(_filled, reason.facts, words, _Reader(reader_locale(tag, locale or language), timezone))
                said = _PART.sub(partial(_known_part, reason.facts), sentences[reason.code])
                return typographic(_SLOT.sub(fill, said), tag).strip(" ")
        return reason.code

    def word(self, key: str, kind: str, language: str) -> str:
        """Name a rung, an intent, a matter, a bucket or a command; what has no name stands for itself."""
        for tag in languages_asked(language, "en"):
            found = self._language(tag)[1].get(kind, {}).get(key)
            if found:
                return typographic(found, tag)
        return key.replace("_", " ")

    def codes(self, language: str) -> frozenset[str]:
        """List the codes that have a sentence in exactly this language."""
        return frozenset(self._language(language)[0])

    def faults(self) -> list[TemplateFault]:
        """Find phrase files that cannot be read."""
        found = []
        for file in (file for folder in self._folders for file in sorted(folder.glob("*/phrases.toml"))):
            try:
                _parsed(file)
            except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
                mend = 'Write lines such as: code = "a sentence with {facts}".'
                found.append(TemplateFault(str(file), 0, f"this file cannot be read: {error}", mend))
        return found

    def _language(self, tag: str) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
        if tag not in self._read:
            sentences: dict[str, str] = {}
            words: dict[str, dict[str, str]] = {}
            for folder in reversed(self._folders):
                file = folder / tag / "phrases.toml"
                try:
                    read = _parsed(file) if file.is_file() else {}
                except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError):
                    continue  # `faults` says so; the packaged sentences still serve
                sentences |= {key: value for key, value in read.items() if isinstance(value, str)}
                for kind, table in read.items():
                    if isinstance(table, dict):
                        words[kind] = words.get(kind, {}) | {str(k): str(v) for k, v in table.items()}
            self._read[tag] = (sentences, words)
        return self._read[tag]


def _parsed(file: Path) -> dict[str, object]:
    return tomllib.loads(file.read_text("utf-8"))


def _known_part(facts: Mapping[str, Fact], part: re.Match[str]) -> str:
    known = all(facts.get(slot[1]) not in (None, "") for slot in _SLOT.finditer(part[1]))
    return part[1] if known else ""


def _filled(
    facts: Mapping[str, Fact], words: Mapping[str, Mapping[str, str]], reader: _Reader, slot: re.Match[str]
) -> str:
    name, one, many = slot.groups()
    value = facts.get(name)
    if value is None:
        return "…"
    if one is not None and isinstance(value, int):
        # French counts 0 and 1 as singular, English only 1.
        singular = abs(value) < 2 if reader.locale.language == "fr" else abs(value) == 1
        return f"{value}\u00a0{one if singular else many}"
    return str(value) if isinstance(value, int) else _worded(name, value, words, reader)


def _worded(name: str, value: str, words: Mapping[str, Mapping[str, str]], reader: _Reader) -> str:
    """Write a fact in the reader's form: an amount, a date, a moment, or a word that the language has for it."""
    if value in words.get(name, {}):
        return words[name][value]
    if money := _MONEY.fullmatch(value):
        return money_in(reader.locale, {"value": money[1], "currency": money[2]})
    try:
        if _DAY.fullmatch(value):
            return day_in(reader.locale, date.fromisoformat(value), article=False)
        if _MOMENT.fullmatch(value):
            return _moment(datetime.fromisoformat(value), reader)
    except ValueError:
        pass
    line = " ".join(value.split())
    return line if len(line) <= _LONGEST_FACT else line[: _LONGEST_FACT - 1] + "…"


def _moment(at: datetime, reader: _Reader) -> str:
    if at.tzinfo is None or not reader.timezone:
        return day_in(reader.locale, at.date(), article=False)
    local = at.astimezone(ZoneInfo(reader.timezone))
    hour = format_time(local, "short", locale=reader.locale).replace(" ", NBSP)
    return f"{day_in(reader.locale, local.date(), article=False)}, {hour}"


@cache
def _packaged() -> Phrases:
    return Phrases()


def phrase(reason: Reason, language: str, locale: str = "", timezone: str = "") -> str:
    """Put a reason into words with the packaged sentences."""
    return _packaged().phrase(reason, language, locale, timezone)
