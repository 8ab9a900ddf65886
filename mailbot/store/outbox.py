"""The outbox: letters in, letters moved, letters withdrawn; and which rungs they hold (law 2)."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, func, insert, not_, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from mailbot.flows.outbound import Letter, LetterState, NewLetter
from mailbot.flows.ports import Conflict, Replay
from mailbot.store.loading import OVER, WAITING
from mailbot.store.mapping import Columns, letter_columns, letter_of
from mailbot.store.saving import ensure_business
from mailbot.store.tables import CLIMB, INVOICE, OUTBOX, OUTBOX_INVOICE

_AWAY = [str(state) for state in (LetterState.CLAIMED, LetterState.SENDING, LetterState.SENT, LetterState.IN_DOUBT)]
_LONGEST_WAIT = timedelta(days=90)


async def put(conn: AsyncConnection, letter: NewLetter, now: datetime) -> None:
    """Insert a letter with its climbs; raises `Replay` if its key or one of its rungs is taken."""
    await ensure_business(conn, [letter.business])
    climbs = dict.fromkeys(letter.climbs)
    ids = await _invoice_ids(conn, letter, {number for number, _ in climbs})
    try:
        row = insert(OUTBOX).values(**letter_columns(letter), state_at=now).returning(OUTBOX.c.id)
        outbox_id = (await conn.execute(row)).scalar_one()
        if climbs:
            await conn.execute(
                insert(CLIMB),
                [
                    {
                        "invoice_id": ids[number],
                        "rung": rung,
                        "at": letter.created_at,
                        "outbox_id": outbox_id,
                        "live": letter.state not in OVER,
                    }
                    for number, rung in climbs
                ],
            )
    except IntegrityError as error:
        raise Replay(f"letter {letter.key}, or a rung that it climbs, was recorded before") from error
    if letter.invoices:
        about = [{"number": number, "outbox_id": outbox_id} for number in dict.fromkeys(letter.invoices)]
        await conn.execute(insert(OUTBOX_INVOICE), about)


async def _invoice_ids(conn: AsyncConnection, letter: NewLetter, numbers: Collection[str]) -> dict[str, int]:
    if not numbers:
        return {}
    query = select(INVOICE.c.number, INVOICE.c.id).where(
        INVOICE.c.business_id == letter.business,
        INVOICE.c.client_id == letter.client_id,
        INVOICE.c.number.in_(list(numbers)),
    )
    ids = {row.number: row.id for row in await conn.execute(query)}
    if missing := sorted(set(numbers) - set(ids)):
        raise LookupError(
            f"letter {letter.key} climbs for invoices that its client does not have: {', '.join(missing)}"
        )
    return ids


async def climb_by_task(conn: AsyncConnection, client_id: int, number: str, rung: str, at: datetime) -> None:
    """Record a rung that no letter climbed; raises `Replay` if it is taken."""
    query = select(INVOICE.c.id).where(INVOICE.c.client_id == client_id, INVOICE.c.number == number)
    invoice_id = (await conn.execute(query)).scalar()
    if invoice_id is None:
        raise LookupError(f"client {client_id} has no invoice {number}")
    try:
        await conn.execute(insert(CLIMB).values(invoice_id=invoice_id, rung=rung, at=at, outbox_id=None, live=True))
    except IntegrityError as error:
        raise Replay(f"rung {rung} of {number} was climbed before") from error


async def waiting(conn: AsyncConnection, client_id: int, invoices: Collection[str] | None) -> dict[str, int]:
    """Keys and ids of the client's waiting letters that climb a rung of any of these invoices (None: of all)."""
    query = select(OUTBOX.c.id, OUTBOX.c.key, OUTBOX.c.climbs).where(
        OUTBOX.c.client_id == client_id, OUTBOX.c.state.in_(WAITING)
    )
    found = {}
    for row in await conn.execute(query.order_by(OUTBOX.c.id)):
        climbed = {number for number, _ in row.climbs}
        if climbed and (invoices is None or not climbed.isdisjoint(invoices)):
            found[row.key] = row.id
    return found


async def take_back(conn: AsyncConnection, ids: Collection[int], at: datetime, why: str) -> None:
    """Withdraw waiting letters and free their rungs; raises `Conflict` if one of them is waiting no more."""
    query = update(OUTBOX).where(OUTBOX.c.id.in_(list(ids)), OUTBOX.c.state.in_(WAITING))
    moved = await conn.execute(query.values(state=str(LetterState.WITHDRAWN), state_at=at, response=why))
    if moved.rowcount != len(ids):
        raise Conflict("a letter was claimed meanwhile")
    await conn.execute(update(CLIMB).where(CLIMB.c.outbox_id.in_(list(ids))).values(live=False))


