"""The circuit breaker: too many automatic letters within an hour stop all sending to clients until a person resumes.

Whatever went wrong (a loop, a broken import, a clock that ran), it ends here. Mail to the operator still leaves.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from mailbot.core.matter import MatterKind, NewMatter
from mailbot.core.reason import Reason, because
from mailbot.flows.alarm import ring
from mailbot.flows.outbound import Letter
from mailbot.flows.ports import Bot
from mailbot.flows.records import JournalEntry

log = logging.getLogger(__name__)

LOOK_AGAIN = timedelta(minutes=10)
_WINDOW = timedelta(hours=1)
_OPEN, _RESUMED, _SUBJECT = "breaker_open_since", "breaker_resumed_at", "breaker"
KEYS = (_OPEN, _RESUMED)


def is_open(letter: Letter, facts: Mapping[str, str]) -> bool:
    """Whether sending has stopped for this letter, by facts that were read already."""
    return letter.client_id is not None and bool(facts.get(_OPEN))


async def stops(bot: Bot, letter: Letter, facts: Mapping[str, str], now: datetime) -> Reason | None:
    """Why this letter may not leave, or None. Counts what chases, answers or thanks; the last straw is not sent."""
    if letter.client_id is None:
        return None
    since = facts.get(_OPEN)
    if not since:
        left = await _left(bot, facts, now) if letter.chasing or not letter.climbs else 0
        if left < bot.policy.automatic_per_hour:
            return None
        since = await _trip(bot, left, now)
    await ring(bot, _SUBJECT)
    return because("breaker_open", since=since)


async def resume(bot: Bot) -> bool:
    """Let letters leave again; the hour is counted anew. False if nothing was stopped."""
    if not await bot.store.recall(_OPEN):
        return False
    now = bot.clock.now()
    async with bot.store.begin() as tx:
        await tx.remember(_OPEN, "")
        await tx.remember(_RESUMED, now.isoformat())
        await tx.close_matters(now, subject_key=_SUBJECT)
        await tx.journal([JournalEntry(now, because("breaker_resumed"))])
    bot.wake.set()
    return True


async def _left(bot: Bot, facts: Mapping[str, str], now: datetime) -> int:
    resumed = facts.get(_RESUMED)
    since = now - _WINDOW
    return await bot.store.departures_since(max(since, datetime.fromisoformat(resumed)) if resumed else since)


async def _trip(bot: Bot, left: int, now: datetime) -> str:
    why = because("breaker_tripped", letters=left, limit=bot.policy.automatic_per_hour)
    log.critical("%d automatic letters left within an hour: sending to clients has stopped", left)
    matter = NewMatter(MatterKind.BREAKER, now, subject_key=_SUBJECT, urgent=True, facts=dict(why.facts))
    async with bot.store.begin() as tx:
        await tx.remember(_OPEN, now.isoformat())
        await tx.raise_matter(matter)
        await tx.journal([JournalEntry(now, why)])
    return now.isoformat()
