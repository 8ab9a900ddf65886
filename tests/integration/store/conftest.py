"""One contract, three stores: SQLite, PostgreSQL, and the one in memory that the scenarios use."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from mailbot.flows.ports import Store
from mailbot.store.store import SqlStore
from tests.fakes.memory_store import MemoryStore
from tests.integration.store.values import NOW
from tests.servers.postgres import PostgresServer


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One PostgreSQL cluster for all tests; take a database of your own."""
    server = PostgresServer()
    try:
        server.start()
        yield server
    finally:
        server.remove()


async def _created(url: str) -> str:
    opened = await SqlStore.open(url, now=lambda: NOW)
    await opened.close()
    return url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with its schema, to be copied."""
    return Path(asyncio.run(_created(str(tmp_path_factory.mktemp("template") / "mailbot.db"))))


@pytest.fixture(scope="session")
def postgres_template(postgres: PostgresServer) -> str:
    """A database with its schema, to be copied."""
    return asyncio.run(_created(postgres.fresh()))


@pytest.fixture(params=["sqlite", "memory", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str | None:
    """A database with its schema and nothing in it; None stands for memory."""
    if request.param == "memory":
        return None
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres").fresh(request.getfixturevalue("postgres_template")))
    return str(shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "mailbot.db"))


@pytest.fixture
async def store(address: str | None) -> AsyncIterator[Store]:
    """An empty store."""
    if address is None:
        yield MemoryStore(lambda: NOW)
        return
    opened = await SqlStore.open(address, now=lambda: NOW)
    yield opened
    await opened.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a database can be created."""
    if request.param == "sqlite":
        return str(tmp_path / "mailbot.db")
    return str(request.getfixturevalue("postgres").fresh())
