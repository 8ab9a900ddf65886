"""The tables. Money is integer minor units with a currency, instants are aware UTC, enums are constrained text."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, LargeBinary, MetaData, Table, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from mailbot.core.client import ClientKind, HeldBy, Reachability, Role, Standing
from mailbot.core.ledger import EntryKind
from mailbot.flows.outbound import LetterState
from mailbot.store.columns import UtcDateTime, one_of

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Row(SQLModel):
    """What all tables share: one metadata whose constraints have names, so that migrations can find them."""

    metadata: ClassVar[MetaData] = MetaData(naming_convention=_NAMES)


def _partial(name: str, *columns: str, where: str, flag: bool = False, unique: bool = False) -> Index:
    """An index over some rows only. SQLite uses it where the query holds `where` literally; a `flag` is 1 there."""
    sqlite_where = text(f"{where} = 1" if flag else where)
    return Index(name, *columns, unique=unique, sqlite_where=sqlite_where, postgresql_where=text(where))


class BusinessRow(Row, table=True):
    """Who owns clients, mailboxes, templates and policy; `id` is a slug."""

    __tablename__ = "business"
    id: str = Field(primary_key=True)


class ClientRow(Row, table=True):
    """The aggregate's head: its lock is `version`, its alarm clock `next_look_at`.

    `credit` (minor units by currency) is what the ledger adds up to, and is written by nothing else.
    """

    __tablename__ = "client"
    __table_args__ = (
        UniqueConstraint("business_id", "code"),
        one_of("kind", ClientKind),
        _partial("ix_client_next_look_at", "next_look_at", where="next_look_at IS NOT NULL"),
    )
    id: int | None = Field(default=None, primary_key=True)
    business_id: str = Field(foreign_key="business.id")
    code: str
    name: str
    language: str
    country: str
    region: str
    timezone: str
    kind: str | None
    phone: str
    pay_day: int | None
    ladder: str
    chased_at: datetime | None = Field(sa_type=UtcDateTime)
    answered_at: datetime | None = Field(sa_type=UtcDateTime)
    next_look_at: datetime | None = Field(sa_type=UtcDateTime)
    version: int
    credit: dict[str, int] = Field(sa_type=JSON)


class ContactRow(Row, table=True):
    """A person or desk; `address` is the e-mail in lower case, to look senders up by."""

    __tablename__ = "contact"
    __table_args__ = (
        UniqueConstraint("client_id", "email"),
        one_of("role", Role),
        one_of("reachability", Reachability),
    )
    id: int | None = Field(default=None, primary_key=True)
    client_id: int = Field(foreign_key="client.id")
    place: int
    email: str
    address: str = Field(index=True)
    role: str
    first_name: str
    name: str
    reachability: str


class InvoiceRow(Row, table=True):
    """A bill; `paid_minor` and `waived_minor` are what the ledger adds up to and are written by nothing else."""

    __tablename__ = "invoice"
    __table_args__ = (
        UniqueConstraint("business_id", "number"),
        one_of("standing", Standing),
        _partial("ix_invoice_live", "client_id", where="live", flag=True),
        Index("ix_invoice_number", "number"),
        Index("ix_invoice_client_id", "client_id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    client_id: int = Field(foreign_key="client.id")
    business_id: str = Field(foreign_key="business.id")
    number: str
    issued_on: date
    due_on: date
    amount_minor: int = Field(sa_type=BigInteger)
    paid_minor: int = Field(sa_type=BigInteger)
    waived_minor: int = Field(sa_type=BigInteger)
    currency: str
    subject: str
    standing: str
    live: bool
    delivered_on: date | None
    pdf: str
    auto_answers: int


class InvoiceFileRow(Row, table=True):
    """The PDF of an invoice."""

    __tablename__ = "invoice_file"
    invoice_id: int = Field(primary_key=True, foreign_key="invoice.id")
    name: str
    octets: bytes = Field(sa_type=LargeBinary)


class PromiseRow(Row, table=True):
    """A day on which the client said the money would leave."""

    __tablename__ = "promise"
    __table_args__ = (UniqueConstraint("invoice_id", "made_on", "due_on"),)
    id: int | None = Field(default=None, primary_key=True)
    invoice_id: int = Field(foreign_key="invoice.id")
    place: int
    made_on: date
    due_on: date
    kept: bool | None


class HoldRow(Row, table=True):
    """Why the ladder waits; `number` is unique within the client, no `invoice` means the whole client."""

    __tablename__ = "hold"
    __table_args__ = (UniqueConstraint("client_id", "number"), one_of("held_by", HeldBy))
    id: int | None = Field(default=None, primary_key=True)
    client_id: int = Field(foreign_key="client.id")
    number: int
    invoice: str | None
    held_by: str
    intent: str | None
    since: datetime = Field(sa_type=UtcDateTime)
    until: date | None
    lapses: bool
    evidence: str
    mail_id: int | None
    lifted_at: datetime | None = Field(sa_type=UtcDateTime)


class OutboxRow(Row, table=True):
    """A letter, written down before it leaves (law 1)."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("key"),
        one_of("state", LetterState),
        Index("ix_outbox_state_not_before", "state", "not_before"),
        Index("ix_outbox_client_id_state", "client_id", "state"),
        Index("ix_outbox_message_id", "message_id"),
        _partial("ix_outbox_unfiled", "state", "sent_at", where="filed_at IS NULL AND client_id IS NOT NULL"),
        _partial("ix_outbox_answers", "client_id", "created_at", where="automatic_answer", flag=True),
    )
    id: int | None = Field(default=None, primary_key=True)
    key: str
    business_id: str = Field(foreign_key="business.id")
    client_id: int | None = Field(foreign_key="client.id")
    state: str
    state_at: datetime = Field(sa_type=UtcDateTime)
    template: str
    invoices: list[str] = Field(sa_type=JSON)
    climbs: list[list[str]] = Field(sa_type=JSON)
    chasing: bool
    automatic_answer: bool
    subject: str
    envelope_from: str
    recipients: list[str] = Field(sa_type=JSON)
    message_id: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    not_before: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime | None = Field(sa_type=UtcDateTime)
    attempts: int
    claimed_by: str
    claimed_until: datetime | None = Field(sa_type=UtcDateTime)
    response: str
    sent_at: datetime | None = Field(sa_type=UtcDateTime)
    filed_at: datetime | None = Field(sa_type=UtcDateTime)
    octets: bytes = Field(sa_type=LargeBinary)  # last: a row is read without touching its overflow pages


