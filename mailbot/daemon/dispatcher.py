"""The dispatcher: the outbox to SMTP, as soon as there is something and every half minute in any case."""

import asyncio
import contextlib
import logging

from mailbot.flows.dispatch import dispatch_one, file_copies, look_for_proof, recover
from mailbot.flows.outbound import LetterState
from mailbot.flows.ports import Bot
from mailbot.wire.imap_errors import ImapError

log = logging.getLogger(__name__)

_EVERY_S = 30.0
_ROUND = 50


async def dispatcher(bot: Bot, stop: asyncio.Event) -> None:
    """Hand over what is ready until asked to stop; the letter in hand is always finished."""
    while not stop.is_set():
        bot.wake.clear()
        await recover(bot)
        ready = await bot.store.letters(
            [LetterState.QUEUED, LetterState.DEFERRED], ready_at=bot.clock.now(), limit=_ROUND
        )
        for letter in ready:
            if stop.is_set():
                return
            await dispatch_one(bot, letter)
        try:
            await look_for_proof(bot)
            await file_copies(bot)
        except ImapError as fault:
            log.warning("copies wait for the mailbox: %s", fault)
        if len(ready) < _ROUND and not stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(bot.wake.wait(), _EVERY_S)
