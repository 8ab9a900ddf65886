"""What a store promises about letters: written down once, each rung once, one claim, nothing half-moved."""

import asyncio
from dataclasses import replace
from itertools import pairwise

import pytest

from mailbot.core.client import Client, Climb, Leaving, Standing
from mailbot.core.reason import because
from mailbot.flows.outbound import Letter, LetterState
from mailbot.flows.ports import Conflict, Replay, Store
from mailbot.flows.records import JournalEntry
from tests.integration.store.values import DAY, MINUTE, NOW, added, client, enqueued, invoice, letter

S = LetterState


async def moved(store: Store, key: str, *states: LetterState, **changes: object) -> None:
    """Move a letter along these states, from the first to the last."""
    for source, target in pairwise(states):
        async with store.begin() as tx:
            await tx.move_letter(key, [source], target, at=NOW + DAY, **changes)  # type: ignore[arg-type]


async def climbs(store: Store, owner: Client, number: str = "INV-1") -> tuple[Climb, ...]:
    found = (await store.client(owner.id, also=[number])).invoice(number)
    assert found is not None
    return found.climbs


async def test_a_letter_comes_back_octet_for_octet_and_field_for_field(store: Store) -> None:
    owner = await added(store, client("acme", invoice("INV-1"), invoice("INV-2")))
    new = letter(
        "k1", owner, "several", "INV-2", "INV-1",
        climbs=(("INV-1", "friendly"), ("INV-2", "courtesy")), octets=bytes(range(256)), expires_at=NOW + DAY,
        recipients=("a@x.example", "b@x.example"), subject="Rappel – été", state=S.PROPOSED, automatic_answer=True,
    )  # fmt: skip
    await enqueued(store, new)
    found = await store.letter("k1")
    fields = {name: getattr(new, name) for name in type(new).__dataclass_fields__}
    assert found == Letter(**fields, state_at=NOW)
    assert await store.letter("k2") is None


async def test_a_rung_is_climbed_at_most_once_and_the_second_letter_leaves_no_trace(store: Store) -> None:
    """Law 2: the whole transaction of the second letter is undone."""
    owner = await added(store, client("acme", invoice("INV-1")))
    await enqueued(store, letter("k1", owner, "friendly", "INV-1"))
    seen = await store.client(owner.id)
    with pytest.raises(Replay):  # noqa: PT012 - leaving the block raises
        async with store.begin() as tx:
            await tx.save(replace(seen, name="Changed"), NOW)
            await tx.journal([JournalEntry(NOW, because("climbed"))])
            await tx.enqueue(letter("k2", owner, "friendly", "INV-1"))
    assert await store.client(owner.id) == seen
    assert await store.letter("k2") is None
    assert not await store.journal_of()


async def test_a_key_is_used_once_for_ever(store: Store) -> None:
    owner = await added(store, client("acme", invoice("INV-1")))
    await enqueued(store, letter("k1", owner, "thanks", climbs=()))
    await moved(store, "k1", S.QUEUED, S.WITHDRAWN)
    with pytest.raises(Replay):
        await enqueued(store, letter("k1", owner, "thanks", climbs=()))


@pytest.mark.parametrize("over", [S.WITHDRAWN, S.REFUSED])
async def test_a_rung_may_be_climbed_again_after_its_letter_is(store: Store, over: LetterState) -> None:
    owner = await added(store, client("acme", invoice("INV-1")))
    await enqueued(store, letter("k1", owner, "friendly", "INV-1"))
    await moved(store, "k1", S.QUEUED, over)
    assert await climbs(store, owner) == ()
    await enqueued(store, letter("k2", owner, "friendly", "INV-1"))
    assert [climb.letter for climb in await climbs(store, owner)] == ["k2"]
    with pytest.raises(Replay):
        await moved(store, "k1", over, S.QUEUED)


async def test_a_task_takes_its_rung_as_a_letter_does(store: Store) -> None:
    owner = await added(store, client("acme", invoice("INV-1")))
    async with store.begin() as tx:
        await tx.climb(owner.id, "INV-1", "call", NOW)
    assert await climbs(store, owner) == (Climb("call", NOW),)
    with pytest.raises(Replay):
        async with store.begin() as tx:
            await tx.climb(owner.id, "INV-1", "call", NOW)
    with pytest.raises(Replay):
        await enqueued(store, letter("k1", owner, "call", "INV-1"))


async def test_a_letter_that_climbs_for_a_strangers_invoice_is_a_mistake(store: Store) -> None:
    owner = await added(store, client("acme", invoice("INV-1")))
    other = await added(store, client("other", invoice("INV-2")))
    with pytest.raises(LookupError):
        await enqueued(store, letter("k1", other, "friendly", "INV-1"))
    with pytest.raises(LookupError):
        async with store.begin() as tx:
            await tx.climb(owner.id, "INV-2", "call", NOW)


