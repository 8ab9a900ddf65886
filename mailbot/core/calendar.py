"""Working days, public holidays, quiet weeks and business hours of a client's own place."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

_DAY = timedelta(days=1)
# Beyond this many closed days in a row something is wrong with the policy; config refuses such a policy.
_LONGEST_CLOSURE_DAYS = 60


@dataclass(frozen=True, slots=True)
class Quiet:
    """A yearly stretch in which nothing is chased, as (month, day) pairs, both included; it may span New Year."""

    first: tuple[int, int]
    last: tuple[int, int]

    def covers(self, day: date) -> bool:
        """Whether the day lies in this stretch."""
        at = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= at <= self.last
        return at >= self.first or at <= self.last


@dataclass(frozen=True, slots=True)
class Hours:
    """Business hours in the client's wall time; `friday_closes` spares people the end of their week."""

    opens: time = time(9)
    closes: time = time(17)
    friday_closes: time = time(12)

    def closing(self, day: date) -> time:
        """When this day ends."""
        return self.friday_closes if day.weekday() == 4 else self.closes


@lru_cache(maxsize=256)
def _public_holidays(country: str, region: str) -> holidays.HolidayBase | None:
    try:
        return holidays.country_holidays(country, subdiv=region or None)
    except NotImplementedError:
        if region:  # the country is known, its region is not: the national days still hold
            return _public_holidays(country, "")
        return None


@lru_cache(maxsize=65536)
def public_holiday(country: str, region: str, day: date) -> str:
    """The name of the public holiday on this day in this place, or empty text. Source: the `holidays` library."""
    known = _public_holidays(country, region)
    return "" if known is None else str(known.get(day) or "")


@lru_cache(maxsize=256)
def weekend(country: str) -> frozenset[int]:
    """The days on which this country rests, Monday being 0; where nothing is known, Saturday and Sunday."""
    known = _public_holidays(country, "")
    return frozenset((5, 6)) if known is None else frozenset(known.weekend)


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """When a client can decently be written to."""

    country: str
    region: str
    timezone: str
    hours: Hours = field(default_factory=Hours)
    quiet: tuple[Quiet, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        """The client's time zone."""
        return ZoneInfo(self.timezone)

    def local_day(self, at: datetime) -> date:
        """The client's date at an instant."""
        return at.astimezone(self.zone).date()

    def closed(self, day: date) -> str:
        """Why the day is no working day (`weekend`, `quiet`, or the holiday's name), or empty text if it is one."""
        if day.weekday() in weekend(self.country):
            return "weekend"
        if any(quiet.covers(day) for quiet in self.quiet):
            return "quiet"
        return public_holiday(self.country, self.region, day)

    def working_day_from(self, day: date) -> date:
        """The day itself if it is a working day, else the next one that is."""
        for _ in range(_LONGEST_CLOSURE_DAYS):
            if not self.closed(day):
                return day
            day += _DAY
        return day

    def add_working_days(self, day: date, count: int) -> date:
        """The working day that lies `count` working days after `day`; with 0, the first one on or after it."""
        if count <= 0:
            return self.working_day_from(day)
        for _ in range(count):
            day = self.working_day_from(day + _DAY)
        return day

    def opening_from(self, at: datetime) -> datetime:
        """The earliest instant at or after `at` that lies within business hours, in UTC."""
        local = at.astimezone(self.zone)
        day = local.date()
        for _ in range(_LONGEST_CLOSURE_DAYS):
            if not self.closed(day):
                opens = datetime.combine(day, self.hours.opens, self.zone)
                closes = datetime.combine(day, self.hours.closing(day), self.zone)
                if day > local.date() or local < opens:
                    return opens.astimezone(UTC)
                if local < closes:
                    return at.astimezone(UTC)
            day += _DAY
        return datetime.combine(day, self.hours.opens, self.zone).astimezone(UTC)

    def opening_on(self, day: date) -> datetime:
        """The opening of the first working day on or after `day`, in UTC."""
        return self.opening_from(datetime.combine(day, time.min, self.zone))
