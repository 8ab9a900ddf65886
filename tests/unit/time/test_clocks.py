"""Clocks jump, change to summer time, meet a leap day, sleep for a week: the laws hold all the same."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from mailbot.core.calendar import WorkCalendar
from mailbot.core.client import Client, Contact, Invoice
from mailbot.core.ladder import expected_on
from mailbot.core.money import Money
from mailbot.flows.command import note
from mailbot.flows.dispatch import dispatch
from mailbot.flows.freshness import was_read
from mailbot.flows.outbound import Letter, LetterState
from mailbot.flows.report import alert, report
from mailbot.flows.review import review
from tests.fakes.far_side import House, live_house

PLACES = (("FR", "", "Europe/Paris"), ("CA", "QC", "America/Toronto"), ("CA", "NL", "America/St_Johns"))
HALF_HOUR = timedelta(minutes=30)


def bill(number: str, issued_on: date, due_on: date) -> Invoice:
    return Invoice(number, issued_on, due_on, Money.of(100, "EUR"), Money.of(0, "EUR"), delivered_on=issued_on)


def clients(due_on: date, how_many: int = 2) -> list[Client]:
    """One in each place; each owes several bills that fall due one day after the other."""
    made = []
    for n, (country, region, zone) in enumerate(PLACES):
        bills = tuple(
            bill(f"F-{n}-{k}", due_on - timedelta(days=30 - k), due_on + timedelta(days=k)) for k in range(how_many)
        )
        contact = (Contact(f"c{n}@client.example"),)
        made.append(
            Client(0, "studio", f"c{n}", f"C{n}", "fr", country, region, zone, contacts=contact, invoices=bills)
        )
    return made


async def home_of(
    at: datetime, owing: Sequence[Client], *, zone: str = "America/Toronto", digest_at: str = "07:30"
) -> House:
    """A live bot, and clients who owe."""
    home = await live_house(at)
    operator = replace(home.bot.business.operator, timezone=zone, digest_at=digest_at)
    home = replace(home, bot=replace(home.bot, business=replace(home.bot.business, operator=operator)))
    async with home.store.begin() as tx:
        await tx.add_clients([(client, at) for client in owing])
    return home


async def round_of(home: House) -> None:
    """What the daemon does all the time, once."""
    await was_read(home.bot, home.clock.now())
    await review(home.bot)
    await alert(home.bot)
    await report(home.bot)
    while await dispatch(home.bot):
        pass


async def pass_until(home: House, end: datetime, step: timedelta = HALF_HOUR) -> None:
    while home.clock.now() < end:
        await round_of(home)
        home.clock.advance(step)


async def posted(home: House) -> list[tuple[datetime, Letter]]:
    """What left, and what the clock said."""
    found = []
    for one in home.post.posted:
        letter = await home.store.letter(one.key)
        assert letter is not None
        found.append((one.at, letter))
    return found


async def assert_lawful(home: House) -> None:
    """Nothing twice, nothing outside the client's hours, no client chased twice in a few days, one digest a day."""
    left = await posted(home)
    climbs = Counter(climb for _, letter in left for climb in letter.climbs)
    assert [climb for climb, times in climbs.items() if times > 1] == []
    assert len({letter.key for _, letter in left}) == len(left)
    for at, letter in left:
        if letter.client_id is not None:
            calendar = home.bot.policy.calendar(await home.store.client(letter.client_id))
            assert calendar.opening_from(at) == at, f"{letter.key} left at {at}"
    digests = Counter(letter.key for _, letter in left if letter.template == "digest")
    assert all(times == 1 for times in digests.values())
    gap = home.bot.policy.budget_gap_days
    for client_id in {letter.client_id for _, letter in left if letter.client_id is not None}:
        calendar = home.bot.policy.calendar(await home.store.client(client_id))
        days = sorted(calendar.local_day(at) for at, letter in left if letter.client_id == client_id and letter.chasing)
        for first, second in pairwise(days):
            assert second >= calendar.add_working_days(first, gap)


async def hours_of(home: House) -> dict[str, list[str]]:
    """When each client was written to, on the client's own clock."""
    found: dict[str, list[str]] = {}
    for at, letter in await posted(home):
        if letter.client_id is not None:
            client = await home.store.client(letter.client_id)
            local = at.astimezone(ZoneInfo(client.timezone))
            found.setdefault(client.code, []).append(f"{local:%a %d %b %H:%M}")
    return found


