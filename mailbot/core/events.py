"""What happened, in the past tense."""

from dataclasses import dataclass, field
from datetime import date

from mailbot.core.document import Asked, Document, Enclosure, MailRef
from mailbot.core.intent import Reading
from mailbot.core.ledger import Entry, EntryKind
from mailbot.core.money import Money
from mailbot.core.reason import Fact, Reason


@dataclass(frozen=True, slots=True)
class ReplyReceived:
    """A person at the client wrote. `invoices` are those the mail is tied to; `mail_id` names the message.

    `doubt` says why the sender may be somebody else: then the mail can pause, and nothing more. `asked` says which
    documents it asks for.
    """

    reading: Reading
    invoices: tuple[str, ...]
    sender: str
    sent_on: date
    mail_id: int
    doubt: Reason | None = None
    asked: Asked | None = None


@dataclass(frozen=True, slots=True)
class AutoReplied:
    """A machine at the client answered. `doubt` as for a reply."""

    reading: Reading
    sender: str
    sent_on: date
    mail_id: int
    doubt: Reason | None = None


@dataclass(frozen=True, slots=True)
class MeaningTold:
    """The operator said what a stored mail of this client meant; `reading` holds their word, not the machine's."""

    reading: Reading
    invoices: tuple[str, ...]
    sender: str
    sent_on: date
    mail_id: int


@dataclass(frozen=True, slots=True)
class BankChangeAnnounced:
    """A mail says that money shall go to another account, which is how payment-diversion fraud begins."""

    words: str
    invoices: tuple[str, ...]
    sender: str
    mail_id: int
    doubt: Reason | None = None


@dataclass(frozen=True, slots=True)
class DeliveryFailed:
    """A letter to an address came back. `temporary`: it may work tomorrow. `dead`: the address itself is gone.

    `message_ids` are those of the letters that came back.
    """

    address: str
    temporary: bool
    dead: bool
    invoices: tuple[str, ...]
    diagnostic: str
    mail_id: int | None = None
    message_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PaymentReceived:
    """Money arrived and somebody whom the operator trusts says so (law 5).

    `thank` is False where the operator must first say what the missing rest is.
    """

    invoice: str
    amount: Money
    paid_on: date
    source: str
    reference: str = ""
    thank: bool = True


@dataclass(frozen=True, slots=True)
class ClaimReduced:
    """The operator asks for less: a credit note, a write-off, a fee or a discount that is accepted."""

    kind: EntryKind
    invoice: str
    amount: Money
    booked_on: date
    source: str = "operator"
    reference: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class MoneyReturned:
    """Money went back: sent by us from the client's credit (refund), or taken by their bank (chargeback)."""

    kind: EntryKind
    invoice: str | None
    amount: Money
    booked_on: date
    source: str = "operator"
    reference: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class CreditUsed:
    """The operator gives an invoice money that the client had paid too much."""

    invoice: str
    amount: Money
    booked_on: date
    source: str = "operator"


@dataclass(frozen=True, slots=True)
class EntryUndone:
    """The operator takes an entry of the ledger back."""

    entry: Entry
    booked_on: date
    source: str = "operator"
    note: str = ""


@dataclass(frozen=True, slots=True)
class PaymentReported:
    """A notice or a line of the bank's says that money came or is on its way, and does not prove it.

    `doubtful`: it fails what a genuine notice passes. With a `key` it becomes a matter of that key with `facts`.
    """

    invoices: tuple[str, ...]
    words: str
    key: str = ""
    facts: dict[str, Fact] = field(default_factory=dict)
    mail_id: int | None = None
    doubtful: bool = False
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class HoldAsked:
    """The operator wants silence, for an invoice or the whole client (`invoice` None)."""

    invoice: str | None
    until: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class HoldReleased:
    """The operator says that the ladder may go on."""

    invoice: str | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class RequestAnswered:
    """The operator lets documents go to a client: those that a mail asked for (`mail_id`, `subject_key`), or unasked.

    `to` is the contact's address (empty: who usually gets letters).
    """

    documents: tuple[Document, ...]
    invoices: tuple[str, ...]
    to: str = ""
    mail: MailRef | None = None
    mail_id: int | None = None
    subject_key: str = ""
    enclosures: tuple[Enclosure, ...] = ()


@dataclass(frozen=True, slots=True)
class InvoiceCancelled:
    """The operator gives a claim up, or it was never due. `booked_on` None: on the client's day."""

    invoice: str
    note: str = ""
    booked_on: date | None = None


@dataclass(frozen=True, slots=True)
class TimePassed:
    """Nothing happened but time. While `silent` (draft mode) holds run out, and no rung is climbed."""

    silent: bool = False


Event = (
    ReplyReceived
    | AutoReplied
    | MeaningTold
    | BankChangeAnnounced
    | DeliveryFailed
    | PaymentReceived
    | PaymentReported
    | ClaimReduced
    | MoneyReturned
    | CreditUsed
    | EntryUndone
    | HoldAsked
    | HoldReleased
    | InvoiceCancelled
    | RequestAnswered
    | TimePassed
)
