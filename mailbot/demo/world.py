"""A mail world on loopback: a real SMTP server and a real IMAP server with IDLE, in the running loop.

It stands for the far side: the provider that the bot submits to, and the mailboxes of the bot and clients.
"""

import asyncio
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from types import TracebackType
from typing import Any, Self, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from mailbot.demo.bounce import Fate, report
from mailbot.demo.mailboxes import ImapHost, Stored
from mailbot.demo.port import Port

HOST = "mx.mailworld.test"
_DSN_PARAMETER = re.compile(r"\s+(RET|ENVID|NOTIFY|ORCPT)=(\S+)", re.IGNORECASE)
_NULL_SENDER = re.compile(r"^(FROM:)\s*<>", re.IGNORECASE)
# aiosmtpd takes an empty sender for a missing one; this stands in for it inside the server.
_NULL_PATH = "mailer-daemon@null-return-path"


@dataclass(frozen=True, slots=True)
class Accepted:
    """A message that the SMTP server took with its 250: envelope, octets and when."""

    sender: str
    recipients: tuple[str, ...]
    octets: bytes
    at: datetime
    envid: str = ""
    login: str = ""


@dataclass(slots=True)
class _Dsn:
    """What the sender asked for about delivery reports (RFC 3461)."""

    envid: str = ""
    headers_only: bool = False
    notify: dict[str, frozenset[str]] = field(default_factory=dict)
    orcpt: dict[str, str] = field(default_factory=dict)


def _dsn_asked(arg: str | None) -> dict[str, str]:
    return {name.upper(): value for name, value in _DSN_PARAMETER.findall(arg or "")}


class _Session(Session):
    """aiosmtpd warns on every login about an attribute that it sets itself; nobody here reads it."""

    @property
    def login_data(self) -> Any:
        return None

    @login_data.setter
    def login_data(self, value: Any) -> None:
        pass


class _Submission(SMTP):
    """One SMTP connection: aiosmtpd, with the null return path and DSN added (RFC 5321 4.5.5, RFC 3461)."""

    dsn: _Dsn

    def _create_session(self) -> Session:
        return _Session(self.loop)

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802 - aiosmtpd finds verbs by name
        asked = _dsn_asked(arg)
        self.dsn = _Dsn(asked.get("ENVID", ""), asked.get("RET", "").upper() == "HDRS")
        plain = _DSN_PARAMETER.sub("", arg or "")
        await super().smtp_MAIL(_NULL_SENDER.sub(rf"\1<{_NULL_PATH}>", plain) or None)

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802 - aiosmtpd finds verbs by name
        asked = _dsn_asked(arg)
        before = len(self.envelope.rcpt_tos) if self.envelope else 0
        await super().smtp_RCPT(_DSN_PARAMETER.sub("", arg or "") or None)
        if self.envelope and len(self.envelope.rcpt_tos) > before:
            address = self.envelope.rcpt_tos[-1]
            self.dsn.notify[address] = frozenset(asked.get("NOTIFY", "FAILURE,DELAY").upper().split(","))
            self.dsn.orcpt[address] = asked.get("ORCPT", "")