def days_of(home: House, letters: Sequence[tuple[datetime, Letter]]) -> list[date]:
    zone = ZoneInfo(home.bot.business.operator.timezone)
    return [at.astimezone(zone).date() for at, letter in letters if letter.template == "digest"]


@pytest.mark.parametrize(
    "change",
    [date(2026, 3, 8), date(2026, 3, 29), date(2026, 10, 25), date(2026, 11, 1)],
    ids=["spring in Canada", "spring in France", "autumn in France", "autumn in Canada"],
)
@pytest.mark.parametrize("operator", ["Europe/Paris", "America/Toronto"])
async def test_letters_and_digests_keep_to_local_hours_over_a_change_of_the_clocks(change: date, operator: str) -> None:
    start = datetime.combine(change - timedelta(days=6), time(0), UTC)
    home = await home_of(start, clients(change - timedelta(days=1)), zone=operator)
    await pass_until(home, start + timedelta(days=14))
    await assert_lawful(home)
    hours = await hours_of(home)
    assert set(hours) == {"c0", "c1", "c2"}
    assert all(when.endswith("09:00") for times in hours.values() for when in times)
    calendar = WorkCalendar("CA", "QC", operator)
    left = await posted(home)
    written = days_of(home, left)
    assert len(written) == len(set(written)) >= 9
    assert not [day for day in written if calendar.closed(day)]
    zone = ZoneInfo(operator)
    assert {f"{at.astimezone(zone):%H:%M}" for at, letter in left if letter.template == "digest"} == {"07:30"}


@pytest.mark.parametrize(
    ("day", "digest_at", "comes_at"),
    [(date(2026, 4, 24), "00:30", "01:00"), (date(2026, 10, 29), "23:30", "23:30")],
    ids=["an hour that does not exist", "an hour that comes twice"],
)
async def test_a_digest_comes_once_on_a_working_day_whose_hour_is_missing_or_comes_twice(
    day: date, digest_at: str, comes_at: str
) -> None:
    """Cairo changes its clocks on a Friday and in the night after a Thursday."""
    zone = ZoneInfo("Africa/Cairo")
    start = datetime.combine(day - timedelta(days=1), time(12), zone).astimezone(UTC)
    home = await home_of(start, clients(day), zone="Africa/Cairo", digest_at=digest_at)
    await pass_until(home, start + timedelta(hours=38), timedelta(minutes=10))
    digests = [at.astimezone(zone) for at, letter in await posted(home) if letter.template == "digest"]
    assert [f"{at:%H:%M}" for at in digests if at.date() == day] == [comes_at]
    await assert_lawful(home)


@pytest.mark.parametrize("year", [2027, 2028], ids=["no leap year", "leap year"])
async def test_february_ends_where_it_ends(year: int) -> None:
    """Bills of the last of February, and clients who pay on the 29th, 30th and 31st."""
    last = date(year, 3, 1) - timedelta(days=1)
    owing = [replace(client, pay_day=29 + n) for n, client in enumerate(clients(last, 1))]
    assert {expected_on(client, client.invoices[0]) for client in owing} == {last}
    start = datetime.combine(last - timedelta(days=8), time(0), UTC)
    home = await home_of(start, owing)
    await pass_until(home, start + timedelta(days=50), timedelta(hours=1))
    await assert_lawful(home)
    rungs = Counter(rung for _, letter in await posted(home) for _, rung in letter.climbs)
    assert rungs == {"courtesy": 3, "friendly": 3, "personal": 3}


async def test_a_year_later_than_a_leap_day_is_no_trouble() -> None:
    home = await home_of(datetime(2028, 2, 29, 12, tzinfo=UTC), clients(date(2028, 2, 29)))
    await pass_until(home, datetime(2028, 3, 2, tzinfo=UTC), timedelta(hours=1))
    home.clock.set(datetime(2029, 2, 28, 12, tzinfo=UTC))
    await pass_until(home, datetime(2029, 3, 3, tzinfo=UTC), timedelta(hours=1))
    await assert_lawful(home)


