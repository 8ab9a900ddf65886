"""A transaction of the store in memory: every change leaves behind how to undo it."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from mailbot.core.client import Client, Invoice
from mailbot.core.ledger import Entry, NewEntry, with_credit
from mailbot.core.matter import Matter, NewMatter
from mailbot.core.money import MixedCurrencies, Money
from mailbot.core.reason import Reason
from mailbot.flows.inbound import Cursor
from mailbot.flows.outbound import Letter, LetterState, NewLetter
from mailbot.flows.ports import Conflict, Replay
from mailbot.flows.records import Example, JournalEntry, MailNote
from mailbot.store.loading import OVER, WAITING, leaving
from mailbot.store.mapping import storable, thing_of
from mailbot.store.saving import as_stored
from tests.fakes.memory_tables import Shelf, Tables

_CLAIMS = (LetterState.CLAIMED, LetterState.SENDING)


class MemoryTx:
    """A `Tx` on `Tables`; `looked` is told each new `next_look_at`."""

    def __init__(
        self, tables: Tables, now: Callable[[], datetime], looked: Callable[[int, datetime | None], None]
    ) -> None:
        self._t = tables
        self._now = now
        self._looked = looked
        self._undo: list[Callable[[], object]] = []
        self._seen: dict[int, int] = {}
        self._saved: set[int] = set()
        self.spoiled: Exception | None = None

    def roll_back(self) -> None:
        """Take everything back."""
        while self._undo:
            self._undo.pop()()

    @contextmanager
    def _spoiling(self) -> Iterator[None]:
        try:
            yield
        except (Conflict, Replay) as error:
            self.spoiled = error
            raise

    def _set(self, table: dict[Any, Any], key: Any, value: Any) -> None:
        if key in table:
            old = table[key]
            self._undo.append(lambda: table.__setitem__(key, old))
        else:
            self._undo.append(lambda: table.pop(key))
        table[key] = value

    def _drop(self, table: dict[Any, Any], key: Any) -> None:
        if key in table:
            old = table.pop(key)
            self._undo.append(lambda: table.__setitem__(key, old))

    def _append(self, table: list[Any], value: Any) -> None:
        table.append(value)
        self._undo.append(table.pop)

    def _add(self, table: set[Any], value: Any) -> None:
        if value not in table:
            table.add(value)
            self._undo.append(lambda: table.discard(value))

    def _touch(self, client_id: int) -> Shelf:
        """The client's shelf, to be changed; its version is counted up once a transaction."""
        shelf = self._t.shelves.get(client_id)
        if shelf is None:
            raise LookupError(f"there is no client {client_id}")
        if client_id not in self._seen:
            self._seen[client_id] = shelf.client.version
            head = replace(shelf.client, version=shelf.client.version + 1)
            shelf = Shelf(head, shelf.look_at, dict(shelf.invoices), dict(shelf.climbs))
            self._set(self._t.shelves, client_id, shelf)
        shelf.loaded = None
        return shelf

    def look_at(self, client_id: int, at: datetime | None) -> None:
        """Wind the client's alarm clock."""
        shelf = self._touch(client_id)
        shelf.look_at = at
        self._looked(client_id, at)

    async def save(self, client: Client, next_look_at: datetime | None) -> None:
        if client.id in self._saved:
            raise RuntimeError(f"client {client.code} is saved twice in one transaction")
        with self._spoiling():
            stored = self._t.shelves.get(client.id)
            before = None if stored is None else self._seen.get(client.id, stored.client.version)
            if before != client.version:
                raise Conflict(f"client {client.code} changed since it was read")
        shelf = self._touch(client.id)
        self._saved.add(client.id)
        tidy = as_stored(client)
        shelf.client = replace(tidy, invoices=(), version=shelf.client.version, credit=shelf.client.credit)
        self.look_at(client.id, next_look_at)
        for invoice in tidy.invoices:
            owner = self._t.owners.get((client.business, invoice.number))
            if owner is None:
                self._own(client, invoice)
            elif owner != client.id:
                raise ValueError(f"invoice {invoice.number} belongs to another client")
            known = shelf.invoices.get(invoice.number)
            same = known is not None and known.paid.currency == invoice.amount.currency
            paid = known.paid if known is not None and same else Money.of(0, invoice.amount.currency)
            waived = known.waived if known is not None and same else None
            is_so = (invoice.paid, invoice.waived) == (paid, waived)
            shelf.invoices[invoice.number] = invoice if is_so else replace(invoice, paid=paid, waived=waived)

    def _own(self, client: Client, invoice: Invoice) -> None:
        if invoice.paid or invoice.waived:
            raise ValueError(f"invoice {invoice.number} is new but already paid in part: record that with `post`")
        if (client.business, invoice.number) in self._t.owners:
            raise ValueError(f"invoice {invoice.number} is taken")
        self._set(self._t.owners, (client.business, invoice.number), client.id)

    async def add_client(self, client: Client, next_look_at: datetime | None) -> Client:
        if (client.business, client.code) in self._t.codes:
            raise ValueError(f"client {client.code} is taken")
        tidy = as_stored(replace(client, id=len(self._t.shelves) + 1, version=0))
        self._set(self._t.codes, (client.business, client.code), tidy.id)
        for invoice in tidy.invoices:
            self._own(tidy, invoice)
        invoices = {invoice.number: invoice for invoice in tidy.invoices}
        self._set(self._t.shelves, tidy.id, Shelf(replace(tidy, invoices=()), next_look_at, invoices))
        self._looked(tidy.id, next_look_at)
        self._seen[tidy.id] = 0
        return tidy

    async def add_clients(self, clients: Sequence[tuple[Client, datetime | None]]) -> tuple[Client, ...]:
        return tuple([await self.add_client(client, look_at) for client, look_at in clients])

    async def enqueue(self, letter: NewLetter) -> None:
        with self._spoiling():
            if letter.key in self._t.letters:
                raise Replay(f"letter {letter.key} was recorded before")
            if letter.climbs:
                if letter.client_id is None:
                    raise LookupError(f"letter {letter.key} climbs for invoices that its client does not have")
                shelf = self._touch(letter.client_id)
                for climb in dict.fromkeys(letter.climbs):
                    self._climb(shelf, climb, letter.created_at, letter.key)
        fields = {name: getattr(letter, name) for name in NewLetter.__dataclass_fields__}
        self._set(self._t.letters, letter.key, Letter(**fields, state_at=self._now()))
        self._set(self._t.order, letter.key, len(self._t.order))
        self._set(self._t.in_state[letter.state], letter.key, None)
        self._set(self._t.by_message_id, letter.message_id, letter.key)
        if letter.client_id is not None:
            self._set(self._t.of_client.setdefault(letter.client_id, {}), letter.key, None)

    def _climb(self, shelf: Shelf, climb: tuple[str, str], at: datetime, key: str) -> None:
        number, rung = climb
        if number not in shelf.invoices:
            raise LookupError(f"client {shelf.client.id} has no invoice {number}")
        if climb in shelf.climbs:
            raise Replay(f"rung {rung} of {number} was climbed before")
        shelf.climbs[climb] = (at, key)

    async def climb(self, client_id: int, invoice: str, rung: str, at: datetime) -> None:
        with self._spoiling():
            self._climb(self._touch(client_id), (invoice, rung), at, "")

    async def withdraw(self, client_id: int, invoices: Collection[str] | None, why: Reason) -> tuple[str, ...]:
        found = []
        for key in list(self._t.of_client.get(client_id, ())):
            letter = self._t.letters[key]
            climbed = {number for number, _ in letter.climbs}
            if letter.state in WAITING and climbed and (invoices is None or not climbed.isdisjoint(invoices)):
                found.append(key)
                response = storable(str(why))
                self._put(letter, replace(letter, state=LetterState.WITHDRAWN, state_at=self._now(), response=response))
        return tuple(found)

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
        with self._spoiling():
            old = self._t.letters.get(key)
            if old is None or old.state not in sources:
                raise Conflict(f"letter {key} is {'gone' if old is None else old.state}")
            taken_over = target is LetterState.CLAIMED and old.state in _CLAIMS and old.claimed_by != claimed_by
            if taken_over and old.claimed_until is not None and old.claimed_until > at:
                raise Conflict(f"letter {key} is claimed by {old.claimed_by}")
            changes: dict[str, Any] = {"not_before": not_before, "attempts": attempts, "filed_at": filed_at}
            changes["response"] = None if response is None else storable(response)
            changes = {name: value for name, value in changes.items() if value is not None}
            if target not in _CLAIMS:
                changes |= {"claimed_by": "", "claimed_until": None}
            elif target is LetterState.CLAIMED or claimed_by:
                changes |= {"claimed_by": claimed_by, "claimed_until": claimed_until}
            if target is not old.state:
                changes["state_at"] = at
                if target is LetterState.SENT:
                    changes["sent_at"] = at
            self._put(old, replace(old, state=target, **changes))

    def _put(self, old: Letter, new: Letter) -> None:
        """Replace a letter, with its place in every index and its climbs."""
        self._set(self._t.letters, new.key, new)
        if new.state is not old.state:
            self._drop(self._t.in_state[old.state], new.key)
            self._set(self._t.in_state[new.state], new.key, None)
        if new.state is LetterState.SENT and new.filed_at is None and new.client_id is not None:
            self._set(self._t.unfiled, new.key, None)
        else:
            self._drop(self._t.unfiled, new.key)
        if new.client_id is None or leaving(old.state) is leaving(new.state):
            return
        shelf = self._touch(new.client_id)
        for climb in dict.fromkeys(new.climbs):
            if new.state in OVER:
                shelf.climbs.pop(climb, None)
            elif old.state in OVER:
                self._climb(shelf, climb, old.created_at, new.key)
            if new.state is LetterState.SENT:
                shelf.climbs[climb] = (new.sent_at or old.created_at, new.key)

    async def note_mail(self, note: MailNote) -> int:
        raw = note.raw
        name = (raw.account, raw.folder, raw.uidvalidity, raw.uid)
        with self._spoiling():
            if name in self._t.uids:
                raise Replay(f"message {raw.uid} of {raw.folder} was stored before")
        self._add(self._t.uids, name)
        self._add(self._t.digests, note.sha256)
        clean = replace(
            note,
            message_id=storable(note.message_id),
            from_email=storable(note.from_email),
            subject=storable(note.subject),
            reply_text=storable(note.reply_text),
            fault=storable(note.fault),
        )
        self._append(self._t.mails, clean)
        return len(self._t.mails)

    async def move_cursor(self, account: str, folder: str, cursor: Cursor) -> None:
        self._set(self._t.cursors, (account, folder), cursor)

    async def post(self, client_id: int, entry: NewEntry, at: datetime | None = None) -> int:
        shelf = self._touch(client_id)
        with self._spoiling():
            if entry.undoes is not None and any(one.undoes == entry.undoes for one in self._t.ledger):
                raise Conflict(f"entry {entry.undoes} was taken back meanwhile")
        if entry.invoice is not None:
            invoice = self._invoice(client_id, entry.invoice)
            if invoice.amount.currency != entry.cash.currency:
                raise MixedCurrencies(f"invoice {entry.invoice} is in {invoice.amount.currency}")
            waived = invoice.given_up + entry.waived
            shelf.invoices[entry.invoice] = replace(invoice, paid=invoice.paid + entry.paid, waived=waived or None)
        shelf.client = replace(shelf.client, credit=with_credit(shelf.client.credit, entry.credit))
        number = len(self._t.ledger) + 1
        fields = {name: getattr(entry, name) for name in NewEntry.__dataclass_fields__}
        fields |= {"reference": storable(entry.reference), "note": storable(entry.note)}
        self._append(self._t.ledger, Entry(**fields, id=number, client=client_id, recorded_at=at or self._now()))
        return number

    def _invoice(self, client_id: int, number: str) -> Invoice:
        invoice = self._t.shelves[client_id].invoices.get(number)
        if invoice is None:
            raise LookupError(f"client {client_id} has no invoice {number}")
        return invoice

    async def raise_matter(self, matter: NewMatter) -> int:
        known = self._t.open_things.get(thing_of(matter))
        if known is not None:
            news = replace(
                self._t.matters[known], urgent=matter.urgent, mail_id=matter.mail_id, facts=dict(matter.facts)
            )
            self._set(self._t.matters, known, news)
            return known
        id_ = len(self._t.matters) + 1
        fields = {name: getattr(matter, name) for name in NewMatter.__dataclass_fields__}
        self._set(self._t.matters, id_, Matter(**fields, id=id_))
        self._set(self._t.open_things, thing_of(matter), id_)
        return id_

    async def close_matters(
        self,
        at: datetime,
        *,
        client_id: int | None = None,
        invoices: Collection[str] | None = None,
        kinds: Collection[str] = (),
        subject_key: str | None = None,
    ) -> None:
        if client_id is None and invoices is None and not kinds and subject_key is None:
            raise ValueError("which matters?")
        end = "\n" if subject_key is None else f"\n{subject_key}"
        wanted = [pair for pair in self._t.open_things.items() if subject_key is None or pair[0].endswith(end)]
        for thing, id_ in wanted:
            matter = self._t.matters[id_]
            if (
                (client_id is None or matter.client_id == client_id)
                and (invoices is None or matter.invoice in invoices)
                and (not kinds or matter.kind in kinds)
                and (subject_key is None or matter.subject_key == subject_key)
            ):
                self._set(self._t.matters, id_, replace(matter, closed_at=at))
                self._drop(self._t.open_things, thing)

    async def attach(self, client_id: int, invoice: str, name: str, octets: bytes) -> None:
        self._invoice(client_id, invoice)
        self._set(self._t.files, invoice, (name, octets))

    async def journal(self, entries: Sequence[JournalEntry]) -> None:
        for entry in entries:
            self._append(self._t.journal, replace(entry, id=len(self._t.journal) + 1))

    async def facts(self, *keys: str) -> Mapping[str, str]:
        return {key: self._t.meta[key] for key in keys if key in self._t.meta}

    async def keep_example(self, example: Example) -> None:
        self._drop(self._t.examples, example.mail_id)
        self._set(self._t.examples, example.mail_id, example)

    async def adopt_examples(self, mail_ids: Collection[int], at: datetime | None) -> None:
        for mail_id in mail_ids:
            self._set(self._t.examples, mail_id, replace(self._t.examples[mail_id], adopted_at=at))

    async def remember(self, key: str, value: str) -> None:
        self._set(self._t.meta, key, storable(value))
