"""The day that a sentence names, as its writer meant it: relative to the day it was sent, and to the country.

Inventing a day is worse than missing one, so a caller asks only about sentences that commit to something or tell of
a return; a day in the past, or one that belongs to an invoice or an event, is none.
"""

import re
import tomllib
from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from functools import cache
from importlib import resources
from typing import Any

from mailbot.reading.phrases import LANGUAGES
from mailbot.reading.words import folded

_FARTHEST = timedelta(days=400)
_MONTH_FIRST = frozenset({"US", "PH", "FM", "PW"})
_SATURDAY = 5
_JOINTS = frozenset({" ", ", ", " le ", ", le ", " the ", ", the ", " (", " on the "})

_ISO = re.compile(r"(?<![\d/-])(?P<y>20\d\d)-(?P<m>\d{2})-(?P<d>\d{2})(?!\d)")
_NUMERIC = re.compile(
    r"(?<![\d/.,€$£-])(?P<a>\d{1,2})/(?P<b>\d{1,2})(?:/(?P<y>(?:20)?\d\d))?(?![\d/%])|(?<![\d/.,-])(?P<a2>\d{1,2})[.-](?P<b2>\d{1,2})[.-](?P<y2>20\d\d)(?!\d)"
)
_NOT_DATES = frozenset({"24/7", "5/5", "50/50", "1/2", "2/2", "1/1", "10/10"})


class Aim(Enum):
    """What the day is for."""

    BY = "a commitment: the first day that is named"
    BACK = "a return: the day until which, or on which, somebody is back"


@dataclass(frozen=True, slots=True)
class Rule:
    """A way to name a day, and what it means."""

    pattern: re.Pattern[str]
    means: str
    language: "Calendar"


@dataclass(frozen=True, slots=True)
class Calendar:
    """The names of one language."""

    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    numbers: Mapping[str, int]
    units: tuple[tuple[str, re.Pattern[str]], ...]
    not_before: re.Pattern[str]
    not_after: re.Pattern[str]
    back_before: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Named:
    """A day in a text, and where."""

    day: date
    start: int
    end: int
    over: bool
    back: bool


def day_named(text: str, aim: Aim, *, sent_on: date, country: str = "", marked: bool = False) -> date | None:
    """The day that the sentence names for `aim`, or None. With `marked`, only one that words of return lead to."""
    found = [each for each in _days(folded(text), sent_on, country) if not each.over]
    found = [each for each in found if sent_on <= each.day <= sent_on + _FARTHEST]
    if aim is Aim.BACK:
        led_to = [each for each in found if each.back]
        if led_to:
            return led_to[-1].day
        return None if marked or not found else found[-1].day
    return found[0].day if found else None


def _days(text: str, sent_on: date, country: str) -> list[Named]:
    found: list[Named] = []
    taken: list[tuple[int, int]] = []
    for match, day, language in _readings(text, sent_on, country):
        start, end = match.span()
        if any(start < right and left < end for left, right in taken):
            continue
        taken.append((start, end))
        if day is None:
            continue
        before, after = text[max(0, start - 48) : start].rstrip() + " ", text[end : end + 12]
        led = match[0] if language else ""
        found.append(Named(day, start, end, _is_over(before, after, language), _leads_back(before + led, language)))
    return _without_spare_weekdays(sorted(found, key=lambda each: each.start), text)


def _without_spare_weekdays(found: list[Named], text: str) -> list[Named]:
    """`Tuesday, 17 March` names one day, and the more exact name counts."""
    pairs = zip(found, [*found[1:], None], strict=False)
    return [each for each, after in pairs if after is None or text[each.end : after.start] not in _JOINTS]


def _readings(text: str, sent_on: date, country: str) -> Iterator[tuple[re.Match[str], date | None, Calendar | None]]:
    for match in _ISO.finditer(text):
        yield match, _date(int(match["y"]), int(match["m"]), int(match["d"])), None
    for match in _NUMERIC.finditer(text):
        yield match, _numeric(match, sent_on, country), None
    for rule in _rules():
        asked = _Asked(sent_on, country, rule.language)
        for match in rule.pattern.finditer(text):
            yield match, _MEANINGS[rule.means](match, asked), rule.language


def _is_over(before: str, after: str, language: Calendar | None) -> bool:
    """Whether it is the day of an invoice or an event, or long gone."""
    calendars = (language,) if language else _calendars()
    return any(each.not_before.search(before) or each.not_after.match(after) for each in calendars)


