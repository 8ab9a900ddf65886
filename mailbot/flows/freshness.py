"""When the inbox was last read to its end: no reminder leaves on stale knowledge (law 6)."""

from datetime import datetime

from mailbot.flows.ports import Bot

_KEY = "inbox_read_at"


async def read_at(bot: Bot) -> datetime | None:
    """The instant at which all watched folders had been read to their end, or None if that never happened."""
    value = await bot.store.recall(_KEY)
    return datetime.fromisoformat(value) if value else None


async def was_read(bot: Bot, at: datetime) -> None:
    """Remember that everything that had arrived before `at` was read."""
    async with bot.store.begin() as tx:
        await tx.remember(_KEY, at.isoformat())