async def test_how_far_a_climb_has_got_follows_its_letter(store: Store) -> None:
    owner = await added(store, client("acme", invoice("INV-1")))
    await enqueued(store, letter("k1", owner, "friendly", "INV-1", state=S.PROPOSED))
    seen = [(await climbs(store, owner))[0]]
    path = (S.PROPOSED, S.QUEUED, S.CLAIMED, S.SENDING, S.IN_DOUBT, S.DEFERRED, S.CLAIMED, S.SENDING, S.SENT)
    for source, target in pairwise(path):
        await moved(store, "k1", source, target)
        seen.append((await climbs(store, owner))[0])
    waiting = Climb("friendly", NOW, "k1", "<k1@studio.example>", Leaving.WAITING)
    leaving = replace(waiting, state=Leaving.LEAVING)
    gone = replace(waiting, state=Leaving.GONE, at=NOW + DAY)
    assert seen == [waiting, waiting, leaving, leaving, leaving, waiting, leaving, leaving, gone]


async def test_a_claim_makes_an_older_look_at_the_client_conflict(store: Store) -> None:
    """A reply that arrives during the claim looks again, and finds nothing left to withdraw."""
    owner = await added(store, client("acme", invoice("INV-1")))
    await enqueued(store, letter("k1", owner, "friendly", "INV-1"))
    seen = await store.client(owner.id)
    await moved(store, "k1", S.QUEUED, S.CLAIMED)
    with pytest.raises(Conflict):
        async with store.begin() as tx:
            await tx.save(seen, None)
    async with store.begin() as tx:
        assert await tx.withdraw(owner.id, None, because("held")) == ()


async def test_a_look_before_the_claim_and_the_claim_are_one_step(store: Store) -> None:
    owner = await added(store, client("acme", invoice("INV-1")))
    await enqueued(store, letter("k1", owner, "friendly", "INV-1"))
    seen = await store.client(owner.id)
    async with store.begin() as tx:
        await tx.save(replace(seen, phone="a hold came"), None)
    with pytest.raises(Conflict):  # noqa: PT012 - leaving the block raises
        async with store.begin() as tx:
            await tx.save(seen, None)
            await tx.move_letter("k1", [S.QUEUED], S.CLAIMED, at=NOW, claimed_by="me")
    found = await store.letter("k1")
    assert found is not None
    assert found.state is S.QUEUED


async def test_a_letter_that_is_elsewhere_or_nowhere_is_a_conflict(store: Store) -> None:
    owner = await added(store, client("acme"))
    await enqueued(store, letter("k1", owner, "thanks", climbs=()))
    with pytest.raises(Conflict):
        await moved(store, "k1", S.SENDING, S.SENT)
    with pytest.raises(Conflict):
        await moved(store, "none", S.QUEUED, S.SENT)


async def test_of_many_dispatchers_one_gets_the_letter(store: Store) -> None:
    owner = await added(store, client("acme"))
    await enqueued(store, letter("k1", owner, "thanks", climbs=()))

    async def claim(name: str) -> bool:
        try:
            async with store.begin() as tx:
                await tx.move_letter("k1", [S.QUEUED], S.CLAIMED, at=NOW, claimed_by=name)
        except Conflict:
            return False
        return True

    assert sum(await asyncio.gather(*(claim(f"d{n}") for n in range(5)))) == 1


async def test_a_running_lease_is_not_taken_over_and_a_lapsed_one_is(store: Store) -> None:
    owner = await added(store, client("acme"))
    await enqueued(store, letter("k1", owner, "thanks", climbs=()))

    async def claim(name: str, minutes: int) -> None:
        at = NOW + minutes * MINUTE
        async with store.begin() as tx:
            states = [S.QUEUED, S.CLAIMED]
            await tx.move_letter("k1", states, S.CLAIMED, at=at, claimed_by=name, claimed_until=at + 10 * MINUTE)

    await claim("one", 0)
    with pytest.raises(Conflict):
        await claim("two", 9)
    await claim("one", 9)
    await claim("two", 19)
    found = await store.letter("k1")
    assert found is not None
    assert (found.claimed_by, found.claimed_until) == ("two", NOW + 29 * MINUTE)


async def test_a_claim_is_kept_while_sending_and_dropped_at_the_end(store: Store) -> None:
    owner = await added(store, client("acme"))
    await enqueued(store, letter("k1", owner, "thanks", climbs=()))
    await moved(store, "k1", S.QUEUED, S.CLAIMED, claimed_by="me", claimed_until=NOW + DAY)
    await moved(store, "k1", S.CLAIMED, S.SENDING)
    sending = await store.letter("k1")
    await moved(store, "k1", S.SENDING, S.DEFERRED, response="451 later", attempts=1, not_before=NOW + 2 * DAY)
    deferred = await store.letter("k1")
    assert sending is not None
    assert deferred is not None
    assert (sending.claimed_by, sending.claimed_until, sending.state_at) == ("me", NOW + DAY, NOW + DAY)
    assert (deferred.claimed_by, deferred.claimed_until) == ("", None)
    assert (deferred.response, deferred.attempts, deferred.not_before) == ("451 later", 1, NOW + 2 * DAY)