class _PostOffice:
    """What aiosmtpd asks about each step; it finds the hooks by name."""

    def __init__(self, world: "MailWorld") -> None:
        self._world = world

    async def handle_EHLO(  # noqa: N802 - aiosmtpd finds hooks by name
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [*responses[:-1], "250-ENHANCEDSTATUSCODES", "250-DSN", responses[-1]]

    async def handle_RCPT(  # noqa: N802 - aiosmtpd finds hooks by name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        reply = self._world.refusals.get(address.lower())
        if reply is not None:
            return reply
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 Ok"

    async def handle_DATA(  # noqa: N802 - aiosmtpd finds hooks by name
        self, server: _Submission, session: Session, envelope: Envelope
    ) -> str:
        sender = "" if envelope.mail_from == _NULL_PATH else envelope.mail_from or ""
        content = envelope.original_content or b""
        login = session.auth_data.login.decode() if isinstance(session.auth_data, LoginPassword) else ""
        taken = Accepted(sender, tuple(envelope.rcpt_tos), content, self._world.now(), server.dsn.envid, login)
        return f"250 2.0.0 Ok: queued as {await self._world.post(taken, server.dsn)}"


class MailWorld:
    """An SMTP and an IMAP server on random loopback ports, and the mailboxes behind them.

    `clock` gives the aware time of everything that is stamped: INTERNALDATE, Received, reports. Use it as an
    async context manager. Mail for a local address (plus-addressing included) goes to its INBOX; for one
    marked by `bounces`, or unknown in a domain that has users, a report goes to the envelope sender; mail for
    any other domain is accepted, recorded and leaves this world.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.now = clock
        self.accepted: list[Accepted] = []
        self.refusals: dict[str, str] = {}
        self._passwords: dict[str, str] = {}
        self._bounces: dict[str, tuple[str, str]] = {}
        self._imap = ImapHost()
        self._smtp: asyncio.Server | None = None
        self._smtp_port = Port()
        self._connections: set[_Submission] = set()
        self._serial = 0

    @property
    def imap_port(self) -> int:
        """Where IMAP listens, also across an outage."""
        return self._imap.port

    @property
    def smtp_port(self) -> int:
        """Where SMTP listens, also across an outage."""
        return self._smtp_port.number

    def add_user(self, address: str, password: str) -> None:
        """Open a mailbox (INBOX, Sent, Junk) and let its owner log in to SMTP and IMAP."""
        address = address.lower()
        self._passwords[address] = password
        self._imap.add_user(address, password)

    def bounces(self, address: str, status: str = "5.1.1", text: str = "User unknown") -> None:
        """Let mail to this address come back with an enhanced status (RFC 3463); 4.x.x reports a delay."""
        self._bounces[address.lower()] = (status, text)

    def refuses(self, address: str, reply: str = "550 5.1.1 User unknown") -> None:
        """Answer RCPT for this address with an SMTP reply instead of accepting it."""
        self.refusals[address.lower()] = reply

    async def deliver(self, user: str, octets: bytes, folder: str = "INBOX", *, flags: Iterable[str] = ()) -> int:
        """Put octets into a user's folder, as an MTA's last step does; the answer is the UID."""
        return await self._imap.append(user.lower(), octets, folder, self.now(), flags)

    async def messages(self, user: str, folder: str = "INBOX") -> list[Stored]:
        """List what lies in a user's folder now, oldest first."""
        return await self._imap.messages(user.lower(), folder)

    async def imap_up(self) -> None:
        """Serve IMAP again, on the same port, with the mailboxes as they were."""
        await self._imap.up()

    async def imap_down(self) -> None:
        """Close IMAP's listening socket and cut its connections."""
        await self._imap.down()

    async def smtp_up(self) -> None:
        """Serve SMTP again, on the same port."""
        if self._smtp is None:
            loop = asyncio.get_running_loop()
            self._smtp = await loop.create_server(self._connection, sock=self._smtp_port.take())

    async def smtp_down(self) -> None:
        """Close SMTP's listening socket and cut its connections."""
        if self._smtp is None:
            return
        self._smtp.close()
        self._smtp = None
        self._smtp_port.keep()
        talks = []
        for connection in self._connections:
            if connection.transport is not None:
                cast("asyncio.Transport", connection.transport).abort()
            task: asyncio.Task[None] | None = connection._handler_coroutine  # noqa: SLF001 - no public way
            if task is not None and not task.done():
                task.cancel()
                talks.append(task)
        self._connections.clear()
        if talks:
            await asyncio.wait(talks, timeout=1)

    async def __aenter__(self) -> Self:
        await self.imap_up()
        await self.smtp_up()
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _fault: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End both servers for good and give their ports back."""
        await self.smtp_down()
        self._smtp_port.close()
        await self._imap.close()

    def _connection(self) -> _Submission:
        self._connections = {known for known in self._connections if known.transport is not None}
        connection = _Submission(
            _PostOffice(self),
            enable_SMTPUTF8=True,
            hostname=HOST,
            ident="mailworld",
            authenticator=self._authenticate,
            auth_require_tls=False,
            loop=asyncio.get_running_loop(),
        )
        self._connections.add(connection)
        return connection

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, credentials: Any
    ) -> AuthResult:
        known = False
        with suppress(UnicodeDecodeError):
            login = credentials.login.decode().lower()
            known = login in self._passwords and self._passwords[login] == credentials.password.decode()
        return AuthResult(success=known, handled=False, auth_data=credentials)

    async def post(self, mail: Accepted, dsn: _Dsn | None = None) -> str:
        """Record a message and bring it to its recipients; the answer is its queue id."""
        dsn = dsn or _Dsn()
        self.accepted.append(mail)
        self._serial += 1
        queue_id = f"{self._serial:08X}"
        for recipient in dict.fromkeys(mail.recipients):
            fate = await self._bring(mail, recipient, queue_id, dsn.orcpt.get(recipient, ""))
            wanted = dsn.notify.get(recipient, frozenset({"FAILURE", "DELAY"}))
            notify = {"failed": "FAILURE", "delayed": "DELAY", "delivered": "SUCCESS"}[fate.action]
            if mail.sender and notify in wanted:
                await self._report(mail, fate, dsn)
        return queue_id

    async def _bring(self, mail: Accepted, recipient: str, queue_id: str, orcpt: str) -> Fate:
        address = self._owner(recipient)
        if marked := self._bounces.get(recipient.lower()) or self._bounces.get(address):
            return Fate(recipient, *marked, orcpt)
        if address in self._passwords:
            trace = (
                f"Return-Path: <{mail.sender}>\r\nDelivered-To: {recipient}\r\n"
                f"Received: from [127.0.0.1] by {HOST} with ESMTP id {queue_id}\r\n"
                f"\tfor <{recipient}>; {format_datetime(mail.at)}\r\n"
            )
            await self.deliver(address, trace.encode() + mail.octets)
            return Fate(recipient, "2.0.0", "delivered", orcpt)
        if address.rpartition("@")[2] in {known.rpartition("@")[2] for known in self._passwords}:
            return Fate(recipient, "5.1.1", f"<{recipient}>: Recipient address rejected: User unknown", orcpt)
        return Fate(recipient, "2.0.0", "relayed", orcpt)

    async def _report(self, mail: Accepted, fate: Fate, dsn: _Dsn) -> None:
        self._serial += 1
        at = self.now()
        octets = report(
            fate,
            host=HOST,
            to=mail.sender,
            at=at,
            serial=f"{self._serial:08X}.dsn",
            envid=mail.envid,
            octets=mail.octets,
            headers_only=dsn.headers_only,
        )
        await self.post(Accepted("", (mail.sender,), octets, at))

    def _owner(self, recipient: str) -> str:
        """Name the mailbox of an address: its own, or that before the plus sign (RFC 5233)."""
        local, _, domain = recipient.lower().rpartition("@")
        return f"{local.partition('+')[0]}@{domain}"
