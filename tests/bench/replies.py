"""A reply in the mailbox until its hold is committed, against a bare IDLE that is told of the same delivery."""

import asyncio
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from mailbot.daemon.watcher import watcher
from mailbot.flows.dispatch import dispatch
from mailbot.flows.outbound import Letter, LetterState
from mailbot.flows.review import review
from tests.bench.farside import PASSWORD, FarSide
from tests.bench.figure import ROOT, Figure, median, millis, percentile, proven
from tests.bench.house import NOW, OWNER, add_clients, configure, folder, opened
from tests.servers.dovecot import DovecotServer

_WORDS = (
    "Bonjour,\r\n\r\nJe suis à l'hôpital depuis lundi et je ne peux rien faire pour l'instant.\r\n\r\nAnna",
    "Hello,\r\n\r\nI do not agree with this invoice: the second half of the work was never delivered.\r\n\r\nAnna",
    "Bonjour,\r\n\r\nJ'ai fait le virement hier, vous devriez l'avoir bientôt.\r\n\r\nAnna",
    "Hi,\r\n\r\nCould you forward this to the new owner of the shop? It is a longer story.\r\n\r\nAnna",
)
_PATIENCE_S = 30.0

Deliver = Callable[[bytes], Coroutine[None, None, None]]


@dataclass(frozen=True, slots=True)
class _Server:
    """An IMAP server with the owner's mailbox, and how mail gets into it."""

    name: str
    host: str
    port: int
    deliver: Deliver


