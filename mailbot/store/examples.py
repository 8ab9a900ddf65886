"""Mails whose meaning the operator told: the rows that the reader learns from."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from mailbot.core.intent import Intent
from mailbot.flows.records import Example
from mailbot.store.mapping import storable
from mailbot.store.tables import EXAMPLE


async def keep(conn: AsyncConnection, example: Example) -> None:
    """Insert an example; one of the same mail is replaced, and counts as new."""
    await conn.execute(delete(EXAMPLE).where(EXAMPLE.c.mail_id == example.mail_id))
    await conn.execute(
        insert(EXAMPLE).values(
            mail_id=example.mail_id,
            client_id=example.client_id,
            text=storable(example.text),
            intent=example.intent.value,
            hold=example.hold,
            until=example.until,
            told_at=example.told_at,
            read_as=example.read_as,
            adopted_at=example.adopted_at,
        )
    )


async def adopt(conn: AsyncConnection, mail_ids: Collection[int], at: datetime | None) -> None:
    """Say since when the reader goes by these examples; None: it does so no more."""
    await conn.execute(update(EXAMPLE).where(EXAMPLE.c.mail_id.in_(list(mail_ids))).values(adopted_at=at))


async def read(conn: AsyncConnection) -> Sequence[Example]:
    """Every example, oldest first."""
    rows = await conn.execute(select(EXAMPLE).order_by(EXAMPLE.c.told_at, EXAMPLE.c.id))
    return tuple(map(_example_of, rows))


def _example_of(row: Any) -> Example:
    return Example(
        mail_id=row.mail_id,
        client_id=row.client_id,
        text=row.text,
        intent=Intent(row.intent),
        hold=row.hold,
        until=row.until,
        told_at=row.told_at,
        read_as=row.read_as,
        adopted_at=row.adopted_at,
    )
