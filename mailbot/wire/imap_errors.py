"""What can go wrong with a mailbox, in words that say where, what, and how to mend it."""

import imaplib
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from mailbot.wire.imap_account import ImapAccount

_HINT_MS = re.compile(r"Backoff Time: *(\d+) *milliseconds", re.IGNORECASE)
_REPR = re.compile(r"""b(['"])(.*?)\1""")
_CODE = re.compile(r"\[([A-Z-]+)", re.IGNORECASE)
# Codes that pass by themselves (RFC 9051 7.1, RFC 5530, Gmail), and the wait in seconds if the server names none.
_PASSING = {"UNAVAILABLE": 60.0, "INUSE": 60.0, "LIMIT": 300.0, "THROTTLED": 300.0}
_OVERQUOTA_S = 900.0
_PASSING_WORDS = re.compile(
    r"too many|temporar|try again|try later|server busy|backoff|bandwidth|simultaneous", re.IGNORECASE
)
_BROKEN = re.compile(r"\[SERVERBUG|internal error", re.IGNORECASE)


class ImapError(Exception):
    """Something is wrong with the mailbox. `retry_after_s` is what the server asked us to wait, where it did."""

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class ImapUnavailable(ImapError):
    """The server cannot be reached, or went away, or asks for patience: come back later."""


class ImapLoginRefused(ImapError):
    """The server does not take this user and password: someone has to change something first."""


class ImapCertificateError(ImapError):
    """The server's certificate does not prove that it is the server we wanted."""


class ImapFolderMissing(ImapError):
    """A folder is not there, or cannot be opened."""


class ImapRefused(ImapError):
    """The server understood a command and said no."""


def retry_after_s(text: str) -> float | None:
    """How many seconds the server asks us to wait, if it does: Exchange's back-off, Gmail's and RFC 5530's codes."""
    if hint := _HINT_MS.search(text):
        return int(hint[1]) / 1000
    codes = {code.upper() for code in _CODE.findall(text)}
    if "OVERQUOTA" in codes:
        return _OVERQUOTA_S
    return max((wait for code, wait in _PASSING.items() if code in codes), default=None)


def asks_for_patience(text: str) -> bool:
    """Whether a refusal is about this moment and not about the request."""
    return any(code.upper() in _PASSING for code in _CODE.findall(text)) or bool(_PASSING_WORDS.search(text))


def is_broken(text: str) -> bool:
    """Whether the server says that it failed by a fault of its own: for a moment, or over one damaged message."""
    return bool(_BROKEN.search(text))


def passes(text: str) -> bool:
    """Whether the same request may well succeed later."""
    return asks_for_patience(text) or is_broken(text)


def said(text: str | Exception, account: ImapAccount) -> str:
    """Quote the server in one short printable line, without the password should it echo it."""
    line = "".join(character if character.isprintable() else " " for character in str(text))
    if account.password:
        line = line.replace(account.password, "***")
    # imaplib puts the octets' repr into some of its messages.
    return " ".join(_REPR.sub(r"\2", line).split())[:200]


@contextmanager
def translated(account: ImapAccount) -> Iterator[None]:
    """Turn what the socket, TLS, imaplib or IMAPClient raise into this module's errors."""
    try:
        yield
    except ImapError:
        raise
    except ssl.SSLCertVerificationError as error:
        raise _certificate(account, error) from error
    except OSError as error:
        raise ImapUnavailable(f"{account.where}: {_network(account, error)}") from error
    except imaplib.IMAP4.abort as error:
        text = said(error, account)
        raise ImapUnavailable(
            f"{account.where}: the server ended the connection ({text}); trying again later", retry_after_s(text)
        ) from error
    except imaplib.IMAP4.error as error:
        text = said(error, account)
        if passes(text):
            message = f"{account.where}: the server asks for patience ({text}); trying again later"
            raise ImapUnavailable(message, retry_after_s(text)) from error
        raise ImapRefused(f"{account.where}: the server refused: {text}", retry_after_s(text)) from error
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        # What IMAPClient and imaplib raise on answers that they cannot parse.
        message = f"{account.where}: the server's answer makes no sense ({said(error, account)}); trying again later"
        raise ImapUnavailable(message) from error


def login_fault(account: ImapAccount, error: Exception) -> ImapError:
    """Tell a wrong password from a server that is busy, and say what to do about it."""
    text = said(error, account)
    if passes(text):
        message = f"{account.where}: cannot log in just now ({text}); trying again later"
        return ImapUnavailable(message, retry_after_s(text))
    return ImapLoginRefused(f"{account.where}: login refused ({text}). {_login_mend(account)}")


def _login_mend(account: ImapAccount) -> str:
    host, domain = account.host.lower(), account.user.lower().rpartition("@")[2]
    if host.endswith(("gmail.com", "googlemail.com")) or domain in ("gmail.com", "googlemail.com"):
        return (
            "Gmail wants an app password, not the one you sign in with: turn on 2-step verification, make one at "
            "https://myaccount.google.com/apppasswords and put its 16 letters in place of the password."
        )
    if host.endswith(("office365.com", "outlook.com")):
        return (
            "Microsoft 365 and Outlook.com no longer take passwords over IMAP; "
            "use a mailbox with a provider that does, or forward the replies to one."
        )
    if host.endswith(("yahoo.com", "mail.me.com", "icloud.com", "aol.com", "fastmail.com")):
        return "This provider wants an app password: make one in the account's security settings."
    return (
        "Check user and password. If the account has two-factor sign-in, make an app password in the provider's "
        "security settings; some providers also want IMAP switched on there."
    )


def _certificate(account: ImapAccount, error: ssl.SSLCertVerificationError) -> ImapCertificateError:
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
    return ImapCertificateError(f"{account.where}: the certificate was not accepted: {why.rstrip('.')}. {mend}")


def _network(account: ImapAccount, error: OSError) -> str:
    if isinstance(error, socket.gaierror):
        return "the host name is not known; check it, and this machine's network"
    if isinstance(error, TimeoutError):
        return "no answer in time; the server or the network is down, or a firewall drops the port"
    if isinstance(error, ConnectionRefusedError):
        return "connection refused; the server is down or the port is wrong"
    if isinstance(error, ssl.SSLError):
        if error.reason in ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE"):
            return 'no TLS on this port; use port 993, or security = "starttls" with port 143'
        return f"TLS failed ({said(error.reason or error, account)}); trying again later"
    return f"the connection broke ({said(error.strerror or error, account)}); trying again later"
