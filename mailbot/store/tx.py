"""One transaction of the database: all of it happens, or nothing."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Integer, String, bindparam, cast, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from mailbot.core.client import Client
from mailbot.core.ledger import NewEntry
from mailbot.core.matter import NewMatter
from mailbot.core.reason import Reason
from mailbot.flows.inbound import Cursor
from mailbot.flows.outbound import LetterState, NewLetter
from mailbot.flows.ports import Conflict, Replay
from mailbot.flows.records import Example, JournalEntry, MailNote
from mailbot.flows.restored import Departure
from mailbot.store import examples, ledger, outbox
from mailbot.store.loading import leaving
from mailbot.store.mapping import (
    Columns,
    client_columns,
    entry_columns,
    mail_columns,
    matter_columns,
    storable,
    thing_of,
)
from mailbot.store.saving import insert_clients, same_children, save_children
from mailbot.store.tables import CLIENT, CURSOR, INBOX_MAIL, INVOICE, INVOICE_FILE, JOURNAL, MATTER, META
from mailbot.store.track import GENERATION

_CLAIMS = (LetterState.CLAIMED, LetterState.SENDING)


class SqlTx:
    """A `Tx`.

    One rule of versions: a transaction that changes anything which `Store.client` shows (`save`, `enqueue` with climbs,
    `climb`, `withdraw`, `post`, a letter that begins to leave, has left or is over) counts that client's version up by
    one, however much it changes; `save` compares with the version as it was before this transaction.
    The order of the calls does not matter, but a client is saved once: a second `save` would undo the first.
    `known` are clients as they were last read or written here: where one stands at that version, what hangs off it is
    compared without asking the database. `saved` are the clients as this transaction leaves them.
    `spoiled` is the `Conflict` or `Replay` after which nothing may be committed.
    """

    def __init__(
        self, conn: AsyncConnection, now: Callable[[], datetime], known: Mapping[int, Client] | None = None
    ) -> None:
        self._conn = conn
        self._now = now
        self._known = known or {}
        self._seen: dict[int, int] = {}  # client -> its version before this transaction
        self.saved: dict[int, Client] = {}
        self.spoiled: Exception | None = None
        self.counts = False  # whether a copy from before this transaction is an older one
        self.departed: list[Departure] = []

    @contextmanager
    def _spoiling(self) -> Iterator[None]:
        try:
            yield
        except (Conflict, Replay) as error:
            self.spoiled = error
            raise

    async def _touch(self, client_id: int) -> None:
        """Count the client's version up, once a transaction."""
        if client_id in self._seen:
            return
        query = update(CLIENT).where(CLIENT.c.id == client_id).values(version=CLIENT.c.version + 1)
        version = (await self._conn.execute(query.returning(CLIENT.c.version))).scalar()
        if version is None:
            raise LookupError(f"there is no client {client_id}")
        self._seen[client_id] = version - 1

    async def save(self, client: Client, next_look_at: datetime | None) -> None:
        """Write the client where its version still stands; raises `Conflict`. `Invoice.paid` is the ledger's alone."""
        if client.id in self.saved:
            raise RuntimeError(f"client {client.code} is saved twice in one transaction")
        columns = client_columns(client) | {"next_look_at": next_look_at}
        query = update(CLIENT).where(CLIENT.c.id == client.id)
        with self._spoiling():
            if client.id in self._seen:
                if self._seen[client.id] != client.version:
                    raise Conflict(f"client {client.code} changed since it was read")
            else:
                query = query.where(CLIENT.c.version == client.version)
                columns["version"] = client.version + 1
            if (await self._conn.execute(query.values(**columns))).rowcount != 1:
                raise Conflict(f"client {client.code} changed since it was read")
        self._seen[client.id] = client.version
        self.saved[client.id] = replace(client, version=client.version + 1)
        if not same_children(self._known.get(client.id), client):
            await save_children(self._conn, client)

    async def add_client(self, client: Client, next_look_at: datetime | None) -> Client:
        """Insert a client with all that hangs off it; raises `ValueError` if its code or an invoice number is taken."""
        return (await self.add_clients([(client, next_look_at)]))[0]

    async def add_clients(self, clients: Sequence[tuple[Client, datetime | None]]) -> tuple[Client, ...]:
        """Insert many clients, each with its `next_look_at`, in a handful of statements."""
        self.counts = True
        made = await insert_clients(self._conn, clients)
        self._seen |= {client.id: client.version for client in made}
        return made

    async def enqueue(self, letter: NewLetter) -> None:
        """Put a letter into the outbox; raises `Replay` if its key or a live climb of the same rung exists (law 2)."""
        if letter.client_id is not None and letter.climbs:
            await self._touch(letter.client_id)
        with self._spoiling():
            await outbox.put(self._conn, letter, self._now())

    async def climb(self, client_id: int, invoice: str, rung: str, at: datetime) -> None:
        """Record a rung that is a task; raises `Replay` if it was climbed."""
        await self._touch(client_id)
        with self._spoiling():
            await outbox.climb_by_task(self._conn, client_id, invoice, rung, at)

    async def withdraw(self, client_id: int, invoices: Collection[str] | None, why: Reason) -> tuple[str, ...]:
        """Withdraw waiting letters that climb a rung of these invoices (None: of all); `why` becomes their response."""
        letters = await outbox.waiting(self._conn, client_id, invoices)
        if letters:
            await self._touch(client_id)
            with self._spoiling():
                await outbox.take_back(self._conn, letters.values(), self._now(), storable(str(why)))
        return tuple(letters)

    async def move_letter(
        self,
        key: str,
        sources: Collection[LetterState],
        target: LetterState,
        *,
        at: datetime,
        claimed_by: str = "",
        claimed_until: datetime | None = None,
        not_before: datetime | None = None,
        response: str | None = None,
        attempts: int | None = None,
        filed_at: datetime | None = None,
    ) -> None:
        """Move a letter; what is None stays as it is.

        A claim is kept from `claimed` to `sending` and dropped by every other move.
        Raises `Conflict` if the letter is in none of `sources`, or to be claimed while another's lease runs.
        """
        changes: Columns = {"not_before": not_before, "attempts": attempts, "filed_at": filed_at}
        changes["response"] = None if response is None else storable(response)
        changes = {name: value for name, value in changes.items() if value is not None}
        if target not in _CLAIMS:
            changes |= {"claimed_by": "", "claimed_until": None}
        elif target is LetterState.CLAIMED or claimed_by:
            changes |= {"claimed_by": claimed_by, "claimed_until": claimed_until}
        with self._spoiling():
            seen = await outbox.where(self._conn, key)
            if seen is None or seen.state not in sources:
                raise Conflict(f"letter {key} is {'gone' if seen is None else seen.state}")
            taken_over = target is LetterState.CLAIMED and seen.state in _CLAIMS and seen.claimed_by != claimed_by
            if taken_over and seen.claimed_until is not None and seen.claimed_until > at:
                raise Conflict(f"letter {key} is claimed by {seen.claimed_by}")
            if seen.client_id is not None and leaving(seen.state) is not leaving(target):
                await self._touch(seen.client_id)
            await outbox.move(self._conn, seen, target, at, changes)
        if target is LetterState.SENDING and seen.client_id is not None:
            self.counts = True
            climbs = tuple((number, rung) for number, rung in seen.climbs)
            self.departed.append(Departure(key, at, seen.client_id, climbs, seen.chasing))

    async def note_mail(self, note: MailNote) -> int:
        """Store a message and its outcome; raises `Replay` if (account, folder, UIDVALIDITY, UID) is known."""
        self.counts = True
        raw = note.raw
        known = select(INBOX_MAIL.c.id).where(
            INBOX_MAIL.c.account == raw.account,
            INBOX_MAIL.c.folder == raw.folder,
            INBOX_MAIL.c.uidvalidity == raw.uidvalidity,
            INBOX_MAIL.c.uid == raw.uid,
        )
        business = select(CLIENT.c.business_id).where(CLIENT.c.id == note.client_id).scalar_subquery()
        made = insert(INBOX_MAIL).values(**mail_columns(note), business_id=business).returning(INBOX_MAIL.c.id)
        replay = Replay(f"message {raw.uid} of {raw.folder} was stored before")
        with self._spoiling():
            if (await self._conn.execute(known)).first() is not None:
                raise replay
            try:
                return int((await self._conn.execute(made)).scalar_one())
            except IntegrityError as error:
                raise replay from error

    async def move_cursor(self, account: str, folder: str, cursor: Cursor) -> None:
        """Remember how far a folder was read."""
        values = {"uidvalidity": cursor.uidvalidity, "last_uid": cursor.last_uid}
        query = update(CURSOR).where(CURSOR.c.account == account, CURSOR.c.folder == folder).values(**values)
        if (await self._conn.execute(query)).rowcount == 0:
            await self._conn.execute(insert(CURSOR).values(account=account, folder=folder, **values))

    async def post(self, client_id: int, entry: NewEntry, at: datetime | None = None) -> int:
        """Append to the ledger, as of `at` (else now); gives the entry's number.

        Raises `LookupError`, `MixedCurrencies`, and `Conflict` where the same entry was taken back meanwhile.
        """
        self.counts = True
        await self._touch(client_id)
        with self._spoiling():
            return await ledger.post(self._conn, client_id, entry, at or self._now())

    async def raise_matter(self, matter: NewMatter) -> int:
        """Put something before the operator; what is open already keeps its `at` and gets the new facts."""
        news = {name: matter_columns(matter)[name] for name in ("urgent", "mail_id", "facts")}
        query = update(MATTER).where(MATTER.c.thing == thing_of(matter), MATTER.c.closed_at.is_(None))
        known = (await self._conn.execute(query.values(**news).returning(MATTER.c.id))).scalar()
        if known is not None:
            return int(known)
        business = select(CLIENT.c.business_id).where(CLIENT.c.id == matter.client_id).scalar_subquery()
        made = insert(MATTER).values(**matter_columns(matter), business_id=business).returning(MATTER.c.id)
        with self._spoiling():
            try:
                return int((await self._conn.execute(made)).scalar_one())
            except IntegrityError as error:
                raise Conflict("the same matter was raised meanwhile") from error

    async def close_matters(
        self,
        at: datetime,
        *,
        client_id: int | None = None,
        invoices: Collection[str] | None = None,
        kinds: Collection[str] = (),
        subject_key: str | None = None,
    ) -> None:
        """Close the open matters that fit all that is given; at least one of them must be."""
        if client_id is None and invoices is None and not kinds and subject_key is None:
            raise ValueError("which matters?")
        query = update(MATTER).where(MATTER.c.closed_at.is_(None)).values(closed_at=at)
        if client_id is not None:
            query = query.where(MATTER.c.client_id == client_id)
        if invoices is not None:
            query = query.where(MATTER.c.invoice.in_(list(invoices)))
        if kinds:
            query = query.where(MATTER.c.kind.in_([str(kind) for kind in kinds]))
        if subject_key is not None:
            query = query.where(MATTER.c.subject_key == subject_key)
        await self._conn.execute(query)

    async def attach(self, client_id: int, invoice: str, name: str, octets: bytes) -> None:
        """Keep the PDF of an invoice; a second one replaces the first. Raises `LookupError`."""
        query = select(INVOICE.c.id).where(INVOICE.c.client_id == client_id, INVOICE.c.number == invoice)
        invoice_id = (await self._conn.execute(query)).scalar()
        if invoice_id is None:
            raise LookupError(f"client {client_id} has no invoice {invoice}")
        await self._conn.execute(delete(INVOICE_FILE).where(INVOICE_FILE.c.invoice_id == invoice_id))
        row = insert(INVOICE_FILE).values(invoice_id=invoice_id, name=storable(name), octets=octets)
        await self._conn.execute(row)

    async def journal(self, entries: Sequence[JournalEntry]) -> None:
        """Append to the log of reasons."""
        if not entries:
            return
        self.counts = True
        owner = select(CLIENT.c.business_id).where(CLIENT.c.id == bindparam("owner")).scalar_subquery()
        rows = [entry_columns(entry) | {"owner": entry.client_id} for entry in entries]
        await self._conn.execute(insert(JOURNAL).values(business_id=owner), rows)

    async def keep_example(self, example: Example) -> None:
        """Keep a mail whose meaning the operator told; one of the same mail is replaced."""
        await examples.keep(self._conn, example)

    async def adopt_examples(self, mail_ids: Collection[int], at: datetime | None) -> None:
        """Say since when the reader goes by these examples; None: it does so no more."""
        await examples.adopt(self._conn, mail_ids, at)

    async def facts(self, *keys: str) -> Mapping[str, str]:
        """Named facts of the installation; on PostgreSQL nobody changes those there are before this commits."""
        return await facts_of(self._conn, keys, lock=True)

    async def remember(self, key: str, value: str) -> None:
        """Set a named fact of the installation."""
        query = update(META).where(META.c.key == key, META.c.business_id.is_(None)).values(value=storable(value))
        if (await self._conn.execute(query)).rowcount == 0:
            await self._conn.execute(insert(META).values(business_id=None, key=key, value=storable(value)))


async def count_up(conn: AsyncConnection) -> int:
    """Count the database's generation up by one and give it."""
    following = cast(cast(META.c.value, Integer) + 1, String)
    query = update(META).where(META.c.key == GENERATION, META.c.business_id.is_(None)).values(value=following)
    found = (await conn.execute(query.returning(META.c.value))).scalar()
    if found is None:
        await conn.execute(insert(META).values(business_id=None, key=GENERATION, value="1"))
    return int(found or 1)


async def facts_of(conn: AsyncConnection, keys: Collection[str], *, lock: bool = False) -> Mapping[str, str]:
    """The facts of the installation that these keys name."""
    query = select(META.c.key, META.c.value).where(META.c.key.in_(list(keys)), META.c.business_id.is_(None))
    if lock:
        query = query.with_for_update(read=True)
    return {row.key: row.value for row in await conn.execute(query)}
