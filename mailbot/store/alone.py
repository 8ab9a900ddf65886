"""The only place on a database: one daemon at a time, on a file by flock, on a server by an advisory lock.

The place goes with the process, however it ends. A second daemon would not send a letter twice either (claims and
versions see to that); it would be confusing.
"""

import fcntl
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from mailbot.store.engine import make_engine, place_of, prepare_file, sqlite_file, url_of
from mailbot.store.fault import fault_of

# Advisory locks are numbered per database (PostgreSQL documentation, 13.3.5): "mailbot" in ASCII.
_NUMBER = int.from_bytes(b"mailbot", "big")
_TAKEN = "stop that one first, or give this one a database of its own"


class NotAlone(Exception):
    """The only place on the database cannot be had: another mailbot runs on it, or the lock cannot be written."""


@asynccontextmanager
async def alone(address: str) -> AsyncIterator[None]:
    """Hold the only place on a database (a path or a URL); raises `NotAlone`, or `StoreFault` if it is out of reach."""
    file = sqlite_file(address)
    if file is not None:
        prepare_file(file, create=True)  # first: what is wrong with its folder is better told than by the lock
        with _alone_on_file(file):
            yield
        return
    async with _alone_on_server(address):
        yield


@contextmanager
def _alone_on_file(database: Path) -> Iterator[None]:
    path = database.with_name(database.name + ".lock")
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as fault:
        raise NotAlone(
            f"{path} cannot be written ({fault.strerror}); the user that runs mailbot must own it and its folder"
        ) from fault
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as taken:
            raise NotAlone(f"another mailbot already runs on {database} (it holds {path.name}); {_TAKEN}") from taken
        yield
    finally:
        os.close(descriptor)


@asynccontextmanager
async def _alone_on_server(address: str) -> AsyncIterator[None]:
    """A connection of its own holds the lock: the server lets go of it when the connection ends."""
    url = url_of(address)
    place = place_of(url)
    engine = make_engine(url, pooled=False)
    try:
        async with AsyncExitStack() as stack:
            try:
                conn = await stack.enter_async_context(engine.connect())
                await conn.execution_options(isolation_level="AUTOCOMMIT")
                mine = await conn.scalar(text("SELECT pg_try_advisory_lock(:number)"), {"number": _NUMBER})
            except DBAPIError as error:
                raise fault_of(error, place) or error from error
            if not mine:
                raise NotAlone(f"another mailbot already runs on {place}; {_TAKEN}")
            yield
    finally:
        await engine.dispose()
