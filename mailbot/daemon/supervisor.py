"""The supervisor: four tasks in one group. One that dies ends the process, with a reason; systemd starts it anew."""

import asyncio
import logging
import signal
from collections.abc import Mapping

from mailbot.bot import Assembled
from mailbot.daemon.dispatcher import dispatcher
from mailbot.daemon.metronome import metronome
from mailbot.daemon.notify import Notifier
from mailbot.daemon.pulse import Pulse, pulse
from mailbot.daemon.watcher import watcher

log = logging.getLogger(__name__)

# systemd and people expect us gone within 10 s of SIGTERM; the letter in hand gets most of that.
_LETTER_IN_HAND_S = 7.5


async def supervise(parts: Assembled, env: Mapping[str, str]) -> int:
    """Run until SIGTERM or SIGINT; gives the exit code: 0 when asked to stop, 1 when a task died."""
    stop = asyncio.Event()
    notifier = Notifier(env)
    beat = Pulse()
    loop = asyncio.get_running_loop()
    code = 0
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, stop.set)
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(watcher(parts, stop), name="watcher"),
                group.create_task(dispatcher(parts.bot, stop), name="dispatcher"),
                group.create_task(metronome(parts, beat, stop), name="metronome"),
                group.create_task(pulse(notifier, beat, stop), name="pulse"),
            ]
            group.create_task(_leave(stop, tasks, notifier, parts), name="leave")
    except* Exception as died:
        for fault in died.exceptions:
            log.critical("mailbot stops: %s", fault, exc_info=fault)
        notifier.stopping(f"died: {died.exceptions[0]}")
        code = 1
    finally:
        for signum in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(signum)
    log.info("mailbot stopped")
    return code


async def _leave(stop: asyncio.Event, tasks: list[asyncio.Task[None]], notifier: Notifier, parts: Assembled) -> None:
    """When asked to stop: let the letter in hand be finished, then end what still waits."""
    await stop.wait()
    notifier.stopping("finishing the letter in hand")
    parts.bot.wake.set()
    parts.mailbox.wire.interrupt()
    _, late = await asyncio.wait(tasks, timeout=_LETTER_IN_HAND_S)
    for task in late:
        log.warning("%s was cut short", task.get_name())
        task.cancel()
