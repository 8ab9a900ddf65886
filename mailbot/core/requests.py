"""A client asks for a document: what goes out by itself, and what follows when the operator answers."""

from dataclasses import replace
from datetime import date, datetime

from mailbot.core.client import Client, Contact, Invoice, Reachability, Standing
from mailbot.core.document import OWN, Document, letter_name
from mailbot.core.effects import CloseMatters, Decision, SendLetter
from mailbot.core.events import ReplyReceived, RequestAnswered
from mailbot.core.intent import Intent
from mailbot.core.ladder import Tone, recipient
from mailbot.core.matter import MatterKind
from mailbot.core.policy import Policy
from mailbot.core.reason import because

# What may stand beside the request in the same mail; anything else is for a person to read first.
_BESIDE = frozenset(
    {
        Intent.DOCUMENT_REQUEST, Intent.ACKNOWLEDGEMENT, Intent.APPROVAL, Intent.OTHER,
        Intent.PROMISE_TO_PAY, Intent.QUESTION,
    }
)  # fmt: skip
_MOST_INVOICES = 5


def document_letter(
    client: Client, event: ReplyReceived, targets: tuple[str | None, ...], policy: Policy
) -> SendLetter | None:
    """The letter that answers a request by itself, or None where the operator must look.

    To the contact who asked, at the address that is known, and only what can be sent from what is known here.
    """
    asked = event.asked
    if asked is None or not (policy.auto_copy and asked.room and asked.documents) or event.doubt is not None:
        return None
    beside = set(event.reading.others) - _BESIDE
    if Document.RECEIPT in asked.documents:
        beside.discard(Intent.PAYMENT_CLAIMED)  # it was paid, and the books say so too
    if beside or event.reading.redirect_to or not OWN.issuperset(asked.documents):
        return None
    contact = contact_of(client, event.sender)
    about = _about(client, event, targets, asked.documents)
    if contact is None or not 1 <= len(about) <= _MOST_INVOICES:
        return None
    return SendLetter(
        Tone(letter_name(asked.documents)), contact, about,
        answer=True, documents=asked.documents, replies_to=asked.mail,
    )  # fmt: skip


def receipt_wanted(client: Client, event: ReplyReceived, documents: tuple[Document, ...]) -> bool:
    """Whether words about a payment ask for its receipt: they name one, and the books have the invoice as settled.

    "Could I have a receipt for my payment?" reads like a claim; while the invoice is open it is treated as one.
    """
    tied = [invoice for number in event.invoices if (invoice := client.invoice(number)) is not None]
    unclear = event.reading.intent in (Intent.PAYMENT_CLAIMED, Intent.QUESTION, Intent.OTHER)
    return unclear and documents == (Document.RECEIPT,) and bool(tied) and all(map(_paid, tied))


def contact_of(client: Client, address: str) -> Contact | None:
    """The contact with exactly this address, if mail to it arrives."""
    return next(
        (c for c in client.contacts if c.email == address and c.reachability is not Reachability.DEAD),
        None,
    )


def _about(
    client: Client, event: ReplyReceived, targets: tuple[str | None, ...], documents: tuple[Document, ...]
) -> tuple[str, ...]:
    """Which invoices: those that the mail is tied to, else what is owed; a receipt is for what is settled."""
    named = tuple(dict.fromkeys((*event.reading.invoices, *event.invoices)))
    tied = [invoice for number in named if (invoice := client.invoice(number)) is not None]
    if Document.RECEIPT in documents:
        return tuple(i.number for i in tied if i.standing is Standing.SETTLED) if all(map(_paid, tied)) else ()
    live = [i for i in client.invoices if i.live and (None in targets or i.number in targets)]
    return tuple(invoice.number for invoice in tied or live)


def _paid(invoice: Invoice) -> bool:
    return invoice.standing is Standing.SETTLED


def request_answered(client: Client, event: RequestAnswered, policy: Policy, now: datetime) -> Decision:
    """The operator lets the answer go: the hold of the client's mail then lapses by itself after some days."""
    contact = contact_of(client, event.to) if event.to else recipient(client)
    if contact is None:
        return Decision(client, because=((None, because("no_address")),))
    letter = SendLetter(
        Tone(letter_name(event.documents)), contact, event.invoices,
        documents=event.documents, replies_to=event.mail, enclosures=event.enclosures,
    )  # fmt: skip
    until = lapses_on(client, policy, policy.calendar(client).local_day(now))
    holds = tuple(
        replace(hold, until=until, lapses=True)
        if event.mail_id is not None
        and hold.mail_id == event.mail_id
        and hold.lifted_at is None
        and hold.intent is Intent.DOCUMENT_REQUEST
        else hold
        for hold in client.holds
    )
    closing = (CloseMatters(None, (MatterKind.REPLY,), event.subject_key),) if event.subject_key else ()
    about = event.invoices[0] if len(event.invoices) == 1 else None
    why = because("request_answered", address=contact.email)
    return Decision(replace(client, holds=holds), (letter, *closing), ((about, why),))


def lapses_on(client: Client, policy: Policy, sent_on: date) -> date:
    """Until when the ladder waits once the client has what they asked for."""
    return policy.calendar(client).add_working_days(sent_on, policy.copy_hold_days)
