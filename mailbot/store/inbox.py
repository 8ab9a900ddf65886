"""What came in: messages as they were stored, how far each folder was read, and whom a mail is tied to."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import and_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from mailbot.flows.inbound import Cursor
from mailbot.flows.records import StoredMail, Tie
from mailbot.store.mapping import mail_of
from mailbot.store.tables import CONTACT, CURSOR, INBOX_MAIL, OUTBOX

# More References than any honest thread has; the ends of a longer one are what matters.
_MOST_MESSAGE_IDS = 500
_WITHOUT_OCTETS = [column for column in INBOX_MAIL.c if column.name != "octets"]


async def known(conn: AsyncConnection, digests: Collection[str]) -> bool:
    """Whether a mail with one of these digests was stored before."""
    query = select(INBOX_MAIL.c.id).where(INBOX_MAIL.c.sha256.in_(digests)).limit(1)
    return (await conn.execute(query)).first() is not None


async def cursor(conn: AsyncConnection, account: str, folder: str) -> Cursor | None:
    """How far a folder was read."""
    query = select(CURSOR).where(CURSOR.c.account == account, CURSOR.c.folder == folder)
    row = (await conn.execute(query)).first()
    return None if row is None else Cursor(row.uidvalidity, row.last_uid)


async def newest(
    conn: AsyncConnection, *, client_id: int | None, since: datetime | None, limit: int
) -> Sequence[StoredMail]:
    """The newest `limit` messages, newest last; `since` counts from when they arrived."""
    wanted = []
    if client_id is not None:
        wanted.append(INBOX_MAIL.c.client_id == client_id)
    if since is not None:
        wanted.append(INBOX_MAIL.c.received_at >= since)
    query = select(*_WITHOUT_OCTETS).where(and_(true(), *wanted))
    query = query.order_by(INBOX_MAIL.c.received_at.desc(), INBOX_MAIL.c.id.desc()).limit(limit)
    return tuple(map(mail_of, reversed((await conn.execute(query)).all())))


async def one(conn: AsyncConnection, mail_id: int) -> StoredMail | None:
    """One stored message."""
    row = (await conn.execute(select(*_WITHOUT_OCTETS).where(INBOX_MAIL.c.id == mail_id))).first()
    return None if row is None else mail_of(row)


async def octets(conn: AsyncConnection, mail_id: int) -> bytes:
    """The raw octets of a stored message; raises `LookupError`."""
    found = (await conn.execute(select(INBOX_MAIL.c.octets).where(INBOX_MAIL.c.id == mail_id))).scalar()
    if found is None:
        raise LookupError(f"there is no message {mail_id}")
    return bytes(found)


async def tie(conn: AsyncConnection, message_ids: Collection[str], sender: str) -> Tie:
    """The clients and invoices of the letters with these Message-IDs, in that order, and the clients of an address."""
    ids = list(dict.fromkeys(message_ids))
    if len(ids) > _MOST_MESSAGE_IDS:
        ids = ids[: _MOST_MESSAGE_IDS // 2] + ids[-_MOST_MESSAGE_IDS // 2 :]
    letters: dict[str, tuple[int, tuple[str, ...]]] = {}
    if ids:
        query = select(OUTBOX.c.message_id, OUTBOX.c.client_id, OUTBOX.c.invoices).where(
            OUTBOX.c.message_id.in_(ids), OUTBOX.c.client_id.is_not(None)
        )
        letters = {row.message_id: (row.client_id, tuple(row.invoices)) for row in await conn.execute(query)}
    senders: Sequence[int] = ()
    if sender:
        by_sender = select(CONTACT.c.client_id).where(CONTACT.c.address == sender.lower()).distinct()
        senders = (await conn.scalars(by_sender.order_by(CONTACT.c.client_id))).all()
    tied: dict[int, dict[str, None]] = {}
    for client_id, invoices in (letters[id_] for id_ in ids if id_ in letters):
        tied.setdefault(client_id, {}).update(dict.fromkeys(invoices))
    return Tie(tuple((client_id, tuple(numbers)) for client_id, numbers in tied.items()), tuple(senders))
