"""The far side: a submission server that counts what it stored, the provider's copies, and clients who answer."""

import asyncio
import smtplib
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.utils import format_datetime
from random import Random
from typing import Any, Protocol

from aiosmtpd.smtp import SMTP, Envelope, Session

from mailbot.demo.world import MailWorld
from tests.servers.dovecot import DovecotServer

OWN, OPERATOR, PASSWORD = "noemie@atelier.test", "operator@atelier.test", "secret"
_TWICE = 0.03
# What a client answers, by turns; the first two are promises, which the bot acknowledges by a letter.
_WORDS = (
    "Bonjour,\n\nBien reçu, je vous paie vendredi prochain.\n\nMerci",
    "Bonjour,\n\nLe virement sera fait d'ici la fin de la semaine prochaine, c'est promis.\n\nCordialement",
    "Bonjour,\n\nJe conteste cette facture : le site ne correspond pas à ce que nous avions commandé.\n\nCordialement",
    "Bonjour,\n\nJe suis absente du bureau et je répondrai à mon retour.\n",
)
_KINDS = len(_WORDS)


class Mailboxes(Protocol):
    """An IMAP server with the business's mailbox."""

    port: int

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def deliver(self, octets: bytes, folder: str) -> None: ...


class DovecotBoxes:
    """Dovecot, delivered to by LMTP."""

    def __init__(self) -> None:
        self._server = DovecotServer()
        self._server.add_user(OWN, PASSWORD)
        self.port = self._server.imap_port

    async def start(self) -> None:
        await asyncio.to_thread(self._server.start)

    async def stop(self) -> None:
        await asyncio.to_thread(self._server.remove)

    async def deliver(self, octets: bytes, folder: str) -> None:
        await asyncio.to_thread(self._server.deliver, OWN, octets, folder)


class EmbeddedBoxes:
    """The mail world of the demo, where there is no Dovecot."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._world = MailWorld(clock)
        self._world.add_user(OWN, PASSWORD)
        self.port = 0

    async def start(self) -> None:
        await self._world.imap_up()
        self.port = self._world.imap_port

    async def stop(self) -> None:
        await self._world.close()

    async def deliver(self, octets: bytes, folder: str) -> None:
        await self._world.deliver(OWN, octets, folder)


def client_address(serial: int) -> str:
    """The address of a client."""
    return f"c{serial:05}@client{serial:05}.test"


def wants_ack(serial: int) -> bool:
    """Whether this client's answer is a promise."""
    return serial % _KINDS < 2


@dataclass
class FarSide:
    """Stores letters, files a copy of each after a random delay, answers the first letter to each client.

    `stored` counts Message-IDs, `to` says which ones each recipient got. `boxes` is None for a bare server.
    """

    clock: Callable[[], datetime]
    boxes: Mailboxes | None
    seed: int
    longest_copy_s: float
    stored: Counter[str] = field(default_factory=Counter)
    to: dict[str, list[str]] = field(default_factory=dict)
    replies: dict[str, int] = field(default_factory=dict)
    delivered_twice: int = 0
    port: int = 0
    _server: asyncio.Server | None = None
    _errands: set[asyncio.Task[None]] = field(default_factory=set)
    _at_once: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(8))

    def __post_init__(self) -> None:
        self._random = Random(self.seed)  # noqa: S311 - a script, not a secret

    async def start(self) -> None:
        """Listen."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: SMTP(self, hostname="far.test", loop=loop), "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()
        await self.settled()

    async def settled(self) -> None:
        """Wait until every copy and reply lies where it belongs."""
        while self._errands:
            await asyncio.gather(*self._errands)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd
        """Store a letter: from here on it has arrived."""
        octets = bytes(envelope.original_content or b"")
        message_id = str(message_from_bytes(octets)["Message-ID"]).strip()
        self.stored[message_id] += 1
        for recipient in envelope.rcpt_tos:
            first = recipient not in self.to
            self.to.setdefault(recipient, []).append(message_id)
            if first and self.boxes is not None and recipient.startswith("c"):
                self._run(self._reply(int(recipient[1:6]), recipient, message_id))
        if self.boxes is not None:
            self._run(self._later(octets, "Sent", self.longest_copy_s))
        return "250 2.0.0 stored"

    def _run(self, errand: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(errand)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    async def _later(self, octets: bytes, folder: str, longest_s: float) -> None:
        assert self.boxes is not None
        await asyncio.sleep(self._random.uniform(0, longest_s))
        async with self._at_once:
            while True:
                with suppress(OSError, smtplib.SMTPException):
                    await self.boxes.deliver(octets, folder)
                    return
                await asyncio.sleep(0.2)

    async def _reply(self, serial: int, sender: str, answered: str) -> None:
        mail = EmailMessage()
        name = f"<reply{serial}@client{serial:05}.test>"
        mail["From"], mail["To"] = sender, OWN
        mail["Subject"] = "Re: Votre facture"
        mail["Message-ID"] = name
        mail["In-Reply-To"] = mail["References"] = answered
        mail["Date"] = format_datetime(self.clock())
        if serial % _KINDS == _KINDS - 1:
            mail["Auto-Submitted"] = "auto-replied"
        mail.set_content(_WORDS[serial % _KINDS])
        twice = self._random.random() < _TWICE
        await self._later(mail.as_bytes(), "INBOX", 0.5)
        self.replies[name] = serial
        if twice:
            self.delivered_twice += 1
            await self._later(mail.as_bytes(), "INBOX", 0.5)
