"""The thin thread, once on the embedded servers and once on Postfix and Dovecot."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio

from mailbot.demo.world import MailWorld
from tests.integration.story.posts import Post, embedded, everybody, numbered, real
from tests.integration.story.studio import Studio
from tests.servers.dovecot import DovecotServer
from tests.servers.postfix import PostfixServer

_MOST = 200  # stories in one process
_serial = count(1)


@pytest.fixture(scope="session")
def postfix(dovecot: DovecotServer) -> Iterator[PostfixServer]:
    """One Postfix for all stories; what it takes goes to Dovecot."""
    with PostfixServer(dovecot.lmtp_port, everybody(_MOST)) as server:
        yield server


@pytest_asyncio.fixture(params=["embedded", "postfix and dovecot"])
async def post(request: pytest.FixtureRequest) -> AsyncIterator[Post]:
    """Mail servers with three people and a ghost."""
    serial = next(_serial)
    assert serial <= _MOST, "Postfix knows no more people: raise _MOST"
    people = numbered(serial)
    if request.param == "embedded":
        async with MailWorld(lambda: datetime.now(UTC)) as world:
            yield embedded(world, people)
        return
    yield real(request.getfixturevalue("dovecot"), request.getfixturevalue("postfix"), people)


@pytest_asyncio.fixture
async def studio(post: Post, tmp_path: Path) -> AsyncIterator[Studio]:
    """A live installation that reads and sends there."""
    async with Studio.open(tmp_path, post) as studio:
        yield studio
