"""The time: the system's, or one that is wound by hand so that months pass in seconds."""

import time
from datetime import UTC, datetime, timedelta


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that only ever go forward, whatever happens to the wall clock."""
        return time.monotonic()


class HandClock:
    """A clock that stands still until someone winds it. Aware datetimes only; it gives UTC."""

    def __init__(self, at: datetime) -> None:
        self._now = _utc(at)
        self._passed = timedelta()

    def now(self) -> datetime:
        """The instant at which the clock stands, aware, in UTC."""
        return self._now

    def monotonic(self) -> float:
        """Seconds by which the clock was wound forward; setting it back does not lower them."""
        return self._passed.total_seconds()

    def advance(self, step: timedelta) -> datetime:
        """Wind forward and say what time it is; raises ValueError for a step back."""
        if step < timedelta():
            raise ValueError(f"a clock is wound forward, not by {step}; to put it back, set it")
        return self.set(self._now + step)

    def set(self, at: datetime) -> datetime:
        """Put the clock to an instant, also an earlier one, as happens to real machines."""
        at = _utc(at)
        self._passed += max(timedelta(), at - self._now)
        self._now = at
        return at


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError(f"{at} has no time zone; give an aware datetime")
    return at.astimezone(UTC)