async def where(conn: AsyncConnection, key: str) -> Any:
    """Id, client, state, lease and rungs of a letter, or None."""
    lease = (OUTBOX.c.claimed_by, OUTBOX.c.claimed_until)
    query = select(OUTBOX.c.id, OUTBOX.c.client_id, OUTBOX.c.state, *lease, OUTBOX.c.climbs, OUTBOX.c.chasing)
    return (await conn.execute(query.where(OUTBOX.c.key == key))).first()


async def move(conn: AsyncConnection, seen: Any, target: LetterState, at: datetime, changes: Columns) -> None:
    """Move the letter that was `seen`, with its climbs; raises `Conflict` if it moved meanwhile."""
    columns: Columns = {"state": str(target)} | changes
    if seen.state != target:
        columns["state_at"] = at
        if target is LetterState.SENT:
            columns["sent_at"] = at
    moved = await conn.execute(
        update(OUTBOX).where(OUTBOX.c.id == seen.id, OUTBOX.c.state == seen.state).values(**columns)
    )
    if moved.rowcount != 1:
        raise Conflict("the letter moved meanwhile")
    if seen.state == target:
        return
    climbs = update(CLIMB).where(CLIMB.c.outbox_id == seen.id)
    if target is LetterState.SENT:
        await conn.execute(climbs.values(at=at))
    if (seen.state in OVER) != (target in OVER):
        try:
            await conn.execute(climbs.values(live=target not in OVER))
        except IntegrityError as error:
            raise Replay("another letter climbed this rung meanwhile") from error


async def read(
    conn: AsyncConnection,
    states: Collection[LetterState],
    *,
    ready_at: datetime | None,
    client_id: int | None,
    invoice: str | None,
    limit: int,
) -> Sequence[Letter]:
    """Letters in these states, the oldest `not_before` first."""
    query = select(OUTBOX).where(OUTBOX.c.state.in_([str(state) for state in states]))
    if ready_at is not None:
        query = query.where(OUTBOX.c.not_before <= ready_at)
    if client_id is not None:
        query = query.where(OUTBOX.c.client_id == client_id)
    if invoice is not None:
        about = select(OUTBOX_INVOICE.c.outbox_id).where(OUTBOX_INVOICE.c.number == invoice)
        query = query.where(OUTBOX.c.id.in_(about))
    rows = await conn.execute(query.order_by(OUTBOX.c.not_before, OUTBOX.c.id).limit(limit))
    return tuple(map(letter_of, rows))


async def unfiled(conn: AsyncConnection, limit: int) -> Sequence[Letter]:
    """Client letters that were sent and not yet filed, the oldest first."""
    query = select(OUTBOX).where(
        OUTBOX.c.state == str(LetterState.SENT),
        OUTBOX.c.filed_at.is_(None),
        OUTBOX.c.client_id.is_not(None),
    )
    return tuple(map(letter_of, await conn.execute(query.order_by(OUTBOX.c.sent_at, OUTBOX.c.id).limit(limit))))


async def answers(conn: AsyncConnection, client_id: int, since: datetime) -> int:
    """How many automatic answers to the client were written since and not taken back."""
    query = select(func.count()).where(
        OUTBOX.c.client_id == client_id,
        OUTBOX.c.automatic_answer,
        OUTBOX.c.created_at >= since,
        OUTBOX.c.state.not_in(OVER),
    )
    return int((await conn.execute(query.select_from(OUTBOX))).scalar_one())


async def departures(conn: AsyncConnection, since: datetime) -> int:
    """How many letters to clients that chase, or climb nothing, were claimed, sent or lost sight of since."""
    climbs = exists().where(CLIMB.c.outbox_id == OUTBOX.c.id)
    query = select(func.count()).where(
        OUTBOX.c.state.in_(_AWAY),
        OUTBOX.c.not_before >= since - _LONGEST_WAIT,  # for the index: nothing waits so long
        OUTBOX.c.state_at >= since,
        OUTBOX.c.client_id.is_not(None),
        or_(OUTBOX.c.chasing, not_(climbs)),
    )
    return int((await conn.execute(query.select_from(OUTBOX))).scalar_one())