async def test_filing_a_sent_letter_changes_nothing_else(store: Store) -> None:
    owner = await added(store, client("acme", invoice("INV-1")))
    for key, changes in (("k1", {}), ("k2", {}), ("digest", {"client_id": None})):
        await enqueued(store, letter(key, owner, key, climbs=(), **changes))
        await moved(store, key, S.QUEUED, S.CLAIMED, S.SENDING, S.SENT)
    assert [each.key for each in await store.unfiled()] == ["k1", "k2"]
    assert [each.key for each in await store.unfiled(1)] == ["k1"]
    seen = await store.client(owner.id)
    async with store.begin() as tx:
        await tx.move_letter("k1", [S.SENT], S.SENT, at=NOW + 5 * DAY, filed_at=NOW + 5 * DAY)
    filed = await store.letter("k1")
    assert filed is not None
    assert (filed.sent_at, filed.state_at, filed.filed_at) == (NOW + DAY, NOW + DAY, NOW + 5 * DAY)
    assert [each.key for each in await store.unfiled()] == ["k2"]
    assert await store.client(owner.id) == seen


async def test_withdrawing_takes_what_waits_and_climbs_for_the_named_invoices(store: Store) -> None:
    """A letter for two invoices goes with either; thanks climb nothing and stay; what is claimed stays."""
    owner = await added(store, client("acme", *(invoice(f"INV-{n}") for n in range(1, 5))))
    other = await added(store, client("other", invoice("INV-9")))
    both = letter("both", owner, "friendly", "INV-1", "INV-2")
    thanks = letter("thanks", owner, "thanks", "INV-1", climbs=(), chasing=False)
    for each in (
        both, thanks, letter("three", owner, "friendly", "INV-3", state=S.PROPOSED),
        letter("four", owner, "friendly", "INV-4"), letter("nine", other, "friendly", "INV-9"),
    ):  # fmt: skip
        await enqueued(store, each)
    await moved(store, "four", S.QUEUED, S.CLAIMED)
    async with store.begin() as tx:
        assert await tx.withdraw(owner.id, ["INV-1"], because("paid", number="INV-1")) == ("both",)
    async with store.begin() as tx:
        assert await tx.withdraw(owner.id, None, because("held")) == ("three",)
    taken = await store.letter("both")
    assert taken is not None
    assert (taken.state, taken.state_at, taken.response) == (S.WITHDRAWN, NOW, "paid number=INV-1")
    assert await climbs(store, owner, "INV-2") == ()
    assert len(await climbs(store, owner, "INV-4")) == 1
    assert {each.key for each in await store.letters([S.QUEUED])} == {"thanks", "nine"}


async def test_letters_are_found_by_state_time_client_and_invoice(store: Store) -> None:
    one = await added(store, client("acme", invoice("INV-1"), invoice("INV-2", standing=Standing.SETTLED)))
    two = await added(store, client("zeta", invoice("INV-3")))
    for key, owner, number, minutes, state in (
        ("a", one, "INV-1", 3, S.QUEUED), ("b", two, "INV-3", 1, S.QUEUED),
        ("c", one, "INV-2", 2, S.PROPOSED), ("d", one, "INV-1", 2, S.QUEUED),
    ):  # fmt: skip
        new = letter(key, owner, f"rung-{key}", number, state=state, not_before=NOW + minutes * MINUTE)
        await enqueued(store, new)

    async def keys(states: list[LetterState], **how: object) -> str:
        return "".join(each.key for each in await store.letters(states, **how))  # type: ignore[arg-type]

    assert await keys([S.QUEUED]) == "bda"
    assert await keys([S.QUEUED, S.PROPOSED]) == "bcda"
    assert await keys([S.QUEUED], ready_at=NOW + 2 * MINUTE) == "bd"
    assert await keys([S.QUEUED, S.PROPOSED], client_id=one.id) == "cda"
    assert await keys([S.QUEUED, S.PROPOSED], invoice="INV-2") == "c"
    assert await keys([S.QUEUED], limit=1) == "b"
    assert await keys([]) == ""


async def test_automatic_answers_are_counted_but_for_those_taken_back(store: Store) -> None:
    owner = await added(store, client("acme"))
    for key, when, automatic in (("a", -2, True), ("b", -1, True), ("c", 0, True), ("d", 0, False)):
        new = letter(key, owner, "ack", climbs=(), automatic_answer=automatic, created_at=NOW + when * DAY)
        await enqueued(store, new)
    assert await store.answers_since(owner.id, NOW - DAY) == 2
    await moved(store, "b", S.QUEUED, S.WITHDRAWN)
    assert await store.answers_since(owner.id, NOW - DAY) == 1
