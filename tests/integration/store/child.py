"""Programs that the durability tests run in processes of their own."""

import asyncio
import sys
from dataclasses import replace
from datetime import UTC, datetime

from mailbot.core.reason import because
from mailbot.flows.ports import Conflict
from mailbot.flows.records import JournalEntry
from mailbot.store.store import SqlStore

NOW = datetime(2026, 3, 2, tzinfo=UTC)


async def count(path: str, client_id: str, times: str) -> None:
    """Add one to a client's pay day, many times over."""
    store = await SqlStore.open(path, now=lambda: NOW)
    for _ in range(int(times)):
        while True:
            seen = await store.client(int(client_id))
            try:
                async with store.begin() as tx:
                    await tx.save(replace(seen, pay_day=(seen.pay_day or 0) + 1), None)
            except Conflict:
                continue
            break
    await store.close()


async def write(path: str, start: str) -> None:
    """Commit row after row, and say the number of each once it is committed, until killed."""
    store = await SqlStore.open(path, now=lambda: NOW)
    number = int(start)
    while True:
        async with store.begin() as tx:
            await tx.journal([JournalEntry(NOW, because("row", n=number))])
            await tx.remember("last", str(number))
        print(number, flush=True)
        number += 1


if __name__ == "__main__":
    if sys.argv[1] == "count":
        asyncio.run(count(*sys.argv[2:]))
    else:
        asyncio.run(write(*sys.argv[2:]))
