"""The thread that owns an IMAP connection: imaplib is not thread-safe, so nobody else touches it."""

import queue
import select
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from mailbot.wire.imap_account import ImapAccount, ImapLimits
from mailbot.wire.imap_errors import ImapFolderMissing, ImapRefused, ImapUnavailable
from mailbot.wire.imap_session import Session

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Job:
    """Something to be done with the session; `task` is None for the last one."""

    task: Callable[[Session], Any] | None
    future: Future[Any]


class ConnectionThread:
    """Runs jobs one after another on one connection; a daemon thread, so that no black hole keeps the process alive.

    It is also the `Bell` of a wait under way: a new job rings it, so that no job stands behind IDLE.
    """

    def __init__(self, account: ImapAccount, limits: ImapLimits) -> None:
        self._account = account
        self._limits = limits
        self._jobs: queue.SimpleQueue[_Job] = queue.SimpleQueue()
        self._ringer, self._ring_end = socket.socketpair()
        self._ringer.setblocking(False)
        self._ring_end.setblocking(False)
        self._interrupted = threading.Event()
        self._closing = threading.Event()
        self._session: Session | None = None
        self._thread = threading.Thread(target=self._run, name=f"imap {account.where}", daemon=True)
        self._thread.start()

    @property
    def connected(self) -> bool:
        """Whether there is a connection that was not seen to break."""
        return self._session is not None

    def submit(self, task: Callable[[Session], T]) -> Future[T]:
        """Queue a job that needs the connection."""
        return self._put(task)

    def connect(self) -> Future[None]:
        """Queue the making of a connection; nothing happens if there is one."""
        return self._put(self._keep)

    def _keep(self, _session: Session) -> None:
        return None

    def _put(self, task: Callable[[Session], T] | None) -> Future[T]:
        future: Future[T] = Future()
        self._jobs.put(_Job(task, future))
        self._ring()
        return future

    def interrupt(self) -> None:
        """End the wait under way."""
        self._interrupted.set()
        self._ring()

    @property
    def interrupted(self) -> bool:
        """Whether somebody ended the last wait on purpose."""
        return self._interrupted.is_set()

    def expect(self) -> None:
        """Forget interruptions from before a wait."""
        self._interrupted.clear()

    def _ring(self) -> None:
        # A full buffer means that the bell is ringing already; a closed one, that nobody listens any more.
        with suppress(OSError):
            self._ringer.send(b"\0")

    def fileno(self) -> int:
        """The end that a wait polls."""
        return self._ring_end.fileno()

    def rang(self) -> bool:
        """Whether a job waits, or somebody interrupts, or the thread is to end."""
        with suppress(BlockingIOError):
            while self._ring_end.recv(4096):
                pass
        return self._interrupted.is_set() or self._closing.is_set() or not self._jobs.empty()

    def rings_within(self, seconds: float) -> bool:
        """Sleep until somebody rings, or for so long."""
        if self.rang():
            return True
        poller = select.poll()
        poller.register(self._ring_end.fileno(), select.POLLIN)
        return bool(poller.poll(seconds * 1000)) and self.rang()

    def close(self, within_s: float) -> bool:
        """End the connection and the thread; blocks for `within_s` at most. False if the thread was left behind."""
        self._closing.set()
        self._put(None)
        self._thread.join(within_s / 2)
        if self._thread.is_alive() and (session := self._session) is not None:
            session.sever()
            self._thread.join(within_s / 2)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            while (job := self._jobs.get()).task is not None:
                self._do(job, job.task)
            if self._session is not None:
                self._session.log_out(within_s=2.0)
        finally:
            self._session = None
            self._ringer.close()
            self._ring_end.close()
            while not self._jobs.empty():
                self._jobs.get().future.cancel()

    def _do(self, job: _Job, task: Callable[[Session], Any]) -> None:
        if not job.future.set_running_or_notify_cancel():
            return
        try:
            job.future.set_result(task(self._session_for(task)))
        except (ImapFolderMissing, ImapRefused) as error:
            job.future.set_exception(error)
        except BaseException as error:  # noqa: BLE001 - it belongs to whoever waits for the job
            self._drop()
            job.future.set_exception(error)

    def _session_for(self, task: Callable[[Session], Any]) -> Session:
        if self._closing.is_set():
            raise ImapUnavailable(f"{self._account.where}: the connection is being closed")
        if self._session is None:
            if task != self._keep:
                raise ImapUnavailable(f"{self._account.where}: not connected; the watcher is trying again")
            self._session = Session(self._account, self._limits)
        return self._session

    def _drop(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.discard()
