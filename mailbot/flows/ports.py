"""What the flows need from the world: a clock, a store, and in `Bot` all of it together."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from mailbot.core.business import Business
from mailbot.core.client import Client, Contact
from mailbot.core.ledger import Entry, NewEntry
from mailbot.core.matter import Matter, NewMatter
from mailbot.core.policy import Policy
from mailbot.core.reason import Reason
from mailbot.flows.desk import Desk
from mailbot.flows.inbound import Cursor
from mailbot.flows.outbound import Letter, LetterState, NewLetter
from mailbot.flows.outside import Alarm, Mailbox, PostOffice, Writer
from mailbot.flows.records import Example, JournalEntry, MailNote, Payment, StoredMail, Tie
from mailbot.flows.second import SecondReader


class Conflict(Exception):
    """Somebody else changed this client since it was read: look and think again, never patch."""


class Replay(Exception):
    """The message, or the letter's rung, was recorded before: there is nothing to do."""


class StoreUnavailable(Exception):
    """The store cannot be used just now; nothing was committed. It says nothing about what was to be stored."""


class Clock(Protocol):
    """The time."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class Tx(Protocol):
    """One transaction: all of it happens, or nothing."""

    async def save(self, client: Client, next_look_at: datetime | None) -> None:
        """Write the client, its contacts, invoices, promises and holds if its version stands, or raise `Conflict`.

        Climbs are not written here: they belong to the letters and tasks that make them.
        """
        ...

    async def add_client(self, client: Client, next_look_at: datetime | None) -> Client:
        """Insert a new client with all that hangs off it and give it back with its id."""
        ...

    async def add_clients(self, clients: Sequence[tuple[Client, datetime | None]]) -> tuple[Client, ...]:
        """Insert many new clients at once, each with its next look, and give them back with their ids."""
        ...

    async def enqueue(self, letter: NewLetter) -> None:
        """Put a letter into the outbox; raises `Replay` if its key or a live climb of the same rung exists (law 2)."""
        ...

    async def climb(self, client_id: int, invoice: str, rung: str, at: datetime) -> None:
        """Record a rung that is a task and no letter; raises `Replay` if it was climbed."""
        ...

    async def withdraw(self, client_id: int, invoices: Collection[str] | None, why: Reason) -> tuple[str, ...]:
        """Withdraw letters that wait (proposed, queued, deferred) and climb a rung of these invoices (None: of all).

        Their climbs become free again; the rest of a letter for several invoices is withdrawn with it. Gives the keys.
        """
        ...

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
        """Move a letter from one of `sources` to `target`; raises `Conflict` if it is in none of them.

        A move to `sent` stamps the letter and its climbs; one to `withdrawn` or `refused` frees its climbs.
        """
        ...

    async def note_mail(self, note: MailNote) -> int:
        """Store a message and its outcome; raises `Replay` if (account, folder, UIDVALIDITY, UID) is known."""
        ...

    async def move_cursor(self, account: str, folder: str, cursor: Cursor) -> None:
        """Remember how far a folder was read."""
        ...

    async def post(self, client_id: int, entry: NewEntry, at: datetime | None = None) -> int:
        """Append to the ledger as of `at` (else now) and give the entry's number.

        What invoice and client show is what the ledger adds up to.
        Raises `Conflict` where the entry that it takes back was taken back meanwhile.
        """
        ...

    async def raise_matter(self, matter: NewMatter) -> int:
        """Put something before the operator; an open one of the same kind about the same thing is updated."""
        ...

    async def close_matters(
        self,
        at: datetime,
        *,
        client_id: int | None = None,
        invoices: Collection[str] | None = None,
        kinds: Collection[str] = (),
        subject_key: str | None = None,
    ) -> None:
        """Close the open matters that fit all that is given."""
        ...

    async def attach(self, client_id: int, invoice: str, name: str, octets: bytes) -> None:
        """Keep the PDF of an invoice; a second one replaces the first."""
        ...

    async def journal(self, entries: Sequence[JournalEntry]) -> None:
        """Append to the log of reasons."""
        ...

    async def keep_example(self, example: Example) -> None:
        """Keep a mail whose meaning the operator told; one of the same mail is replaced."""
        ...

    async def adopt_examples(self, mail_ids: Collection[int], at: datetime | None) -> None:
        """Say since when the reader goes by these examples; None: it does so no more."""
        ...

    async def facts(self, *keys: str) -> Mapping[str, str]:
        """Named facts of the installation, as this transaction finds them; those never set are missing."""
        ...

    async def remember(self, key: str, value: str) -> None:
        """Set a named fact of the installation (mode, last digest, policy fingerprint ...)."""
        ...


class Store(Protocol):
    """The database."""

    def begin(self) -> AbstractAsyncContextManager[Tx]:
        """Open a write transaction; leaving the block without an error commits it durably."""
        ...

    async def client(self, client_id: int, *, also: Collection[str] = ()) -> Client:
        """One client with its live invoices, and the closed ones that `also` names; raises `LookupError`."""
        ...

    async def client_of_invoice(self, number: str) -> Client | None:
        """The client that owes this invoice, with that invoice loaded even if it is closed."""
        ...

    async def client_of_code(self, business: str, code: str) -> Client | None:
        """The client with this code."""
        ...

    async def all_clients(self, *, closed_too: bool = False) -> Sequence[Client]:
        """Every client; for listings and reports, not for the tick."""
        ...

    async def due_clients(self, now: datetime, limit: int) -> Sequence[int]:
        """Clients whose `next_look_at` has come, the longest waiting first."""
        ...

    async def look_at_all(self, now: datetime) -> None:
        """Make every client with something live due for a look: the policy or the calendar changed."""
        ...

    async def tie(self, message_ids: Collection[str], sender: str) -> Tie:
        """What our letters' Message-IDs and the sender's address say about a mail."""
        ...

    async def contacts(self) -> Sequence[tuple[int, str, Contact]]:
        """Every contact with its client's id and name: whom a stranger may resemble."""
        ...

    async def attachment(self, invoice: str) -> tuple[str, bytes] | None:
        """The name and octets of an invoice's PDF."""
        ...

    async def numbers_known(self, candidates: Collection[str]) -> Sequence[tuple[int, str]]:
        """Which of these are numbers of invoices, each with its client's id."""
        ...

    async def known_mail(self, *digests: str) -> bool:
        """Whether a mail with one of these digests was stored before, under any UID."""
        ...

    async def cursor(self, account: str, folder: str) -> Cursor | None:
        """How far a folder was read."""
        ...

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
        ...

    async def letter(self, key: str) -> Letter | None:
        """One letter."""
        ...

    async def unfiled(self, limit: int = 20) -> Sequence[Letter]:
        """Client letters that were sent and not yet put into the Sent folder."""
        ...

    async def answers_since(self, client_id: int, since: datetime) -> int:
        """How many automatic answers to this client were written since."""
        ...

    async def departures_since(self, since: datetime) -> int:
        """How many letters that chase, answer or thank a client have left, or began to leave, since."""
        ...

    async def matters(self, *, open_only: bool = True, since: datetime | None = None) -> Sequence[Matter]:
        """What is before the operator, oldest first."""
        ...

    async def journal_of(
        self,
        *,
        client_id: int | None = None,
        invoice: str | None = None,
        since: datetime | None = None,
        limit: int = 200,
    ) -> Sequence[JournalEntry]:
        """The log of reasons, newest last. With an invoice: what concerns it or its client as a whole."""
        ...

    async def mails(
        self, *, client_id: int | None = None, since: datetime | None = None, limit: int = 50
    ) -> Sequence[StoredMail]:
        """Stored messages, newest last."""
        ...

    async def mail(self, mail_id: int) -> StoredMail | None:
        """One stored message."""
        ...

    async def examples(self) -> Sequence[Example]:
        """Mails whose meaning the operator told, oldest first."""
        ...

    async def mail_octets(self, mail_id: int) -> bytes:
        """The raw octets of a stored message."""
        ...

    async def payments(self, *, since: date | None = None, invoice: str | None = None) -> Sequence[Payment]:
        """Money that came or went, oldest first; what was taken back is left out."""
        ...

    async def entries(
        self, *, client_id: int | None = None, invoice: str | None = None, id_: int | None = None
    ) -> Sequence[Entry]:
        """The ledger as it was written, oldest first: everything, with what takes it back."""
        ...

    async def out_of_balance(self) -> Sequence[str]:
        """Invoices (and clients, by code) whose amounts are not what the ledger adds up to: none, ever."""
        ...

    async def recall(self, key: str) -> str | None:
        """A named fact of the installation."""
        ...

    async def facts(self, *keys: str) -> Mapping[str, str]:
        """Several named facts at once; those never set are missing."""
        ...

    async def backup(self, target: str) -> None:
        """Write a consistent copy of the database to a file."""
        ...

    async def close(self) -> None:
        """Let go of every connection."""
        ...


@dataclass(frozen=True)
class Bot:
    """The bundle of ports that every flow works with. `owner` names this process in leases."""

    business: Business
    policy: Policy
    clock: Clock
    store: Store
    writer: Writer
    post: PostOffice
    mailbox: Mailbox
    owner: str
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    alarm: Alarm | None = None
    desk: Desk = field(default_factory=Desk)
    second: SecondReader | None = None
