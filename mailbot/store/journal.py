"""What the operator looks into: matters that wait for them, and the reasons of everything."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from mailbot.core.matter import Matter
from mailbot.flows.records import JournalEntry
from mailbot.store.mapping import entry_of, matter_of
from mailbot.store.tables import INVOICE, JOURNAL, MATTER


async def matters(conn: AsyncConnection, *, open_only: bool, since: datetime | None) -> Sequence[Matter]:
    """What is before the operator, oldest first; `since` keeps what was raised or closed since."""
    wanted: list[ColumnElement[bool]] = [MATTER.c.closed_at.is_(None)] if open_only else []
    if since is not None:
        wanted.append(or_(MATTER.c.at >= since, MATTER.c.closed_at >= since))
    query = select(MATTER).where(and_(true(), *wanted)).order_by(MATTER.c.at, MATTER.c.id)
    return tuple(map(matter_of, await conn.execute(query)))


async def newest(
    conn: AsyncConnection, *, client_id: int | None, invoice: str | None, since: datetime | None, limit: int
) -> Sequence[JournalEntry]:
    """The newest `limit` reasons, newest last. With an invoice: what concerns it or its client as a whole."""
    query = select(JOURNAL)
    if client_id is not None:
        query = query.where(JOURNAL.c.client_id == client_id)
    if invoice is not None:
        owner = select(INVOICE.c.client_id).where(INVOICE.c.number == invoice)
        of_client = and_(JOURNAL.c.client_id.in_(owner), JOURNAL.c.invoice.is_(None))
        query = query.where(or_(JOURNAL.c.invoice == invoice, of_client))
    if since is not None:
        query = query.where(JOURNAL.c.at >= since)
    query = query.order_by(JOURNAL.c.at.desc(), JOURNAL.c.id.desc()).limit(limit)
    return tuple(map(entry_of, reversed((await conn.execute(query)).all())))
