"""Core values to columns and back."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from mailbot.core.client import (
    Client,
    ClientKind,
    Contact,
    HeldBy,
    Hold,
    Invoice,
    Promise,
    Reachability,
    Role,
    Standing,
)
from mailbot.core.intent import Intent
from mailbot.core.ledger import Before, Entry, EntryKind, NewEntry
from mailbot.core.matter import Matter, MatterKind, NewMatter
from mailbot.core.money import Money
from mailbot.core.reason import Fact, Reason
from mailbot.flows.outbound import Letter, LetterState, NewLetter
from mailbot.flows.records import JournalEntry, MailNote, Payment, StoredMail

Columns = dict[str, Any]


def storable(text: str) -> str:
    """Text from outside without what a database cannot hold: lone surrogates and NUL become U+FFFD or `?`."""
    if text.isascii() and "\0" not in text:
        return text
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd")


def _facts(facts: Mapping[str, Fact]) -> dict[str, Fact]:
    return {key: storable(fact) if isinstance(fact, str) else fact for key, fact in facts.items()}


# The client and what hangs off it


def client_columns(client: Client) -> Columns:
    """The client's own columns, without its version and its alarm clock."""
    return {
        "business_id": client.business,
        "code": client.code,
        "name": client.name,
        "language": client.language,
        "country": client.country,
        "region": client.region,
        "timezone": client.timezone,
        "kind": None if client.kind is None else str(client.kind),
        "phone": client.phone,
        "pay_day": client.pay_day,
        "ladder": client.ladder,
        "chased_at": client.chased_at,
        "answered_at": client.answered_at,
    }


def contact_columns(client_id: int, place: int, contact: Contact) -> Columns:
    """A contact's columns."""
    return {
        "client_id": client_id,
        "place": place,
        "email": contact.email,
        "address": contact.email.lower(),
        "role": str(contact.role),
        "first_name": contact.first_name,
        "name": contact.name,
        "reachability": str(contact.reachability),
    }


def invoice_columns(client_id: int, business: str, invoice: Invoice) -> Columns:
    """An invoice's columns, without what only the ledger writes."""
    return {
        "client_id": client_id,
        "business_id": business,
        "number": invoice.number,
        "issued_on": invoice.issued_on,
        "due_on": invoice.due_on,
        "amount_minor": invoice.amount.minor,
        "currency": invoice.amount.currency,
        "subject": invoice.subject,
        "standing": str(invoice.standing),
        "live": invoice.live,
        "delivered_on": invoice.delivered_on,
        "pdf": invoice.pdf,
        "auto_answers": invoice.auto_answers,
    }


def promise_columns(invoice_id: int, place: int, promise: Promise) -> Columns:
    """A promise's columns."""
    return {
        "invoice_id": invoice_id,
        "place": place,
        "made_on": promise.made_on,
        "due_on": promise.due_on,
        "kept": promise.kept,
    }


def hold_columns(client_id: int, hold: Hold) -> Columns:
    """A hold's columns."""
    return {
        "client_id": client_id,
        "number": hold.id,
        "invoice": hold.invoice,
        "held_by": str(hold.by),
        "intent": None if hold.intent is None else str(hold.intent),
        "since": hold.since,
        "until": hold.until,
        "lapses": hold.lapses,
        "evidence": storable(hold.evidence),
        "mail_id": hold.mail_id,
        "lifted_at": hold.lifted_at,
    }


def contact_of(row: Any) -> Contact:
    """A contact from its row."""
    return Contact(row.email, Role(row.role), row.first_name, row.name, Reachability(row.reachability))


def hold_of(row: Any) -> Hold:
    """A hold from its row."""
    return Hold(
        id=row.number,
        invoice=row.invoice,
        by=HeldBy(row.held_by),
        intent=None if row.intent is None else Intent(row.intent),
        since=row.since,
        until=row.until,
        lapses=row.lapses,
        evidence=row.evidence,
        mail_id=row.mail_id,
        lifted_at=row.lifted_at,
    )


