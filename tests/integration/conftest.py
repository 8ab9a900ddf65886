"""Real servers for the integration tests. `mail_host` runs a test once against each IMAP server."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from itertools import count

import pytest

from mailbot.demo.world import MailWorld
from tests.servers.dovecot import DovecotServer
from tests.servers.mailhost import DovecotHost, EmbeddedHost, MailHost

_serial = count(1)


@pytest.fixture(scope="session")
def dovecot() -> Iterator[DovecotServer]:
    """One Dovecot for all tests; take a user of your own."""
    server = DovecotServer()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(params=["embedded", "dovecot"])
async def mail_host(request: pytest.FixtureRequest) -> AsyncIterator[MailHost]:
    """A server with an empty mailbox: the embedded one, and Dovecot where it is installed."""
    user = f"box{next(_serial)}@example.test"  # names of its own: others use the same Dovecot
    if request.param == "dovecot":
        yield DovecotHost(request.getfixturevalue("dovecot"), user)
        return
    async with MailWorld(lambda: datetime.now(UTC)) as world:
        yield EmbeddedHost(world, user)
