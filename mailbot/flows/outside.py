"""What the flows need from outside: a post office, the mailbox, a writer of letters, another way to the operator."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from mailbot.flows.inbound import Batch, Cursor


@dataclass(frozen=True, slots=True)
class Outcome:
    """How handing a letter over ended: `verdict` is accepted, deferred, refused, account or unknown."""

    verdict: str
    code: int
    text: str
    phase: str


class PostOffice(Protocol):
    """Hands letters to an SMTP server. Network faults are outcomes, never exceptions."""

    async def submit(
        self,
        key: str,
        envelope_from: str,
        recipients: Sequence[str],
        octets: bytes,
        *,
        on_committed: Callable[[], Awaitable[None]],
    ) -> Outcome:
        """Hand over; `on_committed` is awaited after the last RCPT was accepted and before DATA."""
        ...

    async def close(self) -> None:
        """Say goodbye within a few seconds."""
        ...


class Words(Protocol):
    """A rendered letter."""

    @property
    def subject(self) -> str:
        """One line."""
        ...

    @property
    def text(self) -> str:
        """The plain text."""
        ...

    @property
    def html(self) -> str:
        """The same, as HTML."""
        ...


class Writer(Protocol):
    """Puts letters into words. Raises on a template that cannot be rendered."""

    def render(self, template: str, language: str, context: Mapping[str, object]) -> Words:
        """Render a template in a language."""
        ...


class Mailbox(Protocol):
    """The business's own mailbox, read only, but for our own copies in its Sent folder."""

    @property
    def name(self) -> str:
        """The account's name in cursors and stored mails."""
        ...

    async def watched(self) -> Sequence[str]:
        """The folders to read: the inbox and where replies land by mistake."""
        ...

    def fetch_new(self, folder: str, cursor: Cursor | None, *, since: date) -> AsyncIterator[Batch]:
        """Batches of what is new in a folder, oldest first; `since` bounds the first look and a rescan."""
        ...

    async def append_sent(self, octets: bytes, at: datetime) -> bool:
        """File our own copy; False if the server has one already, or no folder for it."""
        ...

    async def copies(self, message_id: str, key: str) -> Collection[str]:
        """Which of "sent", "inbox" and "junk" hold a message with this Message-ID or letter key: it left."""
        ...


class Alarm(Protocol):
    """Another route to the operator than the mail account."""

    async def ring(self, subject: str, text: str, at: datetime) -> bool:
        """Tell; True if somebody took the message. Never raises."""
        ...
