"""The watcher: reads the mailbox to its end after every hint, and every few minutes without one (law 6)."""

import asyncio
import logging
import time
from datetime import datetime, timedelta
from random import Random

from mailbot.bot import Assembled
from mailbot.core.matter import MatterKind, NewMatter
from mailbot.daemon.pause import pause
from mailbot.flows.ports import Bot
from mailbot.flows.receive import sync
from mailbot.flows.report import alert
from mailbot.reading import forget
from mailbot.wire.backoff import Backoff
from mailbot.wire.imap_errors import ImapError, ImapUnavailable

log = logging.getLogger(__name__)

_READER_RESTS_S = 600.0
_TELL_AFTER = timedelta(hours=1)


class _Reader:
    """The trained reader's memory: given back when no mail has come for a while, for a server of 512 MB."""

    def __init__(self) -> None:
        self._heard: float | None = None

    def after(self, count: int) -> None:
        """Take note of a look that brought `count` messages."""
        now = time.monotonic()
        if count:
            self._heard = now
        elif self._heard is not None and now - self._heard > _READER_RESTS_S:
            self._heard = None
            forget()


async def watcher(parts: Assembled, stop: asyncio.Event) -> None:
    """Read, wait for a hint, read again; reconnect with a growing pause when the server does not answer."""
    bot, wire = parts.bot, parts.mailbox.wire
    backoff = Backoff(Random())  # noqa: S311 - jitter, not a secret
    down_since: datetime | None = None
    reader = _Reader()
    while not stop.is_set():
        try:
            count = await sync(bot)
            if count:
                log.info("read %d messages", count)
                await alert(bot)  # an emergency or a dispute does not wait for the next sweep
            if down_since is not None:
                await mailbox_back(bot)
                down_since = None
            backoff.reset()
            reader.after(count)
            if not stop.is_set():
                await wire.wait(parts.settings.imap.poll_seconds)
        except ImapError as fault:
            down_since = down_since or bot.clock.now()
            log.warning("the mailbox does not answer: %s", fault)
            await mailbox_silent(bot, fault, down_since)
            await wire.close()
            await pause(stop, backoff.next_s(fault.retry_after_s))


async def mailbox_silent(bot: Bot, fault: ImapError, down_since: datetime) -> None:
    """An hour of silence is told to the operator at once; a refused login needs no hour."""
    now = bot.clock.now()
    if isinstance(fault, ImapUnavailable) and now - down_since < _TELL_AFTER:
        return
    facts = {"fault": str(fault), "since": down_since.isoformat()}
    async with bot.store.begin() as tx:
        await tx.raise_matter(NewMatter(MatterKind.MAILBOX, now, subject_key="imap", urgent=True, facts=facts))


async def mailbox_back(bot: Bot) -> None:
    """The mailbox answers again: the matter is closed by itself."""
    async with bot.store.begin() as tx:
        await tx.close_matters(bot.clock.now(), subject_key="imap")
