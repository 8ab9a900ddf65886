"""A mailbox on an IMAP server, for asyncio: read what is new, wait for more, file our own letters, look for proof."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from datetime import date, datetime
from functools import partial
from types import TracebackType
from typing import Self, TypeVar

from mailbot.flows.inbound import Batch, Cursor
from mailbot.wire.imap_account import ImapAccount, ImapLimits
from mailbot.wire.imap_client import Wake
from mailbot.wire.imap_errors import (
    ImapCertificateError,
    ImapError,
    ImapFolderMissing,
    ImapLoginRefused,
    ImapRefused,
    ImapUnavailable,
)
from mailbot.wire.imap_folders import WatchedFolders
from mailbot.wire.imap_session import SentCopy, Session
from mailbot.wire.imap_thread import ConnectionThread

T = TypeVar("T")


class Mailbox:
    """One mailbox and at most one connection to it, on a thread of its own.

    Every method may raise `ImapError`. After `ImapUnavailable` the connection is gone: `connect` again, after a pause
    (`Backoff`, with the error's `retry_after_s`). Nothing in the mailbox is changed but for `append_sent`.
    """

    def __init__(self, account: ImapAccount, limits: ImapLimits | None = None) -> None:
        self.account = account
        self._limits = limits or ImapLimits()
        self._thread: ConnectionThread | None = None
        self._one_wait = asyncio.Lock()

    @property
    def connected(self) -> bool:
        """Whether there is a connection that was not seen to break."""
        return self._thread is not None and self._thread.connected

    async def connect(self) -> None:
        """Connect and log in; nothing happens if the connection stands."""
        if self._thread is None:
            self._thread = ConnectionThread(self.account, self._limits)
        await asyncio.wrap_future(self._thread.connect())

    async def _ask(self, task: Callable[[Session], T]) -> T:
        if self._thread is None:
            raise ImapUnavailable(f"{self.account.where}: not connected")
        return await asyncio.wrap_future(self._thread.submit(task))

    async def folders(self) -> WatchedFolders:
        """Name the inbox, junk and sent folders; raises `ImapFolderMissing` for a configured one that is not there."""
        return await self._ask(Session.folders)

    async def fetch_new(self, folder: str, cursor: Cursor | None, *, since: date) -> AsyncIterator[Batch]:
        """Fetch what came after the cursor, in batches; store each with its cursor before asking for the next.

        Without a cursor, or after a change of UIDVALIDITY: everything since a day (and of the day before, as the
        server compares in a zone of its own).
        """
        plan = await self._ask(lambda session: session.plan(folder, cursor, since))
        if not plan.uids and not plan.first and not plan.rescanned:
            return
        done = 0
        while True:
            mails, done = await self._ask(partial(Session.fetch, plan=plan, start=done))
            if done < 0:
                return
            whole = done >= len(plan.uids)
            end = plan.end if whole else Cursor(plan.end.uidvalidity, plan.uids[done - 1])
            yield Batch(mails, end, plan.rescanned)
            if whole:
                return

    async def wait(self, timeout_s: float, folder: str | None = None) -> Wake:
        """Wait for news of a folder (by default the inbox), at most `timeout_s`.

        Never for more than 270 s: IDLE is renewed before a NAT forgets it. A hint only: look by `fetch_new` after every
        wake. Other calls on this mailbox do not wait for it to end.
        """
        async with self._one_wait:
            thread = self._thread
            if thread is None:
                raise ImapUnavailable(f"{self.account.where}: not connected")
            thread.expect()
            until = time.monotonic() + timeout_s
            try:
                while True:
                    left_s = max(0.0, until - time.monotonic())
                    wake = await self._ask(partial(Session.wait, folder=folder, timeout_s=left_s, bell=thread))
                    # A job that came in between has rung the bell: go on waiting after it.
                    if wake is not Wake.INTERRUPTED or thread.interrupted:
                        return wake
            except asyncio.CancelledError:
                thread.interrupt()
                raise

    def interrupt(self) -> None:
        """End the wait under way, if there is one."""
        if self._thread is not None:
            self._thread.interrupt()

    async def append_sent(self, octets: bytes, at: datetime) -> SentCopy:
        """File our own letter in the Sent folder, as read, unless a message with its Message-ID is there."""
        return await self._ask(lambda session: session.append_sent(octets, at))

    async def holds(self, message_id: str, folder: str, *, letter: str = "") -> bool:
        """Look for proof that a letter left: its Message-ID (with angle brackets) or `X-Mailbot-Letter`, exactly."""
        return await self._ask(lambda session: session.holds(message_id, folder, letter))

    async def close(self, within_s: float = 5.0) -> None:
        """Log out if the server still listens; done after `within_s` in any case."""
        thread, self._thread = self._thread, None
        if thread is not None:
            await asyncio.to_thread(thread.close, within_s)

    async def __aenter__(self) -> Self:
        try:
            await self.connect()
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self.close()


__all__ = [
    "ImapAccount",
    "ImapCertificateError",
    "ImapError",
    "ImapFolderMissing",
    "ImapLimits",
    "ImapLoginRefused",
    "ImapRefused",
    "ImapUnavailable",
    "Mailbox",
    "SentCopy",
    "Wake",
    "WatchedFolders",
]
