"""What can go wrong with a submission server, in words that say where, what, and how to mend it."""

import socket
import ssl

import aiosmtplib

from mailbot.mail.verdict import Judgement, Phase, Verdict, judge
from mailbot.wire.smtp_account import SmtpAccount


class SmtpError(Exception):
    """The server did not take us as far as MAIL. `judgement` says what that means for the letters that wait."""

    def __init__(self, message: str, phase: Phase, judgement: Judgement, code: int = 0) -> None:
        super().__init__(message)
        self.phase = phase
        self.judgement = judgement
        self.code = code


class SmtpUnavailable(SmtpError):
    """The server cannot be reached, or asks for patience: come back later."""


class SmtpLoginRefused(SmtpError):
    """The server does not take this user and password: someone has to change something first."""


class SmtpCertificateError(SmtpError):
    """The server's certificate does not prove that it is the server we wanted."""


class SmtpRefused(SmtpError):
    """The server talks to us and wants nothing to do with us."""


def said(text: str | BaseException, account: SmtpAccount) -> str:
    """Quote the server in one printable line, without the password should it echo it."""
    line = "".join(character if character.isprintable() else " " for character in str(text))
    if account.password:
        line = line.replace(account.password, "***")
    return " ".join(line.split())[:500]


def connect_fault(account: SmtpAccount, error: BaseException) -> SmtpError:
    """Name what stood in the way of a connection."""
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return _reply_fault(account, Phase.CONNECT, error)
    root: BaseException = error
    while (cause := root.__cause__) is not None:
        root = cause
    if isinstance(root, ssl.SSLCertVerificationError):
        return _certificate_fault(account, root)
    if isinstance(root, ssl.SSLError):
        return _tls_fault(account, root)
    if isinstance(root, socket.gaierror):
        why = "the host name is not known; check it, and this machine's network"
    elif isinstance(root, TimeoutError):
        why = "no answer in time; the server or the network is down, or a firewall drops the port"
    elif isinstance(root, ConnectionRefusedError):
        why = "connection refused; the server is down or the port is wrong"
    elif "STARTTLS" in str(error):
        why = 'the server offers no STARTTLS here; use port 587, or security = "tls" with port 465'
        return SmtpRefused(f"{account.where}: {why}", Phase.CONNECT, Judgement(Verdict.ACCOUNT))
    else:
        why = f"the connection broke ({said(getattr(root, 'strerror', None) or root, account)}); trying again later"
    return SmtpUnavailable(f"{account.where}: {why}", Phase.CONNECT, Judgement(Verdict.DEFERRED))


def login_fault(account: SmtpAccount, error: BaseException) -> SmtpError:
    """Tell a wrong password from a server that is busy, and say what to do about it."""
    if not isinstance(error, aiosmtplib.SMTPResponseException):
        return SmtpUnavailable(
            f"{account.where}: the connection broke during login ({said(error, account)}); trying again later",
            Phase.LOGIN,
            Judgement(Verdict.DEFERRED),
        )
    return _reply_fault(account, Phase.LOGIN, error)


def no_login_offered(account: SmtpAccount) -> SmtpError:
    """Say that the server offers no way to log in that we know."""
    mend = 'set security = "starttls" or "tls"' if account.security == "plain" else "check host and port"
    return SmtpRefused(
        f"{account.where}: the server offers no password login; {mend}, or leave the user empty for a relay",
        Phase.LOGIN,
        Judgement(Verdict.ACCOUNT),
    )


def _reply_fault(account: SmtpAccount, phase: Phase, error: aiosmtplib.SMTPResponseException) -> SmtpError:
    judgement = judge(phase, error.code, error.message)
    quoted = f"{error.code} {said(error.message, account)}"
    if judgement.verdict is not Verdict.ACCOUNT:
        message = f"{account.where}: the server asks for patience ({quoted}); trying again later"
        return SmtpUnavailable(message, phase, judgement, max(error.code, 0))
    if phase is Phase.LOGIN:
        message = f"{account.where}: login refused ({quoted}). {_login_mend(account)}"
        return SmtpLoginRefused(message, phase, judgement, error.code)
    message = f"{account.where}: the server turned us away ({quoted}); check host and port, or ask the provider"
    return SmtpRefused(message, phase, judgement, error.code)


def _login_mend(account: SmtpAccount) -> str:
    host, domain = account.host.lower(), account.user.lower().rpartition("@")[2]
    if host.endswith(("gmail.com", "googlemail.com")) or domain in ("gmail.com", "googlemail.com"):
        return (
            "Gmail wants an app password, not the one you sign in with: turn on 2-step verification, make one at "
            "https://myaccount.google.com/apppasswords and put its 16 letters in place of the password."
        )
    if host.endswith(("office365.com", "outlook.com")):
        return (
            "Microsoft 365 takes passwords here only if an administrator turned on authenticated SMTP for the mailbox."
        )
    if host.endswith(("yahoo.com", "mail.me.com", "icloud.com", "aol.com", "fastmail.com")):
        return "This provider wants an app password: make one in the account's security settings."
    return (
        "Check user and password. If the account has two-factor sign-in, make an app password in the provider's "
        "security settings."
    )


def _certificate_fault(account: SmtpAccount, error: ssl.SSLCertVerificationError) -> SmtpCertificateError:
    why = error.verify_message or str(error)
    lower = why.lower()
    if "mismatch" in lower or "not valid for" in lower:
        mend = "Set the host to the name in the certificate; the provider's help page has it."
    elif "expired" in lower or "not yet valid" in lower:
        mend = "Check this machine's clock; if it is right, the provider must renew the certificate."
    elif "self" in lower or "issuer" in lower:
        mend = "If the server is your own, set ca_file to its certificate; otherwise do not connect from this network."
    else:
        mend = "Ask the provider; do not send the password until this is solved."
    message = f"{account.where}: the certificate was not accepted: {why.rstrip('.')}. {mend}"
    return SmtpCertificateError(message, Phase.CONNECT, Judgement(Verdict.ACCOUNT))


def _tls_fault(account: SmtpAccount, error: ssl.SSLError) -> SmtpError:
    if error.reason in ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE"):
        why = 'no TLS on this port; use port 465, or security = "starttls" with port 587'
        return SmtpRefused(f"{account.where}: {why}", Phase.CONNECT, Judgement(Verdict.ACCOUNT))
    why = f"TLS failed ({said(error.reason or error, account)}); trying again later"
    return SmtpUnavailable(f"{account.where}: {why}", Phase.CONNECT, Judgement(Verdict.DEFERRED))
