"""Time passed: look at the clients whose moment has come, think, commit."""

import hashlib
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from mailbot.core.decide import decide
from mailbot.core.events import Event, TimePassed
from mailbot.core.matter import MatterKind, NewMatter
from mailbot.core.policy import Policy
from mailbot.flows.bankage import knowing
from mailbot.flows.commit import commit, is_live, plan
from mailbot.flows.details import notice_new_details
from mailbot.flows.ports import Bot, Conflict, Replay, StoreUnavailable, Tx

log = logging.getLogger(__name__)

_BATCH = 200
_AFTER_FAULT = timedelta(hours=1)
_POLICY_KEY = "policy"


async def review(bot: Bot) -> int:
    """Look at every client that is due; gives how many were looked at. One that fails does not stop the others."""
    await _notice_new_policy(bot)
    await notice_new_details(bot)
    live, bot = await is_live(bot), await knowing(bot)
    looked: set[int] = set()
    while True:
        due = await bot.store.due_clients(bot.clock.now(), _BATCH)
        fresh = [client_id for client_id in due if client_id not in looked]
        for client_id in fresh:
            await _look(bot, client_id, TimePassed(silent=not live))
        looked.update(fresh)
        if not fresh or len(due) < _BATCH:
            return len(looked)


async def _look(bot: Bot, client_id: int, event: TimePassed) -> None:
    """One look; what fails there is told to the operator, tried again in an hour, and stops nobody else."""
    try:
        await happen(bot, client_id, event)
    except StoreUnavailable:
        raise
    except Exception as fault:
        log.exception("client %s could not be looked at", client_id)
        now = bot.clock.now()
        client = await bot.store.client(client_id)
        told = f"{type(fault).__name__}: {fault}"[:300]
        async with bot.store.begin() as tx:
            await tx.save(client, now + _AFTER_FAULT)
            await tx.raise_matter(
                NewMatter(MatterKind.UNREADABLE, now, client_id, None, "look", urgent=True, facts={"fault": told})
            )


async def happen(
    bot: Bot,
    client_id: int,
    event: Event,
    *,
    also: tuple[str, ...] = (),
    along: Callable[[Tx], Awaitable[None]] | None = None,
) -> bool:
    """One event for one client: look, think, commit; again from the start if somebody else moved. False on a replay.

    `along` writes what belongs into the same transaction.
    """
    while True:
        now = bot.clock.now()
        client = await bot.store.client(client_id, also=also)
        prepared = await plan(decide(client, event, bot.policy, now), bot, now)
        try:
            async with bot.store.begin() as tx:
                await commit(tx, prepared, bot, now)
                if along is not None:
                    await along(tx)
        except Conflict:
            continue
        except Replay:
            return False
        if prepared.letters:
            bot.wake.set()
        return True


async def _notice_new_policy(bot: Bot) -> None:
    """A changed policy moves every date that was computed from the old one: look at all clients anew."""
    fingerprint = _fingerprint(bot.policy)
    if await bot.store.recall(_POLICY_KEY) == fingerprint:
        return
    await bot.store.look_at_all(bot.clock.now())
    async with bot.store.begin() as tx:
        await tx.remember(_POLICY_KEY, fingerprint)


def _fingerprint(policy: Policy) -> str:
    return hashlib.sha256(repr(policy).encode()).hexdigest()
