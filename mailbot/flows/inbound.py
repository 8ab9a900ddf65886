"""What comes out of a mailbox: raw messages, and the cursor that says how far a folder was read."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a folder was read: every UID up to `last_uid` under this UIDVALIDITY was seen (RFC 9051 2.3.1.1)."""

    uidvalidity: int
    last_uid: int


@dataclass(frozen=True, slots=True)
class RawMail:
    """One message as the server gave it, before anything is judged.

    (`account`, `folder`, `uidvalidity`, `uid`) names it; `arrived_at` is the server's INTERNALDATE. Where `oversize`
    is set, `octets` holds only the header and the first part of the body (or what the server could still give).
    """

    account: str
    folder: str
    uidvalidity: int
    uid: int
    octets: bytes = field(repr=False)
    arrived_at: datetime
    oversize: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages in ascending UID order and the cursor that holds once they are stored; store both in one transaction.

    `rescanned` says that UIDVALIDITY changed: messages of the last days come again under new UIDs, so a
    known hash must not be acted on twice. A batch may be empty: then only the cursor is news.
    """

    mails: tuple[RawMail, ...]
    cursor: Cursor
    rescanned: bool = False
