"""Deaths of a process between claim and sent: one at each await, each on a copy of the same database.

`python -m tests.integration.proof.crash FOLDER SCENE WITNESS` prints a line of JSON for each death, and what the same
installation made of it after a restart. A process of its own, because it forks and kills.
"""

import asyncio
import json
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Coroutine, Generator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from mailbot.clock import HandClock
from mailbot.core.policy import Policy
from mailbot.flows.dispatch import dispatch
from mailbot.flows.doubt import look_for_proof
from mailbot.flows.freshness import was_read
from mailbot.flows.inbound import Batch, Cursor
from mailbot.flows.outbound import LetterState
from mailbot.flows.outside import Outcome
from mailbot.flows.ports import Bot
from mailbot.flows.proof import Proofs, remember
from mailbot.flows.review import review
from mailbot.store.store import SqlStore
from tests.fakes.far_side import ACCEPTED, PlainWriter, business
from tests.fakes.people import at
from tests.unit.flows.scene import late

TEN = at("2026-03-02", "10:00")
_LATER = tuple(timedelta(hours=hours) for hours in (0.35, 1, 5, 22))  # the lease is over, a look, the grace, a night


@dataclass
class FarServer:
    """A submission server and the provider's Sent folder: a file with the key of each letter that was taken.

    It files copies if it is a `witness`. `drops` cuts the connection instead of taking a letter.
    """

    file: Path
    witness: bool
    drops: bool = False

    @property
    def taken(self) -> list[str]:
        return self.file.read_text().split() if self.file.exists() else []

    async def submit(
        self,
        key: str,
        envelope_from: str,
        recipients: Sequence[str],
        octets: bytes,
        *,
        on_committed: Callable[[], Awaitable[None]],
    ) -> Outcome:
        await asyncio.sleep(0)  # MAIL, RCPT
        await on_committed()
        await asyncio.sleep(0)  # DATA
        if self.drops:
            return Outcome("unknown", 0, "the connection was lost", "data")
        with self.file.open("a") as file:
            file.write(f"{key}\n")
            file.flush()
            os.fsync(file.fileno())
        await asyncio.sleep(0)  # its 250 is on its way
        return ACCEPTED

    async def close(self) -> None:
        return

    @property
    def name(self) -> str:
        return "studio"

    async def watched(self) -> Sequence[str]:
        return ()

    async def fetch_new(self, folder: str, cursor: Cursor | None, *, since: date) -> AsyncIterator[Batch]:
        yield Batch((), cursor or Cursor(1, 0))

    async def append_sent(self, octets: bytes, at: datetime) -> bool:
        return False

    async def copies(self, message_id: str, key: str) -> Collection[str]:
        return ["sent"] if self.witness and key in self.taken else []


class KilledAfter:
    """An awaitable that runs a coroutine up to its n-th wait and then kills the process, as kill -9 does."""

    def __init__(self, running: Coroutine[Any, Any, object], waits: int) -> None:
        self._inner = running.__await__()
        self._waits = waits

    def __await__(self) -> Generator[Any, Any, object]:
        thrown: BaseException | None = None
        for wait in count():
            if wait == self._waits:
                os.kill(os.getpid(), signal.SIGKILL)
            try:
                waited_for = self._inner.send(None) if thrown is None else self._inner.throw(thrown)
            except StopIteration as done:
                return done.value
            thrown = None
            try:
                yield waited_for
            except BaseException as error:  # noqa: BLE001 - handed on to the coroutine that waits
                thrown = error
        raise AssertionError


@asynccontextmanager
async def opened(database: Path, clock: HandClock, *, witness: bool, drops: bool = False) -> AsyncIterator[Bot]:
    """The bot of a database."""
    store = await SqlStore.open(str(database), now=clock.now)
    far = FarServer(database.with_suffix(".taken"), witness, drops)
    try:
        yield Bot(business(), Policy(), clock, store, PlainWriter(), far, far, f"pid{os.getpid()}")
    finally:
        await store.close()


async def prepare(database: Path, scene: str, *, witness: bool) -> datetime:
    """A letter that is ready to leave; or one that is in doubt, whose grace is over. Gives the time it is then."""
    async with opened(database, HandClock(TEN), witness=witness, drops=scene == "resend") as bot:
        async with bot.store.begin() as tx:
            await tx.add_client(late(), TEN)
            await tx.remember("mode", "live")
            if witness:
                await remember(tx, Proofs(TEN, sent_copy_s=1))
        await review(bot)
        await was_read(bot, TEN)
        if scene == "send":
            return TEN
        await dispatch(bot)
        now = TEN + timedelta(hours=4, minutes=1)
        await was_read(bot, now)
        return now


async def rounds(bot: Bot) -> None:
    """What the dispatcher does."""
    await look_for_proof(bot)
    await dispatch(bot)


async def dies(database: Path, now: datetime, waits: int, *, witness: bool) -> None:
    async with opened(database, HandClock(now), witness=witness) as bot:
        await KilledAfter(rounds(bot), waits)


async def restarts(database: Path, now: datetime, *, witness: bool) -> dict[str, object]:
    """The same installation after the death: what it finds, and how it ends a day later."""
    clock = HandClock(now)
    async with opened(database, clock, witness=witness) as bot:
        found = (await bot.store.letters(list(LetterState)))[0].state
        for later in _LATER:
            clock.set(now + later)
            await was_read(bot, now + later)
            await rounds(bot)
        (letter,) = await bot.store.letters(list(LetterState))
        asked = [str(matter.kind) for matter in await bot.store.matters()]
    taken = FarServer(database.with_suffix(".taken"), witness).taken
    return {"found": found, "state": letter.state, "arrived": taken.count(letter.key), "asked": asked}


def main(folder: Path, scene: str, *, witness: bool) -> None:
    """Die at each wait until there is none left."""
    template = folder / "template.db"
    now = asyncio.run(prepare(template, scene, witness=witness))
    for waits in count():
        database = folder / f"{waits}.db"
        shutil.copy(template, database)
        child = os.fork()
        if child == 0:
            asyncio.run(dies(database, now, waits, witness=witness))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        if not killed and status != 0:
            raise SystemExit(f"wait {waits}: the child ended with {status}")
        end = asyncio.run(restarts(database, now, witness=witness))
        print(json.dumps({"waits": waits, "killed": killed} | end), flush=True)
        if not killed:
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], witness=sys.argv[3] == "witness")