@pytest.mark.parametrize("hour", [3, 15, 23], ids=["wakes at night", "wakes in office hours", "wakes late"])
async def test_a_laptop_that_slept_for_a_week_writes_one_letter_a_client_and_one_digest(hour: int) -> None:
    """Three bills each fall due during the sleep; nothing is made up for in a burst."""
    start = datetime(2026, 9, 8, 12, tzinfo=UTC)
    home = await home_of(start, clients(date(2026, 9, 14), 3))
    await pass_until(home, start + timedelta(hours=6))
    before = len(home.post.posted)
    woken = datetime(2026, 9, 22, hour, tzinfo=UTC)
    home.clock.set(woken)
    await pass_until(home, woken + timedelta(days=2), timedelta(minutes=15))
    left = (await posted(home))[before:]
    to_clients = Counter(letter.client_id for _, letter in left if letter.client_id is not None)
    assert set(to_clients.values()) == {1}
    assert len(to_clients) == 3
    written = days_of(home, left)
    assert len(written) == len(set(written)) <= 3
    await assert_lawful(home)


JUMPS = (
    timedelta(minutes=-59), timedelta(hours=-5), timedelta(days=-1), timedelta(days=-40),
    timedelta(hours=5), timedelta(days=2), timedelta(days=400),
)  # fmt: skip


def moments(start: datetime) -> Iterator[datetime]:
    """In office hours, as letters leave; at night; as the digest leaves."""
    for days, hour in ((6, 13), (6, 2), (6, 11)):
        yield start + timedelta(days=days, hours=hour)


@pytest.mark.parametrize("jump", JUMPS, ids=str)
async def test_a_clock_that_jumps_and_is_put_right_again_doubles_nothing(jump: timedelta) -> None:
    """The clock goes wrong for three hours and is mended; then two months pass as they should."""
    start = datetime(2026, 9, 8, tzinfo=UTC)
    for moment in moments(start):
        home = await home_of(start, clients(date(2026, 9, 14)))
        await pass_until(home, moment, timedelta(hours=1))
        home.clock.set(home.clock.now() + jump)
        await pass_until(home, home.clock.now() + timedelta(hours=3))
        home.clock.set(home.clock.now() - jump)
        await pass_until(home, home.clock.now() + timedelta(days=60), timedelta(hours=1))
        left = await posted(home)
        climbs = Counter(climb for _, letter in left for climb in letter.climbs)
        assert [climb for climb, times in climbs.items() if times > 1] == []
        for at, letter in left:
            if letter.client_id is not None:
                calendar = home.bot.policy.calendar(await home.store.client(letter.client_id))
                assert calendar.opening_from(at) == at
        digests = Counter(letter.key for _, letter in left if letter.template == "digest")
        assert set(digests.values()) == {1}
        written = days_of(home, left)
        assert len(written) == len(set(written)), "one digest for each day that the clock showed"


async def test_the_digest_after_a_wrong_clock_was_mended_tells_what_happened() -> None:
    """A digest of next year was written; tomorrow's still says what happened today."""
    home = await home_of(datetime(2026, 9, 8, 12, tzinfo=UTC), clients(date(2026, 9, 14)))
    await round_of(home)
    home.clock.set(datetime(2027, 9, 8, 12, tzinfo=UTC))
    await report(home.bot)
    home.clock.set(datetime(2026, 9, 9, 11, tzinfo=UTC))
    await note(home.bot, "F-1-0", "called, will pay")
    home.clock.set(datetime(2026, 9, 9, 12, tzinfo=UTC))
    assert await report(home.bot)
    digest = home.writer.last("digest")["digest"]
    assert "note" in {happening.what.code for happening in digest.happened}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("dies", "ends"), [("connecting", LetterState.SENT), ("sending", LetterState.IN_DOUBT)], ids=["before", "within"]
)
async def test_a_lease_of_a_wrong_clock_does_not_keep_a_letter_for_a_year(dies: str, ends: LetterState) -> None:
    """The process died while the clock was a year ahead. What had not reached DATA leaves, the rest is in doubt."""
    owing = [replace(client, invoices=client.invoices[:1]) for client in clients(date(2026, 9, 14), 1)[:1]]
    start = datetime(2026, 9, 11, 7, 30, tzinfo=UTC)  # half past nine in Paris
    home = await home_of(start, owing)
    await was_read(home.bot, start)
    await review(home.bot)
    (letter,) = await home.store.letters([LetterState.QUEUED])
    async with home.store.begin() as tx:
        far = start + timedelta(days=365)
        await tx.move_letter(
            letter.key, [LetterState.QUEUED], LetterState.CLAIMED, at=start, claimed_by="dead", claimed_until=far
        )
        if dies == "sending":
            await tx.move_letter(letter.key, [LetterState.CLAIMED], LetterState.SENDING, at=start)
    await pass_until(home, start + timedelta(hours=1), timedelta(minutes=10))
    after = await home.store.letter(letter.key)
    assert after is not None
    assert after.state is ends