class OutboxInvoiceRow(Row, table=True):
    """Which invoice a letter is about, to look letters up by."""

    __tablename__ = "outbox_invoice"
    number: str = Field(primary_key=True)
    outbox_id: int = Field(primary_key=True, foreign_key="outbox.id")


class ClimbRow(Row, table=True):
    """A rung that was climbed for an invoice, by a letter or by a task; at most one live row a rung (law 2)."""

    __tablename__ = "climb"
    __table_args__ = (
        _partial("uq_climb_invoice_id_rung_live", "invoice_id", "rung", where="live", flag=True, unique=True),
        Index("ix_climb_outbox_id", "outbox_id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    invoice_id: int = Field(foreign_key="invoice.id")
    rung: str
    at: datetime = Field(sa_type=UtcDateTime)
    outbox_id: int | None = Field(foreign_key="outbox.id")
    live: bool


class InboxMailRow(Row, table=True):
    """A message that arrived, octet for octet, with its outcome (law 3)."""

    __tablename__ = "inbox_mail"
    __table_args__ = (
        UniqueConstraint("account", "folder", "uidvalidity", "uid"),
        Index("ix_inbox_mail_client_id_received_at", "client_id", "received_at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    business_id: str | None = Field(foreign_key="business.id")
    account: str
    folder: str
    uidvalidity: int = Field(sa_type=BigInteger)
    uid: int = Field(sa_type=BigInteger)
    arrived_at: datetime = Field(sa_type=UtcDateTime)
    oversize: bool
    sha256: str = Field(index=True)
    message_id: str = Field(index=True)
    from_email: str
    subject: str
    kind: str
    received_at: datetime = Field(sa_type=UtcDateTime, index=True)
    client_id: int | None = Field(foreign_key="client.id")
    invoices: list[str] = Field(sa_type=JSON)
    intent: str
    reply_text: str
    outcome: str
    outcome_facts: dict[str, Any] = Field(sa_type=JSON)
    fault: str
    octets: bytes = Field(sa_type=LargeBinary)


class CursorRow(Row, table=True):
    """How far a folder was read."""

    __tablename__ = "cursor"
    account: str = Field(primary_key=True)
    folder: str = Field(primary_key=True)
    uidvalidity: int = Field(sa_type=BigInteger)
    last_uid: int = Field(sa_type=BigInteger)


class LedgerRow(Row, table=True):
    """The ledger: rows are added, never changed; one that is taken back is named by another, at most once."""

    __tablename__ = "ledger"
    __table_args__ = (
        CheckConstraint("cash_minor <> 0 OR paid_minor <> 0 OR waived_minor <> 0", name="amount"),
        UniqueConstraint("undoes"),
        one_of("kind", EntryKind),
    )
    id: int | None = Field(default=None, primary_key=True)
    client_id: int = Field(foreign_key="client.id", index=True)
    invoice_id: int | None = Field(foreign_key="invoice.id", index=True)
    kind: str
    currency: str
    cash_minor: int = Field(sa_type=BigInteger)
    paid_minor: int = Field(sa_type=BigInteger)
    waived_minor: int = Field(sa_type=BigInteger)
    booked_on: date = Field(index=True)
    source: str
    reference: str
    note: str
    undoes: int | None = Field(foreign_key="ledger.id")
    before: dict[str, Any] = Field(sa_type=JSON)
    recorded_at: datetime = Field(sa_type=UtcDateTime)


class MatterRow(Row, table=True):
    """Something for the operator; `thing` says what it is about, so that one thing is open once."""

    __tablename__ = "matter"
    __table_args__ = (
        _partial("uq_matter_thing_open", "thing", where="closed_at IS NULL", unique=True),
        Index("ix_matter_at", "at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    business_id: str | None = Field(foreign_key="business.id")
    kind: str
    thing: str
    at: datetime = Field(sa_type=UtcDateTime)
    client_id: int | None = Field(foreign_key="client.id", index=True)
    invoice: str | None
    subject_key: str
    urgent: bool
    mail_id: int | None = Field(foreign_key="inbox_mail.id")
    facts: dict[str, Any] = Field(sa_type=JSON)
    closed_at: datetime | None = Field(sa_type=UtcDateTime)
    alerted_at: datetime | None = Field(sa_type=UtcDateTime)


class JournalRow(Row, table=True):
    """The log of reasons (law 11)."""

    __tablename__ = "journal"
    id: int | None = Field(default=None, primary_key=True)
    business_id: str | None = Field(foreign_key="business.id")
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    client_id: int | None = Field(foreign_key="client.id", index=True)
    invoice: str | None = Field(index=True)
    code: str
    facts: dict[str, Any] = Field(sa_type=JSON)


class ExampleRow(Row, table=True):
    """A client's mail whose meaning the operator told; it goes with the client's data and with the mail's words."""

    __tablename__ = "example"
    __table_args__ = (UniqueConstraint("mail_id"),)
    id: int | None = Field(default=None, primary_key=True)
    mail_id: int = Field(foreign_key="inbox_mail.id")
    client_id: int = Field(foreign_key="client.id", index=True)
    text: str
    intent: str
    hold: bool
    until: date | None
    told_at: datetime = Field(sa_type=UtcDateTime)
    read_as: str
    adopted_at: datetime | None = Field(sa_type=UtcDateTime)


class MetaRow(Row, table=True):
    """Named facts of a business, or (no business) of the installation."""

    __tablename__ = "meta"
    __table_args__ = (
        UniqueConstraint("business_id", "key"),
        _partial("uq_meta_key_installation", "key", where="business_id IS NULL", unique=True),
    )
    id: int | None = Field(default=None, primary_key=True)
    business_id: str | None = Field(foreign_key="business.id")
    key: str
    value: str


def _table(row: type[Row]) -> Table:
    return Row.metadata.tables[str(row.__tablename__)]


BUSINESS, CLIENT, CONTACT = _table(BusinessRow), _table(ClientRow), _table(ContactRow)
INVOICE, PROMISE, HOLD, CLIMB = _table(InvoiceRow), _table(PromiseRow), _table(HoldRow), _table(ClimbRow)
INVOICE_FILE, OUTBOX, OUTBOX_INVOICE = _table(InvoiceFileRow), _table(OutboxRow), _table(OutboxInvoiceRow)
INBOX_MAIL, CURSOR, LEDGER = _table(InboxMailRow), _table(CursorRow), _table(LedgerRow)
MATTER, JOURNAL, META = _table(MatterRow), _table(JournalRow), _table(MetaRow)
EXAMPLE = _table(ExampleRow)
