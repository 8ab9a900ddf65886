"""What lies ahead: the letters that wait in the outbox, then what the decider would do as time passes."""

from collections.abc import Sequence
from datetime import datetime

from mailbot.core.client import Client, Leaving
from mailbot.core.forecast import Step, forecast
from mailbot.core.reason import because
from mailbot.flows.bankage import knowing
from mailbot.flows.outbound import Letter, LetterState
from mailbot.flows.ports import Bot

_WAITING = (LetterState.QUEUED, LetterState.DEFERRED)


async def ahead(bot: Bot, clients: Sequence[Client], until: datetime) -> list[tuple[Step, Client]]:
    """Letters and tasks up to `until`, the earliest first, if nobody writes and nobody pays."""
    bot, now = await knowing(bot), bot.clock.now()
    by_id = {client.id: client for client in clients}
    steps = [(step, client) for client in clients for step in forecast(client, bot.policy, now, until)]
    for letter in await bot.store.letters(_WAITING, limit=1000):
        client = by_id.get(letter.client_id) if letter.client_id is not None else None
        if client is not None and letter.not_before <= until:
            steps.append((_step(letter, now), client))
    return sorted(steps, key=lambda pair: (pair[0].at, pair[1].code))


def _step(letter: Letter, now: datetime) -> Step:
    rungs = sorted({rung for _, rung in letter.climbs})
    rung = rungs[0] if len(rungs) == 1 else letter.template
    why = because(f"letter_{Leaving.WAITING}", rung=rung)
    return Step(max(letter.not_before, now), rung, letter.invoices, ", ".join(letter.recipients), why)
