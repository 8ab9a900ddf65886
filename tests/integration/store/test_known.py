"""What the store remembers of a client spares questions and never changes an answer."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from mailbot.core.client import Client, Contact, HeldBy, Hold
from mailbot.flows.ports import Conflict
from mailbot.store.store import SqlStore
from tests.integration.store.values import NOW, full_client


async def two(url: str) -> tuple[SqlStore, SqlStore, Client]:
    """Two processes on one database, and a client that both have read."""
    ours = await SqlStore.open(url, now=lambda: NOW)
    theirs = await SqlStore.open(url, now=lambda: NOW)
    async with ours.begin() as tx:
        made = await tx.add_client(full_client(), None)
    seen = await ours.client(made.id)
    assert await theirs.client(made.id) == seen
    return ours, theirs, seen


async def test_what_another_process_wrote_is_neither_overwritten_nor_missed(url: str) -> None:
    ours, theirs, seen = await two(url)
    added = replace(seen, contacts=(*seen.contacts, Contact("new@acme.example")))
    async with theirs.begin() as tx:
        await tx.save(added, None)
    with pytest.raises(Conflict):
        async with ours.begin() as tx:
            await tx.save(replace(seen, chased_at=NOW), None)
    fresh = await ours.client(seen.id)
    assert [contact.email for contact in fresh.contacts][-1] == "new@acme.example"
    async with ours.begin() as tx:
        await tx.save(replace(fresh, contacts=seen.contacts), None)
    assert (await theirs.client(seen.id)).contacts == seen.contacts
    await ours.close()
    await theirs.close()


async def test_a_transaction_that_failed_leaves_nothing_behind_to_be_believed(url: str) -> None:
    ours, theirs, seen = await two(url)
    held = replace(seen, holds=(*seen.holds, Hold(99, None, HeldBy.PERSON, None, NOW)))

    async def cut_off() -> None:
        async with ours.begin() as tx:
            await tx.save(held, None)
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        await cut_off()
    async with ours.begin() as tx:
        await tx.save(held, None)
    assert 99 in [hold.id for hold in (await theirs.client(seen.id)).holds]
    await ours.close()
    await theirs.close()


async def test_saving_what_hangs_off_a_client_unchanged_asks_nothing_about_it(url: str) -> None:
    ours, theirs, seen = await two(url)
    said: list[str] = []

    def listen(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        said.append(statement)

    event.listen(ours._engine.sync_engine, "before_cursor_execute", listen)
    for step in range(3):
        async with ours.begin() as tx:
            await tx.save(replace(seen, chased_at=NOW + timedelta(hours=step), version=seen.version + step), None)
    assert [statement for statement in said if statement.startswith("SELECT")] == []
    assert (await theirs.client(seen.id)).chased_at == NOW + timedelta(hours=2)
    await ours.close()
    await theirs.close()
