"""The metronome: a sweep every half minute. It holds no business state: all time lives in the database."""

import asyncio
import logging
from datetime import UTC, datetime
from pathlib import Path

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from mailbot.bot import Assembled
from mailbot.daemon.folder import Folder
from mailbot.daemon.pause import pause
from mailbot.daemon.pulse import Pulse
from mailbot.flows.forget import prune
from mailbot.flows.report import alert, report
from mailbot.flows.review import review
from mailbot.flows.trust import reconsider_hourly
from mailbot.store.backup import backup_path, rotate
from mailbot.store.engine import sqlite_file
from mailbot.store.fault import StoreFault

log = logging.getLogger(__name__)

_EVERY_S = 30
_LAST_BACKUP = "last_backup_on"
_LAST_PRUNE = "last_prune_on"


async def sweep(parts: Assembled) -> None:
    """Look at what is due, tell what is urgent, write the digest when its time has come, back up once a day."""
    await reconsider_hourly(parts.bot)
    await review(parts.bot)
    await alert(parts.bot)
    await report(parts.bot)
    await prune_daily(parts)
    try:
        await back_up_daily(parts)
    except (StoreFault, OSError) as fault:
        # A full or missing backup disk must not keep letters and replies waiting; `mailbot check` shows it too.
        log.error("no backup today: %s", fault)  # noqa: TRY400 - the fault says it all


async def prune_daily(parts: Assembled) -> None:
    """Once a day, mails lose their words when their time is over (`[storage] keep_unrelated_days, keep_mail_days`)."""
    bot, storage = parts.bot, parts.settings.storage
    today = bot.clock.now().date().isoformat()
    if await bot.store.recall(_LAST_PRUNE) == today:
        return
    days, all_days = storage.keep_unrelated_days, storage.keep_mail_days
    if emptied := await prune(bot, parts.store, unrelated_days=days, mail_days=all_days):
        log.info("%d old mails lost their words", emptied)
    async with bot.store.begin() as tx:
        await tx.remember(_LAST_PRUNE, today)


async def back_up_daily(parts: Assembled) -> Path | None:
    """Copy the database once a day and keep the newest copies; gives the file, if one was written."""
    storage, bot = parts.settings.storage, parts.bot
    today = bot.clock.now().date().isoformat()
    if not sqlite_file(storage.database) or await bot.store.recall(_LAST_BACKUP) == today:
        return None
    async with bot.store.begin() as tx:  # first: one that fails is tried again tomorrow, not every half minute
        await tx.remember(_LAST_BACKUP, today)
    storage.backups.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = backup_path(storage.backups, bot.clock.now())
    await bot.store.backup(str(target))
    rotate(storage.backups, storage.keep)
    return target


async def metronome(parts: Assembled, beat: Pulse, stop: asyncio.Event) -> None:
    """Let APScheduler beat time until asked to stop. A sweep that fails ends this task with its reason.

    `misfire_grace_time=None` and `coalesce`: after a sleep one sweep makes up for all that were missed. The scheduler
    goes by the wall clock: one that is put back leaves it asleep, so it is nudged when no sweep came for too long.
    """
    died: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    over, at_rest = asyncio.Event(), asyncio.Event()
    folder = Folder()
    at_rest.set()

    async def tick() -> None:
        at_rest.clear()
        try:
            await folder.look(parts)
            await sweep(parts)
            beat.beat()
        except Exception as fault:  # noqa: BLE001 - handed on below: the scheduler would swallow it
            if not died.done():
                died.set_exception(fault)
        finally:
            at_rest.set()

    scheduler = AsyncIOScheduler(timezone="UTC")
    job = scheduler.add_job(
        tick, "interval", seconds=_EVERY_S, coalesce=True, max_instances=1, misfire_grace_time=None,
        next_run_time=datetime.now(UTC),
    )  # fmt: skip
    scheduler.start()
    died.add_done_callback(lambda _: over.set())
    waiting = asyncio.ensure_future(stop.wait())
    waiting.add_done_callback(lambda _: over.set())
    try:
        while not over.is_set():
            await pause(over, _EVERY_S)
            if not over.is_set() and beat.silence_s > 2 * _EVERY_S:
                job.modify(next_run_time=datetime.now(UTC))
        scheduler.pause()
        await at_rest.wait()  # a sweep that has begun is finished: shutdown would cut it and call that an error
        if died.done():
            died.result()
    finally:
        scheduler.shutdown(wait=False)
        waiting.cancel()
        died.cancel()
