"""The IMAP half of the mail world: pymap in memory, made to behave like a provider's server."""

import asyncio
from argparse import Namespace
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from proxyprotocol.sock import SocketInfoLocal
from pymap.backend.dict import Config, Login
from pymap.backend.dict.filter import FilterSet
from pymap.backend.dict.mailbox import MailboxData, MailboxSet
from pymap.imap import IMAPServer
from pymap.listtree import ListEntry, ListTree
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials import ObjectId
from pymap.parsing.specials.flag import Flag, Wildcard
from pymap.user import UserMetadata
from pysasl.hashing import Cleartext

from mailbot.demo.port import Port

FOLDERS = {"Sent": b"Sent", "Junk": b"Junk"}
"""The folders each mailbox starts with next to INBOX, and their special use (RFC 6154)."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A message as it lies in a folder; `at` is its INTERNALDATE."""

    uid: int
    octets: bytes
    at: datetime
    flags: frozenset[str]


class _SpecialUseEntry(ListEntry):
    """A folder whose LIST answer says what it is for (RFC 6154)."""

    @property
    def attributes(self) -> Sequence[bytes]:
        use = FOLDERS.get(self.name)
        return [*super().attributes, *([use] if use else [])]


class _SpecialUseTree(ListTree):
    def list(self) -> Iterable[ListEntry]:
        for entry in super().list():
            yield _SpecialUseEntry(entry.name, entry.exists, entry.marked, entry.has_children)


class _Folder(MailboxData):
    """A folder that keeps custom keywords, as every provider's server does (RFC 3501 7.1, PERMANENTFLAGS)."""

    @property
    def permanent_flags(self) -> frozenset[Flag]:
        return super().permanent_flags | {Wildcard}


class _Mailbox(MailboxSet):
    """One person's folders."""

    def __init__(self) -> None:
        super().__init__()
        self._inbox = self._new_folder()
        self._set.update((name, self._new_folder()) for name in FOLDERS)

    def _new_folder(self) -> _Folder:
        return _Folder(self._content_cache, self._thread_cache)

    async def add_mailbox(self, name: str) -> ObjectId:
        if name in self._set:
            raise ValueError(name)
        self._set[name] = folder = self._new_folder()
        return folder.mailbox_id

    async def list_mailboxes(self) -> ListTree:
        return _SpecialUseTree(self.delimiter).update("INBOX", *self._set)


class _WholeResponses(asyncio.StreamWriter):
    """Sends a response in one piece, as real servers do; pymap writes it in crumbs, which IMAPClient trips over."""

    def __init__(self, writer: asyncio.StreamWriter, reader: asyncio.StreamReader) -> None:
        loop = asyncio.get_running_loop()
        super().__init__(writer.transport, writer.transport.get_protocol(), reader, loop)
        self._held = bytearray()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self._held += data

    async def drain(self) -> None:
        held, self._held = bytes(self._held), bytearray()
        super().write(held)
        await super().drain()


class ImapHost:
    """An IMAP4rev1 server with IDLE on a loopback port; the mailboxes outlive its outages."""

    def __init__(self) -> None:
        arguments = Namespace(
            debug=False,
            host=["127.0.0.1"],
            port="0",
            cert=None,
            key=None,
            tls=False,
            proxy_protocol=None,
            inherited_sockets=None,
            passlib_cfg=None,
            demo_data=False,
            demo_user="",
            demo_password="",
            skip_services=[],
        )
        # pymap hashes with 500,000 rounds by default; a throw-away world need not.
        self._config = Config.from_args(arguments, hash_context=Cleartext(), reject_dnsbl=False)
        self._login = Login(self._config)
        self._mailboxes: dict[str, _Mailbox] = {}
        self._serve = IMAPServer(self._login, self._config)
        self._listener: asyncio.Server | None = None
        # Strong references: from Python 3.13 on the loop alone does not keep a connection's task alive.
        self._connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._port = Port()

    @property
    def port(self) -> int:
        """Where it listens, also across an outage."""
        return self._port.number

    def add_user(self, address: str, password: str) -> None:
        """Open a mailbox with INBOX, Sent and Junk."""
        self._login.users_dict[address] = UserMetadata(self._config, address, password=password)
        self._mailboxes[address] = mailbox = _Mailbox()
        self._config.set_cache[address] = (mailbox, FilterSet())

    async def up(self) -> None:
        """Listen; on the port of last time, if there was one."""
        if self._listener is None:
            self._listener = await asyncio.start_server(self._converse, sock=self._port.take())

    async def down(self) -> None:
        """Stop listening and cut every connection, as a dead server does: no BYE. The port stays ours."""
        if self._listener is None:
            return
        self._listener.close()
        self._listener = None
        self._port.keep()
        talks = dict(self._connections)
        for writer in talks.values():
            writer.transport.abort()
        if talks:
            _, stuck = await asyncio.wait(talks, timeout=1)
            for task in stuck:
                task.cancel()
            if stuck:
                await asyncio.wait(stuck, timeout=1)

    async def close(self) -> None:
        """Go down for good."""
        await self.down()
        self._port.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections[task] = writer
        try:
            with suppress(ConnectionError, EOFError):
                await self._serve(reader, _WholeResponses(writer, reader), SocketInfoLocal(writer))
        finally:
            self._connections.pop(task, None)

    async def _folder(self, user: str, folder: str) -> MailboxData:
        try:
            return await self._mailboxes[user].get_mailbox(folder)
        except KeyError:
            raise KeyError(f"no folder {folder} of {user} in this world") from None

    async def append(self, user: str, octets: bytes, folder: str, at: datetime, flags: Iterable[str] = ()) -> int:
        """Put a message into a folder and wake those who IDLE there; the answer is its UID."""
        marks = frozenset(Flag(flag.encode()) for flag in flags)
        box = await self._folder(user, folder)
        return (await box.append(AppendMessage(octets, at, marks), recent=True)).uid

    async def messages(self, user: str, folder: str) -> list[Stored]:
        """List what lies in a folder now, oldest first."""
        box = await self._folder(user, folder)
        return [
            Stored(
                message.uid,
                bytes(message._content) if message._content is not None else b"",  # noqa: SLF001 - no public way
                message.internal_date,
                frozenset(flag.value.decode() for flag in message.permanent_flags),
            )
            async for message in box.messages()
        ]
