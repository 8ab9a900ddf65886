"""Resident memory of the idle daemon: a real `mailbot run` beside real servers, against its bare libraries."""

import asyncio
import re
from datetime import timedelta

from tests.bench.child import daemon, interpreter, memory
from tests.bench.farside import FarSide
from tests.bench.figure import Figure, proven
from tests.bench.house import NOW, OWNER, add_clients, configure, folder, opened

_GOAL_MB = 120.0
_CLIENTS = 200
_LIBRARIES = (
    "asyncio", "ssl", "imapclient", "aiosmtplib", "jinja2", "sqlmodel", "sqlalchemy.ext.asyncio", "aiosqlite",
    "apscheduler.schedulers.asyncio", "dotenv",
)  # fmt: skip


async def measure(*, quick: bool) -> list[Figure]:
    """A freelancer's year of clients; every loop has run: a look into the mailbox, a sweep, the backup."""
    async with FarSide() as far:
        await far.add_user(OWNER)
        with folder() as where:
            config = configure(where, far.smtp_port, far.imap_port)
            async with opened(config, live=False) as (parts, _):
                await add_clients(parts, _CLIENTS, due_on=NOW.date() + timedelta(days=30), issued_on=NOW.date())
            async with daemon(config) as (process, _):
                await asyncio.sleep(8 if quick else 20)
                ours = memory(process.pid)
            proven(any((where / "backups").iterdir()), "the daemon's sweep did not run")
            log = (where / "log").read_text()
            proven(not re.search(r" (warning|error|critical) ", log), f"the daemon complained: {log[-500:]}")
        async with interpreter(_LIBRARIES) as bare:
            libraries = memory(bare.pid)
    peer = "interpreter with its network and database libraries"
    return [
        Figure(f"idle daemon, {_CLIENTS} clients: resident (RSS)", f"{ours['rss']:.0f} MB", peer,
               f"{libraries['rss']:.0f} MB", ours["rss"] / libraries["rss"], f"under {_GOAL_MB:.0f} MB",
               ours["rss"] < _GOAL_MB),
        Figure("  proportional (PSS)", f"{ours['pss']:.0f} MB", peer, f"{libraries['pss']:.0f} MB",
               ours["pss"] / libraries["pss"]),
    ]  # fmt: skip
