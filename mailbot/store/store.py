"""The database behind the flows' `Store`."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import exists, select, true, update
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from mailbot.core.client import Client, Contact
from mailbot.core.ledger import Entry
from mailbot.core.matter import Matter
from mailbot.flows.forget import Erased
from mailbot.flows.inbound import Cursor
from mailbot.flows.outbound import Letter, LetterState
from mailbot.flows.records import Example, JournalEntry, Payment, StoredMail, Tie
from mailbot.flows.restored import Restored
from mailbot.store import erasing, examples, inbox, journal, ledger, outbox
from mailbot.store.backup import copy_database
from mailbot.store.engine import WRITES, make_engine, place_of, prepare_file, url_of
from mailbot.store.fault import StoreFault, fault_of
from mailbot.store.loading import load_clients
from mailbot.store.mapping import contact_of, letter_of, payment_of
from mailbot.store.schema import bring_to_head
from mailbot.store.tables import CLIENT, CONTACT, INVOICE, INVOICE_FILE, META, OUTBOX
from mailbot.store.track import GENERATION, Track
from mailbot.store.tx import SqlTx, count_up, facts_of

_MOST_KNOWN = 200


class SqlStore:
    """A `Store` on SQLite or PostgreSQL. Every failure of the database comes out as a `StoreFault`."""

    def __init__(self, url: URL, engine: AsyncEngine, now: Callable[[], datetime]) -> None:
        self._url = url
        self._engine = engine
        self._now = now
        self._sqlite = engine.dialect.name == "sqlite"
        # SQLite has one writer: tasks of this process queue here, in order, instead of polling for the file lock.
        self._turn = asyncio.Lock()
        self._writers: set[asyncio.Task[Any] | None] = set()
        self._known: dict[int, Client] = {}
        self._track = Track(Path(str(url.database))) if self._sqlite else None
        self.restored: Restored | None = None

    @classmethod
    async def open(cls, url: str, *, now: Callable[[], datetime], create: bool = True) -> "SqlStore":
        """Open a database (a SQLite path or a URL), create it if wanted and bring its schema up to date.

        Raises `StoreFault` with the place and the mend; `now` stamps what carries no time of its own.
        """
        parsed = url_of(url)
        if parsed.drivername.startswith("sqlite"):
            prepare_file(Path(str(parsed.database)), create=create)
        store = cls(parsed, make_engine(parsed), now)
        try:
            async with store._faults():
                await bring_to_head(store._engine, parsed, place_of(parsed))
                store.restored = await store._compared_with_track()
        except BaseException:
            await store.close()
            raise
        return store

    async def _compared_with_track(self) -> Restored | None:
        """What the track beside the file knows and the database does not: an older copy was put back."""
        if self._track is None:
            return None
        # The track first: another process may commit in between, and then the database is ahead, which is no news.
        trace = await asyncio.to_thread(self._track.read)
        known = int(await self.recall(GENERATION) or 0)
        if trace is None and known:
            trace = await asyncio.to_thread(self._track.read)  # it is there before the first commit that counts
            if trace is None:
                return Restored(untracked=True)
        if trace is None:
            self._track.note(0)
            return None
        return Restored(trace.since(known)) if trace.generation > known else None

    async def caught_up(self) -> None:
        """What the track knew is in the database now: from here on it counts further than the track."""
        if self._track is None:
            return
        trace = await asyncio.to_thread(self._track.read)
        async with self.begin() as tx:
            known = (await tx.facts(GENERATION)).get(GENERATION, "0")
            await tx.remember(GENERATION, str(max(int(known), trace.generation if trace else 0)))
            tx.counts = True
        self.restored = None

    @asynccontextmanager
    async def _faults(self) -> AsyncIterator[None]:
        try:
            yield
        except DBAPIError as error:
            fault = fault_of(error, place_of(self._url))
            if fault is None:
                raise
            raise fault from error

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[AsyncConnection]:
        async with self._faults(), self._engine.connect() as conn:
            if not self._sqlite:  # one snapshot for all queries of a look, as SQLite has it
                await conn.execution_options(isolation_level="REPEATABLE READ")
            yield conn

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[SqlTx]:
        """Open a write transaction; leaving the block without an error commits it durably.

        A task holds one at a time: a second one would wait for the first for ever. What is read from the store inside
        the block is what was there before it.
        """
        task = asyncio.current_task()
        if task in self._writers:
            raise RuntimeError("a transaction is open in this task already")
        async with self._turn if self._sqlite else nullcontext():
            self._writers.add(task)
            try:
                async with self._faults(), self._engine.connect() as plain:
                    conn = await plain.execution_options(**{WRITES: True})
                    async with conn.begin():
                        tx = SqlTx(conn, self._now, self._known)
                        yield tx
                        if tx.spoiled is not None:
                            raise tx.spoiled
                        generation = await count_up(conn) if tx.counts and self._track is not None else 0
                    if generation and self._track is not None:
                        self._track.note(generation, tx.departed)
                    self._know(*tx.saved.values())
            finally:
                self._writers.discard(task)

    # Clients

    async def client(self, client_id: int, *, also: Collection[str] = ()) -> Client:
        """One client with its live invoices, and the closed ones that `also` names; raises `LookupError`."""
        async with self._reading() as conn:
            found = await load_clients(conn, CLIENT.c.id == client_id, client_id=client_id, also=also)
        if not found:
            raise LookupError(f"there is no client {client_id}")
        self._know(found[0])
        return found[0]

    def _know(self, *clients: Client) -> None:
        """Keep what the database holds of these clients, at their version; the oldest are forgotten."""
        for client in clients:
            self._known.pop(client.id, None)
            self._known[client.id] = client
        while len(self._known) > _MOST_KNOWN:
            self._known.pop(next(iter(self._known)))

    async def client_of_invoice(self, number: str) -> Client | None:
        """The client that owes this invoice, with that invoice loaded even if it is closed."""
        async with self._reading() as conn:
            owner = (await conn.execute(select(INVOICE.c.client_id).where(INVOICE.c.number == number))).scalar()
        return None if owner is None else await self.client(owner, also=(number,))

    async def client_of_code(self, business: str, code: str) -> Client | None:
        """The client with this code."""
        async with self._reading() as conn:
            query = select(CLIENT.c.id).where(CLIENT.c.business_id == business, CLIENT.c.code == code)
            found = (await conn.execute(query)).scalar()
        return None if found is None else await self.client(found)

    async def all_clients(self, *, closed_too: bool = False) -> Sequence[Client]:
        """Every client, by id; `closed_too` with its closed invoices."""
        async with self._reading() as conn:
            return await load_clients(conn, true(), closed_too=closed_too)

    async def due_clients(self, now: datetime, limit: int) -> Sequence[int]:
        """Clients whose `next_look_at` has come, the longest waiting first."""
        async with self._reading() as conn:
            query = select(CLIENT.c.id).where(CLIENT.c.next_look_at <= now)
            return (await conn.scalars(query.order_by(CLIENT.c.next_look_at, CLIENT.c.id).limit(limit))).all()

    async def look_at_all(self, now: datetime) -> None:
        """Make every client with a live invoice due; looks that are being thought about end in a `Conflict`."""
        async with self.begin() as tx:
            live = exists().where(INVOICE.c.client_id == CLIENT.c.id, INVOICE.c.live)
            query = update(CLIENT).where(live).values(next_look_at=now, version=CLIENT.c.version + 1)
            await tx._conn.execute(query)  # noqa: SLF001 - of one piece with its transaction

    async def tie(self, message_ids: Collection[str], sender: str) -> Tie:
        """What our letters' Message-IDs and the sender's address (in any case) say about a mail.

        Each client stands once, in the order of `message_ids`, with all invoices of the letters that were named.
        """
        async with self._reading() as conn:
            return await inbox.tie(conn, message_ids, sender)

    async def contacts(self) -> Sequence[tuple[int, str, Contact]]:
        """Every contact with its client's id and name, by client."""
        query = select(CONTACT, CLIENT.c.name.label("client_name")).join(CLIENT, CLIENT.c.id == CONTACT.c.client_id)
        async with self._reading() as conn:
            rows = await conn.execute(query.order_by(CONTACT.c.client_id, CONTACT.c.place))
            return [(row.client_id, row.client_name, contact_of(row)) for row in rows]

    async def attachment(self, invoice: str) -> tuple[str, bytes] | None:
        """The name and octets of an invoice's PDF."""
        query = select(INVOICE_FILE.c.name, INVOICE_FILE.c.octets).where(INVOICE.c.number == invoice)
        async with self._reading() as conn:
            row = (await conn.execute(query.join(INVOICE, INVOICE.c.id == INVOICE_FILE.c.invoice_id))).first()
        return None if row is None else (row.name, bytes(row.octets))

    async def numbers_known(self, candidates: Collection[str]) -> Sequence[tuple[int, str]]:
        """Which of these are numbers of invoices, in the order given, each with its client's id."""
        wanted = list(dict.fromkeys(candidates))
        async with self._reading() as conn:
            query = select(INVOICE.c.number, INVOICE.c.client_id).where(INVOICE.c.number.in_(wanted))
            owners = {row.number: row.client_id for row in await conn.execute(query)}
        return [(owners[number], number) for number in wanted if number in owners]

    # Letters

    async def letters(
        self,
        states: Collection[LetterState],
        *,
        ready_at: datetime | None = None,
        client_id: int | None = None,
        invoice: str | None = None,
        limit: int = 100,
    ) -> Sequence[Letter]:
        """Letters in these states; `ready_at` keeps those whose `not_before` has come. Oldest `not_before` first."""
        async with self._reading() as conn:
            return await outbox.read(conn, states, ready_at=ready_at, client_id=client_id, invoice=invoice, limit=limit)

    async def letter(self, key: str) -> Letter | None:
        """One letter."""
        async with self._reading() as conn:
            row = (await conn.execute(select(OUTBOX).where(OUTBOX.c.key == key))).first()
        return None if row is None else letter_of(row)

    async def unfiled(self, limit: int = 20) -> Sequence[Letter]:
        """Client letters that were sent and not yet put into the Sent folder, the oldest first."""
        async with self._reading() as conn:
            return await outbox.unfiled(conn, limit)

    async def answers_since(self, client_id: int, since: datetime) -> int:
        """How many automatic answers to this client were written since, without those withdrawn or refused."""
        async with self._reading() as conn:
            return await outbox.answers(conn, client_id, since)

    async def departures_since(self, since: datetime) -> int:
        """How many letters that chase, answer or thank a client have left, or began to leave, since."""
        async with self._reading() as conn:
            return await outbox.departures(conn, since)

    # What came in

    async def known_mail(self, *digests: str) -> bool:
        """Whether a mail with one of these digests was stored before, under any UID."""
        async with self._reading() as conn:
            return await inbox.known(conn, digests)

    async def cursor(self, account: str, folder: str) -> Cursor | None:
        """How far a folder was read."""
        async with self._reading() as conn:
            return await inbox.cursor(conn, account, folder)

    async def mails(
        self, *, client_id: int | None = None, since: datetime | None = None, limit: int = 50
    ) -> Sequence[StoredMail]:
        """The newest `limit` messages, newest last; `since` counts from when they arrived."""
        async with self._reading() as conn:
            return await inbox.newest(conn, client_id=client_id, since=since, limit=limit)

    async def mail(self, mail_id: int) -> StoredMail | None:
        """One stored message."""
        async with self._reading() as conn:
            return await inbox.one(conn, mail_id)

    async def examples(self) -> Sequence[Example]:
        """Mails whose meaning the operator told, oldest first."""
        async with self._reading() as conn:
            return await examples.read(conn)

    async def mail_octets(self, mail_id: int) -> bytes:
        """The raw octets of a stored message; raises `LookupError`."""
        async with self._reading() as conn:
            return await inbox.octets(conn, mail_id)

    # The operator's view

    async def matters(self, *, open_only: bool = True, since: datetime | None = None) -> Sequence[Matter]:
        """What is before the operator, oldest first; `since` keeps what was raised or closed since."""
        async with self._reading() as conn:
            return await journal.matters(conn, open_only=open_only, since=since)

    async def journal_of(
        self,
        *,
        client_id: int | None = None,
        invoice: str | None = None,
        since: datetime | None = None,
        limit: int = 200,
    ) -> Sequence[JournalEntry]:
        """The newest `limit` reasons, newest last. With an invoice: what concerns it or its client as a whole."""
        async with self._reading() as conn:
            return await journal.newest(conn, client_id=client_id, invoice=invoice, since=since, limit=limit)

    async def payments(self, *, since: date | None = None, invoice: str | None = None) -> Sequence[Payment]:
        """Money that came or went, by `paid_on`, oldest first; what was taken back is left out."""
        async with self._reading() as conn:
            return tuple(map(payment_of, await ledger.money(conn, since=since, invoice=invoice)))

    async def entries(
        self, *, client_id: int | None = None, invoice: str | None = None, id_: int | None = None
    ) -> Sequence[Entry]:
        """The ledger as it was written, oldest first."""
        async with self._reading() as conn:
            return await ledger.entries(conn, client_id=client_id, invoice=invoice, id_=id_)

    async def out_of_balance(self) -> Sequence[str]:
        """Invoices and clients whose amounts are not what the ledger adds up to: none, ever."""
        async with self._reading() as conn:
            return await ledger.out_of_balance(conn)

    async def recall(self, key: str) -> str | None:
        """A named fact of the installation."""
        async with self._reading() as conn:
            query = select(META.c.value).where(META.c.key == key, META.c.business_id.is_(None))
            found = (await conn.execute(query)).scalar()
        return None if found is None else str(found)

    async def facts(self, *keys: str) -> Mapping[str, str]:
        """Several named facts at once; those never set are missing."""
        async with self._reading() as conn:
            return await facts_of(conn, keys)

    # What is not kept

    async def erase(self, client_id: int, pseudonym: str, now: datetime, *, apply: bool) -> Erased:
        """Erase a client's personal data for good, also from the file's free pages; or only count it."""
        async with self._reading() as conn:
            found = await erasing.count(conn, client_id)
        if apply:
            async with self.begin() as tx:
                if self._sqlite:
                    await tx._conn.exec_driver_sql("PRAGMA secure_delete=ON")  # noqa: SLF001 - of one piece
                await erasing.erase(tx._conn, client_id, pseudonym, now)  # noqa: SLF001 - of one piece
            self._known.pop(client_id, None)
            await self._rewrite()
        return found

    async def _rewrite(self) -> None:
        """Write the file anew, so that nothing that was erased is left in free pages or in the -wal."""
        if self._sqlite:
            async with self._faults(), self._engine.connect() as plain:
                raw = (await plain.get_raw_connection()).driver_connection
                assert raw is not None
                await raw.execute("VACUUM")
                await raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    async def prune(self, *, unrelated_before: datetime, mail_before: datetime) -> int:
        """Drop the words of old mails and letters, keeping hashes and ids; gives how many were emptied."""
        async with self.begin() as tx:
            return await erasing.prune(tx._conn, unrelated_before, mail_before)  # noqa: SLF001 - of one piece

    # The file

    async def backup(self, target: str) -> None:
        """Write a consistent, verified copy (mode 0600) to a new file; raises `StoreFault`."""
        if not self._sqlite:
            raise StoreFault(f"{place_of(self._url)}: back up PostgreSQL with its own pg_dump")
        await copy_database(Path(str(self._url.database)), Path(target))

    async def close(self) -> None:
        """Let go of every connection."""
        await self._engine.dispose()
