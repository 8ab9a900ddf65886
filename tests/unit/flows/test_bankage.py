"""Old bank data are told, and where the operator wants it the firmer rungs wait for newer ones."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mailbot.core.ladder import is_firmer, outlook
from mailbot.core.policy import DEFAULT_LADDER
from mailbot.flows.ahead import ahead
from mailbot.flows.bankage import data_on, knowing, note_day
from mailbot.flows.outbound import LetterState
from mailbot.flows.report import compile_digest
from mailbot.flows.review import review
from tests.fakes.far_side import House
from tests.fakes.people import anna, at, bill, day
from tests.unit.flows.scene import codes, letters, look, settled_in


def holding(home: House, *, holds: bool = True, after_days: int = 7) -> House:
    """The same house, and what the operator wants of old bank data."""
    business = replace(home.bot.business, bank_holds_firmer=holds, bank_stale_days=after_days)
    return replace(home, bot=replace(home.bot, business=business))


async def late_at(home: House, rung: str) -> None:
    """A client who is late, and this rung is next and due."""
    names = [step.name for step in DEFAULT_LADDER]
    long_ago = day("2026-01-05")
    client = await settled_in(home, anna(bill("F-1", "2026-01-20", issued_on=long_ago, delivered_on=long_ago)))
    async with home.store.begin() as tx:
        for number, name in enumerate(names[: names.index(rung)]):
            await tx.climb(client.id, "F-1", name, at(f"2026-02-1{number}"))


async def rungs(home: House) -> list[str]:
    """The rungs that were climbed in this round."""
    await look(home)
    (client,) = await home.store.all_clients()
    return [climb.rung for climb in client.invoices[0].climbs if climb.at > at("2026-03-01")]


def test_the_firmer_rungs_are_the_personal_note_and_up() -> None:
    assert [rung.name for rung in DEFAULT_LADDER if is_firmer(DEFAULT_LADDER, rung)] == [
        "personal",
        "call",
        "collections",
    ]


@pytest.mark.parametrize(
    ("rung", "told_on", "holds", "climbs"),
    [
        pytest.param("personal", "2026-02-22", True, False, id="a personal note waits for data of eight days"),
        pytest.param("call", "2026-02-22", True, False, id="so does the call"),
        pytest.param("collections", "2026-02-22", True, False, id="and the end of the ladder"),
        pytest.param("personal", "2026-02-23", True, True, id="seven days are not too old"),
        pytest.param("friendly", "2026-01-01", True, True, id="the first reminder never waits"),
        pytest.param("personal", "2026-01-01", False, True, id="nothing waits unless it is wanted"),
        pytest.param("personal", None, True, True, id="who never imported bank data waits for none"),
    ],
)
async def test_which_rungs_wait(home: House, rung: str, told_on: str | None, *, holds: bool, climbs: bool) -> None:
    home = holding(home, holds=holds)
    await late_at(home, rung)
    if told_on:
        await note_day(home.bot, [day(told_on)])
    assert await rungs(home) == ([rung] if climbs else [])


async def test_after_how_many_days_is_a_setting(home: House) -> None:
    home = holding(home, after_days=30)
    await late_at(home, "personal")
    await note_day(home.bot, [day("2026-02-10")])
    assert await rungs(home) == ["personal"]


async def test_new_data_let_the_letter_go_at_once(home: House) -> None:
    home = holding(home)
    await late_at(home, "personal")
    await note_day(home.bot, [day("2026-02-01")])
    assert await rungs(home) == []
    assert await review(home.bot) == 0  # not looked at again and again meanwhile
    await note_day(home.bot, [day("2026-03-01")])
    assert await rungs(home) == ["personal"]


async def test_the_wait_can_be_asked_for(home: House) -> None:
    home = holding(home)
    await late_at(home, "personal")
    await note_day(home.bot, [day("2026-02-01")])
    (client,) = await home.store.all_clients()
    policy = (await knowing(home.bot)).policy
    view = outlook(client, client.invoices[0], policy, home.clock.now())
    assert str(view.why) == "bank_data_too_old days=29"
    assert view.at == at("2026-03-03", "09:00")
    assert await ahead(home.bot, [client], home.clock.now() + timedelta(days=2)) == []


async def test_a_letter_that_was_decided_in_time_waits_when_the_data_grow_old_before_it_leaves(home: House) -> None:
    """It was decided in the evening with data of seven days; in the morning they are eight days old."""
    home = holding(home)
    await late_at(home, "personal")
    await note_day(home.bot, [day("2026-02-24")])
    home.clock.set(at("2026-03-03", "16:59"))
    await review(home.bot)
    home.clock.set(at("2026-03-04", "09:30"))
    await look(home)
    (letter,) = await letters(home)
    assert letter.state is LetterState.QUEUED
    assert "bank_data_too_old" in await codes(home)
    await note_day(home.bot, [day("2026-03-03")])
    home.clock.advance(timedelta(minutes=10))
    await look(home)
    assert (await letters(home))[0].state is LetterState.SENT


@pytest.mark.parametrize(("holds", "code"), [(False, "bank_data_old"), (True, "bank_data_too_old")])
async def test_the_digest_says_how_old_the_data_are_and_what_that_stops(home: House, code: str, *, holds: bool) -> None:
    home = holding(home, holds=holds)
    assert [note.code for note in (await compile_digest(home.bot, day("2026-03-02"), None)).notes] == [
        "inbox_never_read"
    ]
    await note_day(home.bot, [day("2026-02-21")])
    notes = (await compile_digest(home.bot, day("2026-03-02"), None)).notes
    assert [str(note) for note in notes][1:] == [f"{code} days=9"]


async def test_a_day_to_come_in_a_statement_makes_old_data_no_younger(home: House) -> None:
    """A slip of a year in an export must not silence the warning for ever; nor does an older file."""
    await note_day(home.bot, [day("2026-02-21"), day("2062-02-21")])
    await note_day(home.bot, [day("2026-01-31")])
    await note_day(home.bot, [])
    assert await data_on(home.bot) == day("2026-02-21")