def _leads_back(before: str, language: Calendar | None) -> bool:
    return any(each.back_before.search(before) for each in ([language] if language else _calendars()))


# What the rules of the language files mean.


@dataclass(frozen=True, slots=True)
class _Asked:
    sent_on: date
    country: str
    names: Calendar


def _group(match: re.Match[str], name: str) -> str:
    groups = match.groupdict()
    return next((groups[key] for key in (name, f"{name}2", f"{name}3") if groups.get(key)), "")


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _numeric(match: re.Match[str], sent_on: date, country: str) -> date | None:
    if match[0] in _NOT_DATES:
        return None
    a, b = int(match["a"] or match["a2"]), int(match["b"] or match["b2"])
    year_text = match["y"] or match["y2"] or ""
    day, month = (b, a) if country.upper() in _MONTH_FIRST else (a, b)
    if month > 12 >= day:
        day, month = month, day
    if year_text:
        return _date(int(year_text) + (2000 if len(year_text) == 2 else 0), month, day)
    return _nearest(sent_on, month, day)


def _nearest(sent_on: date, month: int, day: int) -> date | None:
    """The year that brings a day nearest: the past 60 days are the past, everything else is ahead."""
    for year in (sent_on.year - 1, sent_on.year, sent_on.year + 1):
        found = _date(year, month, day)
        if found and found >= sent_on - timedelta(days=60):
            return found
    return None


def _day_and_month(match: re.Match[str], asked: _Asked) -> date | None:
    month, day = asked.names.months[_group(match, "month")], int(match["d"])
    if match["y"]:
        return _date(int(match["y"]), month, day)
    return _nearest(asked.sent_on, month, day)


