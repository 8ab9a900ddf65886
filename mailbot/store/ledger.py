"""The ledger's rows: added, read, and added up. What invoices and clients show of it is written here alone."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, insert, select, true, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from mailbot.core.ledger import Entry, NewEntry
from mailbot.core.money import MixedCurrencies
from mailbot.flows.ports import Conflict
from mailbot.store.mapping import ledger_columns, ledger_entry_of
from mailbot.store.tables import CLIENT, INVOICE, LEDGER

_UNDOING = LEDGER.alias("undoing")


async def post(conn: AsyncConnection, client_id: int, entry: NewEntry, at: datetime) -> int:
    """Add an entry and bring its invoice and client to the ledger's sums; gives its number.

    Raises `LookupError`, `MixedCurrencies`, and `Conflict` where the same entry was taken back meanwhile.
    """
    invoice_id = None if entry.invoice is None else await _invoice_id(conn, client_id, entry)
    row = ledger_columns(client_id, invoice_id, entry) | {"recorded_at": at}
    try:
        number = (await conn.execute(insert(LEDGER).values(**row).returning(LEDGER.c.id))).scalar_one()
    except IntegrityError as error:
        if entry.undoes is None:
            raise
        raise Conflict(f"entry {entry.undoes} was taken back meanwhile") from error
    if invoice_id is not None:
        mine = LEDGER.c.invoice_id == invoice_id
        paid, waived = (
            select(func.sum(column)).where(mine).scalar_subquery()
            for column in (LEDGER.c.paid_minor, LEDGER.c.waived_minor)
        )
        query = update(INVOICE).where(INVOICE.c.id == invoice_id)
        await conn.execute(query.values(paid_minor=paid, waived_minor=waived))
    credit = (await _credits(conn, LEDGER.c.client_id == client_id)).get(client_id, {})
    await conn.execute(update(CLIENT).where(CLIENT.c.id == client_id).values(credit=credit))
    return int(number)


async def _invoice_id(conn: AsyncConnection, client_id: int, entry: NewEntry) -> int:
    query = select(INVOICE.c.id, INVOICE.c.currency).where(
        INVOICE.c.client_id == client_id, INVOICE.c.number == entry.invoice
    )
    invoice = (await conn.execute(query)).first()
    if invoice is None:
        raise LookupError(f"client {client_id} has no invoice {entry.invoice}")
    if invoice.currency != entry.cash.currency:
        raise MixedCurrencies(f"invoice {entry.invoice} is in {invoice.currency}, the entry is {entry.amount}")
    return int(invoice.id)


async def _credits(conn: AsyncConnection, which: ColumnElement[bool]) -> dict[int, dict[str, int]]:
    """What came and no invoice got, by client and currency; nothing where it is nought."""
    total = func.sum(LEDGER.c.cash_minor - LEDGER.c.paid_minor)
    query = select(LEDGER.c.client_id, LEDGER.c.currency, total.label("minor")).where(which)
    found: dict[int, dict[str, int]] = {}
    for row in await conn.execute(query.group_by(LEDGER.c.client_id, LEDGER.c.currency)):
        if int(row.minor):
            found.setdefault(row.client_id, {})[row.currency] = int(row.minor)
    return found


def _entries() -> Select[Any]:
    return (
        select(LEDGER, INVOICE.c.number, _UNDOING.c.id.label("undone_by"))
        .outerjoin(INVOICE, INVOICE.c.id == LEDGER.c.invoice_id)
        .outerjoin(_UNDOING, _UNDOING.c.undoes == LEDGER.c.id)
    )


async def entries(
    conn: AsyncConnection, *, client_id: int | None = None, invoice: str | None = None, id_: int | None = None
) -> Sequence[Entry]:
    """Entries in the order in which they were written."""
    wanted = [
        column == value
        for column, value in ((LEDGER.c.client_id, client_id), (INVOICE.c.number, invoice), (LEDGER.c.id, id_))
        if value is not None
    ]
    query = _entries().where(and_(true(), *wanted)).order_by(LEDGER.c.id)
    return [ledger_entry_of(row) for row in await conn.execute(query)]


async def money(conn: AsyncConnection, *, since: date | None = None, invoice: str | None = None) -> Sequence[Entry]:
    """Entries by which money came or went and that stand, by day."""
    query = _entries().where(LEDGER.c.cash_minor != 0, LEDGER.c.undoes.is_(None), _UNDOING.c.id.is_(None))
    if since is not None:
        query = query.where(LEDGER.c.booked_on >= since)
    if invoice is not None:
        query = query.where(INVOICE.c.number == invoice)
    return [ledger_entry_of(row) for row in await conn.execute(query.order_by(LEDGER.c.booked_on, LEDGER.c.id))]


async def out_of_balance(conn: AsyncConnection) -> Sequence[str]:
    """Invoices by number and clients by code that show something else than the ledger's sum, or less than nothing."""
    sums = (
        select(
            LEDGER.c.invoice_id,
            func.sum(LEDGER.c.paid_minor).label("paid"),
            func.sum(LEDGER.c.waived_minor).label("waived"),
        )
        .group_by(LEDGER.c.invoice_id)
        .subquery()
    )
    paid, waived = func.coalesce(sums.c.paid, 0), func.coalesce(sums.c.waived, 0)
    wrong = (INVOICE.c.paid_minor != paid) | (INVOICE.c.waived_minor != waived) | (paid < 0) | (waived < 0)
    query = select(INVOICE.c.number).outerjoin(sums, sums.c.invoice_id == INVOICE.c.id).where(wrong)
    found = [str(number) for number in await conn.scalars(query.order_by(INVOICE.c.number))]
    credits_ = await _credits(conn, true())
    for row in await conn.execute(select(CLIENT.c.id, CLIENT.c.code, CLIENT.c.credit).order_by(CLIENT.c.id)):
        theirs = credits_.get(row.id, {})
        if row.credit != theirs or any(minor < 0 for minor in theirs.values()):
            found.append(str(row.code))
    return found
