"""Reading clients: a constant number of queries, for one client or for all of them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from mailbot.core.client import Client, Climb, Invoice, Leaving, Promise
from mailbot.flows.outbound import LetterState
from mailbot.store.mapping import client_of, contact_of, hold_of, invoice_of
from mailbot.store.tables import CLIENT, CLIMB, CONTACT, HOLD, INVOICE, OUTBOX, PROMISE

WAITING = (LetterState.PROPOSED, LetterState.QUEUED, LetterState.DEFERRED)
LEAVING = (LetterState.CLAIMED, LetterState.SENDING, LetterState.IN_DOUBT)
OVER = (LetterState.WITHDRAWN, LetterState.REFUSED)


def leaving(state: str | None) -> Leaving | None:
    """How far a climb has got when its letter is in this state (None: a task); None where it is no climb any more."""
    if state in WAITING:
        return Leaving.WAITING
    if state in LEAVING:
        return Leaving.LEAVING
    return None if state in OVER else Leaving.GONE


async def load_clients(
    conn: AsyncConnection,
    which: ColumnElement[bool],
    *,
    client_id: int | None = None,
    also: Collection[str] = (),
    closed_too: bool = False,
) -> Sequence[Client]:
    """The clients that `which` picks, by id, with their live invoices and the closed ones in `also`.

    `client_id` narrows the children of a single client; without it the children of all clients are read.
    """
    heads = (await conn.execute(select(CLIENT).where(which).order_by(CLIENT.c.id))).all()
    if not heads:
        return ()
    owner = true() if client_id is None else INVOICE.c.client_id == client_id
    wanted = owner if closed_too else and_(owner, _wanted(also))
    invoices = await _invoices(conn, wanted)
    contacts = await _by_client(conn, CONTACT, client_id, CONTACT.c.place)
    holds = await _by_client(conn, HOLD, client_id, HOLD.c.number)
    return tuple(
        client_of(
            head,
            contacts=tuple(map(contact_of, contacts[head.id])),
            invoices=tuple(invoices[head.id]),
            holds=tuple(map(hold_of, holds[head.id])),
        )
        for head in heads
    )


def _wanted(also: Collection[str]) -> ColumnElement[bool]:
    return or_(INVOICE.c.live, INVOICE.c.number.in_(list(also))) if also else INVOICE.c.live


async def _by_client(conn: AsyncConnection, table: Any, client_id: int | None, order: Any) -> dict[int, list[Any]]:
    query = select(table).order_by(table.c.client_id, order)
    if client_id is not None:
        query = query.where(table.c.client_id == client_id)
    found: dict[int, list[Any]] = defaultdict(list)
    for row in await conn.execute(query):
        found[row.client_id].append(row)
    return found


async def _invoices(conn: AsyncConnection, wanted: ColumnElement[bool]) -> dict[int, list[Invoice]]:
    rows = (await conn.execute(select(INVOICE).where(wanted).order_by(INVOICE.c.due_on, INVOICE.c.number))).all()
    found: dict[int, list[Invoice]] = defaultdict(list)
    if not rows:
        return found
    promises: dict[int, list[Promise]] = defaultdict(list)
    for said in await conn.execute(
        select(PROMISE.c.invoice_id, PROMISE.c.made_on, PROMISE.c.due_on, PROMISE.c.kept)
        .join(INVOICE, INVOICE.c.id == PROMISE.c.invoice_id)
        .where(wanted)
        .order_by(PROMISE.c.invoice_id, PROMISE.c.place)
    ):
        promises[said.invoice_id].append(Promise(said.made_on, said.due_on, said.kept))
    climbs: dict[int, list[Climb]] = defaultdict(list)
    for step in await conn.execute(
        select(CLIMB.c.invoice_id, CLIMB.c.rung, CLIMB.c.at, OUTBOX.c.key, OUTBOX.c.message_id, OUTBOX.c.state)
        .join(INVOICE, INVOICE.c.id == CLIMB.c.invoice_id)
        .outerjoin(OUTBOX, OUTBOX.c.id == CLIMB.c.outbox_id)
        .where(wanted, CLIMB.c.live)
        .order_by(CLIMB.c.invoice_id, CLIMB.c.at, CLIMB.c.id)
    ):
        state = leaving(step.state)
        if state is not None:
            climbs[step.invoice_id].append(Climb(step.rung, step.at, step.key or "", step.message_id or "", state))
    for row in rows:
        found[row.client_id].append(invoice_of(row, climbs=tuple(climbs[row.id]), promises=tuple(promises[row.id])))
    return found
