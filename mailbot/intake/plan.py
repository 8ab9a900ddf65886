"""What an import would change: a pure comparison of sheets with what is known, shown before anything is written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from mailbot.core.client import Client, Invoice, Role, Standing
from mailbot.core.money import Money
from mailbot.intake.records import ClientRecord, InvoiceRecord, Status
from mailbot.intake.register import Register
from mailbot.intake.sheet import Fault, Sheet, in_order


class Act(StrEnum):
    """What is done with one record."""

    ADD = "add"
    CHANGE = "change"
    UNCHANGED = "unchanged"
    SKIP = "skip"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Change:
    """One field that would change, as text that a person can compare."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class ClientStep:
    """What is done with one client; `record` carries the code under which it is, or will be, known."""

    act: Act
    record: ClientRecord
    changes: tuple[Change, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class InvoiceStep:
    """What is done with one invoice; `client` is the code of its client."""

    act: Act
    record: InvoiceRecord
    client: str
    changes: tuple[Change, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class KnownInvoice:
    """An invoice that the database has. `sent` says that a letter with it left or that the client got it otherwise."""

    number: str
    client: str
    issued_on: date
    due_on: date
    amount: Money
    paid: Money
    subject: str = ""
    sent_on: date | None = None
    pdf: str = ""
    standing: Standing = Standing.OPEN
    sent: bool = False

    @classmethod
    def of(cls, invoice: Invoice, client: str) -> "KnownInvoice":
        """The known values of a core invoice of the client with this code."""
        return cls(
            invoice.number,
            client,
            invoice.issued_on,
            invoice.due_on,
            invoice.amount,
            invoice.paid,
            invoice.subject,
            invoice.delivered_on,
            invoice.pdf,
            invoice.standing,
            bool(invoice.climbs) or invoice.delivered_on is not None,
        )


@dataclass(frozen=True, slots=True)
class Known:
    """What the database has: invoices by number, closed ones included, and clients by code."""

    invoices: Mapping[str, KnownInvoice] = field(default_factory=dict)
    clients: Mapping[str, ClientRecord] = field(default_factory=dict)

    @classmethod
    def of(cls, clients: Iterable[Client]) -> "Known":
        """From core clients; load them with their closed invoices, or those would be added again."""
        everyone = tuple(clients)
        return cls(
            {i.number: KnownInvoice.of(i, client.code) for client in everyone for i in client.invoices},
            {client.code: client_record(client) for client in everyone},
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that an import would do. It is applied whole or not at all: only if `ok`, clients first."""

    clients: tuple[ClientStep, ...] = ()
    invoices: tuple[InvoiceStep, ...] = ()
    faults: tuple[Fault, ...] = ()
    notes: tuple[Fault, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether it may be applied: no fault, and nothing that is refused."""
        return not self.faults and not self.count(Act.REFUSE)

    @property
    def idle(self) -> bool:
        """Whether applying it would change nothing."""
        return not (self.count(Act.ADD) or self.count(Act.CHANGE))

    def count(self, act: Act) -> int:
        """How many invoices and clients get this."""
        return sum(s.act is act for s in self.clients) + sum(s.act is act for s in self.invoices)

    def rows(self) -> list[dict[str, str]]:
        """Plain text for a table: what, act, key, name, detail, line."""
        told = [_told(s, "client", s.record.code, s.record.name) for s in self.clients]
        return told + [_told(s, "invoice", s.record.number, f"{s.client}, {s.record.amount}") for s in self.invoices]


def plan(
    invoices: Sheet[InvoiceRecord] | None, clients: Sheet[ClientRecord] | None = None, known: Known | None = None
) -> Plan:
    """Compare sheets with what is known. Faults of the sheets are the plan's faults; references are checked here."""
    known = known or Known()
    faults = [*(clients.faults if clients else ()), *(invoices.faults if invoices else ())]
    notes = (*(clients.notes if clients else ()), *(invoices.notes if invoices else ()))
    register = Register(known.clients, clients.file if clients else "", invoices.file if invoices else "")
    listed = [_client_step(*register.enter(record)) for record in (clients.records if clients else ())]
    steps: list[InvoiceStep] = []
    numbers = {number.casefold(): value for number, value in known.invoices.items()}
    for record in invoices.records if invoices else ():
        code = register.client_of(record)
        if code is not None:
            old = numbers.get(record.number.casefold())
            # one invoice, however a file writes its number: the number that the client has in hand stands
            named = replace(record, number=old.number) if old else record
            steps.append(_invoice_step(named, code, old))
    billed = [ClientStep(Act.ADD, record) for record in register.billed]
    order = (*in_order(faults), *register.faults)
    return Plan((*listed, *billed), tuple(steps), order, notes)


def client_record(client: Client) -> ClientRecord:
    """What a file would have to say for this client to be unchanged."""
    by_role = {contact.role: contact for contact in reversed(client.contacts)}
    main = by_role.get(Role.CLIENT)
    billing, assistant = by_role.get(Role.BILLING), by_role.get(Role.ASSISTANT)
    return ClientRecord(
        code=client.code,
        name=client.name,
        email=main.email if main else "",
        first_name=main.first_name if main else "",
        contact_name=main.name if main else "",
        billing_email=billing.email if billing else "",
        assistant_email=assistant.email if assistant else "",
        language=client.language,
        country=client.country,
        region=client.region,
        timezone=client.timezone,
        kind=client.kind,
        phone=client.phone,
        pay_day=client.pay_day,
        ladder=client.ladder,
    )


_CLIENT_FIELDS = (
    "name", "email", "first_name", "contact_name", "billing_email", "assistant_email", "language", "country", "region",
    "timezone", "kind", "phone", "pay_day", "ladder",
)  # fmt: skip
# What follows from what: a default is compared only where the file itself said one of these.
_FOLLOWS = {"region": ("region", "country"), "timezone": ("timezone", "region", "country")}


def _client_step(record: ClientRecord, old: ClientRecord | None) -> ClientStep:
    if old is None:
        return ClientStep(Act.ADD, record)
    record = _as_kept(record)
    changes = tuple(
        Change(name, _plain(getattr(old, name)), _plain(getattr(record, name)))
        for name in _CLIENT_FIELDS
        if any(said in record.given for said in _FOLLOWS.get(name, (name,)))
        and getattr(record, name) != getattr(old, name)
    )
    # what the file does not say stays as it is
    kept = replace(old, line=record.line, given=record.given, **{c.field: getattr(record, c.field) for c in changes})
    return ClientStep(Act.CHANGE if changes else Act.UNCHANGED, kept, changes)


def _as_kept(record: ClientRecord) -> ClientRecord:
    """The record with its addresses as they are kept: in small letters, and each of them once."""
    main, billing, assistant = (one.lower() for one in (record.email, record.billing_email, record.assistant_email))
    billing = "" if billing == main else billing
    return replace(
        record,
        email=main,
        billing_email=billing,
        assistant_email="" if assistant in (main, billing) else assistant,
    )


def _invoice_step(record: InvoiceRecord, code: str, old: KnownInvoice | None) -> InvoiceStep:
    if record.status is Status.DRAFT:
        reason = "is still a draft there; finish it, or empty its status and mailbot sends it"
        return InvoiceStep(Act.SKIP, record, code, (), reason)
    if old is None:
        if record.status is Status.VOID:
            return InvoiceStep(Act.SKIP, record, code, (), "is void, and mailbot never had it")
        return InvoiceStep(Act.ADD, record, code)
    if record.status is Status.VOID:
        if old.standing is Standing.WRITTEN_OFF:
            return InvoiceStep(Act.UNCHANGED, record, code)
        if old.standing is Standing.SETTLED:
            return InvoiceStep(Act.REFUSE, record, code, (), "is void in the file, and settled here")
        return InvoiceStep(Act.CHANGE, record, code, (Change("standing", old.standing, Standing.WRITTEN_OFF),))
    refused = _refused(record, code, old)
    if refused:
        return InvoiceStep(Act.REFUSE, record, code, (), refused)
    changes = tuple(_invoice_changes(record, code, old))
    return InvoiceStep(Act.CHANGE if changes else Act.UNCHANGED, record, code, changes)


def _refused(record: InvoiceRecord, code: str, old: KnownInvoice) -> str:
    """Why a change may not be made: what the client has in hand, or has paid, stays as it is."""
    closed = old.standing in (Standing.SETTLED, Standing.WRITTEN_OFF)
    if not (old.sent or closed):
        return ""
    state = {Standing.SETTLED: "is settled", Standing.WRITTEN_OFF: "is written off"}.get(old.standing, "was sent")
    if record.amount != old.amount:
        return (
            f"{state} with {old.amount}, and the file says {record.amount}; "
            "a sent invoice is corrected by a credit note and a new number, not by an import"
        )
    if code != old.client:
        return f"{state} to {old.client}, and the file says {code}; cancel it, and import it under a new number"
    if old.standing is Standing.WRITTEN_OFF and record.status is Status.PAID:
        return "is written off, and the file says paid; say so with `mailbot paid`"
    return ""


def _invoice_changes(record: InvoiceRecord, code: str, old: KnownInvoice) -> Iterable[Change]:
    if code != old.client:
        yield Change("client", old.client, code)
    for name in ("issued_on", "due_on", "amount"):
        if getattr(record, name) != getattr(old, name):
            yield Change(name, _plain(getattr(old, name)), _plain(getattr(record, name)))
    for name in ("subject", "pdf", "sent_on"):
        new = getattr(record, name)  # an empty cell never erases, and a known day of sending stands
        if new and new != getattr(old, name) and not (name == "sent_on" and old.sent):
            yield Change(name, _plain(getattr(old, name)), _plain(new))
    same = record.amount.currency == old.paid.currency
    # the file may be older than the ledger: it can add a payment, and never takes one away
    if (same and old.paid < record.paid and old.standing is not Standing.SETTLED) or (not same and record.paid):
        yield Change("paid", _plain(old.paid), _plain(record.paid))


def _plain(value: object) -> str:
    return "" if value is None else str(value)


def _told(step: ClientStep | InvoiceStep, what: str, key: str, name: str) -> dict[str, str]:
    changes = ", ".join(f"{c.field}: {c.old or '(empty)'} → {c.new or '(empty)'}" for c in step.changes)
    line = str(step.record.line or "")
    return {
        "what": what,
        "act": step.act.value,
        "key": key,
        "name": name,
        "detail": step.reason or changes,
        "line": line,
    }
