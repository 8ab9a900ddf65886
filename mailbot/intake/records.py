"""What a file says about one invoice or one client, checked, and nothing more."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from mailbot.core.client import ClientKind
from mailbot.core.money import Money


class Status(StrEnum):
    """Where an invoice stands in the file that it comes from."""

    NEW = "new"
    DRAFT = "draft"
    SENT = "sent"
    PAID = "paid"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class ClientRecord:
    """A client as a file describes it. `code` may be empty until it is planned; then it is short, stable and unique.

    `region` is a subdivision as `holidays` names it (QC, 57), `timezone` an IANA name, `pay_day` a day of the month.
    `given` holds the names of the columns that said something, as opposed to defaults.
    """

    code: str
    name: str
    email: str
    first_name: str = ""
    contact_name: str = ""
    billing_email: str = ""
    assistant_email: str = ""
    language: str = ""
    country: str = ""
    region: str = ""
    timezone: str = ""
    kind: ClientKind | None = None
    phone: str = ""
    pay_day: int | None = None
    ladder: str = "default"
    line: int = field(default=0, compare=False)
    given: frozenset[str] = field(default=frozenset(), compare=False)


@dataclass(frozen=True, slots=True)
class InvoiceRecord:
    """An invoice as a file describes it.

    `client` is a code, a name or an address, as written. `sent_on` None means that mailbot sends it, unless `status`
    says otherwise. `bill_to` is the client, where the invoice's own line describes it.
    """

    number: str
    client: str
    issued_on: date
    due_on: date
    amount: Money
    paid: Money
    status: Status = Status.NEW
    subject: str = ""
    sent_on: date | None = None
    pdf: str = ""
    bill_to: ClientRecord | None = None
    line: int = field(default=0, compare=False)
