"""A man in the middle of SMTP: passes on, or does what the fault script says, one command at a time."""

import asyncio
import re
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field

from tests.torture.faults import SMTP_SCRIPT, Fault, Hung, Script, reset, silent

_ID = re.compile(rb"(?im)^Message-ID:\s*(<[^>\r\n]+>)")
_ADDRESS = re.compile(rb"<([^>]*)>")
_NOT_NOW = {"GREETING": b"421 4.3.2 come back later\r\n"}
_SWALLOWED = (Fault.SWALLOWED_CUT, Fault.SWALLOWED_RESET, Fault.SWALLOWED_SILENCE, Fault.HALF_ANSWER)


@dataclass
class SmtpProxy:
    """Stands between a sender and a server. `refused` holds the recipients of letters it answered 5xx for.

    `swallowed` counts the letters that the server stored while the sender never heard of it.
    """

    script: Script
    upstream: int
    port: int = 0
    refused: set[str] = field(default_factory=set)
    swallowed: Counter[str] = field(default_factory=Counter)
    _server: asyncio.Server | None = None
    _talks: set["asyncio.Task[None]"] = field(default_factory=set)

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=1 << 24)
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
        talk = _Talk(self, reader, writer)
        with suppress(Hung, OSError, asyncio.IncompleteReadError, ValueError):
            await talk.run()
        talk.close()


class _Talk:
    """One conversation."""

    def __init__(self, proxy: SmtpProxy, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._proxy, self._script = proxy, proxy.script
        self._reader, self._writer = reader, writer
        self._up_reader: asyncio.StreamReader | None = None
        self._up: asyncio.StreamWriter | None = None
        self._recipients: list[str] = []

    def close(self) -> None:
        self._writer.close()
        self._hang_up()

    def _hang_up(self) -> None:
        if self._up is not None:
            self._up.transport.abort()
        self._up = self._up_reader = None

    async def run(self) -> None:
        greeting = await self._connect()
        await self._answered("GREETING", greeting)
        while line := await self._reader.readline():
            words = line.upper().split()
            verb = words[0].decode("latin-1") if words else ""
            if verb in ("MAIL", "RSET", "EHLO", "HELO"):
                self._recipients = []
            if verb == "RCPT" and (found := _ADDRESS.search(line)):
                self._recipients.append(found[1].decode("latin-1").lower())
            await self._command(verb if verb in SMTP_SCRIPT else "OTHER", line)
            if verb == "QUIT":
                return

    async def _connect(self) -> bytes:
        self._up_reader, self._up = await asyncio.open_connection("127.0.0.1", self._proxy.upstream, limit=1 << 24)
        return await self._reply()

    async def _reply(self) -> bytes:
        """One reply of the server, all its lines."""
        assert self._up_reader is not None
        lines = b""
        while True:
            line = await self._up_reader.readline()
            if not line:
                raise Hung
            lines += line
            if line[3:4] != b"-":
                return lines

    async def _ask(self, octets: bytes) -> bytes:
        if self._up is None:  # given up on after a refusal of ours; begin again where the sender is
            await self._connect()
            await self._ask(b"EHLO proxy.test\r\n")
        assert self._up is not None
        self._up.write(octets)
        await self._up.drain()
        return await self._reply()

    async def _say(self, octets: bytes) -> None:
        self._writer.write(octets)
        await self._writer.drain()

    async def _command(self, verb: str, line: bytes) -> None:
        fault = self._script.draw(SMTP_SCRIPT[verb]) if verb != "EHLO" else None
        if await self._instead(verb, fault):
            return
        reply = await self._ask(line)
        if fault is Fault.HALF_ANSWER:
            await self._half(reply)
        await self._say(reply)
        if verb == "DATA" and reply.startswith(b"354"):
            await self._body()

    async def _answered(self, verb: str, reply: bytes) -> None:
        if not await self._instead(verb, self._script.draw(SMTP_SCRIPT[verb])):
            await self._say(reply)

    async def _instead(self, verb: str, fault: Fault | None) -> bool:
        """Do what the script says; True if that was the answer."""
        match fault:
            case Fault.DELAY:
                await self._script.delay()
            case Fault.CUT:
                raise Hung
            case Fault.RESET:
                reset(self._writer)
                raise Hung
            case Fault.SILENCE:
                await silent(self._reader)
                raise Hung
            case Fault.NOT_NOW:
                await self._say(_NOT_NOW.get(verb, b"451 4.3.0 try again later\r\n"))
                if verb == "GREETING":
                    raise Hung
                return True
            case Fault.NEVER:
                self._proxy.refused.update(self._recipients)
                await self._say(b"550 5.7.1 not here\r\n")
                return True
            case _:
                pass
        return False

    async def _half(self, reply: bytes) -> None:
        await self._say(reply[: max(1, len(reply) // 3)])
        await asyncio.sleep(0.01)
        reset(self._writer)
        raise Hung

    async def _body(self) -> None:
        """The letter, up to its dot; the server gets it as a whole, in half, or not at all."""
        body = await self._reader.readuntil(b"\r\n.\r\n")
        fault = self._script.draw(SMTP_SCRIPT["DOT"])
        if fault is Fault.HALF_BODY:
            assert self._up is not None
            self._up.write(body[: len(body) // 2])
            await self._up.drain()
            reset(self._writer)
            raise Hung
        if fault not in _SWALLOWED:
            if await self._instead("DOT", fault):
                self._hang_up()
                return
            await self._say(await self._ask(body))
            return
        reply = await self._ask(body)
        if reply.startswith(b"250") and (found := _ID.search(body)):
            self._proxy.swallowed[found[1].decode("latin-1")] += 1
        match fault:
            case Fault.HALF_ANSWER:
                await self._half(reply)
            case Fault.SWALLOWED_SILENCE:
                await silent(self._reader)
            case Fault.SWALLOWED_RESET:
                reset(self._writer)
            case _:
                pass
        raise Hung
