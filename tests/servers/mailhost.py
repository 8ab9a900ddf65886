"""One face for the mail servers that the IMAP tests run against: the embedded world, and Dovecot."""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol, TypeVar

import imapclient

from mailbot.demo.world import MailWorld
from mailbot.wire.imap import ImapAccount
from tests.servers.dovecot import DovecotServer

T = TypeVar("T")


class MailHost(Protocol):
    """A server with one mailbox, that of `account`."""

    account: ImapAccount

    async def deliver(self, octets: bytes, folder: str = "INBOX") -> None: ...

    async def down(self) -> None: ...

    async def up(self) -> None: ...


class EmbeddedHost:
    """The mail world of the demo."""

    def __init__(self, world: MailWorld, user: str) -> None:
        world.add_user(user, "secret")
        self._world = world
        self.account = ImapAccount("127.0.0.1", world.imap_port, user, "secret", security="plain")

    async def deliver(self, octets: bytes, folder: str = "INBOX") -> None:
        await self._world.deliver(self.account.user, octets, folder)

    async def down(self) -> None:
        await self._world.imap_down()

    async def up(self) -> None:
        await self._world.imap_up()


class DovecotHost:
    """Dovecot, over TLS."""

    def __init__(self, server: DovecotServer, user: str) -> None:
        server.add_user(user, "secret")
        self._server = server
        self.account = ImapAccount(server.host, server.imaps_port, user, "secret", ca_file=server.ca_file)

    async def deliver(self, octets: bytes, folder: str = "INBOX") -> None:
        await asyncio.to_thread(self._server.deliver, self.account.user, octets, folder)

    async def down(self) -> None:
        await asyncio.to_thread(self._server.stop)

    async def up(self) -> None:
        await asyncio.to_thread(self._server.start)


async def by_hand(account: ImapAccount, act: Callable[[Any], T]) -> T:
    """Let the person's own mail program act: a second connection, which may do what the bot never does."""

    def run() -> T:
        tls = account.security == "tls"
        context = ssl.create_default_context(cafile=account.ca_file) if tls else None
        client = imapclient.IMAPClient(account.host, account.port, ssl=tls, ssl_context=context, timeout=60)
        with client:
            client.normalise_times = False
            client.login(account.user, account.password)
            return act(client)

    return await asyncio.to_thread(run)


def with_password(account: ImapAccount, password: str) -> ImapAccount:
    """The same account with another password."""
    return replace(account, password=password)
