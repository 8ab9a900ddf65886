"""The mail servers in a process of their own, so that their work is not counted as the bot's.

`python -m tests.bench.farside` serves; each line of JSON on its input is a wish, each line of its output an answer.
"""

import asyncio
import base64
import email
import json
import sys
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from mailbot.demo.world import MailWorld
from tests.bench.figure import ROOT

PASSWORD = "far-side"
_LINE = 16 * 1024 * 1024


class FarSide:
    """A handle on the process; an async context manager."""

    def __init__(self) -> None:
        self.smtp_port = 0
        self.imap_port = 0
        self._process: asyncio.subprocess.Process | None = None

    async def ask(self, wish: str, **details: Any) -> Any:
        """Send a wish and wait for its answer."""
        assert self._process is not None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"wish": wish, **details}).encode() + b"\n")
        line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError("the far side died")
        return json.loads(line)

    async def add_user(self, address: str) -> None:
        """Open a mailbox whose password is `PASSWORD`."""
        await self.ask("user", address=address)

    async def arrived(self) -> list[str]:
        """The Message-IDs of what SMTP accepted since the last call, duplicates included."""
        return list(await self.ask("arrived"))

    async def filed(self, address: str, folder: str) -> int:
        """How many messages lie in a folder."""
        return int(await self.ask("filed", address=address, folder=folder))

    async def deliver(self, address: str, octets: bytes) -> None:
        """Put a message into an INBOX."""
        await self.ask("deliver", address=address, octets=base64.b64encode(octets).decode())

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.bench.farside", cwd=ROOT, limit=_LINE,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        ports = await self.ask("ports")
        self.smtp_port, self.imap_port = ports["smtp"], ports["imap"]
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _fault: BaseException | None, _trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), 10)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()


async def _answer(world: MailWorld, wish: dict[str, Any]) -> Any:
    match wish["wish"]:
        case "ports":
            return {"smtp": world.smtp_port, "imap": world.imap_port}
        case "user":
            world.add_user(wish["address"], PASSWORD)
        case "arrived":
            ids = [str(email.message_from_bytes(one.octets)["Message-ID"]) for one in world.accepted]
            world.accepted.clear()
            return ids
        case "filed":
            return len(await world.messages(wish["address"], wish["folder"]))
        case "deliver":
            await world.deliver(wish["address"], base64.b64decode(wish["octets"]))
        case unknown:
            raise ValueError(unknown)
    return None


async def _serve() -> None:
    loop = asyncio.get_running_loop()
    wishes = asyncio.StreamReader(limit=_LINE)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(wishes), sys.stdin)
    async with MailWorld(lambda: datetime.now(UTC)) as world:
        while line := await wishes.readline():
            answer = await _answer(world, json.loads(line))
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    asyncio.run(_serve())
