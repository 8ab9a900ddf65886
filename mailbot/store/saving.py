"""Writing clients: only what changed is written, and the ledger's sums are left to the ledger."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Table, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from mailbot.core.client import Client
from mailbot.store.mapping import (
    Columns,
    client_columns,
    contact_columns,
    hold_columns,
    invoice_columns,
    promise_columns,
)
from mailbot.store.tables import BUSINESS, CLIENT, CONTACT, HOLD, INVOICE, PROMISE

Key = Hashable
# Bound values a statement; SQLite allows 32,766, PostgreSQL 65,535.
_CHUNK = 5000


async def ensure_business(conn: AsyncConnection, slugs: Iterable[str]) -> None:
    """Make sure that these businesses are known."""
    wanted = set(slugs)
    known = set((await conn.scalars(select(BUSINESS.c.id).where(BUSINESS.c.id.in_(wanted)))).all())
    if missing := sorted(wanted - known):
        await conn.execute(insert(BUSINESS), [{"id": slug} for slug in missing])


async def insert_clients(
    conn: AsyncConnection, clients: Sequence[tuple[Client, datetime | None]]
) -> tuple[Client, ...]:
    """Insert clients with all that hangs off them, in few statements; gives them back as they will be loaded."""
    if not clients:
        return ()
    await ensure_business(conn, (client.business for client, _ in clients))
    heads = [client_columns(client) | {"version": 0, "next_look_at": look, "credit": {}} for client, look in clients]
    try:
        await conn.execute(insert(CLIENT), heads)
    except IntegrityError as error:
        raise _taken(error, [f"client {client.code}" for client, _ in clients]) from error
    found = await _ids(conn, CLIENT, "code", [client.code for client, _ in clients])
    ids = [found[client.business, client.code] for client, _ in clients]
    stored = [as_stored(replace(client, id=id_, version=0)) for id_, (client, _) in zip(ids, clients, strict=True)]
    contacts = [contact_columns(c.id, place, contact) for c in stored for place, contact in enumerate(c.contacts)]
    holds = [hold_columns(c.id, hold) for c in stored for hold in c.holds]
    for table, rows in ((CONTACT, contacts), (HOLD, holds)):
        if rows:
            await conn.execute(insert(table), rows)
    await _insert_invoices(conn, stored)
    return tuple(stored)


def as_stored(client: Client) -> Client:
    """The client as it comes back from the database: invoices by due date, holds by id, and no climbs yet."""
    return replace(
        client,
        invoices=tuple(
            replace(invoice, climbs=()) if invoice.climbs else invoice
            for invoice in sorted(client.invoices, key=lambda invoice: (invoice.due_on, invoice.number))
        ),
        holds=tuple(sorted(client.holds, key=lambda hold: hold.id)),
    )


async def _insert_invoices(conn: AsyncConnection, clients: Sequence[Client]) -> None:
    pairs = [(client, invoice) for client in clients for invoice in client.invoices]
    if not pairs:
        return
    for _, invoice in pairs:
        if invoice.paid or invoice.waived:
            raise ValueError(f"invoice {invoice.number} is new but already paid in part: record that with `post`")
    rows = [
        invoice_columns(client.id, client.business, invoice) | {"paid_minor": 0, "waived_minor": 0}
        for client, invoice in pairs
    ]
    try:
        await conn.execute(insert(INVOICE), rows)
    except IntegrityError as error:
        raise _taken(error, [f"invoice {invoice.number}" for _, invoice in pairs]) from error
    promised = [(client, invoice) for client, invoice in pairs if invoice.promises]
    if not promised:
        return
    ids = await _ids(conn, INVOICE, "number", [invoice.number for _, invoice in promised])
    promises = [
        promise_columns(ids[client.business, invoice.number], place, promise)
        for client, invoice in promised
        for place, promise in enumerate(invoice.promises)
    ]
    await conn.execute(insert(PROMISE), promises)


async def _ids(conn: AsyncConnection, table: Table, name: str, values: Sequence[str]) -> dict[tuple[str, str], int]:
    """The ids of rows by business and natural key. Asking afterwards is far quicker than a RETURNING a row."""
    found: dict[tuple[str, str], int] = {}
    for start in range(0, len(values), _CHUNK):
        query = select(table.c.id, table.c.business_id, table.c[name]).where(
            table.c[name].in_(values[start : start + _CHUNK])
        )
        found |= {(row[1], row[2]): row[0] for row in await conn.execute(query)}
    return found


def _taken(error: IntegrityError, names: Sequence[str]) -> ValueError:
    shown = ", ".join(names[:5]) + (" …" if len(names) > 5 else "")
    return ValueError(f"cannot be stored, a number or code is taken or a value is not allowed: {shown} ({error.orig})")


def same_children(known: Client | None, client: Client) -> bool:
    """Whether all that hangs off `client` is as in `known`, which is what the database holds at the same version."""
    if known is None or known.version != client.version:
        return False
    if (known.contacts, known.holds) != (client.contacts, client.holds):
        return False
    stored = {invoice.number: invoice for invoice in known.invoices}
    return all(
        (old := stored.get(new.number)) is not None
        and replace(old, climbs=new.climbs, paid=new.paid, waived=new.waived) == new
        for new in client.invoices
    )


async def save_children(conn: AsyncConnection, client: Client) -> None:
    """Bring contacts, holds, invoices and promises to what the client says. Invoices that it does not hold stay."""
    await _sync(
        conn,
        CONTACT,
        CONTACT.c.client_id == client.id,
        lambda row: row["email"],
        [contact_columns(client.id, place, contact) for place, contact in enumerate(client.contacts)],
    )
    await _sync(
        conn,
        HOLD,
        HOLD.c.client_id == client.id,
        lambda row: row["number"],
        [hold_columns(client.id, hold) for hold in client.holds],
    )
    await _save_invoices(conn, client)


async def _save_invoices(conn: AsyncConnection, client: Client) -> None:
    if not client.invoices:
        return
    numbers = [invoice.number for invoice in client.invoices]
    query = select(INVOICE).where(INVOICE.c.business_id == client.business, INVOICE.c.number.in_(numbers))
    stored = {row["number"]: row for row in await _rows(conn, query)}
    changed = []
    for invoice in client.invoices:
        old = stored.get(invoice.number)
        if old is None:
            continue
        if old["client_id"] != client.id:
            raise ValueError(f"invoice {invoice.number} belongs to another client")
        new = invoice_columns(client.id, client.business, invoice)
        if _differs(old, new):
            changed.append(new | {"_id": old["id"]})
    await _update(conn, INVOICE, changed)
    fresh = tuple(invoice for invoice in client.invoices if invoice.number not in stored)
    await _insert_invoices(conn, [replace(client, invoices=fresh)])
    ids = {number: row["id"] for number, row in stored.items()}
    await _sync(
        conn,
        PROMISE,
        PROMISE.c.invoice_id.in_(list(ids.values())),
        lambda row: (row["invoice_id"], row["made_on"], row["due_on"]),
        [
            promise_columns(ids[invoice.number], place, promise)
            for invoice in client.invoices
            if invoice.number in ids
            for place, promise in enumerate(invoice.promises)
        ],
    )


async def _sync(
    conn: AsyncConnection, table: Table, mine: Any, key: Callable[[Columns], Key], rows: Sequence[Columns]
) -> None:
    """Insert, update and delete so that the rows in `mine` are `rows`; of two with one key the last one counts."""
    wanted = {key(row): row for row in rows}
    stored = {key(row): row for row in await _rows(conn, select(table).where(mine))}
    if gone := [row["id"] for known, row in stored.items() if known not in wanted]:
        await conn.execute(delete(table).where(table.c.id.in_(gone)))
    await _update(
        conn,
        table,
        [row | {"_id": stored[k]["id"]} for k, row in wanted.items() if k in stored and _differs(stored[k], row)],
    )
    if fresh := [row for k, row in wanted.items() if k not in stored]:
        await conn.execute(insert(table), fresh)


async def _rows(conn: AsyncConnection, query: Select[Any]) -> list[Columns]:
    return [row._asdict() for row in await conn.execute(query)]


def _differs(old: Columns, new: Columns) -> bool:
    return any(old[name] != value for name, value in new.items())


async def _update(conn: AsyncConnection, table: Table, rows: Sequence[Columns]) -> None:
    if rows:
        await conn.execute(update(table).where(table.c.id == bindparam("_id")), rows)
