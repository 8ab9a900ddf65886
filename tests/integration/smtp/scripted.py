"""An SMTP server that does as it is told: refuses, drops, resets, keeps silent, stores or loses."""

import asyncio
import base64
import re
import socket
import ssl
import struct
from dataclasses import dataclass, field
from typing import Self

DROP = "<drop>"
RESET = "<reset>"
STORE_AND_DROP = "<store and drop>"
STORE_AND_RESET = "<store and reset>"
MID_DATA_DROP = "<drop mid data>"
HOLD = "<hold>"
REPLIES = {
    "GREETING": "220 scripted ESMTP",
    "EHLO": "250-scripted\r\n250-ENHANCEDSTATUSCODES\r\n250 8BITMIME",
    "MAIL": "250 2.1.0 Ok",
    "RCPT": "250 2.1.5 Ok",
    "DATA": "354 go ahead",
    "DOT": "250 2.0.0 Ok: queued as XYZ",
    "RSET": "250 2.0.0 Ok",
    "NOOP": "250 2.0.0 Ok",
    "QUIT": "221 2.0.0 Bye",
}


@dataclass
class ScriptedSmtp:
    """`script` holds, per verb, what happens instead of the usual reply, one item a time; then the usual again.

    Each verb may be an SMTP verb, GREETING, DOT (after the final dot) or an address (its RCPT).
    """

    script: dict[str, list[str]] = field(default_factory=dict)
    usual: dict[str, str] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    implicit_tls: bool = False
    lines: list[str] = field(default_factory=list)
    stored: list[bytes] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    holding: asyncio.Event = field(default_factory=asyncio.Event)
    release: asyncio.Event = field(default_factory=asyncio.Event)
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def verbs(self) -> list[str]:
        return [line.split(" ")[0].upper() for line in self.lines]

    async def __aenter__(self) -> Self:
        self._tasks: set[asyncio.Task[None]] = set()
        context = self.tls if self.implicit_tls else None
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", 0, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        try:
            await self._converse(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            self.hung_up.set()
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not await self._act(writer, "GREETING"):
            return
        while line := (await reader.readline()).decode().rstrip("\r\n"):
            self.lines.append(line)
            verb = line.split(" ")[0].upper()
            address = re.search(r"^RCPT TO:<([^>]*)>", line)
            if verb == "AUTH":
                if not await self._authenticate(line, writer):
                    return
            elif verb == "STARTTLS" and self.tls:
                await self._say(writer, "220 go")
                await writer.start_tls(self.tls)
            elif verb == "DATA":
                if not await self._data(reader, writer):
                    return
            elif not await self._act(writer, address[1] if address and self.script.get(address[1]) else verb):
                return
            if verb == "QUIT":
                return

    async def _authenticate(self, line: str, writer: asyncio.StreamWriter) -> bool:
        _, mechanism, initial = line.split(" ")
        assert mechanism == "PLAIN"
        right = base64.b64decode(initial) == b"\0bot\0right"
        return await self._act(writer, "AUTH", "235 2.7.0 Ok" if right else "535 5.7.8 Bad credentials")

    async def _data(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        first = (self.script.get("DATA") or [""])[0]
        if first == MID_DATA_DROP:
            self.script["DATA"].pop(0)
            await self._say(writer, "354 go ahead")
            await reader.readline()
            writer.close()
            return False
        if not await self._act(writer, "DATA"):
            return False
        if first and not first.startswith("354"):
            return True
        octets = (await reader.readuntil(b"\r\n.\r\n"))[:-3]
        return await self._act(writer, "DOT", octets=octets)

    async def _act(
        self, writer: asyncio.StreamWriter, verb: str, usual: str | None = None, *, octets: bytes | None = None
    ) -> bool:
        """Do the next thing of the script; false means that the connection is gone."""
        todo = self.script.get(verb)
        action = todo.pop(0) if todo else usual or self.usual.get(verb) or REPLIES.get(verb, "500 what?")
        if action == HOLD:
            self.holding.set()
            await self.release.wait()
            action = REPLIES[verb]
        if octets is not None and (action.startswith("250") or action in (STORE_AND_DROP, STORE_AND_RESET)):
            self.stored.append(octets)
        if action in (RESET, STORE_AND_RESET):
            linger = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.transport.abort()
            return False
        if action in (DROP, STORE_AND_DROP):
            writer.close()
            return False
        await self._say(writer, action)
        return True

    @staticmethod
    async def _say(writer: asyncio.StreamWriter, reply: str) -> None:
        writer.write(f"{reply}\r\n".encode())
        await writer.drain()


def ehlo(*extensions: str) -> str:
    lines = ["scripted", *extensions]
    return "\r\n".join([*(f"250-{line}" for line in lines[:-1]), f"250 {lines[-1]}"])
