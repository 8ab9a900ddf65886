"""Every day that a text names, as its writer meant it: relative to the day it was sent, and to the country.

How days are named is data (`days/*.toml`). Which of them the writer commits to, if any, is decided in `commitment.py`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice

from mailbot.reading.day_rules import Language, languages, spoken_in
from mailbot.reading.days_meant import MEANINGS, Said, date_of, nearest
from mailbot.reading.words import folded

LONGEST = 12_000
"""Characters that are searched for days."""

MOST = 64
"""Days that are looked at; a text with more of them is no letter."""

_FARTHEST = timedelta(days=400)
_MONTH_FIRST = frozenset({"US", "PH", "FM", "PW"})
_EITHER_FIRST = frozenset({"CA"})
_MOST_WORDS = 1_500

_WORD = re.compile(r"[^\W\d_]+")
_ISO = re.compile(r"(?<![\d/-])(?P<y>20\d\d)-(?P<m>\d{2})-(?P<d>\d{2})(?!\d)")
_NUMERIC = re.compile(
    r"(?<![\d/.,€$£-])(?P<a>\d{1,2})/(?P<b>\d{1,2})(?:/(?P<y>(?:20)?\d\d))?(?![\d/%])"
    r"|(?<![\d/.,-])(?P<a2>\d{1,2})[.-](?P<b2>\d{1,2})[.-](?P<y2>20\d\d|\d\d)(?![\d-])"
    r"|(?<![\w/.,€$£-])(?P<a3>\d{1,2})-(?P<b3>\d{1,2})(?=[\s.,;!?)]|$)(?![.,]\d)"
)
_NOT_DATES = frozenset({"24/7", "7/7", "5/5", "50/50", "1/2", "2/2", "1/1", "1/3", "2/3", "3/3", "10/10", "3/4", "1/4"})
_DASHED = frozenset({"NL", "BE", "CL"})
_BETWEEN = re.compile(r"(?:[ ,]|\ble\b|\bthe\b|\bon\b|\bel\b|\bil\b|\bden\b|\bde\b|\bdia\b|\(|\bsoit\b|\bdonc\b){1,8}")
_GAP = 12
_NEAR = 80
_LOOSE = frozenset({"weekday", "day_of_month", "end_of_this_week", "end_of_this_month", "middle_of_this_month"})


@dataclass(frozen=True, slots=True)
class Named:
    """A day in a text: where it stands, and by which meaning it is named (`weekday`, `end_of_month`, `numeric` ...)."""

    day: date
    start: int
    end: int
    means: str


def days_in(text: str, *, sent_on: date, country: str = "") -> list[Named]:
    """The days from `sent_on` to some 13 months later that a text names, in order. Never raises; linear."""
    plain = folded(text[:LONGEST])
    country = country.upper()
    found = sorted(_all(plain, sent_on, country), key=_rank)
    kept: list[Named] = []
    taken = bytearray(len(plain))
    for each in found:
        if not any(taken[each.start : each.end]):
            taken[each.start : each.end] = b"x" * (each.end - each.start)
            kept.append(each)
    kept.sort(key=lambda each: each.start)
    kept = [_after_range(at, kept) for at in range(len(kept))]
    ahead = (each for each in _told_once(kept, plain) if sent_on <= each.day <= sent_on + _FARTHEST)
    return list(islice(ahead, MOST))


def _after_range(at: int, found: list[Named]) -> Named:
    """`closed from 19 December to 3 January, back on the 4th`: the 4th that follows the range."""
    each = found[at]
    if at < 2 or each.means != "day_of_month":
        return each
    begins, ends = found[at - 2], found[at - 1]
    close = ends.start - begins.end <= _GAP and each.start - ends.end <= _NEAR
    if not close or ends.day <= max(begins.day, each.day):
        return each
    months = ends.day.year * 12 + ends.day.month - 1 + (each.day.day <= ends.day.day)
    day = date_of(months // 12, months % 12 + 1, each.day.day)
    return replace(each, day=day) if day else each


def first_day(text: str, *, sent_on: date, country: str = "") -> date | None:
    """The first day that a text names, or None."""
    return next((each.day for each in days_in(text, sent_on=sent_on, country=country)), None)


def _rank(each: Named) -> tuple[bool, int, int]:
    """Where two overlap, the more exact counts, then the longer: `until the 31` is less than `31 March`."""
    return (each.means in _LOOSE, each.start - each.end, each.start)


def _told_once(found: list[Named], text: str) -> Iterator[Named]:
    """Without a weekday that a date follows: `Tuesday, 17 March` names one day, the more exact name counts."""
    for at, each in enumerate(found):
        after = found[at + 1] if at + 1 < len(found) else None
        between = text[each.end : after.start] if after and after.start - each.end <= _GAP else "x"
        if after and "weekday" in each.means and "weekday" not in after.means and _BETWEEN.fullmatch(between):
            continue
        yield each


def _all(text: str, sent_on: date, country: str) -> Iterator[Named]:
    words = _WORD.findall(text)[:_MOST_WORDS]
    spoken = spoken_in(words, country)
    for match in _ISO.finditer(text):
        yield from _named(match, date_of(int(match["y"]), int(match["m"]), int(match["d"])), "numeric")
    for match in _NUMERIC.finditer(text):
        yield from _named(match, _numeric(match, sent_on, country, spoken[0].code), "numeric")
    for language in spoken:
        for rule in language.rules:
            for match in rule.pattern.finditer(text):
                yield from _named(match, MEANINGS[rule.means](_said(match, sent_on, country, language)), rule.means)


def _named(match: re.Match[str], day: date | None, means: str) -> Iterator[Named]:
    """The day, or a place that is taken by what is no day (31/02): nothing shorter may be read there."""
    yield Named(day or date.min, *match.span(), means)


def _said(match: re.Match[str], sent_on: date, country: str, names: Language) -> Said:
    caught = {key: value for key, value in match.groupdict().items() if value}
    day = caught.get("d", "")
    month = caught.get("mn", "")
    return Said(
        sent_on=sent_on,
        country=country,
        year=int(caught.get("y", 0)),
        month=int(month) if month else names.months.get(caught.get("month", ""), 0),
        day=int(day) if day else names.ordinals.get(caught.get("dw", ""), 0),
        weekday=names.weekdays.get(caught.get("weekday", ""), -1),
        count=names.number(caught.get("n", "0")),
        unit=names.unit(caught.get("unit", "")),
    )


def _numeric(match: re.Match[str], sent_on: date, country: str, language: str) -> date | None:
    if match[0] in _NOT_DATES or (match["a3"] and country not in _DASHED and language != "nl"):
        return None
    a, b = int(match["a"] or match["a2"] or match["a3"]), int(match["b"] or match["b2"] or match["b3"])
    year_text = match["y"] or match["y2"] or ""
    day, month = (b, a) if country in _MONTH_FIRST and not match["a2"] else (a, b)
    if month > 12 >= day:
        day, month = month, day
    if year_text:
        return date_of(int(year_text) + (2000 if len(year_text) == 2 else 0), month, day)
    found = nearest(sent_on, month, day)
    other = nearest(sent_on, day, month) if language == "en" and month != day <= 12 else None
    if other and country in _EITHER_FIRST:
        return _likelier(found, other, sent_on)
    if other and not country and (found is None or found < sent_on):
        return other
    return found


def _likelier(found: date | None, other: date, sent_on: date) -> date:
    """Where a country writes either order: the one that is ahead and nearer."""
    ahead = [each for each in (found, other) if each and each >= sent_on]
    return min(ahead, default=other)


def known_languages() -> tuple[str, ...]:
    """The codes of the languages whose days are read."""
    return tuple(each.code for each in languages())
