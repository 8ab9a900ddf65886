"""Time passed: look at the clients whose moment has come, think, commit."""

import hashlib

from mailbot.core.decide import decide
from mailbot.core.events import Event, TimePassed
from mailbot.core.policy import Policy
from mailbot.flows.commit import commit, is_live, plan
from mailbot.flows.ports import Bot, Conflict, Replay

_BATCH = 200
_POLICY_KEY = "policy"


async def review(bot: Bot) -> int:
    """Look at every client that is due; gives how many were looked at. One that fails does not stop the others."""
    await _notice_new_policy(bot)
    live = await is_live(bot)
    looked = 0
    while True:
        due = await bot.store.due_clients(bot.clock.now(), _BATCH)
        for client_id in due:
            await happen(bot, client_id, TimePassed(silent=not live))
        looked += len(due)
        if len(due) < _BATCH:
            return looked


async def happen(bot: Bot, client_id: int, event: Event, *, also: tuple[str, ...] = ()) -> bool:
    """One event for one client: look, think, commit; again from the start if somebody else moved. False on a replay."""
    while True:
        now = bot.clock.now()
        client = await bot.store.client(client_id, also=also)
        prepared = await plan(decide(client, event, bot.policy, now), bot, now)
        try:
            async with bot.store.begin() as tx:
                await commit(tx, prepared, bot, now)
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
