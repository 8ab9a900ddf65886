"""IMAPClient over a read buffer of our own, so that IDLE loses nothing and every wait has an end."""

import imaplib
import re
import select
import socket
import ssl
import time
from contextlib import suppress
from enum import StrEnum
from typing import Any, Protocol

import imapclient

from mailbot.wire.imap_account import ImapAccount, ImapLimits

_LONGEST_LINE = 8 * 1024 * 1024
_CHUNK = 256 * 1024
_NEWS = re.compile(rb"\* \d+ (EXISTS|RECENT)\b", re.IGNORECASE)
_BYE = re.compile(rb"\* BYE\b", re.IGNORECASE)


class Wake(StrEnum):
    """Why a wait ended. All of them are hints: what is new, a UID search says."""

    NEWS = "news"
    TIMEOUT = "timeout"
    INTERRUPTED = "interrupted"


class Bell(Protocol):
    """What can cut a wait short: a descriptor to poll, and whether somebody really rang."""

    def fileno(self) -> int:
        """Readable once somebody rang."""
        ...

    def rang(self) -> bool:
        """Empty the descriptor and say whether the wait must end."""
        ...

    def rings_within(self, seconds: float) -> bool:
        """Sleep until somebody rings, or for so long."""
        ...


def tls_context(account: ImapAccount) -> ssl.SSLContext | None:
    """Certificate and host name are checked, always; None for plain. Raises OSError if `ca_file` cannot be read."""
    if account.security == "plain":
        return None
    return ssl.create_default_context(cafile=account.ca_file)


class WireProtocol(imaplib.IMAP4):
    """imaplib with the five methods that it calls overridable (`open`, `read`, `readline`, `send`, `shutdown`).

    The buffer is ours and not a file object's, because a file object hides what it has read ahead from `poll`, and
    loses a line that a time-out cuts in two.
    """

    def __init__(self, account: ImapAccount, limits: ImapLimits, context: ssl.SSLContext | None) -> None:
        self._context = context if account.security == "tls" else None
        self._limits = limits
        self._octets = bytearray()
        # A literal may hold a whole message; a server that announces more than we ever ask for is not to be believed.
        self._largest = max(limits.oversize_octets, limits.batch_octets) * 2 + _LONGEST_LINE
        super().__init__(account.host, account.port, limits.connect_s)

    def open(self, host: str = "", port: int = 143, timeout: float | None = None) -> None:
        """Connect, with TLS from the first octet where asked for."""
        self.host, self.port = host, port
        sock = socket.create_connection((host, port), timeout)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        # IMAPClient writes a command in pieces: with Nagle's algorithm each look waits 40 ms for a delayed ACK.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = self._context.wrap_socket(sock, server_hostname=host) if self._context else sock
        self.sock.settimeout(self._limits.read_s)

    def starttls(self, ssl_context: ssl.SSLContext | None = None) -> Any:
        """Go on under TLS (RFC 9051 6.2.1); what came in the clear after its OK is an attack, not an answer."""
        if ssl_context is None:
            raise self.error("STARTTLS without a context that checks the certificate")
        kind, answer = self._simple_command("STARTTLS")
        if kind != "OK":
            raise self.error(f"STARTTLS refused: {answer!r}")
        if self._octets:
            raise self.abort("the server sent text between STARTTLS and TLS")
        self.sock = ssl_context.wrap_socket(self.sock, server_hostname=self.host)
        self._tls_established = True
        self._get_capabilities()
        return kind, answer

    def read(self, size: int) -> bytes:
        """Exactly `size` octets, or fewer at the end of the stream; each piece must come within the read time-out."""
        if size > self._largest:
            raise self.abort(f"the server announced {size} octets")
        while len(self._octets) < size:
            if not self._more():
                raise self.abort("socket error: EOF")
        taken = bytes(memoryview(self._octets)[:size])
        del self._octets[:size]
        return taken

    def readline(self) -> bytes:
        """One line with its end, or nothing at the end of the stream."""
        while (line := self.whole_line()) is None:
            if not self._more():
                return b""
        return line

    def whole_line(self) -> bytes | None:
        """Take a line from the buffer, if it holds a whole one."""
        end = self._octets.find(b"\n") + 1
        if not end:
            if len(self._octets) > _LONGEST_LINE:
                raise self.abort(f"a line of more than {_LONGEST_LINE} octets")
            return None
        line = bytes(memoryview(self._octets)[:end])
        del self._octets[:end]
        return line

    def _more(self) -> bool:
        piece = self.sock.recv(_CHUNK)
        self._octets += piece
        return bool(piece)

    def take_what_is_there(self) -> bool:
        """Move what has arrived into the buffer without waiting; False if nothing had. Raises `abort` at the end."""
        self.sock.setblocking(False)
        try:
            if not self._more():
                raise self.abort("socket error: EOF")
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError, BlockingIOError):
            return False
        else:
            return True
        finally:
            self.sock.settimeout(self._limits.read_s)

    def send(self, data: bytes) -> None:  # type: ignore[override]
        """Send all of it, each piece within the time-out."""
        self.sock.sendall(data)

    def shutdown(self) -> None:
        """Close the socket, whatever state it is in."""
        if hasattr(self, "sock"):
            self.sever()
            self.sock.close()

    def sever(self) -> None:
        """End every read and write that is under way; the one method that another thread may call."""
        with suppress(OSError):
            # Not SSLSocket.shutdown: that one takes the TLS layer away under the reading thread's feet.
            socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


