"""The post between the business and its clients: the embedded world, or Postfix that delivers into Dovecot."""

import asyncio
import smtplib
import time
from collections.abc import Sequence
from dataclasses import dataclass

from imapclient import IMAPClient

from mailbot.demo.world import MailWorld
from tests.servers.dovecot import DovecotServer
from tests.servers.installation import Servers
from tests.servers.postfix import PostfixServer
from tests.servers.waiting import PATIENCE_S

PASSWORD = "secret"


@dataclass(frozen=True)
class People:
    """The addresses of one test. Mail for `ghost` is accepted and comes back."""

    bot: str
    operator: str
    julie: str
    ghost: str


@dataclass(frozen=True)
class Post:
    """Mail servers with the mailboxes of some people."""

    people: People
    servers: Servers
    imap: tuple[str, int]
    smtp: tuple[str, int]
    smtp_login: bool

    async def inbox(self, user: str, count: int, folder: str = "INBOX") -> list[bytes]:
        """Everything in a folder, oldest first, as soon as it holds `count` messages; fails if it never does."""
        return await asyncio.to_thread(self._inbox, user, count, folder)

    def _inbox(self, user: str, count: int, folder: str) -> list[bytes]:
        with IMAPClient(*self.imap, ssl=False, timeout=PATIENCE_S) as client:
            client.login(user, PASSWORD)
            client.select_folder(folder, readonly=True)
            until = time.monotonic() + PATIENCE_S
            while len(uids := client.search("ALL")) < count:
                assert time.monotonic() < until, f"{len(uids)} of {count} messages came to {user}"
                client.idle()
                client.idle_check(timeout=0.2)
                client.idle_done()
            found = client.fetch(uids, ["BODY.PEEK[]"])
            return [found[uid][b"BODY[]"] for uid in sorted(found)]

    async def send(self, sender: str, recipient: str, octets: bytes) -> None:
        """Submit as a person's mail program does."""
        await asyncio.to_thread(self._send, sender, recipient, octets)

    def _send(self, sender: str, recipient: str, octets: bytes) -> None:
        with smtplib.SMTP(*self.smtp, timeout=PATIENCE_S) as smtp:
            if self.smtp_login:
                smtp.login(sender, PASSWORD)
            smtp.sendmail(sender, [recipient], octets)


def embedded(world: MailWorld, people: People) -> Post:
    """The mail world of the demo."""
    for address in (people.bot, people.operator, people.julie):
        world.add_user(address, PASSWORD)
    world.bounces(people.ghost)
    imap, smtp = ("127.0.0.1", world.imap_port), ("127.0.0.1", world.smtp_port)
    return Post(people, Servers(imap, smtp), imap, smtp, smtp_login=True)


def real(dovecot: DovecotServer, postfix: PostfixServer, people: People) -> Post:
    """Postfix and Dovecot; the bot reads over TLS."""
    for address in (people.bot, people.operator, people.julie):
        dovecot.add_user(address, PASSWORD)
    smtp = (postfix.host, postfix.port)
    servers = Servers(
        (dovecot.host, dovecot.imaps_port), smtp, imap_security="tls", smtp_login=False, ca_file=dovecot.ca_file
    )
    return Post(people, servers, ("127.0.0.1", dovecot.imap_port), smtp, smtp_login=False)


def numbered(serial: int) -> People:
    """The people of the n-th test."""
    names = (f"{name}{serial}@example.test" for name in ("bot", "op", "julie", "ghost"))
    return People(*names)


def everybody(count: int) -> Sequence[str]:
    """All addresses that Postfix is to take."""
    return [address for n in range(1, count + 1) for address in vars(numbered(n)).values()]
