"""The engine: how SQLite is made durable and fair, how PostgreSQL is reached. The only place that knows a dialect."""

import json
import os
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from mailbot.store.fault import StoreFault

# How long a write waits for another program's write, in seconds.
BUSY_S = 10
WRITES = "mailbot_writes"
_PRAGMAS = (
    "journal_mode=WAL",  # readers do not stop the writer
    "synchronous=FULL",  # what was committed survives a power cut
    "temp_store=MEMORY",
)


def url_of(address: str) -> URL:
    """A database URL from a URL or a bare path of a SQLite file, with the asynchronous driver in it."""
    if "://" not in address:
        return URL.create("sqlite+aiosqlite", database=address)
    try:
        url = make_url(address)
    except (ArgumentError, ValueError) as error:
        raise StoreFault(
            "the database address is not understood; write a path or postgresql://user@host/name"
        ) from error
    drivers = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
    url = url.set(drivername=drivers.get(url.drivername, url.drivername))
    if url.drivername not in drivers.values():
        raise StoreFault(f"{url.drivername} is no known kind of database; use sqlite or postgresql")
    if url.drivername.startswith("sqlite") and url.database in (None, "", ":memory:"):
        raise StoreFault("the database address names no file; write sqlite:///path/to/mailbot.db")
    return url


def sqlite_file(address: str) -> Path | None:
    """The file of a SQLite database, or None for a database on a server."""
    url = url_of(address)
    return Path(str(url.database)) if url.drivername.startswith("sqlite") else None


def place_of(url: URL) -> str:
    """How the database is named in messages: the file, or the server without user and password."""
    if url.drivername.startswith("sqlite"):
        return str(url.database)
    return f"postgresql://{url.host or 'localhost'}{f':{url.port}' if url.port else ''}/{url.database}"


def make_engine(url: URL, *, migrates: bool = False, pooled: bool = True) -> AsyncEngine:
    """An engine whose transactions read one snapshot, and whose writes on SQLite take the write lock at once.

    One that `migrates` does not enforce foreign keys, so that rebuilding a table does not cascade. One that is not
    `pooled` (PostgreSQL) keeps no connection that nobody holds. Errors do not tell the values: they end in the log.
    """
    if url.drivername.startswith("sqlite"):
        engine = create_async_engine(
            url,
            pool_size=2,  # each connection is a thread
            max_overflow=4,
            connect_args={"timeout": BUSY_S},
            json_serializer=_json,
            hide_parameters=True,
        )
        event.listen(engine.sync_engine, "connect", _set_up_to_migrate if migrates else _set_up)
        event.listen(engine.sync_engine, "begin", _begin)
        return engine
    try:
        if not pooled:
            return create_async_engine(url, poolclass=NullPool, hide_parameters=True)
        return create_async_engine(url, pool_size=4, pool_pre_ping=True, json_serializer=_json, hide_parameters=True)
    except ImportError as error:
        raise StoreFault("PostgreSQL needs its driver: pip install 'mailbot[postgresql]'") from error


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _set_up_to_migrate(connection: Any, _record: Any) -> None:
    # No implicit BEGIN from the driver: its deferred transactions lose updates silently (see _begin).
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _set_up(connection: Any, record: Any) -> None:
    _set_up_to_migrate(connection, record)
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    # A writer takes the lock before it reads, so that what it read still holds when it writes.
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def prepare_file(path: Path, *, create: bool) -> None:
    """Make sure that the SQLite file is there, for its owner's eyes only; -wal and -shm take over its mode."""
    if path.is_dir():
        raise StoreFault(f"{path}: this is a folder; name a file in it, such as {path / 'mailbot.db'}")
    if not path.parent.is_dir():
        raise StoreFault(f"{path}: its folder does not exist; create {path.parent} for the user that runs mailbot")
    if not path.exists() and not create:
        raise StoreFault(f"{path}: there is no database yet; run `mailbot init`, or check the path")
    try:
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        pass  # another process was faster, with the same mode
    except OSError as error:
        raise StoreFault(f"{path}: cannot be created ({error.strerror}); check the folder and the disk") from error
    if not os.access(path, os.R_OK | os.W_OK) or not os.access(path.parent, os.W_OK):
        raise StoreFault(f"{path}: permission denied; the user that runs mailbot must own the file and its folder")
    with path.open("rb") as file:
        start = file.read(16)
    if start and start != b"SQLite format 3\0":
        raise StoreFault(f"{path}: it is not a database: check the path, or restore a backup (`mailbot backup --list`)")


def sqlite_copy(source: Path, target: Path) -> None:
    """Copy a live database through SQLite's online backup and verify the copy (sqlite.org/backup.html); blocks."""
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    reader = sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_S)
    try:
        writer = sqlite3.connect(target, isolation_level=None)
        try:
            reader.backup(writer)
            writer.execute("PRAGMA journal_mode=DELETE")  # one file, without a -wal beside it
            (verdict,) = writer.execute("PRAGMA integrity_check(1)").fetchone()
        finally:
            writer.close()
    finally:
        reader.close()
    if verdict != "ok":
        raise StoreFault(
            f"{source}: the copy is damaged ({verdict}); the database itself needs a look before anything else"
        )
    descriptor = os.open(target, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
