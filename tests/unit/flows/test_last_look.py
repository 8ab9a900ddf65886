"""The last look and the claim are one step: what changes in between keeps the letter here (law 6)."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from mailbot.core.events import HoldAsked
from mailbot.flows.command import paid, set_mode
from mailbot.flows.dispatch import dispatch
from mailbot.flows.freshness import was_read
from mailbot.flows.outbound import LetterState
from mailbot.flows.review import happen, review
from tests.fakes.far_side import House
from tests.fakes.people import day, eur
from tests.unit.flows.scene import late, letters, only_letter, settled_in


async def _draft(home: House) -> None:
    await set_mode(home.bot, live=False)


async def _breaker(home: House) -> None:
    async with home.store.begin() as tx:
        await tx.remember("breaker_open_since", home.clock.now().isoformat())


async def _stale(home: House) -> None:
    await was_read(home.bot, home.clock.now() - timedelta(hours=3))


async def _hold(home: House) -> None:
    await happen(home.bot, 1, HoldAsked("F-1", day("2026-06-01"), "they called"))


async def _money(home: House) -> None:
    await paid(home.bot, "F-1", eur(100), day("2026-03-02"))


async def _nothing(_home: House) -> None:
    return


@pytest.mark.parametrize(
    ("meanwhile", "leaves"),
    [
        pytest.param(_draft, False, id="back to draft mode"),
        pytest.param(_breaker, False, id="the circuit breaker opened"),
        pytest.param(_stale, False, id="the inbox turned out to be unread for hours"),
        pytest.param(_hold, False, id="the operator asked for a hold"),
        pytest.param(_money, False, id="the money came"),
        pytest.param(_nothing, True, id="nothing changed"),
    ],
)
async def test_what_happens_between_the_last_look_and_the_claim_keeps_the_letter_here(
    home: House, monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[House], Awaitable[None]], leaves: bool
) -> None:
    await settled_in(home, late())
    await review(home.bot)
    await was_read(home.bot, home.clock.now())
    count: Any = home.store.departures_since

    async def in_between(since: datetime) -> int:
        left: int = await count(since)
        await meanwhile(home)
        return left

    monkeypatch.setattr(home.store, "departures_since", in_between)  # the last question before the claim
    assert await dispatch(home.bot) == leaves
    assert len(home.post.tried) == leaves
    monkeypatch.undo()
    if not leaves:
        assert (await letters(home))[0].state in (LetterState.QUEUED, LetterState.WITHDRAWN)
        await dispatch(home.bot)
        assert [key for key in home.post.tried if "courtesy" in key] == []
    else:
        assert (await only_letter(home)).state is LetterState.SENT