class _Witness:
    """The store, noting when each transaction was committed."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self.committed: asyncio.Queue[float] = asyncio.Queue()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Any]:
        async with self._store.begin() as tx:
            yield tx
        self.committed.put_nowait(time.monotonic())


async def measure(*, quick: bool) -> list[Figure]:
    """The whole way: IDLE, UID search, fetch, parse, tie, read, decide, commit with the octets, fsync."""
    count = 15 if quick else 120
    figures = []
    async with FarSide() as far:
        await far.add_user(OWNER)
        async with _embedded(far) as server:
            figures += await _measure(server, far, count)
        if _has_dovecot():
            async with _dovecot() as server:
                figures += await _measure(server, far, 10 if quick else count)
    return figures


@asynccontextmanager
async def _embedded(far: FarSide) -> AsyncIterator[_Server]:
    async def deliver(octets: bytes) -> None:
        await far.deliver(OWNER, octets)

    yield _Server("embedded server", "127.0.0.1", far.imap_port, deliver)


def _has_dovecot() -> bool:
    return Path("/usr/sbin/dovecot").exists() and Path("/usr/lib/dovecot/lmtp").exists()


@asynccontextmanager
async def _dovecot() -> AsyncIterator[_Server]:
    server = DovecotServer()
    try:
        await asyncio.to_thread(server.start)
        server.add_user(OWNER, PASSWORD)

        async def deliver(octets: bytes) -> None:
            await asyncio.to_thread(server.deliver, OWNER, octets)

        # Dovecot gathers news for half a second before it tells those who idle.
        yield _Server("Dovecot", "127.0.0.1", server.imap_port, deliver)
    finally:
        await asyncio.to_thread(server.remove)


async def _measure(server: _Server, far: FarSide, count: int) -> list[Figure]:
    with folder() as where:
        async with opened(configure(where, far.smtp_port, server.port)) as (parts, _):
            await add_clients(parts, count, due_on=NOW.date() + timedelta(days=30), issued_on=NOW.date())
            await review(parts.bot)
            while await dispatch(parts.bot):
                pass
            letters = await parts.store.letters([LetterState.SENT], limit=count)
            proven(len(letters) == count, f"{len(letters)} of {count} letters were sent")
            witness = _Witness(parts.store)
            watched = replace(parts, bot=replace(parts.bot, store=witness))
            stop = asyncio.Event()
            listener = await _listener(server)
            watching = asyncio.create_task(watcher(watched, stop))
            try:
                ours, theirs = await _exchange(server, letters, witness, listener, where / "mailbot.db")
            finally:
                stop.set()
                parts.mailbox.wire.interrupt()
                await watching
                listener.terminate()
                await listener.wait()
    return [
        Figure(f"reply to hold committed, {server.name}, {name} of {count}", millis(percentile(ours, share)),
               "bare imapclient IDLE, same delivery", millis(percentile(theirs, share)),
               percentile(ours, share) / percentile(theirs, share))
        for name, share in (("p50", 0.5), ("p99", 0.99))
    ]  # fmt: skip


async def _exchange(
    server: _Server, letters: Sequence[Letter], witness: _Witness, listener: asyncio.subprocess.Process, file: Path
) -> tuple[list[float], list[float]]:
    """Deliver one reply at a time; seconds until our commit, and until the bare client heard of it."""
    assert listener.stdout is not None
    ours, theirs = [], []
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as base:

        def held() -> int:
            return int(base.execute("SELECT count(DISTINCT client_id) FROM hold WHERE lifted_at IS NULL").fetchone()[0])

        await _settled(witness)
        for number, letter in enumerate(letters):
            reply = _reply(letter, number)
            before = held()
            started = time.monotonic()
            delivery = asyncio.create_task(server.deliver(reply))
            async with asyncio.timeout(_PATIENCE_S):
                while True:
                    at = await witness.committed.get()
                    if held() > before:
                        break
                heard = float(await listener.stdout.readline())
                await delivery
            ours.append(at - started)
            theirs.append(heard - started)
            await _settled(witness)
        proven(held() == len(letters), f"{held()} of {len(letters)} clients are held")
    proven(min(theirs) > 0, "the bare client heard of a delivery before it was made")
    proven(median(ours) > 0, "a hold was committed before its reply was delivered")
    return ours, theirs


async def _settled(witness: _Witness) -> None:
    """Let the watcher finish its round and both clients go back to IDLE, so that each reply finds them waiting."""
    while True:
        try:
            await asyncio.wait_for(witness.committed.get(), 0.15)
        except TimeoutError:
            return


def _reply(letter: Letter, number: int) -> bytes:
    reply = EmailMessage()
    reply["From"] = f"Anna <{letter.recipients[0]}>"
    reply["To"] = OWNER
    reply["Subject"] = f"Re: {letter.subject}"
    reply["Date"] = format_datetime(datetime.now(UTC))
    reply["Message-ID"] = f"<reply-{number}@customers.test>"
    reply["In-Reply-To"] = letter.message_id
    reply["References"] = letter.message_id
    quoted = "\r\n".join(f"> {line}" for line in ("Bonjour Anna,", "", "Voici la facture.", "Noémie"))
    reply.set_content(
        f"{_WORDS[number % len(_WORDS)]}\r\n\r\nLe 15 sept. 2026, Noémie Gagnon a écrit :\r\n{quoted}\r\n"
    )
    return reply.as_bytes()


async def _listener(server: _Server) -> asyncio.subprocess.Process:
    """A bare imapclient in IDLE, in a process of its own; it prints the moment of each EXISTS (CLOCK_MONOTONIC)."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _LISTEN, server.host, str(server.port), OWNER, PASSWORD,
        cwd=ROOT, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    proven(await process.stdout.readline() == b"idle\n", "the bare client does not idle")
    return process


_LISTEN = """
import sys, time, imapclient
host, port, user, password = sys.argv[1:]
client = imapclient.IMAPClient(host, int(port), ssl=False)
client.login(user, password)
client.select_folder("INBOX", readonly=True)
client.idle()
print("idle", flush=True)
while True:
    lines = client.idle_check(timeout=60)
    at = time.monotonic()
    if any(line[1] == b"EXISTS" for line in lines if len(line) > 1):
        print(at, flush=True)
"""
