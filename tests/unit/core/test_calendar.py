"""When a client can decently be written to, in their own place."""
# ruff: noqa: E501 - a row of a table is one line

from datetime import UTC, date, datetime, time

import pytest

from mailbot.core.calendar import Hours, Quiet, WorkCalendar, public_holiday
from tests.fakes.people import at, day

MONTREAL = WorkCalendar("CA", "QC", "America/Toronto", Hours(), (Quiet((12, 24), (1, 2)),))
PARIS = WorkCalendar("FR", "", "Europe/Paris", Hours(), (Quiet((12, 24), (1, 2)),))
METZ = WorkCalendar("FR", "57", "Europe/Paris", Hours())


@pytest.mark.parametrize(
    ("place", "on", "is_closed"),
    [
        pytest.param(MONTREAL, "2026-06-24", True, id="the Fête nationale closes Québec"),
        pytest.param(WorkCalendar("CA", "ON", "America/Toronto"), "2026-06-24", False, id="but not Ontario"),
        pytest.param(MONTREAL, "2026-07-01", True, id="Canada Day closes Québec"),
        pytest.param(MONTREAL, "2026-07-14", False, id="the fourteenth of July is a day like any other in Québec"),
        pytest.param(PARIS, "2026-07-14", True, id="and closes France"),
        pytest.param(PARIS, "2026-04-06", True, id="Easter Monday closes France"),
        pytest.param(PARIS, "2026-04-03", False, id="Good Friday does not close Paris"),
        pytest.param(METZ, "2026-04-03", True, id="but closes Moselle"),
        pytest.param(METZ, "2025-12-26", True, id="as does the day after Christmas"),
        pytest.param(PARIS, "2026-05-08", True, id="the end of the war is remembered in France"),
        pytest.param(PARIS, "2026-12-24", True, id="the quiet weeks begin on Christmas Eve"),
        pytest.param(PARIS, "2026-12-23", False, id="and not the day before"),
        pytest.param(PARIS, "2026-12-31", True, id="they span New Year's Eve"),
        pytest.param(PARIS, "2026-01-02", True, id="and end on the second of January"),
        pytest.param(PARIS, "2026-01-05", False, id="the first Monday after them is open"),
        pytest.param(PARIS, "2026-03-07", True, id="Saturdays are closed"),
        pytest.param(WorkCalendar("IL", "", "Asia/Jerusalem"), "2026-03-06", True, id="Friday is weekend in Israel"),
        pytest.param(WorkCalendar("IL", "", "Asia/Jerusalem"), "2026-03-08", False, id="and Sunday is not"),
        pytest.param(WorkCalendar("", "", "UTC"), "2026-12-25", False, id="an unknown country has no holidays"),
        pytest.param(WorkCalendar("", "", "UTC"), "2026-03-08", True, id="but its weekend"),
        pytest.param(WorkCalendar("FR", "XX", "Europe/Paris"), "2026-07-14", True, id="an unknown region has the nation's"),
    ],
)  # fmt: skip
def test_days_that_are_closed(place: WorkCalendar, on: str, is_closed: bool) -> None:
    assert bool(place.closed(day(on))) is is_closed


@pytest.mark.parametrize(
    ("place", "asked", "opens"),
    [
        pytest.param(MONTREAL, at("2026-03-03", "08:00"), at("2026-03-03", "09:00"), id="early: at nine"),
        pytest.param(MONTREAL, at("2026-03-03", "16:59"), at("2026-03-03", "16:59"), id="within hours: at once"),
        pytest.param(MONTREAL, at("2026-03-03", "17:00"), at("2026-03-04", "09:00"), id="at five: tomorrow"),
        pytest.param(MONTREAL, at("2026-03-06", "11:59"), at("2026-03-06", "11:59"), id="Friday before noon: at once"),
        pytest.param(MONTREAL, at("2026-03-06", "12:00"), at("2026-03-09", "09:00"), id="Friday at noon: on Monday"),
        pytest.param(
            MONTREAL, at("2026-03-06", "18:00"), datetime(2026, 3, 9, 13, tzinfo=UTC),
            id="over the change to summer time nine o'clock stays nine o'clock",
        ),
        pytest.param(
            PARIS, at("2026-10-24", "12:00", "Europe/Paris"), datetime(2026, 10, 26, 8, tzinfo=UTC),
            id="and over the change back",
        ),
        pytest.param(
            PARIS, at("2026-12-23", "18:00", "Europe/Paris"), at("2027-01-04", "09:00", "Europe/Paris"),
            id="on the eve of the quiet weeks: in January",
        ),
        pytest.param(
            PARIS, at("2026-03-03", "23:30"), at("2026-03-04", "09:00", "Europe/Paris"),
            id="late in Montréal is the next morning in Paris",
        ),
    ],
)  # fmt: skip
def test_the_next_opening(place: WorkCalendar, asked: datetime, opens: datetime) -> None:
    assert place.opening_from(asked) == opens


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        pytest.param("2026-03-06", 1, "2026-03-09", id="Friday and one is Monday"),
        pytest.param("2026-03-07", 0, "2026-03-09", id="Saturday and none is Monday"),
        pytest.param("2026-03-07", 1, "2026-03-09", id="Saturday and one is Monday"),
        pytest.param("2026-04-02", 2, "2026-04-07", id="Good Friday and the weekend do not count"),
        pytest.param("2026-12-23", 1, "2027-01-04", id="nor do the quiet weeks"),
    ],
)
def test_working_days_are_counted_without_closed_ones(start: str, count: int, end: str) -> None:
    assert MONTREAL.add_working_days(day(start), count) == day(end)


def test_a_client_in_auckland_has_their_own_date() -> None:
    auckland = WorkCalendar("NZ", "", "Pacific/Auckland")
    assert auckland.local_day(datetime(2026, 3, 3, 22, tzinfo=UTC)) == date(2026, 3, 4)
    assert auckland.opening_from(datetime(2026, 3, 3, 22, tzinfo=UTC)) == datetime(2026, 3, 3, 22, tzinfo=UTC)


def test_a_place_that_never_opens_still_gets_an_answer() -> None:
    """The config refuses such a policy; the calendar must not loop for ever on it all the same."""
    shut = WorkCalendar("FR", "", "Europe/Paris", Hours(time(9), time(17)), (Quiet((1, 1), (12, 31)),))
    assert shut.working_day_from(day("2026-03-03")) > day("2026-03-03")
    assert shut.opening_from(at("2026-03-03")) > at("2026-03-03")


def test_the_holiday_has_a_name() -> None:
    assert public_holiday("FR", "", day("2026-07-14"))
    assert not public_holiday("FR", "", day("2026-07-15"))
