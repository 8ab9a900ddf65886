"""A person with a mailbox of their own: reads it by IMAP, writes by SMTP, as any mail program does."""

import asyncio
import socket
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime

import aiosmtplib
from imapclient import IMAPClient

from mailbot.demo.programs import Received

LETTER_HEADER = "X-Mailbot-Letter"


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message as it was read in a mailbox."""

    uid: int
    octets: bytes
    received: Received
    letter_key: str

    @property
    def rung(self) -> str:
        """What sort of letter it is, as its key tells: the last word but one."""
        parts = self.letter_key.split(".")
        return parts[-2] if len(parts) > 2 else ""

    @property
    def invoices(self) -> tuple[str, ...]:
        """What it is about, as its key tells."""
        return tuple(filter(None, self.letter_key.split(".")[0].split("+")))


class Person:
    """A mailbox's owner. Reading is incremental, by UID; `close` ends the connection."""

    def __init__(self, email: str, password: str, imap_port: int, smtp_port: int) -> None:
        self.email = email
        self._password = password
        self._imap_port, self._smtp_port = imap_port, smtp_port
        self._client: IMAPClient | None = None
        self._last_uid = 0

    async def read(self) -> list[Arrived]:
        """What is new in the inbox. Raises OSError while the server does not answer."""
        return await asyncio.to_thread(self._read)

    def _read(self) -> list[Arrived]:
        try:
            client = self._client or self._connected()
            client.noop()
        except (OSError, IMAPClient.Error):
            # The server was away since the last look: a mail program connects again and goes on.
            client = self._connected()
        uids = sorted(uid for uid in client.search(["UID", f"{self._last_uid + 1}:*"]) if uid > self._last_uid)
        found = client.fetch(uids, ["BODY.PEEK[]"]) if uids else {}
        self._last_uid = uids[-1] if uids else self._last_uid
        return [_arrived(uid, found[uid][b"BODY[]"]) for uid in uids]

    def _connected(self) -> IMAPClient:
        self.close()
        client = IMAPClient("127.0.0.1", self._imap_port, ssl=False, timeout=10)
        client.login(self.email, self._password)
        client.select_folder("INBOX", readonly=True)
        client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._client = client
        return client

    async def send(self, octets: bytes, to: str, *, auto: bool = False) -> None:
        """Hand a message to the server; what a machine sends has no return path (RFC 3834 3.3)."""
        async with aiosmtplib.SMTP(
            hostname="127.0.0.1", port=self._smtp_port, start_tls=False, username=self.email, password=self._password
        ) as smtp:
            await smtp.sendmail("" if auto else self.email, [to], octets)

    def close(self) -> None:
        """Let go of the connection."""
        client, self._client = self._client, None
        if client is not None:
            with suppress(OSError):
                client.shutdown()


def _arrived(uid: int, octets: bytes) -> Arrived:
    mail = message_from_bytes(octets, policy=default)
    assert isinstance(mail, EmailMessage)
    body = mail.get_body(("plain",))
    text = str(body.get_content()) if body is not None else ""
    sender = mail["From"].addresses[0] if mail["From"] and mail["From"].addresses else None
    received = Received(
        message_id=str(mail["Message-ID"] or ""),
        references=tuple(str(mail["References"] or "").split()),
        sender_name=sender.display_name if sender else "",
        sender=sender.addr_spec if sender else "",
        subject=str(mail["Subject"] or ""),
        sent_at=_date(str(mail["Date"])),
        text=text.replace("\r\n", "\n").rstrip(),
    )
    return Arrived(uid, octets, received, str(mail[LETTER_HEADER] or ""))


def _date(text: str) -> datetime:
    return parsedate_to_datetime(text)