class Client(imapclient.IMAPClient):  # type: ignore[misc]  # IMAPClient carries no types
    """IMAPClient with an IDLE that passes what real servers do: see `idle_until`."""

    def __init__(self, account: ImapAccount, limits: ImapLimits, context: ssl.SSLContext | None) -> None:
        self._parts = (account, limits, context)
        self.limits = limits
        super().__init__(
            account.host,
            account.port,
            ssl=account.security == "tls",
            ssl_context=context,
            timeout=imapclient.SocketTimeout(limits.connect_s, limits.read_s),
        )
        # IMAPClient logs the whole conversation at level 5, bodies included.
        self.protocol.debug = 0
        self.normalise_times = False

    def _create_IMAP4(self) -> WireProtocol:  # noqa: N802 - IMAPClient's name
        return WireProtocol(*self._parts)

    @property
    def protocol(self) -> WireProtocol:
        """The protocol object under IMAPClient."""
        protocol: WireProtocol = self._imap
        return protocol

    def unsolicited_news(self) -> bool:
        """Whether a new message was announced beside the answer to another command; asking forgets it."""
        announced = [self.protocol.untagged_responses.pop(name, None) for name in ("EXISTS", "RECENT")]
        return any(announced)

    def idle_until(self, timeout_s: float, bell: Bell) -> Wake | None:
        """IDLE (RFC 2177) until news, the bell or the time-out; None if the server will not IDLE after all.

        Sees a push that comes before or together with the `+`, and lines split over segments; EOF and BYE raise
        `abort`; DONE waits `done_s` at most for its answer and then raises TimeoutError.
        """
        protocol = self.protocol
        tag: bytes = protocol._command("IDLE")  # noqa: SLF001 - imaplib has no public way before 3.14
        news = False
        while True:
            line = self._line()
            if line.startswith(b"+"):
                break
            if line.startswith(tag):
                protocol.tagged_commands.pop(tag, None)
                return Wake.NEWS if news else None
            news |= self._is_news(line)
        wake, ended = self._listen(tag, time.monotonic() + timeout_s, bell, news=news)
        if not ended and self._done(tag):
            wake = Wake.NEWS
        protocol.tagged_commands.pop(tag, None)
        # A server that ends IDLE by itself, without news, would be asked again at once, and so for ever: poll it.
        return None if ended and wake is Wake.TIMEOUT else wake

    def _listen(self, tag: bytes, until: float, bell: Bell, *, news: bool) -> tuple[Wake, bool]:
        """Listen while idling; also say whether the server ended IDLE by itself."""
        protocol = self.protocol
        poller = select.poll()
        poller.register(protocol.sock.fileno(), select.POLLIN)
        poller.register(bell.fileno(), select.POLLIN)
        while True:
            while (line := protocol.whole_line()) is not None:
                if line.startswith(tag):
                    return (Wake.NEWS if news else Wake.TIMEOUT), True
                news |= self._is_news(line)
            if protocol.take_what_is_there() and time.monotonic() < until:
                continue
            if news:
                return Wake.NEWS, False
            left_s = until - time.monotonic()
            if bell.rang():
                return Wake.INTERRUPTED, False
            if left_s <= 0:
                return Wake.TIMEOUT, False
            poller.poll(left_s * 1000)

    def _done(self, tag: bytes) -> bool:
        """Leave IDLE; say whether news came meanwhile."""
        news = False
        self.protocol.send(b"DONE\r\n")
        self.protocol.sock.settimeout(self.limits.done_s)
        try:
            while not (line := self._line()).startswith(tag):
                news |= self._is_news(line)
        finally:
            self.protocol.sock.settimeout(self.limits.read_s)
        return news

    def _line(self) -> bytes:
        line = self.protocol.readline()
        if not line:
            raise self.protocol.abort("socket error: EOF")
        return line

    def _is_news(self, line: bytes) -> bool:
        if _BYE.match(line):
            raise self.protocol.abort(line[2:].decode("ascii", "replace").strip())
        return bool(_NEWS.match(line))
