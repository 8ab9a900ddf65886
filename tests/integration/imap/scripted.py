"""An IMAP server that does what it is told: the far side's odd manners, which no real server shows on demand."""

import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Self

Answer = bytes | Callable[["Talk", bytes], None]


class Talk:
    """One connection, seen from the server; `command` is what was heard last, without its tag."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.command = ""
        self.read = sock.makefile("rb")

    def say(self, octets: bytes) -> None:
        self.sock.sendall(octets)

    def hear(self) -> bytes:
        return self.read.readline()

    def hang_up(self) -> None:
        self.read.close()
        with suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)
        self.sock.close()


class ScriptedServer:
    """Answers each command from a table: octets (with `%t` for the tag), or a function of the talk and the tag.

    `heard` holds the commands in order, without their tags. With `context` it speaks TLS from the start; with
    `starttls` after that command. By default it holds one message, UID 1, in a folder of UIDVALIDITY 1.
    """

    def __init__(
        self,
        answers: Mapping[str, Answer] | None = None,
        *,
        capability: bytes = b"IMAP4rev1 IDLE",
        greeting: bytes = b"* OK ready\r\n",
        context: ssl.SSLContext | None = None,
        starttls: ssl.SSLContext | None = None,
    ) -> None:
        self._context, self._starttls, self._greeting = context, starttls, greeting
        self.heard: list[str] = []
        self._answers: dict[str, Answer] = {
            "CAPABILITY": b"* CAPABILITY " + capability + b"\r\n%t OK done\r\n",
            "LOGIN": b"%t OK in\r\n",
            "LIST": b'* LIST () "/" INBOX\r\n%t OK done\r\n',
            "EXAMINE": b"* 1 EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n* OK [UIDNEXT 2] x\r\n%t OK [READ-ONLY] x\r\n",
            "UID SEARCH": b"* SEARCH\r\n%t OK done\r\n",
            "NOOP": b"%t OK done\r\n",
            "LOGOUT": b"* BYE so long\r\n%t OK done\r\n",
            **(answers or {}),
        }
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._talks: list[Talk] = []
        self._raw: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for sock in self._raw:
            with suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
        self._thread.join(60)
        assert not self._thread.is_alive()

    def _serve(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            talk: Talk | None = None
            try:
                sock = self._context.wrap_socket(sock, server_side=True) if self._context else sock
                self._raw.append(sock)
                talk = Talk(sock)
                self._converse(talk)
            except (OSError, ValueError):
                pass
            finally:
                sock.close()
                if talk is not None:
                    talk.hang_up()

    def _converse(self, talk: Talk) -> None:
        talk.say(self._greeting)
        while line := talk.hear():
            tag, _, command = line.strip().partition(b" ")
            words = command.decode().split()
            verb = " ".join(words[: 2 if words[0].upper() == "UID" else 1]).upper()
            talk.command = command.decode()
            self.heard.append(talk.command)
            if verb == "STARTTLS" and self._starttls is not None:
                talk.say(tag + b" OK go ahead\r\n")
                talk.sock = self._starttls.wrap_socket(talk.sock, server_side=True)
                self._raw.append(talk.sock)
                talk.read = talk.sock.makefile("rb")
                continue
            answer = self._answers.get(verb, b"%t BAD what?\r\n")
            if callable(answer):
                answer(talk, tag)
            else:
                talk.say(answer.replace(b"%t", tag))