def invoice_of(row: Any, **children: Any) -> Invoice:
    """An invoice from its row; `children` are its climbs and promises."""
    return Invoice(
        number=row.number,
        issued_on=row.issued_on,
        due_on=row.due_on,
        amount=Money.from_minor(row.amount_minor, row.currency),
        paid=Money.from_minor(row.paid_minor, row.currency),
        waived=Money.from_minor(row.waived_minor, row.currency) if row.waived_minor else None,
        subject=row.subject,
        standing=Standing(row.standing),
        delivered_on=row.delivered_on,
        pdf=row.pdf,
        auto_answers=row.auto_answers,
        **children,
    )


def client_of(row: Any, **children: Any) -> Client:
    """A client from its row; `children` are its contacts, invoices and holds."""
    return Client(
        id=row.id,
        business=row.business_id,
        code=row.code,
        name=row.name,
        language=row.language,
        country=row.country,
        region=row.region,
        timezone=row.timezone,
        kind=None if row.kind is None else ClientKind(row.kind),
        phone=row.phone,
        pay_day=row.pay_day,
        ladder=row.ladder,
        chased_at=row.chased_at,
        answered_at=row.answered_at,
        version=row.version,
        credit=tuple(Money.from_minor(minor, code) for code, minor in sorted(row.credit.items()) if minor),
        **children,
    )


# Letters


def letter_columns(letter: NewLetter) -> Columns:
    """The columns of a letter that enters the outbox."""
    return {
        "key": letter.key,
        "business_id": letter.business,
        "client_id": letter.client_id,
        "state": str(letter.state),
        "template": letter.template,
        "invoices": list(letter.invoices),
        "climbs": [list(climb) for climb in letter.climbs],
        "chasing": letter.chasing,
        "automatic_answer": letter.automatic_answer,
        "subject": storable(letter.subject),
        "envelope_from": letter.envelope_from,
        "recipients": list(letter.recipients),
        "message_id": letter.message_id,
        "created_at": letter.created_at,
        "not_before": letter.not_before,
        "expires_at": letter.expires_at,
        "octets": letter.octets,
        "attempts": 0,
        "claimed_by": "",
        "claimed_until": None,
        "response": "",
        "sent_at": None,
        "filed_at": None,
    }


def letter_of(row: Any) -> Letter:
    """A letter from its row."""
    return Letter(
        key=row.key,
        business=row.business_id,
        client_id=row.client_id,
        template=row.template,
        invoices=tuple(row.invoices),
        climbs=tuple((number, rung) for number, rung in row.climbs),
        chasing=row.chasing,
        automatic_answer=row.automatic_answer,
        subject=row.subject,
        envelope_from=row.envelope_from,
        recipients=tuple(row.recipients),
        message_id=row.message_id,
        octets=row.octets,
        created_at=row.created_at,
        not_before=row.not_before,
        expires_at=row.expires_at,
        state=LetterState(row.state),
        attempts=row.attempts,
        claimed_by=row.claimed_by,
        claimed_until=row.claimed_until,
        response=row.response,
        state_at=row.state_at,
        sent_at=row.sent_at,
        filed_at=row.filed_at,
    )


# What came, what is proven, what waits, and why


def mail_columns(note: MailNote) -> Columns:
    """The columns of a message that arrived."""
    return {
        "account": note.raw.account,
        "folder": note.raw.folder,
        "uidvalidity": note.raw.uidvalidity,
        "uid": note.raw.uid,
        "arrived_at": note.raw.arrived_at,
        "oversize": note.raw.oversize,
        "octets": note.raw.octets,
        "sha256": note.sha256,
        "message_id": storable(note.message_id),
        "from_email": storable(note.from_email),
        "subject": storable(note.subject),
        "kind": note.kind,
        "received_at": note.received_at,
        "client_id": note.client_id,
        "invoices": list(note.invoices),
        "intent": note.intent,
        "reply_text": storable(note.reply_text),
        "outcome": "" if note.outcome is None else note.outcome.code,
        "outcome_facts": {} if note.outcome is None else _facts(note.outcome.facts),
        "fault": storable(note.fault),
    }


