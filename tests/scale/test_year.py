"""A year of a thousand clients passes in seconds, and keeps the laws."""

import time
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from itertools import pairwise

from mailbot.core.client import Client, Standing
from mailbot.core.policy import Policy
from mailbot.flows.outbound import Letter, LetterState
from tests.scale.year import START, YEAR, Year, play, prepared
from tests.yardstick import slowness

CLIENTS, BILLS, BOUND_S = 1000, 3, 15.0
POLICY = Policy()


async def _letters(year: Year) -> list[Letter]:
    return sorted(await year.house.store.letters(list(LetterState), limit=10**6), key=lambda letter: letter.created_at)


def _chasing(letters: list[Letter]) -> Mapping[int, list[Letter]]:
    found: dict[int, list[Letter]] = {}
    for letter in letters:
        if letter.chasing and letter.client_id is not None and letter.state is LetterState.SENT:
            found.setdefault(letter.client_id, []).append(letter)
    return found


async def test_a_year_of_a_thousand_clients() -> None:
    """Bounded loosely, so that only a design that is too slow fails here, and no busy machine."""
    year = await prepared(CLIENTS, BILLS)
    before = slowness()
    started = time.process_time()
    moments = await play(year)
    spent = (time.process_time() - started) / max(before, slowness())
    letters = await _letters(year)
    print(f"{CLIENTS} clients, {CLIENTS * BILLS} invoices, {len(letters)} letters, {moments} moments: {spent:.1f} s")
    people = {client.id: client for client in await year.house.store.all_clients(closed_too=True)}
    _each_rung_once(letters)
    _the_budget_is_kept(letters, people)
    _inside_business_hours(letters, people)
    _as_the_habits_say(year, people, letters)
    assert spent < BOUND_S


def _each_rung_once(letters: list[Letter]) -> None:
    live = (LetterState.WITHDRAWN, LetterState.REFUSED)
    climbs = Counter(climb for letter in letters if letter.state not in live for climb in letter.climbs)
    assert max(climbs.values()) == 1


def _the_budget_is_kept(letters: list[Letter], people: Mapping[int, Client]) -> None:
    for client_id, chased in _chasing(letters).items():
        calendar = POLICY.calendar(people[client_id])
        days = [calendar.local_day(letter.sent_at) for letter in chased if letter.sent_at]
        assert all(
            later >= calendar.add_working_days(earlier, POLICY.budget_gap_days) for earlier, later in pairwise(days)
        )
        rungs = Counter(number for letter in chased for number, _ in letter.climbs)
        assert max(rungs.values()) <= POLICY.budget_letters


def _inside_business_hours(letters: list[Letter], people: Mapping[int, Client]) -> None:
    for letter in letters:
        if letter.client_id is not None and letter.sent_at is not None:
            assert POLICY.calendar(people[letter.client_id]).opening_from(letter.sent_at) == letter.sent_at


def _as_the_habits_say(year: Year, people: Mapping[int, Client], letters: list[Letter]) -> None:
    """Who pays is settled, who is silent gets every rung of what has been due for long, and nothing more."""
    of_client = Counter(letter.client_id for letter in letters if letter.state is LetterState.SENT)
    for client_id, habit in year.habit.items():
        client = people[client_id]
        settled = [invoice for invoice in client.invoices if invoice.standing is Standing.SETTLED]
        assert all(invoice.paid == invoice.amount for invoice in settled)
        assert of_client[client_id] > 0
        if habit in ("on time", "late"):
            old = [i for i in client.invoices if i.due_on <= (START + YEAR).date() - timedelta(days=30)]
            assert set(old) <= set(settled)
        if habit in ("silent", "disputes"):
            assert not settled
        if habit == "silent":
            early = client.invoices[0]
            rungs = {climb.rung for climb in early.climbs}
            assert rungs == {rung.name for rung in POLICY.ladder("default")}
        assert all(promise.kept is not None for invoice in settled for promise in invoice.promises)
    kept = {promise.kept for client in people.values() for invoice in client.invoices for promise in invoice.promises}
    assert kept >= {True, False}
