"""The ways to name a day, loaded from `days/*.toml`: one file per language, rules by what they mean.

In a rule `{month}` and `{weekday}` stand for any name of one (`{weekday_}`: without catching it), `{d}` for the digits
of a day of the month, `{dw}` for it in words, `{mn}` for the number of a month, `{year}` for a year that may follow and
`{y4}` for one that must, `{n}` for a count, `{unit}` for days to months, `{not_counted}` for "no unit follows".
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from mailbot.reading.days_meant import MEANINGS
from mailbot.reading.words import folded

LANGUAGES = ("fr", "en", "de", "es", "it", "nl", "pt")

_OF_COUNTRY = 1.5
_ENOUGH = 0.45
_COUNTED = (
    "h|hs|heures?|horas?|ore|uhr|uur|eur|euros?|balles|dollars?|piastres|cents?|pieces?|personnes?|personas|persone|"
    "jours?|dias?|giorni|tage?n?|dagen|semaines?|semanas?|settimane|wochen|weken|mois|mes|mesi|meses|monate?n?|"
    "maanden|ans|anos|anni|jahre|jaar|rue|avenue|minutes?|minutos|minuti|minuten|am|pm|o'clock"
)
_LISTS = {
    "{d}": r"(?P<d>0?[1-9]|[12]\d|3[01])(?!\d)",
    "{mn}": r"(?P<mn>0?[1-9]|1[0-2])(?!\d)",
    "{y4}": r"(?P<y>20\d\d)(?!\d)",
    "{year}": r"(?:,? (?:de |del )?(?P<y>20\d\d)(?!\d))?",
    "{digits}": r"\d{1,3}",
    "{not_counted}": rf"(?![\d/:%€$£])(?![.,]\d)(?! ?[%€$£]| \d)(?! ?(?:{_COUNTED})\b)",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A way to name a day, and the name of what it means."""

    pattern: re.Pattern[str]
    means: str


@dataclass(frozen=True, slots=True)
class Language:
    """The names and the rules of one language; `cues` are the words that tell what a day is for."""

    code: str
    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    numbers: Mapping[str, int]
    ordinals: Mapping[str, int]
    units: tuple[tuple[str, re.Pattern[str]], ...]
    common: frozenset[str]
    countries: frozenset[str]
    rules: tuple[Rule, ...]
    cues: Mapping[str, tuple[frozenset[str], tuple[str, ...]]] = field(repr=False)

    def unit(self, text: str) -> str:
        """The name of a unit of time."""
        return next((name for name, pattern in self.units if pattern.fullmatch(text)), "day")

    def number(self, text: str) -> int:
        """A count in digits or in words, 0 where it is none."""
        return int(text) if text.isdigit() else self.numbers.get(text, 0)


@cache
def languages() -> tuple[Language, ...]:
    """All languages. Raises ValueError naming file and key where a file is wrong."""
    folder = resources.files("mailbot.reading") / "days"
    found = []
    for code in LANGUAGES:
        table = tomllib.loads((folder / f"{code}.toml").read_text(encoding="utf-8"))
        unknown = set(table["say"]) - set(MEANINGS)
        if unknown:
            raise ValueError(f"days/{code}.toml: [say] {min(unknown)} is the name of no meaning")
        found.append(_language(code, table))
    return tuple(found)


def spoken_in(words: frozenset[str] | list[str], country: str) -> tuple[Language, ...]:
    """The languages whose small words stand in a text, the likeliest first; all of them where none do."""
    known = languages()
    marks = {
        each.code: sum(word in each.common for word in words) + _OF_COUNTRY * (country in each.countries)
        for each in known
    }
    best = max(marks.values())
    ranked = sorted(known, key=lambda each: -marks[each.code])
    if best < _ENOUGH + _OF_COUNTRY:
        return tuple(ranked)
    return tuple(each for each in ranked if marks[each.code] >= _ENOUGH * best)


def _language(code: str, table: Mapping[str, Any]) -> Language:
    months = {name: at + 1 for at, row in enumerate(table["months"]) for name in row.split()}
    weekdays = {name: at for at, row in enumerate(table["weekdays"]) for name in row.split()}
    short = frozenset(table.get("short_weekdays", "").split())
    units = table["units"]
    ends = table["ends"]
    lists = _LISTS | {
        "{d}": _LISTS["{d}"].removesuffix(r"(?!\d)") + ends + r"(?!\d)",
        "{dw}": f"(?P<dw>{_either(table['ordinals'])})",
        "{month}": f"(?P<month>{_either(months)})",
        "{month_}": f"(?:{_either(months)})",
        "{weekday}": f"(?P<weekday>{_either(set(weekdays) - short)})",
        "{weekday_}": f"(?:{_either(weekdays)})",
        "{n}": rf"(?P<n>\d{{1,3}}|{_either(table['numbers'])})",
        "{nn}": f"(?:{_either(table['numbers'])})",
        "{unit}": f"(?P<unit>{'|'.join(units[name] for name in units)})",
    }
    return Language(
        code=code,
        months=months,
        weekdays=weekdays,
        numbers=table["numbers"],
        ordinals=table["ordinals"],
        units=tuple((name, re.compile(row)) for name, row in units.items()),
        common=frozenset(table["common"].split()),
        countries=frozenset(table["countries"].split()),
        rules=tuple(Rule(_compiled(say, lists), means) for means, rows in table["say"].items() for say in rows),
        cues={name: _cue(row) for name, row in table["cues"].items()},
    )


def _compiled(say: str, lists: Mapping[str, str]) -> re.Pattern[str]:
    for name, either in lists.items():
        say = say.replace(name, either)
    return re.compile(rf"(?<![\w/@])(?:{say})(?![a-z\d@])")


def _either(names: Mapping[str, int] | set[str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=lambda name: (-len(name), name)))


def _cue(row: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """Whole words and beginnings of words."""
    words = [folded(word) for word in row.split()]
    beginnings = tuple(word.rstrip("*") for word in words if word.endswith("*"))
    return frozenset(word for word in words if not word.endswith("*")), beginnings
