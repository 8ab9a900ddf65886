"""The dispatcher: the outbox to SMTP, as soon as there is something and every half minute in any case."""

import asyncio
import contextlib
import logging
from random import Random

from mailbot.core.matter import MatterKind, NewMatter
from mailbot.daemon.pause import pause
from mailbot.flows.alarm import ring
from mailbot.flows.dispatch import AccountFault, dispatch_one, file_copies, recover
from mailbot.flows.doubt import look_for_proof
from mailbot.flows.outbound import LetterState
from mailbot.flows.ports import Bot
from mailbot.wire.backoff import Backoff
from mailbot.wire.imap_errors import ImapError

log = logging.getLogger(__name__)

_EVERY_S = 30.0
_ROUND = 50
_SMTP = "smtp"


async def dispatcher(bot: Bot, stop: asyncio.Event) -> None:
    """Hand over what is ready until asked to stop; the letter in hand is always finished.

    A refused account stops everything for a while: a login tried for every letter would lock it.
    """
    backoff = Backoff(Random(), first_s=60)  # noqa: S311 - jitter, not a secret
    while not stop.is_set():
        bot.wake.clear()
        await recover(bot)
        try:
            more = await _round(bot, stop, backoff)
        except AccountFault as fault:
            log.error("the mail account is refused: %s", fault)  # noqa: TRY400 - no trace: the server said it all
            await _tell(bot, str(fault))
            await ring(bot, _SMTP)
            await pause(stop, backoff.next_s())
            continue
        await _copies(bot)
        if not more and not stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(bot.wake.wait(), _EVERY_S)


async def _round(bot: Bot, stop: asyncio.Event, backoff: Backoff) -> bool:
    """One round of letters; True if there may be more at once."""
    states = [LetterState.QUEUED, LetterState.DEFERRED]
    ready = await bot.store.letters(states, ready_at=bot.clock.now(), limit=_ROUND)
    accepted = False
    for letter in ready:
        if stop.is_set():
            return False
        if await dispatch_one(bot, letter) and not accepted:
            accepted = True
            backoff.reset()
            await _well_again(bot)
    return len(ready) == _ROUND


async def _copies(bot: Bot) -> None:
    try:
        await look_for_proof(bot)
        await file_copies(bot)
    except ImapError as fault:
        log.warning("copies wait for the mailbox: %s", fault)


async def _tell(bot: Bot, fault: str) -> None:
    """The operator reads it in the terminal or, once letters leave again, in a mail."""
    now = bot.clock.now()
    async with bot.store.begin() as tx:
        await tx.raise_matter(
            NewMatter(MatterKind.MAILBOX, now, subject_key=_SMTP, urgent=True, facts={"fault": fault})
        )


async def _well_again(bot: Bot) -> None:
    if any(matter.subject_key == _SMTP for matter in await bot.store.matters()):
        async with bot.store.begin() as tx:
            await tx.close_matters(bot.clock.now(), subject_key=_SMTP)
