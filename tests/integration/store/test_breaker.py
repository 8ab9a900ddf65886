"""What a store promises to the circuit breaker and to the comparison of senders."""

from mailbot.flows.outbound import LetterState
from mailbot.flows.ports import Store
from tests.integration.store.values import DAY, MINUTE, NOW, added, client, enqueued, full_client, invoice, letter

S = LetterState


async def test_departures_are_letters_that_chase_answer_or_thank_and_have_begun_to_leave(store: Store) -> None:
    owner = await added(store, client("acme", invoice("INV-1"), invoice("INV-2"), invoice("INV-3")))
    await enqueued(store, letter("chase", owner, "friendly", "INV-1", climbs=(("INV-1", "friendly"),), chasing=True))
    await enqueued(store, letter("first", owner, "invoice", "INV-2", climbs=(("INV-2", "invoice"),), chasing=False))
    await enqueued(store, letter("thanks", owner, "thanks", "INV-3", climbs=(), chasing=False))
    await enqueued(store, letter("waits", owner, "personal", "INV-1", climbs=(("INV-1", "personal"),), chasing=True))
    assert await store.departures_since(NOW - DAY) == 0
    for key in ("chase", "first", "thanks"):
        async with store.begin() as tx:
            await tx.move_letter(key, [S.QUEUED], S.CLAIMED, at=NOW, claimed_by="me", claimed_until=NOW + DAY)
    assert await store.departures_since(NOW) == 2
    async with store.begin() as tx:
        await tx.move_letter("chase", [S.CLAIMED], S.SENT, at=NOW + MINUTE)
    assert await store.departures_since(NOW) == 2
    assert await store.departures_since(NOW + MINUTE) == 1
    async with store.begin() as tx:
        await tx.move_letter("thanks", [S.CLAIMED], S.DEFERRED, at=NOW + MINUTE, not_before=NOW + DAY)
    assert await store.departures_since(NOW) == 1


async def test_every_contact_is_listed_with_its_client(store: Store) -> None:
    one = await added(store, full_client())
    found = await store.contacts()
    assert [(id_, name, contact) for id_, name, contact in found] == [(one.id, one.name, c) for c in one.contacts]
