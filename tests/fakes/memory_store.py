"""The store in memory: the same promises as the database, fast enough to replay a year of a thousand clients.

What another task has not yet committed can be seen here; that is the one difference that a flow could notice.
"""

import asyncio
import heapq
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from mailbot.core.client import Client, Contact
from mailbot.core.ledger import Entry
from mailbot.core.matter import Matter
from mailbot.core.money import totals
from mailbot.flows.inbound import Cursor
from mailbot.flows.outbound import Letter, LetterState
from mailbot.flows.records import Example, JournalEntry, Payment, StoredMail, Tie
from mailbot.store.fault import StoreFault
from mailbot.store.loading import OVER
from mailbot.store.mapping import payment_of
from tests.fakes.memory_tables import Tables, load
from tests.fakes.memory_tx import MemoryTx


class MemoryStore:
    """A `Store` without a file."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._t = Tables()
        self._now = now
        self._turn = asyncio.Lock()
        self._writer: asyncio.Task[Any] | None = None
        self._alarms: list[tuple[datetime, int]] = []  # a heap; entries that no longer hold are dropped on the way

    def _looked(self, client_id: int, at: datetime | None) -> None:
        if at is not None:
            heapq.heappush(self._alarms, (at, client_id))

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[MemoryTx]:
        if self._writer is not None and self._writer is asyncio.current_task():
            raise RuntimeError("a transaction is open in this task already")
        async with self._turn:
            self._writer = asyncio.current_task()
            tx = MemoryTx(self._t, self._now, self._looked)
            try:
                yield tx
            except BaseException:
                self._roll_back(tx)
                raise
            finally:
                self._writer = None
            if tx.spoiled is not None:
                self._roll_back(tx)
                raise tx.spoiled

    def _roll_back(self, tx: MemoryTx) -> None:
        tx.roll_back()
        self._alarms = [(s.look_at, id_) for id_, s in self._t.shelves.items() if s.look_at is not None]
        heapq.heapify(self._alarms)

    async def client(self, client_id: int, *, also: Collection[str] = ()) -> Client:
        shelf = self._t.shelves.get(client_id)
        if shelf is None:
            raise LookupError(f"there is no client {client_id}")
        closed = {n for n in also if n in shelf.invoices and not shelf.invoices[n].live}
        return load(self._t, shelf, closed)

    def _owner(self, number: str) -> int | None:
        return next((id_ for (_, known), id_ in self._t.owners.items() if known == number), None)

    async def client_of_invoice(self, number: str) -> Client | None:
        owner = self._owner(number)
        return None if owner is None else await self.client(owner, also=(number,))

    async def client_of_code(self, business: str, code: str) -> Client | None:
        found = self._t.codes.get((business, code))
        return None if found is None else await self.client(found)

    async def all_clients(self, *, closed_too: bool = False) -> Sequence[Client]:
        return tuple(load(self._t, shelf, (), closed_too=closed_too) for _, shelf in sorted(self._t.shelves.items()))

    async def due_clients(self, now: datetime, limit: int) -> Sequence[int]:
        due: dict[int, datetime] = {}
        while self._alarms and self._alarms[0][0] <= now and len(due) < limit:
            at, client_id = heapq.heappop(self._alarms)
            if self._t.shelves[client_id].look_at == at:
                due[client_id] = at
        for client_id, at in due.items():
            heapq.heappush(self._alarms, (at, client_id))
        return list(due)

    def next_look(self) -> datetime | None:
        """When the first client wants to be looked at; for a clock that jumps."""
        while self._alarms and self._t.shelves[self._alarms[0][1]].look_at != self._alarms[0][0]:
            heapq.heappop(self._alarms)
        return self._alarms[0][0] if self._alarms else None

    async def look_at_all(self, now: datetime) -> None:
        async with self.begin() as tx:
            for client_id, shelf in list(self._t.shelves.items()):
                if any(invoice.live for invoice in shelf.invoices.values()):
                    tx.look_at(client_id, now)

    async def tie(self, message_ids: Collection[str], sender: str) -> Tie:
        tied: dict[int, dict[str, None]] = {}
        for message_id in message_ids:
            letter = self._t.letters.get(self._t.by_message_id.get(message_id, ""))
            if letter is not None and letter.client_id is not None:
                tied.setdefault(letter.client_id, {}).update(dict.fromkeys(letter.invoices))
        address = sender.lower()
        senders = [
            id_
            for id_, shelf in sorted(self._t.shelves.items())
            if address and any(contact.email.lower() == address for contact in shelf.client.contacts)
        ]
        return Tie(tuple((id_, tuple(numbers)) for id_, numbers in tied.items()), tuple(senders))

    async def attachment(self, invoice: str) -> tuple[str, bytes] | None:
        return self._t.files.get(invoice)

    async def numbers_known(self, candidates: Collection[str]) -> Sequence[tuple[int, str]]:
        owners: dict[str, int] = {number: id_ for (_, number), id_ in self._t.owners.items()}
        return [(owners[number], number) for number in dict.fromkeys(candidates) if number in owners]

    async def letters(
        self,
        states: Collection[LetterState],
        *,
        ready_at: datetime | None = None,
        client_id: int | None = None,
        invoice: str | None = None,
        limit: int = 100,
    ) -> Sequence[Letter]:
        found = [
            letter
            for state in set(states)
            for letter in map(self._t.letters.__getitem__, self._t.in_state[state])
            if (ready_at is None or letter.not_before <= ready_at)
            and (client_id is None or letter.client_id == client_id)
            and (invoice is None or invoice in letter.invoices)
        ]
        return sorted(found, key=lambda letter: (letter.not_before, self._t.order[letter.key]))[:limit]

    async def letter(self, key: str) -> Letter | None:
        return self._t.letters.get(key)

    async def unfiled(self, limit: int = 20) -> Sequence[Letter]:
        letters = [self._t.letters[key] for key in self._t.unfiled]
        return sorted(letters, key=lambda x: (x.sent_at or x.created_at, self._t.order[x.key]))[:limit]

    async def departures_since(self, since: datetime) -> int:
        away = (LetterState.CLAIMED, LetterState.SENDING, LetterState.SENT, LetterState.IN_DOUBT)
        return sum(self._departed(state, since) for state in away)

    def _departed(self, state: LetterState, since: datetime) -> int:
        """The latest first, so that a long past costs nothing; an hour of grace for clocks that were put back."""
        count = 0
        for key in reversed(self._t.in_state[state]):
            letter = self._t.letters[key]
            if letter.state_at is None or letter.state_at < since - timedelta(hours=1):
                break
            automatic = letter.client_id is not None and (letter.chasing or not letter.climbs)
            count += automatic and letter.state_at >= since
        return count

    async def contacts(self) -> Sequence[tuple[int, str, Contact]]:
        shelves = sorted(self._t.shelves.items())
        return [(id_, s.client.name, contact) for id_, s in shelves for contact in s.client.contacts]

    async def answers_since(self, client_id: int, since: datetime) -> int:
        letters = map(self._t.letters.__getitem__, self._t.of_client.get(client_id, ()))
        return sum(x.automatic_answer and x.created_at >= since and x.state not in OVER for x in letters)

    async def known_mail(self, *digests: str) -> bool:
        return not self._t.digests.isdisjoint(digests)

    async def cursor(self, account: str, folder: str) -> Cursor | None:
        return self._t.cursors.get((account, folder))

    async def mails(
        self, *, client_id: int | None = None, since: datetime | None = None, limit: int = 50
    ) -> Sequence[StoredMail]:
        found = [
            StoredMail(
                id_, note.from_email, note.subject, note.kind, note.intent, note.reply_text,
                note.received_at, note.client_id, note.invoices, note.fault,
            )
            for id_, note in enumerate(self._t.mails, 1)
            if (client_id is None or note.client_id == client_id) and (since is None or note.received_at >= since)
        ]  # fmt: skip
        return sorted(found, key=lambda mail: (mail.received_at, mail.id))[-limit:]

    async def mail(self, mail_id: int) -> StoredMail | None:
        return next((mail for mail in await self.mails(limit=len(self._t.mails)) if mail.id == mail_id), None)

    async def examples(self) -> Sequence[Example]:
        return sorted(self._t.examples.values(), key=lambda example: example.told_at)

    async def mail_octets(self, mail_id: int) -> bytes:
        if not 1 <= mail_id <= len(self._t.mails):
            raise LookupError(f"there is no message {mail_id}")
        return self._t.mails[mail_id - 1].raw.octets

    async def matters(self, *, open_only: bool = True, since: datetime | None = None) -> Sequence[Matter]:
        source = (
            map(self._t.matters.__getitem__, self._t.open_things.values()) if open_only else self._t.matters.values()
        )
        found = [
            m for m in source if since is None or m.at >= since or (m.closed_at is not None and m.closed_at >= since)
        ]
        return sorted(found, key=lambda matter: (matter.at, matter.id))

    async def journal_of(
        self,
        *,
        client_id: int | None = None,
        invoice: str | None = None,
        since: datetime | None = None,
        limit: int = 200,
    ) -> Sequence[JournalEntry]:
        owner = None if invoice is None else self._owner(invoice)
        found = [
            entry
            for entry in self._t.journal
            if (client_id is None or entry.client_id == client_id)
            and (since is None or entry.at >= since)
            and (
                invoice is None
                or entry.invoice == invoice
                or (entry.invoice is None and owner is not None and entry.client_id == owner)
            )
        ]
        return sorted(found, key=lambda entry: (entry.at, entry.id))[-limit:]

    async def payments(self, *, since: date | None = None, invoice: str | None = None) -> Sequence[Payment]:
        found = [
            payment_of(entry)
            for entry in await self.entries(invoice=invoice)
            if entry.cash and entry.stands and (since is None or entry.booked_on >= since)
        ]
        return sorted(found, key=lambda payment: payment.paid_on)

    async def entries(
        self, *, client_id: int | None = None, invoice: str | None = None, id_: int | None = None
    ) -> Sequence[Entry]:
        undone = {entry.undoes: entry.id for entry in self._t.ledger if entry.undoes is not None}
        return [
            replace(entry, undone_by=undone.get(entry.id))
            for entry in self._t.ledger
            if client_id in (None, entry.client) and invoice in (None, entry.invoice) and id_ in (None, entry.id)
        ]

    async def out_of_balance(self) -> Sequence[str]:
        found: list[str] = []
        for shelf in self._t.shelves.values():
            theirs = await self.entries(client_id=shelf.client.id)
            for invoice in shelf.invoices.values():
                mine = [entry for entry in theirs if entry.invoice == invoice.number]
                paid, waived = (sum(n.minor for n in ns) for ns in ([e.paid for e in mine], [e.waived for e in mine]))
                if (invoice.paid.minor, invoice.given_up.minor) != (paid, waived) or paid < 0 or waived < 0:
                    found.append(invoice.number)
            credit = tuple(money for money in totals(entry.credit for entry in theirs) if money)
            if credit != shelf.client.credit or any(money.amount < 0 for money in credit):
                found.append(shelf.client.code)
        return found

    async def recall(self, key: str) -> str | None:
        return self._t.meta.get(key)

    async def facts(self, *keys: str) -> Mapping[str, str]:
        return {key: self._t.meta[key] for key in keys if key in self._t.meta}

    async def backup(self, target: str) -> None:
        raise StoreFault(f"{target}: what is in memory has no backup")

    async def close(self) -> None:
        return
