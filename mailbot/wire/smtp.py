"""Handing letters to a submission server, one command at a time, so that it is known what each silence means."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import quote

import aiosmtplib

from mailbot.flows import outside
from mailbot.mail.verdict import Judgement, Phase, Verdict, judge
from mailbot.wire.smtp_account import SmtpAccount, SmtpLimits
from mailbot.wire.smtp_errors import (
    SmtpCertificateError,
    SmtpError,
    connect_fault,
    login_fault,
    no_login_offered,
    said,
)

__all__ = ["Outcome", "SmtpAccount", "SmtpError", "SmtpLimits", "Submission"]

# RFC 5321 4.1.3: an address literal; the host's own name is nobody's business, and looking it up may hang.
_EHLO = "[127.0.0.1]"
# The mechanism is refused, not the password: another one may do (RFC 4954 4, 6).
_OTHER_MECHANISM = frozenset({500, 502, 504, 534})
# RFC 5321 4.2.2: a parameter of MAIL that is not understood.
_BAD_PARAMETER = frozenset({501, 504, 555})
_FAULTS = (aiosmtplib.SMTPException, OSError, EOFError)


@dataclass(frozen=True, slots=True)
class Outcome(outside.Outcome):
    """How handing over ended. `enhanced` is the status of RFC 3463, `""` where none was given; `code` 0 is silence."""

    enhanced: str = ""


class Submission:
    """One account, one connection, one letter at a time; the connection is kept for the next letter.

    A connection that was idle for `noop_after_s` is tried with NOOP before it is used, and one that stays idle for
    `close_after_s`, or has carried `letters_per_connection`, is closed.
    """

    def __init__(self, account: SmtpAccount, limits: SmtpLimits | None = None) -> None:
        self.account = account
        self.limits = limits or SmtpLimits()
        self._lock = asyncio.Lock()
        self._smtp: aiosmtplib.SMTP | None = None
        self._carried = 0
        self._used_at = 0.0
        self._tls: ssl.SSLContext | None = None
        self._idle: asyncio.TimerHandle | None = None
        self._retiring: asyncio.Task[None] | None = None

    async def submit(
        self,
        key: str,
        envelope_from: str,
        recipients: Sequence[str],
        octets: bytes,
        *,
        on_committed: Callable[[], Awaitable[None]],
    ) -> Outcome:
        """Hand a letter over; network faults are outcomes, never exceptions.

        `on_committed` is awaited once, after every RCPT was accepted and before DATA; what it raises passes through
        and the letter is not sent. Silence before DATA is DEFERRED, silence afterwards UNKNOWN (RFC 5321 6.1). If
        any recipient is refused, nothing is sent to any. A cancellation cuts the connection and passes through;
        inside DATA the letter stays as `on_committed` marked it, and a note on the exception says so.
        """
        if unfit := _unfit(envelope_from, recipients):
            return unfit
        async with self._lock:
            self._stay_awake()
            try:
                return await self._hand_over(key, envelope_from, recipients, octets, on_committed)
            except BaseException:
                self._cut()
                raise
            finally:
                self._rest()

    async def check_login(self) -> None:
        """Connect and log in on a connection of its own; raises `SmtpError` with what to do."""
        smtp = await self._connect()
        await self._goodbye(smtp)

    def offers(self, extension: str) -> bool:
        """Whether the server of the connection that is kept open named this extension (RFC 5321 4.1.1.1)."""
        return self._smtp is not None and self._smtp.supports_extension(extension)

    async def close(self) -> None:
        """Say goodbye within `goodbye_s`; a letter that is still on its way by then is cut off."""
        if self._idle is not None:
            self._idle.cancel()
        try:
            async with asyncio.timeout(self.limits.goodbye_s):
                await self._lock.acquire()
        except TimeoutError:
            self._cut()
            return
        try:
            await self._retire()
        finally:
            self._lock.release()

    async def _hand_over(
        self,
        key: str,
        envelope_from: str,
        recipients: Sequence[str],
        octets: bytes,
        on_committed: Callable[[], Awaitable[None]],
    ) -> Outcome:
        while True:
            kept = self._smtp is not None and self._smtp.is_connected
            try:
                smtp = await self._ready()
            except SmtpError as fault:
                return _outcome(fault.judgement, fault.phase, fault.code, str(fault))
            if trouble := _too_much(smtp, octets, self.account):
                return trouble
            trouble = await self._mail(smtp, key, envelope_from, octets)
            if trouble is None or not (kept and trouble.code in (0, 421)):
                break
            self._cut()  # a kept connection had gone stale: once more on a fresh one
        trouble = trouble or await self._rcpt(smtp, recipients)
        if trouble is not None:
            await self._reset(smtp)
            return trouble
        await on_committed()
        if not smtp.is_connected:  # gone while we committed: DATA was never said
            self._cut()
            return self._silence(Phase.RCPT, "the connection was lost before DATA")
        return await self._data(smtp, octets)

    async def _mail(self, smtp: aiosmtplib.SMTP, key: str, sender: str, octets: bytes) -> Outcome | None:
        """MAIL; None means accepted."""
        options = [f"SIZE={len(octets)}"] if smtp.supports_extension("size") else []
        if not octets.isascii():
            options.append("BODY=8BITMIME")
        reports = ["RET=HDRS", *_envid(key)] if smtp.supports_extension("dsn") else []
        try:
            await smtp.mail(sender, options=[*options, *reports], timeout=self.limits.command_s)
        except aiosmtplib.SMTPSenderRefused as refusal:
            if reports and refusal.code in _BAD_PARAMETER and smtp.is_connected:
                # A letter without reports is better than none: this server offers DSN and cannot keep to it.
                del smtp.esmtp_extensions["dsn"]
                return await self._mail(smtp, key, sender, octets)
            return self._judged(Phase.MAIL, refusal.code, refusal.message)
        except aiosmtplib.SMTPResponseException as refusal:
            return self._judged(Phase.MAIL, refusal.code, refusal.message)
        except _FAULTS as fault:
            return self._silence(Phase.MAIL, fault)
        return None

    async def _rcpt(self, smtp: aiosmtplib.SMTP, recipients: Sequence[str]) -> Outcome | None:
        """RCPT for each; None means that all were accepted, else the gravest refusal with all of them named."""
        refused: list[tuple[str, Outcome]] = []
        for recipient in recipients:
            options = []
            if smtp.supports_extension("dsn"):
                notify = "SUCCESS,FAILURE,DELAY" if self.limits.success_reports else "FAILURE,DELAY"
                options = [f"NOTIFY={notify}", f"ORCPT=rfc822;{_xtext(recipient)}"]
            try:
                await smtp.rcpt(recipient, options=options, timeout=self.limits.command_s)
            except aiosmtplib.SMTPResponseException as refusal:
                refused.append((recipient, self._judged(Phase.RCPT, refusal.code, refusal.message)))
                if not smtp.is_connected:  # 421: it has hung up
                    break
            except _FAULTS as fault:
                if not refused:
                    return self._silence(Phase.RCPT, fault)
                break
        if not refused:
            return None
        gravest = min(refused, key=lambda one: _GRAVITY.index(one[1].verdict))[1]
        named = "; ".join(f"{recipient}: {outcome.code} {outcome.text}" for recipient, outcome in refused)
        return Outcome(gravest.verdict, gravest.code, named, Phase.RCPT, gravest.enhanced)

    async def _data(self, smtp: aiosmtplib.SMTP, octets: bytes) -> Outcome:
        try:
            reply = await smtp.data(octets, timeout=self.limits.data_s)
        except aiosmtplib.SMTPDataError as refusal:
            if refusal.code // 100 == 2:  # a 2yz where a 354 belongs, or the like: it makes no sense
                self._cut()
                return self._silence(Phase.DATA, f"{refusal.code} {refusal.message}")
            await self._reset(smtp)
            return self._judged(Phase.DATA, refusal.code, refusal.message)
        except _FAULTS as fault:
            self._cut()
            return self._silence(Phase.DATA, fault)
        except asyncio.CancelledError as cancelled:
            cancelled.add_note("cut off inside DATA: whether the server has the letter is unknown")
            raise
        self._carried += 1
        return self._judged(Phase.DATA, reply.code, reply.message)

    async def _ready(self) -> aiosmtplib.SMTP:
        """Give a connection that is logged in and alive: the kept one, or a new one."""
        now = asyncio.get_running_loop().time()
        smtp = self._smtp
        if smtp is not None and smtp.is_connected and self._carried < self.limits.letters_per_connection:
            if now - self._used_at < self.limits.noop_after_s:
                return smtp
            with suppress(*_FAULTS):
                if (await smtp.noop(timeout=self.limits.connect_s)).code == 250:
                    return smtp
        await self._retire()
        self._smtp = await self._connect()
        self._carried = 0
        return self._smtp

    async def _connect(self) -> aiosmtplib.SMTP:
        account = self.account
        context = await self._trust() if account.security != "plain" else None
        smtp = aiosmtplib.SMTP(
            hostname=account.host,
            port=account.port,
            local_hostname=_EHLO,
            timeout=self.limits.connect_s,
            use_tls=account.security == "tls",
            start_tls=account.security == "starttls",
            tls_context=context,
        )
        try:
            await smtp.connect()
            await smtp.ehlo()
        except _FAULTS as fault:
            smtp.close()
            raise connect_fault(account, fault) from fault
        except BaseException:
            smtp.close()
            raise
        try:
            await self._log_in(smtp)
        except BaseException:
            smtp.close()
            raise
        return smtp

    async def _log_in(self, smtp: aiosmtplib.SMTP) -> None:
        """Log in with one mechanism: a wrong password that is tried thrice gets accounts locked."""
        account = self.account
        if not account.user:
            return
        ways = {"plain": smtp.auth_plain, "login": smtp.auth_login, "cram-md5": smtp.auth_crammd5}
        offered = [ways[name] for name in ways if name in smtp.server_auth_methods]
        refusal: Exception | None = None
        for way in offered:
            try:
                await way(account.user, account.password)
            except aiosmtplib.SMTPAuthenticationError as fault:
                refusal = fault
                if fault.code not in _OTHER_MECHANISM:
                    break
            except (*_FAULTS, ValueError) as fault:
                raise login_fault(account, fault) from fault
            else:
                return
        raise login_fault(account, refusal) if refusal else no_login_offered(account)

    async def _trust(self) -> ssl.SSLContext:
        if self._tls is None:
            ca_file = self.account.ca_file
            try:
                self._tls = await asyncio.to_thread(ssl.create_default_context, cafile=ca_file)
            except OSError as fault:
                message = f"ca_file {ca_file}: {fault.strerror or fault}; give a PEM file with the server's authority"
                raise SmtpCertificateError(message, Phase.CONNECT, Judgement(Verdict.ACCOUNT)) from fault
        return self._tls

    async def _reset(self, smtp: aiosmtplib.SMTP) -> None:
        """Leave the transaction; a connection that cannot even do that is dropped."""
        if not smtp.is_connected:
            self._cut()
            return
        try:
            await smtp.rset(timeout=self.limits.connect_s)
        except _FAULTS:
            self._cut()

    def _judged(self, phase: Phase, code: int, text: str) -> Outcome:
        return _outcome(judge(phase, code, text), phase, max(code, 0), said(text, self.account))

    def _silence(self, phase: Phase, why: str | BaseException) -> Outcome:
        text = f"{self.account.where}: {said(why, self.account)}"
        return _outcome(judge(phase, None), phase, 0, text)

    def _stay_awake(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None

    def _rest(self) -> None:
        """Start the clock of idleness."""
        loop = asyncio.get_running_loop()
        self._used_at = loop.time()
        if self._smtp is not None:
            self._idle = loop.call_later(self.limits.close_after_s, self._idle_over)

    def _idle_over(self) -> None:
        if not self._lock.locked():
            self._retiring = asyncio.create_task(self._retire_idle())

    async def _retire_idle(self) -> None:
        async with self._lock:
            await self._retire()

    async def _retire(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            await self._goodbye(smtp)

    async def _goodbye(self, smtp: aiosmtplib.SMTP) -> None:
        try:
            if smtp.is_connected:
                with suppress(*_FAULTS):
                    await smtp.quit(timeout=self.limits.goodbye_s)
        finally:
            smtp.close()

    def _cut(self) -> None:
        """Drop the connection and what still waits to be written; close() alone would go on writing the letter."""
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        if isinstance(smtp.transport, asyncio.WriteTransport):
            smtp.transport.abort()
        smtp.close()


_PRINTABLE = "".join(map(chr, range(33, 127))).replace("%", "")
# Of several refusals the first in this row decides.
_GRAVITY = (Verdict.ACCOUNT, Verdict.REFUSED, Verdict.DEFERRED, Verdict.UNKNOWN, Verdict.ACCEPTED)


def _outcome(judgement: Judgement, phase: Phase, code: int, text: str) -> Outcome:
    return Outcome(judgement.verdict, code, text, phase, judgement.enhanced)


def _unfit(sender: str, recipients: Sequence[str]) -> Outcome | None:
    """Refuse an envelope that SMTP cannot carry, or that would smuggle a command (RFC 5321 4.1.2)."""
    if not recipients:
        return Outcome(Verdict.REFUSED, 0, "the letter has no recipient", Phase.RCPT)
    for phase, address in ((Phase.MAIL, sender), *((Phase.RCPT, one) for one in recipients)):
        bad = any(character <= " " or character > "~" or character in "<>" for character in address)
        if bad or (address and "@" not in address) or (not address and phase is Phase.RCPT):
            return Outcome(Verdict.REFUSED, 0, f"{address!r} is not an address that SMTP can carry", phase)
    return None


def _too_much(smtp: aiosmtplib.SMTP, octets: bytes, account: SmtpAccount) -> Outcome | None:
    """Refuse before MAIL what the server said it cannot take (RFC 1870, RFC 6152)."""
    limit = smtp.esmtp_extensions.get("size", "").strip()
    if limit.isdigit() and 0 < int(limit) < len(octets):
        text = f"the letter has {len(octets):,} octets and {account.where} takes {int(limit):,} at most; attach less"
        return Outcome(Verdict.REFUSED, 0, text, Phase.MAIL)
    if not octets.isascii() and not smtp.supports_extension("8bitmime"):
        return Outcome(Verdict.REFUSED, 0, f"the letter has 8-bit octets and {account.where} takes none", Phase.MAIL)
    return None


def _envid(key: str) -> list[str]:
    """Give the letter's key as envelope id, where it fits: printable ASCII, 100 characters at most (RFC 3461 4.4).

    Characters outside ASCII are percent-encoded first, because the decoded id must be ASCII.
    """
    envid = _xtext(key if key.isascii() else quote(key, safe=_PRINTABLE))
    return [f"ENVID={envid}"] if 0 < len(envid) <= 100 and key.isprintable() else []


def _xtext(text: str) -> str:
    """Encode as RFC 3461 4 asks: printable ASCII but `+` and `=` as it is, the rest as +XX."""
    return "".join(
        chr(octet) if 33 <= octet <= 126 and octet not in b"+=" else f"+{octet:02X}" for octet in text.encode()
    )
