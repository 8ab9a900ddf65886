"""Processes that are killed and start again: a server that has imported everything forks each life."""

import asyncio
import contextlib
import os
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers.installation import ROOT


@dataclass
class Lives:
    """Forks one life at a time of a module that calls `serve`; `kills` counts those that ended by
    SIGKILL, `deaths` has the exit codes of the others."""

    module: str
    words: tuple[str, ...]
    log: Path
    env: dict[str, str]
    kills: int = 0
    deaths: list[int] = field(default_factory=list)
    _server: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start the server."""
        with self.log.open("ab") as log:
            self._server = await asyncio.create_subprocess_exec(
                sys.executable, "-m", self.module, *self.words, cwd=ROOT, env=self.env,
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=log,
            )  # fmt: skip
        await self._line()  # it says `ready`

    async def _line(self) -> str:
        assert self._server is not None
        assert self._server.stdout is not None
        line = (await self._server.stdout.readline()).decode().strip()
        if not line:
            raise RuntimeError(f"{self.module} ended; its log is {self.log}")
        return line

    async def live(self, seconds: float, signum: signal.Signals, ended: asyncio.Event | None = None) -> None:
        """One life of so many seconds at most, ended by a signal; an `ended` event lets it end sooner."""
        assert self._server is not None
        assert self._server.stdin is not None
        self._server.stdin.write(b"live\n")
        await self._server.stdin.drain()
        pid = int(await self._line())
        over = asyncio.ensure_future(self._line())
        waits = [over, *([asyncio.ensure_future(ended.wait())] if ended is not None else [])]
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits[1:]:
            wait.cancel()
        if not over.done():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signum)
        done, _ = await asyncio.wait([over], timeout=20)
        if not done:
            os.kill(pid, signal.SIGKILL)
        status = int(await over)
        if os.WIFSIGNALED(status):
            self.kills += 1
        else:
            self.deaths.append(os.WEXITSTATUS(status))

    async def stop(self) -> None:
        """End the server."""
        if self._server is not None and self._server.stdin is not None:
            self._server.stdin.close()
            await self._server.wait()


def serve(run: Callable[[], int]) -> None:
    """The server's side: at each line a fork that runs a life; says its pid, then how it ended (a wait status)."""
    print("ready", flush=True)
    for _ in sys.stdin:
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                os.dup2(2, 1)
                code = run()
            except BaseException:  # noqa: BLE001 - a fork must never return into the server's loop
                traceback.print_exc()
            finally:
                sys.stderr.flush()
                os._exit(code)
        print(pid, flush=True)
        _, status = os.waitpid(pid, 0)
        print(status, flush=True)
