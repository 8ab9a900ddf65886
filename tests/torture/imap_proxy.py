"""A man in the middle of IMAP: passes octets on until the fault script cuts, halves, silences or refuses."""

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass, field

from tests.torture.faults import IMAP_SCRIPT, Fault, Hung, Script, reset

_COMMAND = re.compile(rb"([A-Z]{4}\d+) (LOGIN|EXAMINE|UID SEARCH|UID FETCH|NOOP|LIST)\b", re.IGNORECASE)
_FEW, _MANY = 200, 30_000


@dataclass
class ImapProxy:
    """Stands between a mailbox and its reader."""

    script: Script
    upstream: int
    port: int = 0
    _server: asyncio.Server | None = None
    _talks: set["asyncio.Task[None]"] = field(default_factory=set)

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)  # the loop itself keeps no reference that would save it from the collector
        task.add_done_callback(self._talks.discard)
        up: asyncio.StreamWriter | None = None
        with suppress(Hung, OSError, ExceptionGroup):
            up_reader, up = await asyncio.open_connection("127.0.0.1", self.upstream)
            talk = _Talk(self.script, writer, up)
            async with asyncio.TaskGroup() as group:
                group.create_task(talk.forth(reader))
                group.create_task(talk.back(up_reader))
        writer.close()
        if up is not None:
            up.transport.abort()


class _Talk:
    """One connection, with at most one fault."""

    def __init__(self, script: Script, down: asyncio.StreamWriter, up: asyncio.StreamWriter) -> None:
        self._script, self._down, self._up = script, down, up
        self._fault = script.draw(IMAP_SCRIPT)
        self._left = script.random.randint(_FEW, _MANY)
        self._commands = script.random.randint(1, 12)
        self._silent = False

    async def forth(self, reader: asyncio.StreamReader) -> None:
        """From the reader to the mailbox."""
        while octets := await reader.read(65536):
            found = _COMMAND.match(octets) if self._fault is Fault.BYE else None
            if found is not None:
                self._commands -= 1
                if self._commands == 0:
                    self._down.write(found[1] + b" NO [UNAVAILABLE] try again later\r\n")
                    await self._down.drain()
                    continue
                if self._commands < 0:
                    self._down.write(b"* BYE shutting down\r\n")
                    await self._down.drain()
                    raise Hung
            self._up.write(octets)
            await self._up.drain()
        raise Hung

    async def back(self, up_reader: asyncio.StreamReader) -> None:
        """From the mailbox to the reader, as far as the fault lets."""
        while octets := await up_reader.read(65536):
            self._left -= len(octets)
            if self._fault in (None, Fault.BYE) or self._left > 0:
                await self._pass(octets)
                continue
            match self._fault:
                case Fault.DELAY:
                    await self._script.delay()
                    self._fault = None
                    await self._pass(octets)
                    continue
                case Fault.HALF_ANSWER:
                    await self._pass(octets[: len(octets) // 2])
                case Fault.RESET:
                    reset(self._down)
                case Fault.SILENCE:
                    await asyncio.Event().wait()  # `forth` notices when the reader hangs up
                case _:
                    pass
            raise Hung
        raise Hung

    async def _pass(self, octets: bytes) -> None:
        self._down.write(octets)
        await self._down.drain()