def _next_month(sent_on: date) -> tuple[int, int]:
    return (sent_on.year + sent_on.month // 12, sent_on.month % 12 + 1)


def _month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _named_month(match: re.Match[str], asked: _Asked, day: int | None) -> date | None:
    month = asked.names.months[_group(match, "month")]
    year = asked.sent_on.year + (month < asked.sent_on.month)
    return _month_end(year, month) if day is None else _date(year, month, day)


def _day_of_month(match: re.Match[str], asked: _Asked) -> date | None:
    day, sent_on = int(match["d"]), asked.sent_on
    if not 1 <= day <= 31:
        return None
    year, month = sent_on.year, sent_on.month
    for _ in range(3):
        found = _date(year, month, day)
        if found and found >= sent_on:
            return found
        year, month = (year + month // 12, month % 12 + 1)
    return None


def _day_of_next_month(match: re.Match[str], asked: _Asked) -> date | None:
    return _date(*_next_month(asked.sent_on), int(match["d"]))


def _weekday(match: re.Match[str], asked: _Asked, weeks_on: int = 0) -> date:
    ahead = (asked.names.weekdays[_group(match, "weekday")] - asked.sent_on.weekday() - 1) % 7 + 1
    return asked.sent_on + timedelta(days=ahead + 7 * weeks_on)


def _weekday_of_next_week(match: re.Match[str], asked: _Asked) -> date:
    return _monday_after(asked.sent_on) + timedelta(days=asked.names.weekdays[_group(match, "weekday")])


def _monday_after(day: date) -> date:
    return day + timedelta(days=7 - day.weekday())


def _friday(sent_on: date) -> date:
    """Friday of this week; on a weekend, of the week that comes."""
    return sent_on + timedelta(days=(4 - sent_on.weekday()) % 7)


def _sunday(sent_on: date) -> date:
    return sent_on + timedelta(days=6 - sent_on.weekday())


def _fin_de_semaine(_: re.Match[str], asked: _Asked) -> date:
    """In Canada `la fin de semaine` is the weekend; in France it is the end of the working week."""
    return _sunday(asked.sent_on) if asked.country.upper() == "CA" else _friday(asked.sent_on)


def _within(match: re.Match[str], asked: _Asked) -> date | None:
    count = asked.names.numbers.get(match["n"]) or (int(match["n"]) if match["n"].isdigit() else 0)
    unit = next((name for name, pattern in asked.names.units if pattern.fullmatch(match["unit"])), "")
    if "ouvr" in match[0] or match.groupdict().get("working"):
        unit = "working_day"
    if not 0 < count <= 366:
        return None
    match unit:
        case "working_day":
            return _working_days_on(asked.sent_on, count)
        case "hour":
            return asked.sent_on + timedelta(days=-(-count // 24) if count >= 24 else 0)
        case "month":
            return _months_on(asked.sent_on, count)
        case _:
            return asked.sent_on + timedelta(days=count * {"week": 7, "fortnight": 14}.get(unit, 1))


def _working_days_on(day: date, count: int) -> date:
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < _SATURDAY
    return day


def _months_on(day: date, count: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _in_days(count: int) -> Callable[[re.Match[str], _Asked], date]:
    return lambda _, asked: asked.sent_on + timedelta(days=count)


_MEANINGS: dict[str, Callable[[re.Match[str], _Asked], date | None]] = {
    "day_and_month": _day_and_month,
    "first_of_month": lambda match, asked: _nearest(asked.sent_on, asked.names.months[match["month"]], 1),
    "end_of_month": lambda match, asked: _named_month(match, asked, None),
    "middle_of_month": lambda match, asked: _named_month(match, asked, 15),
    "day_of_month": _day_of_month,
    "day_of_next_month": _day_of_next_month,
    "end_of_this_month": lambda _, asked: _month_end(asked.sent_on.year, asked.sent_on.month),
    "end_of_next_month": lambda _, asked: _month_end(*_next_month(asked.sent_on)),
    "middle_of_this_month": lambda _, asked: asked.sent_on.replace(day=15),
    "weekday": _weekday,
    "weekday_of_next_week": _weekday_of_next_week,
    "weekday_a_week_on": lambda match, asked: _weekday(match, asked, 1),
    "weekday_two_weeks_on": lambda match, asked: _weekday(match, asked, 2),
    "this_week": lambda _, asked: _friday(asked.sent_on),
    "end_of_this_week": lambda _, asked: _friday(asked.sent_on),
    "fin_de_semaine": _fin_de_semaine,
    "weekend": lambda _, asked: _sunday(asked.sent_on),
    "start_of_next_week": lambda _, asked: _monday_after(asked.sent_on),
    "next_week": lambda _, asked: _monday_after(asked.sent_on) + timedelta(days=4),
    "end_of_next_week": lambda _, asked: _monday_after(asked.sent_on) + timedelta(days=4),
    "today": _in_days(0),
    "tomorrow": _in_days(1),
    "after_tomorrow": _in_days(2),
    "in_eight_days": _in_days(8),
    "in_fourteen_days": _in_days(14),
    "in_fifteen_days": _in_days(15),
    "within": _within,
}


@cache
def _loaded() -> tuple[tuple[Calendar, ...], tuple[Rule, ...]]:
    calendars: list[Calendar] = []
    rules: list[Rule] = []
    for language in LANGUAGES:
        table = tomllib.loads((resources.files("mailbot.reading") / f"{language}.toml").read_text(encoding="utf-8"))
        calendar = _calendar(table["dates"])
        calendars.append(calendar)
        rules.extend(_rule(rule, calendar) for rule in table["rules"])
    return tuple(calendars), tuple(rules)


def _calendars() -> tuple[Calendar, ...]:
    return _loaded()[0]


def _rules() -> tuple[Rule, ...]:
    return _loaded()[1]


def _calendar(names: Mapping[str, Any]) -> Calendar:
    return Calendar(
        months={name: at + 1 for at, row in enumerate(names["months"]) for name in row.split()},
        weekdays={name: at for at, row in enumerate(names["weekdays"]) for name in row.split()},
        numbers=dict(names["numbers"]),
        units=tuple(
            (
                unit,
                re.compile(
                    "|".join(
                        row.replace("-", " ").split() if unit != "working_day" else row.replace("-", "[ -]").split()
                    )
                ),
            )
            for unit, row in names["units"].items()
        ),
        not_before=re.compile(rf"(?:^|[^a-z])(?:{names['not_before']})[ ,']{{1,2}}$"),
        not_after=re.compile(rf" ?(?:{names['not_after']})\b"),
        back_before=re.compile(rf"\b(?:{names['back_before']})"),
    )


def _rule(rule: Mapping[str, str], calendar: Calendar) -> Rule:
    if rule["means"] not in _MEANINGS:
        raise ValueError(f"the date rule {rule['say']!r} means {rule['means']!r}, which is unknown")
    lists = {
        "{month}": _either(calendar.months),
        "{weekday}": _either(calendar.weekdays),
        "{n}": _either(calendar.numbers),
        "{unit}": "|".join(pattern.pattern for _, pattern in calendar.units[::-1]),
    }
    say = rule["say"]
    for name, either in lists.items():
        say = say.replace(name, f"(?:{either})")
    return Rule(re.compile(rf"(?<![\w/])(?:{say})(?![a-z\d])"), rule["means"], calendar)


def _either(names: Mapping[str, int]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
