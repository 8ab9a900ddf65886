"""What shall be done, in the imperative."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from mailbot.core.client import Client, Contact
from mailbot.core.document import Document, Enclosure, MailRef
from mailbot.core.events import PaymentReceived
from mailbot.core.ladder import Tone
from mailbot.core.ledger import NewEntry
from mailbot.core.matter import NewMatter
from mailbot.core.money import Money
from mailbot.core.reason import Reason


@dataclass(frozen=True, slots=True)
class SendLetter:
    """Write a letter and put it into the outbox. `answer` marks one that answers a client's mail by itself.

    A thank-you is for a `payment`, or tells of `credit` of the client's that was used; for several it names neither.
    `documents` are what it brings, `replies_to` the mail that it answers, `enclosures` files of the operator's.
    """

    tone: Tone
    contact: Contact
    invoices: tuple[str, ...]
    climbs: tuple[tuple[str, str], ...] = ()
    chasing: bool = False
    approval: bool = False
    answer: bool = False
    promised_on: date | None = None
    payment: PaymentReceived | None = None
    credit: Money | None = None
    documents: tuple[Document, ...] = ()
    replies_to: MailRef | None = None
    enclosures: tuple[Enclosure, ...] = ()


@dataclass(frozen=True, slots=True)
class WithdrawLetters:
    """Take back what still waits in the outbox for these invoices (None: for all of the client's)."""

    invoices: tuple[str, ...] | None
    why: Reason


@dataclass(frozen=True, slots=True)
class CorrectThanks:
    """A thank-you that still waits is not true any more: it is said again about its other invoices.

    `keep`: about this one too, with its new rest.
    """

    invoice: str
    keep: bool


@dataclass(frozen=True, slots=True)
class ReturnLetters:
    """These letters came back undelivered: their rungs are free again, for a better address."""

    keys: tuple[str, ...]
    why: Reason


@dataclass(frozen=True, slots=True)
class ClimbRung:
    """Record that a rung which is a task was climbed."""

    invoice: str
    rung: str


@dataclass(frozen=True, slots=True)
class RaiseMatter:
    """Put something before the operator."""

    matter: NewMatter


@dataclass(frozen=True, slots=True)
class CloseMatters:
    """What was before the operator is dealt with: about these invoices (None: all), or the one of this subject."""

    invoices: tuple[str, ...] | None
    kinds: Collection[str] = ()
    subject_key: str | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """Write into the ledger."""

    entry: NewEntry


Effect = SendLetter | WithdrawLetters | CorrectThanks | ReturnLetters | ClimbRung | RaiseMatter | CloseMatters | Post


@dataclass(frozen=True, slots=True)
class Decision:
    """The client as it shall be, what shall be done, and why; a reason belongs to an invoice or to the whole client."""

    client: Client
    effects: tuple[Effect, ...] = ()
    because: tuple[tuple[str | None, Reason], ...] = ()
