"""What a way of naming a day means: plain computations with the day of writing, for the rules in `days/*.toml`."""

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

_SATURDAY = 5
_PAST_DAYS = 60
_MOST_UNITS = 366


@dataclass(frozen=True, slots=True)
class Said:
    """What a rule caught. Months and days of the month count from 1, weekdays from 0 (Monday); 0 or -1: not named."""

    sent_on: date
    country: str = ""
    year: int = 0
    month: int = 0
    day: int = 0
    weekday: int = -1
    count: int = 0
    unit: str = ""


Meaning = Callable[[Said], date | None]


def date_of(year: int, month: int, day: int) -> date | None:
    """That date, or None where there is none."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def nearest(sent_on: date, month: int, day: int) -> date | None:
    """The year that brings a day nearest: the past 60 days are the past, everything else is ahead."""
    for year in (sent_on.year - 1, sent_on.year, sent_on.year + 1):
        found = date_of(year, month, day)
        if found and found >= sent_on - timedelta(days=_PAST_DAYS):
            return found
    return None


def _day_and_month(said: Said) -> date | None:
    return date_of(said.year, said.month, said.day) if said.year else nearest(said.sent_on, said.month, said.day)


def _next_month(sent_on: date) -> tuple[int, int]:
    return (sent_on.year + sent_on.month // 12, sent_on.month % 12 + 1)


def _month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _year_of(said: Said) -> int:
    """The year of a month that is named without one: a month of the last two is the past, any other is ahead."""
    return said.sent_on.year + ((said.sent_on.month - said.month) % 12 > 2) * (said.month < said.sent_on.month)


def _day_of_month(said: Said) -> date | None:
    year, month = said.sent_on.year, said.sent_on.month
    for _ in range(3):
        found = date_of(year, month, said.day)
        if found and found >= said.sent_on:
            return found
        year, month = (year + month // 12, month % 12 + 1)
    return None


def _weekday_and_day(said: Said) -> date | None:
    """`Friday the 18th`: the next 18th that is a Friday, within two months, else the last one, else the next 18th."""
    steps = [*range(63), *range(-1, -32, -1)]
    days = (said.sent_on + timedelta(days=step) for step in steps)
    fitting = (each for each in days if each.day == said.day and each.weekday() == said.weekday)
    return next(fitting, None) or _day_of_month(said)


def _weekday(said: Said, weeks_on: int = 0) -> date:
    """The next such day, never the day of writing."""
    ahead = (said.weekday - said.sent_on.weekday() - 1) % 7 + 1
    return said.sent_on + timedelta(days=ahead + 7 * weeks_on)


def _next_weekday(said: Said) -> date:
    """`vendredi prochain`, `nächsten Freitag`: the one that comes, but tomorrow would be called tomorrow."""
    return _weekday(said, weeks_on=(said.weekday - said.sent_on.weekday()) % 7 == 1)


def _this_weekday(said: Said) -> date:
    return said.sent_on + timedelta(days=(said.weekday - said.sent_on.weekday()) % 7)


def _monday_after(day: date) -> date:
    return day + timedelta(days=7 - day.weekday())


def _weekday_of_next_week(said: Said) -> date:
    return _monday_after(said.sent_on) + timedelta(days=said.weekday)


def _last_weekday_of_month(said: Said) -> date:
    end = _month_end(said.sent_on.year, said.sent_on.month)
    found = end - timedelta(days=(end.weekday() - said.weekday) % 7)
    if found >= said.sent_on:
        return found
    end = _month_end(*_next_month(said.sent_on))
    return end - timedelta(days=(end.weekday() - said.weekday) % 7)


def _last_working_day(said: Said) -> date:
    end = _month_end(said.sent_on.year, said.sent_on.month)
    return end - timedelta(days=max(0, end.weekday() - _SATURDAY + 1))


def _friday(sent_on: date) -> date:
    """Friday of this week; on a weekend, of the week that comes."""
    return sent_on + timedelta(days=(4 - sent_on.weekday()) % 7)


def _sunday(sent_on: date) -> date:
    return sent_on + timedelta(days=6 - sent_on.weekday())


def _fin_de_semaine(said: Said) -> date:
    """In Canada `la fin de semaine` is the weekend; in France it is the end of the working week."""
    return _sunday(said.sent_on) if said.country == "CA" else _friday(said.sent_on)


def _next_fin_de_semaine(said: Said) -> date:
    friday = _monday_after(said.sent_on) + timedelta(days=4)
    return friday + timedelta(days=2) if said.country == "CA" else friday


def _within(said: Said) -> date | None:
    if not 0 < said.count <= _MOST_UNITS:
        return None
    match said.unit:
        case "working_day":
            return _working_days_on(said.sent_on, said.count)
        case "hour":
            return said.sent_on + timedelta(days=-(-said.count // 24) if said.count >= 24 else 0)
        case "month":
            return _months_on(said.sent_on, said.count)
        case _:
            return said.sent_on + timedelta(days=said.count * {"week": 7, "fortnight": 14}.get(said.unit, 1))


def _working_days_on(day: date, count: int) -> date:
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < _SATURDAY
    return day


def _months_on(day: date, count: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _week_of_year(said: Said) -> date | None:
    """Friday of that week (ISO 8601), this year's unless it is long over."""
    for year in (said.sent_on.year, said.sent_on.year + 1):
        try:
            found = date.fromisocalendar(year, said.count, 5)
        except ValueError:
            continue
        if found >= said.sent_on - timedelta(days=_PAST_DAYS):
            return found
    return None