def mail_of(row: Any) -> StoredMail:
    """A stored message from its row."""
    return StoredMail(
        id=row.id,
        from_email=row.from_email,
        subject=row.subject,
        kind=row.kind,
        intent=row.intent,
        reply_text=row.reply_text,
        received_at=row.received_at,
        client_id=row.client_id,
        invoices=tuple(row.invoices),
        fault=row.fault,
    )


def ledger_columns(client_id: int, invoice_id: int | None, entry: NewEntry) -> Columns:
    """The columns of an entry that is added to the ledger."""
    return {
        "client_id": client_id,
        "invoice_id": invoice_id,
        "kind": str(entry.kind),
        "currency": entry.cash.currency,
        "cash_minor": entry.cash.minor,
        "paid_minor": entry.paid.minor,
        "waived_minor": entry.waived.minor,
        "booked_on": entry.booked_on,
        "source": entry.source,
        "reference": storable(entry.reference),
        "note": storable(entry.note),
        "undoes": entry.undoes,
        "before": _before_column(entry.before),
    }


def _before_column(before: Before | None) -> dict[str, Any]:
    if before is None:
        return {}
    told, days = before.answered_at, [[made.isoformat(), due.isoformat()] for made, due in before.promises]
    plain = {"standing": str(before.standing), "promises": days, "holds": list(before.holds)}
    return plain | {"answered_at": told.isoformat() if told else ""}


def ledger_entry_of(row: Any) -> Entry:
    """An entry of the ledger from its row, with the number of its invoice and of what took it back."""
    cash, paid, waived = (Money.from_minor(n, row.currency) for n in (row.cash_minor, row.paid_minor, row.waived_minor))
    promises = tuple((date.fromisoformat(a), date.fromisoformat(b)) for a, b in row.before.get("promises", ()))
    answered_at = datetime.fromisoformat(told) if (told := row.before.get("answered_at")) else None
    before = row.before and Before(
        Standing(row.before["standing"]), promises, tuple(row.before.get("holds", ())), answered_at
    )
    return Entry(
        EntryKind(row.kind), row.number, cash, paid, waived, row.booked_on, row.source, row.reference, row.note,
        row.undoes, before or None, row.id, row.client_id, row.recorded_at, row.undone_by,
    )  # fmt: skip


def payment_of(entry: Entry) -> Payment:
    """The money of a ledger's entry."""
    return Payment(
        entry.invoice or "", entry.cash, entry.booked_on, entry.source, entry.reference, entry.recorded_at, entry.id
    )


def thing_of(matter: NewMatter) -> str:
    """What a matter is about: two open matters about one thing are one."""
    return "\n".join(
        (
            str(matter.kind),
            "" if matter.client_id is None else str(matter.client_id),
            matter.invoice or "",
            matter.subject_key,
        )
    )


def matter_columns(matter: NewMatter) -> Columns:
    """The columns of a matter that is raised."""
    return {
        "kind": str(matter.kind),
        "thing": thing_of(matter),
        "at": matter.at,
        "client_id": matter.client_id,
        "invoice": matter.invoice,
        "subject_key": matter.subject_key,
        "urgent": matter.urgent,
        "mail_id": matter.mail_id,
        "facts": _facts(matter.facts),
        "closed_at": None,
        "alerted_at": None,
    }


def matter_of(row: Any) -> Matter:
    """A matter from its row."""
    return Matter(
        kind=MatterKind(row.kind),
        at=row.at,
        client_id=row.client_id,
        invoice=row.invoice,
        subject_key=row.subject_key,
        urgent=row.urgent,
        mail_id=row.mail_id,
        facts=row.facts,
        id=row.id,
        closed_at=row.closed_at,
        alerted_at=row.alerted_at,
    )


def entry_columns(entry: JournalEntry) -> Columns:
    """The columns of a line in the log of reasons."""
    return {
        "at": entry.at,
        "client_id": entry.client_id,
        "invoice": entry.invoice,
        "code": entry.reason.code,
        "facts": _facts(entry.reason.facts),
    }


def entry_of(row: Any) -> JournalEntry:
    """A line of the log of reasons from its row."""
    return JournalEntry(row.at, Reason(row.code, row.facts), row.client_id, row.invoice, row.id)
