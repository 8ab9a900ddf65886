"""The outbox to SMTP: what a server may answer, and where a process may die."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mailbot.core.events import HoldReleased
from mailbot.core.intent import Intent
from mailbot.core.matter import MatterKind
from mailbot.flows.command import CommandFault, paid, resolve_doubt
from mailbot.flows.dispatch import AccountFault, backoff, dispatch, file_copies
from mailbot.flows.doubt import look_for_proof
from mailbot.flows.freshness import was_read
from mailbot.flows.outbound import LetterState
from mailbot.flows.outside import Outcome
from mailbot.flows.review import happen, review
from tests.fakes.far_side import House, ProcessDied
from tests.fakes.people import anna, at, bill, day, eur, said
from tests.unit.flows.scene import codes, late, letters, look, matters, only_letter, pass_days, settled_in

DEFERRED = Outcome("deferred", 451, "try again later", "data")
REFUSED = Outcome("refused", 550, "no such user", "rcpt")
UNKNOWN = Outcome("unknown", 0, "connection lost", "data")
ACCOUNT = Outcome("account", 535, "bad password", "auth")


@pytest.fixture
async def due(home: House) -> House:
    """A courtesy letter is in the outbox, and the inbox is fresh."""
    await settled_in(home, late())
    await review(home.bot)
    await was_read(home.bot, home.clock.now())
    return home


async def test_what_a_server_accepts_is_sent_and_its_rung_climbed(due: House) -> None:
    assert await dispatch(due.bot) == 1
    letter = await only_letter(due)
    assert (letter.state, letter.sent_at) == (LetterState.SENT, due.clock.now())
    client = await due.store.client(1)
    assert [climb.rung for climb in client.invoices[0].climbs] == ["courtesy"]
    assert client.chased_at == due.clock.now()
    assert await dispatch(due.bot) == 0


async def test_what_a_server_defers_comes_back_as_the_same_octets(due: House) -> None:
    due.post.answers = [DEFERRED]
    assert await dispatch(due.bot) == 0
    first = await only_letter(due)
    assert (first.state, first.attempts) == (LetterState.DEFERRED, 1)
    assert first.not_before > due.clock.now()
    assert await dispatch(due.bot) == 0
    due.clock.advance(timedelta(minutes=2))
    assert await look(due) == 1
    assert due.post.posted[0].octets == first.octets


def test_the_waits_grow_and_end_at_four_hours() -> None:
    waits = [backoff(attempts).total_seconds() / 60 for attempts in range(9)]
    assert waits[0] < 2
    assert waits[-1] < 4 * 60 * 1.2 + 1
    assert waits[3] > waits[1]


async def test_what_a_server_refuses_waits_for_the_operator_and_knocks_no_more(due: House) -> None:
    due.post.answers = [REFUSED] * 50
    await pass_days(due, 15)
    assert len(due.post.tried) == 1
    (matter,) = await matters(due)
    assert (matter.kind, matter.urgent) == (MatterKind.REFUSED, True)
    due.post.answers = []
    await happen(due.bot, 1, HoldReleased("F-1"))
    assert await matters(due) == []
    await pass_days(due, 15)
    assert [posted.key for posted in due.post.posted]


async def test_a_refused_invoice_is_not_sent_over_and_over(home: House) -> None:
    await settled_in(home, anna(bill(delivered_on=None)))
    home.post.answers = [REFUSED] * 50
    await pass_days(home, 3)
    assert len(home.post.tried) == 1


async def test_a_letter_whose_fate_is_unknown_is_not_sent_again(due: House) -> None:
    due.post.answers = [UNKNOWN]
    await dispatch(due.bot)
    await pass_days(due, 30)
    assert len(due.post.tried) == 1
    assert (await only_letter(due)).state is LetterState.IN_DOUBT
    assert [matter.kind for matter in await matters(due)] == [MatterKind.DOUBT]


async def test_a_copy_in_the_mailbox_proves_that_it_left(due: House) -> None:
    due.post.answers = [UNKNOWN]
    await dispatch(due.bot)
    letter = await only_letter(due)
    due.mailbox.known_ids = {letter.message_id}
    await look_for_proof(due.bot)
    assert (await only_letter(due)).state is LetterState.IN_DOUBT  # the copy may take a while; so may the proof
    due.clock.advance(timedelta(minutes=31))
    await look_for_proof(due.bot)
    assert (await only_letter(due)).state is LetterState.SENT
    assert await matters(due) == []


@pytest.mark.parametrize("arrived", [True, False], ids=["it had arrived", "it had not"])
async def test_the_operator_resolves_a_doubt(due: House, arrived: bool) -> None:
    due.post.answers = [UNKNOWN]
    await dispatch(due.bot)
    octets = (await only_letter(due)).octets
    assert await resolve_doubt(due.bot, "F-1", arrived=arrived) == 1
    await look(due)
    assert (await only_letter(due)).state is LetterState.SENT
    assert [posted.octets for posted in due.post.posted] == ([] if arrived else [octets])
    assert await matters(due) == []
    with pytest.raises(CommandFault, match="in doubt"):
        await resolve_doubt(due.bot, "F-1", arrived=True)


async def test_a_refused_login_keeps_the_letter_and_stops_the_round(due: House) -> None:
    await settled_in(due, replace(late("F-2"), code="other"))
    await review(due.bot)
    due.post.answers = [ACCOUNT]
    with pytest.raises(AccountFault, match="535"):
        await dispatch(due.bot)
    assert len(due.post.tried) == 1
    assert sorted(letter.state for letter in await letters(due)) == [LetterState.DEFERRED, LetterState.QUEUED]


@pytest.mark.parametrize(
    ("dies", "state"),
    [("connecting", LetterState.DEFERRED), ("sending", LetterState.IN_DOUBT)],
    ids=["before DATA: it goes back", "after DATA began: it is in doubt"],
)
async def test_after_a_crash(due: House, dies: str, state: LetterState) -> None:
    due.post.dies = dies
    with pytest.raises(ProcessDied):
        await dispatch(due.bot)
    due.post.dies = ""
    await dispatch(due.bot)
    assert len(due.post.tried) == 1  # the lease of the dead process still runs
    due.clock.advance(timedelta(minutes=16))
    await dispatch(due.bot)
    letter = await only_letter(due)
    assert letter.state is state
    if state is LetterState.DEFERRED:
        due.clock.advance(timedelta(minutes=2))
        await look(due)
        assert len(due.post.posted) == 1
    else:
        assert [matter.kind for matter in await matters(due)] == [MatterKind.DOUBT]


@pytest.mark.parametrize("what", ["a reply", "money"])
async def test_what_happens_between_the_decision_and_the_door_takes_the_letter_back(due: House, what: str) -> None:
    if what == "money":
        await paid(due.bot, "F-1", eur(100), day("2026-03-02"))
    else:
        await happen(due.bot, 1, said(Intent.OTHER, "2026-03-02"))
    await dispatch(due.bot)
    assert "courtesy" not in [key for posted in due.post.posted for key in posted.key.split(".")]
    assert [letter.template for letter in await letters(due, LetterState.WITHDRAWN)] == ["courtesy"]


async def test_no_reminder_leaves_while_the_inbox_cannot_be_read_and_none_bursts_afterwards(home: House) -> None:
    await settled_in(home, late())
    for _ in range(48):
        home.clock.advance(timedelta(hours=1))
        await review(home.bot)
        await dispatch(home.bot)
    assert home.post.tried == []
    assert (await codes(home)).count("inbox_stale") <= 3  # once a working day, not once a minute
    await pass_days(home, 3)
    assert len(home.post.posted) == 1


async def test_a_letter_that_could_not_leave_for_days_is_decided_anew(home: House) -> None:
    await settled_in(home, late())
    for _ in range(24 * 7):
        home.clock.advance(timedelta(hours=1))
        await review(home.bot)
        await dispatch(home.bot)
    first = (await letters(home, LetterState.WITHDRAWN))[0]
    assert "expired" in await codes(home)
    await pass_days(home, 8)
    sent = (await letters(home, LetterState.SENT))[0]
    assert sent.climbs == first.climbs
    assert sent.key != first.key


async def test_an_invoice_does_not_wait_for_the_inbox_but_for_the_morning(home: House) -> None:
    home.clock.set(at("2026-03-02", "20:00"))
    await settled_in(home, anna(bill(delivered_on=None)))
    await review(home.bot)
    await dispatch(home.bot)
    assert home.post.tried == []
    home.clock.set(at("2026-03-03", "09:00"))
    await review(home.bot)
    assert await dispatch(home.bot) == 1


async def test_copies_are_filed_once(due: House) -> None:
    await dispatch(due.bot)
    await file_copies(due.bot)
    await file_copies(due.bot)
    assert due.mailbox.sent == [due.post.posted[0].octets]