def _quarter_end(said: Said) -> date:
    return _month_end(said.sent_on.year, (said.sent_on.month + 2) // 3 * 3)


def _middle_of_this_month(said: Said) -> date | None:
    return date_of(said.sent_on.year, said.sent_on.month, 15)


def _in_days(count: int) -> Meaning:
    return lambda said: said.sent_on + timedelta(days=count)


def _in_next_week(weekday: int) -> Meaning:
    return lambda said: _monday_after(said.sent_on) + timedelta(days=weekday)


MEANINGS: Mapping[str, Meaning] = {
    "over": lambda _: None,
    "day_and_month": _day_and_month,
    "end_of_month": lambda said: _month_end(_year_of(said), said.month),
    "middle_of_month": lambda said: date_of(_year_of(said), said.month, 15),
    "weekday_and_day": _weekday_and_day,
    "day_of_month": _day_of_month,
    "day_of_next_month": lambda said: date_of(*_next_month(said.sent_on), said.day),
    "end_of_next_month": lambda said: _month_end(*_next_month(said.sent_on)),
    "end_of_this_month": lambda said: _month_end(said.sent_on.year, said.sent_on.month),
    "last_working_day": _last_working_day,
    "last_weekday_of_month": _last_weekday_of_month,
    "middle_of_this_month": _middle_of_this_month,
    "middle_of_next_month": lambda said: date_of(*_next_month(said.sent_on), 15),
    "end_of_year": lambda said: date(said.sent_on.year, 12, 31),
    "end_of_quarter": _quarter_end,
    "weekday": _weekday,
    "next_weekday": _next_weekday,
    "this_weekday": _this_weekday,
    "weekday_of_next_week": _weekday_of_next_week,
    "weekday_a_week_on": lambda said: _weekday(said, 1),
    "weekday_two_weeks_on": lambda said: _weekday(said, 2),
    "this_week": lambda said: _friday(said.sent_on),
    "end_of_this_week": lambda said: _friday(said.sent_on),
    "fin_de_semaine": _fin_de_semaine,
    "next_fin_de_semaine": _next_fin_de_semaine,
    "weekend": lambda said: _sunday(said.sent_on),
    "next_weekend": lambda said: _sunday(said.sent_on) + timedelta(days=7),
    "start_of_next_week": _in_next_week(0),
    "middle_of_next_week": _in_next_week(2),
    "next_week": _in_next_week(4),
    "end_of_next_week": _in_next_week(4),
    "week_of_year": _week_of_year,
    "today": _in_days(0),
    "tomorrow": _in_days(1),
    "after_tomorrow": _in_days(2),
    "in_seven_days": _in_days(7),
    "in_eight_days": _in_days(8),
    "in_fourteen_days": _in_days(14),
    "in_fifteen_days": _in_days(15),
    "within": _within,
    "duration": _within,
}
"""What each name in the language files means. None: no such day, or one that is over."""
