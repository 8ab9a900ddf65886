"""The daemon as a child process, and what the kernel says about it."""

import asyncio
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from tests.bench.figure import ROOT, proven

_PATIENCE_S = 300.0


@asynccontextmanager
async def daemon(config: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, float]]:
    """`mailbot run`, once it has said READY=1; with the seconds that this took. It must end well on SIGTERM."""
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear, (config.parent / "log").open("ab") as log:
        place = config.parent / "notify"
        place.unlink(missing_ok=True)
        ear.bind(str(place))
        ear.setblocking(False)
        started = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "mailbot", "--config", str(config), "run",
            cwd=ROOT, env={**os.environ, "NOTIFY_SOCKET": str(place)}, stdout=log, stderr=log,
        )  # fmt: skip
        try:
            async with asyncio.timeout(_PATIENCE_S):
                while b"READY=1" not in await loop.sock_recv(ear, 4096):
                    pass
            yield process, time.perf_counter() - started
        finally:
            if process.returncode is None:
                process.terminate()
            code = await asyncio.wait_for(process.wait(), _PATIENCE_S)
    proven(code == 0, f"the daemon ended with {code}: {(config.parent / 'log').read_text()[-500:]}")


@asynccontextmanager
async def interpreter(imports: Sequence[str]) -> AsyncIterator[asyncio.subprocess.Process]:
    """A bare Python that has imported some modules and now waits."""
    code = f"import {', '.join(imports)}\nprint('up', flush=True)\ninput()"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        proven(await process.stdout.readline() == b"up\n", "the bare interpreter does not start")
        yield process
    finally:
        process.stdin.write(b"\n")
        await process.wait()


def memory(pid: int) -> dict[str, float]:
    """Resident and proportional memory of a process in MB of 10^6 octets. Source: proc(5), smaps_rollup."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    sizes = {line.split(":")[0]: int(line.split()[1]) * 1024 / 1e6 for line in lines if line.endswith("kB")}
    return {"rss": sizes["Rss"], "pss": sizes["Pss"], "own": sizes["Private_Clean"] + sizes["Private_Dirty"]}


async def run_for(*words: str) -> float:
    """Seconds that a Python takes from start to end; it must end well."""
    started = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable, *words, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await process.communicate()
    seconds = time.perf_counter() - started
    proven(process.returncode == 0, f"python {' '.join(words)}: {process.returncode}, {(out + err)[-300:]!r}")
    return seconds
