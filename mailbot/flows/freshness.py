"""When the inbox was last read to its end: no reminder leaves on stale knowledge (law 6)."""

from collections.abc import Mapping
from datetime import datetime

from mailbot.flows.ports import Bot

KEY = "inbox_read_at"


async def read_at(bot: Bot) -> datetime | None:
    """The instant at which all watched folders had been read to their end, or None if that never happened."""
    return read_in(await bot.store.facts(KEY))


def read_in(facts: Mapping[str, str]) -> datetime | None:
    """The same, from facts that were read already."""
    return datetime.fromisoformat(facts[KEY]) if facts.get(KEY) else None


async def was_read(bot: Bot, at: datetime) -> None:
    """Remember that everything that had arrived before `at` was read."""
    async with bot.store.begin() as tx:
        await tx.remember(KEY, at.isoformat())
