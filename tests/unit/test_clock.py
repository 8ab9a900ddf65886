"""Clocks: the machine's, and one that is wound by hand."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mailbot.clock import HandClock, SystemClock

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_the_system_clock_gives_aware_utc_and_time_that_never_goes_back() -> None:
    """Naive times never enter the program."""
    clock = SystemClock()
    first = clock.monotonic()
    assert clock.now().utcoffset() == timedelta()
    assert clock.monotonic() >= first


def test_a_hand_clock_stands_still_until_it_is_wound() -> None:
    """So a test decides what time it is."""
    clock = HandClock(NOON)
    assert clock.now() == clock.now() == NOON
    assert clock.advance(timedelta(days=2)) == datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert clock.monotonic() == 2 * 86400


def test_a_hand_clock_may_be_set_back_while_its_monotonic_time_goes_on() -> None:
    """As when a machine's wall clock is corrected."""
    clock = HandClock(NOON)
    clock.advance(timedelta(hours=1))
    clock.set(NOON - timedelta(hours=3))
    assert clock.now() == NOON - timedelta(hours=3)
    assert clock.monotonic() == 3600


def test_a_hand_clock_gives_utc_whatever_zone_it_was_set_in() -> None:
    """One zone inside the program, many at its edges."""
    clock = HandClock(datetime(2026, 11, 20, 7, tzinfo=ZoneInfo("America/Toronto")))
    assert clock.now() == NOON
    assert clock.now().tzinfo is UTC


def test_a_naive_time_and_a_step_back_are_refused() -> None:
    """Both are mistakes of the caller."""
    with pytest.raises(ValueError, match="no time zone"):
        HandClock(datetime(2026, 11, 20))  # noqa: DTZ001 - the point of the test
    with pytest.raises(ValueError, match="wound forward"):
        HandClock(NOON).advance(timedelta(seconds=-1))
