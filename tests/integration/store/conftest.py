"""One contract, three stores: SQLite, PostgreSQL, and the one in memory that the scenarios use."""

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


@pytest.fixture(params=["sqlite", "memory", "postgresql"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """An empty store."""
    if request.param == "memory":
        yield MemoryStore(lambda: NOW)
        return
    sqlite = request.param == "sqlite"
    url = str(tmp_path / "mailbot.db") if sqlite else request.getfixturevalue("postgres").fresh()
    opened = await SqlStore.open(url, now=lambda: NOW)
    yield opened
    await opened.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a database can be created."""
    if request.param == "sqlite":
        return str(tmp_path / "mailbot.db")
    return str(request.getfixturevalue("postgres").fresh())
