"""What the store in memory holds, and a client as it is read from there."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime

from mailbot.core.client import Client, Climb, Invoice
from mailbot.core.ledger import Entry
from mailbot.core.matter import Matter
from mailbot.flows.inbound import Cursor
from mailbot.flows.outbound import Letter, LetterState
from mailbot.flows.records import Example, JournalEntry, MailNote
from mailbot.store.loading import leaving


@dataclass
class Shelf:
    """A client with all that hangs off it; `climbs` says when, and by which letter, a rung was climbed."""

    client: Client
    look_at: datetime | None
    invoices: dict[str, Invoice]
    climbs: dict[tuple[str, str], tuple[datetime, str]] = field(default_factory=dict)
    loaded: Client | None = None


@dataclass
class Tables:
    """Everything that is stored, with what is needed to find it quickly."""

    shelves: dict[int, Shelf] = field(default_factory=dict)
    owners: dict[tuple[str, str], int] = field(default_factory=dict)  # (business, number) -> client
    codes: dict[tuple[str, str], int] = field(default_factory=dict)
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    letters: dict[str, Letter] = field(default_factory=dict)
    order: dict[str, int] = field(default_factory=dict)
    in_state: dict[LetterState, dict[str, None]] = field(default_factory=lambda: {s: {} for s in LetterState})
    of_client: dict[int, dict[str, None]] = field(default_factory=dict)
    by_message_id: dict[str, str] = field(default_factory=dict)
    unfiled: dict[str, None] = field(default_factory=dict)
    mails: list[MailNote] = field(default_factory=list)
    uids: set[tuple[str, str, int, int]] = field(default_factory=set)
    digests: set[str] = field(default_factory=set)
    cursors: dict[tuple[str, str], Cursor] = field(default_factory=dict)
    ledger: list[Entry] = field(default_factory=list)
    matters: dict[int, Matter] = field(default_factory=dict)
    open_things: dict[str, int] = field(default_factory=dict)
    journal: list[JournalEntry] = field(default_factory=list)
    meta: dict[str, str] = field(default_factory=dict)
    examples: dict[int, Example] = field(default_factory=dict)


def load(tables: Tables, shelf: Shelf, also: Collection[str], *, closed_too: bool = False) -> Client:
    """A client as the flows see it: live invoices, closed ones that are named, and climbs with how far they got."""
    if shelf.loaded is not None and not also and not closed_too:
        return shelf.loaded
    climbs: dict[str, list[Climb]] = {}
    for (number, rung), (at, key) in shelf.climbs.items():
        letter = tables.letters.get(key)
        state = leaving(None if letter is None else letter.state)
        if state is not None:
            message_id = "" if letter is None else letter.message_id
            climbs.setdefault(number, []).append(Climb(rung, at, key, message_id, state))
    invoices = []
    for number, invoice in shelf.invoices.items():
        if closed_too or invoice.live or number in also:
            climbed = climbs.get(number)
            if climbed is not None:
                climbed.sort(key=lambda climb: climb.at)
                invoice = replace(invoice, climbs=tuple(climbed))  # noqa: PLW2901 - the same invoice, complete
            invoices.append(invoice)
    client = replace(shelf.client, invoices=tuple(sorted(invoices, key=lambda i: (i.due_on, i.number))))
    if not also and not closed_too:
        shelf.loaded = client
    return client
