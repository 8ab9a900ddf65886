"""What the store keeps of mails, reasons and money, as plain records."""

from dataclasses import dataclass, field
from datetime import date, datetime

from mailbot.core.intent import Intent
from mailbot.core.money import Money
from mailbot.core.reason import Reason
from mailbot.flows.inbound import RawMail

ACCOUNT_FACTS = "bank.account."
"""How the names of facts begin that say which client an account belongs to; the value is the client's id."""


@dataclass(frozen=True, slots=True)
class Tie:
    """What ties a mail to clients, strongest first: our own Message-IDs, then the sender's address."""

    by_letter: tuple[tuple[int, tuple[str, ...]], ...] = ()
    by_sender: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class MailNote:
    """What is kept of a message that arrived, and how it was judged. `fault` is set where a later step failed."""

    raw: RawMail
    sha256: str
    message_id: str
    from_email: str
    subject: str
    kind: str
    received_at: datetime
    client_id: int | None = None
    invoices: tuple[str, ...] = ()
    intent: str = ""
    reply_text: str = ""
    outcome: Reason | None = None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One line of the log of reasons (law 11)."""

    at: datetime
    reason: Reason
    client_id: int | None = None
    invoice: str | None = None
    id: int = 0


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that came or went, as the ledger holds it (`entry` is its number there). A negative amount went back."""

    invoice: str
    amount: Money
    paid_on: date
    source: str
    reference: str = ""
    recorded_at: datetime | None = None
    entry: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Example:
    """A client's mail whose meaning the operator told. `read_as` is what had been understood of it.

    `adopted_at`: since when the reader goes by it; None until `mailbot learn --yes`.
    """

    mail_id: int
    client_id: int
    text: str
    intent: Intent
    hold: bool
    until: date | None
    told_at: datetime
    read_as: str = ""
    adopted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StoredMail:
    """A stored message as it is shown to a person."""

    id: int
    from_email: str
    subject: str
    kind: str
    intent: str
    reply_text: str
    received_at: datetime
    client_id: int | None
    invoices: tuple[str, ...]
    fault: str
