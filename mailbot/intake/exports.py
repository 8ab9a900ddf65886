"""Exports of other programs, as data: how each is recognised, and which of its columns means what."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mailbot.intake.columns import fold


@dataclass(frozen=True, slots=True)
class Export:
    """The export of one program.

    It is recognised when every header in `marks` is there. `columns` maps ours to theirs, in order of preference.
    `lines` says that an invoice takes one row per item, to be added up; `report` that title, total and group rows
    surround the data. `kinds` are the values of the `row_kind` column that are invoices. In an export every invoice
    that is no draft counts as sent on its date of issue, since the other program was there to send it.
    """

    name: str
    marks: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]
    lines: bool = False
    report: bool = False
    row_kind: tuple[str, ...] = ()
    kinds: frozenset[str] = field(default_factory=frozenset)

    def fits(self, headers: frozenset[str]) -> bool:
        """Whether folded headers are those of this export."""
        return all(fold(mark) in headers for mark in self.marks)


INVOICE_EXPORTS = (
    Export(
        # app/Export/CSV/InvoiceExport.php, 2023 and later: an entity's name stands before each label
        "Invoice Ninja",
        ("Client Name", "Invoice Invoice Number", "Invoice Amount"),
        {
            "number": ("Invoice Invoice Number",),
            "client_name": ("Client Name",),
            "issued_on": ("Invoice Date",),
            "due_on": ("Invoice Due Date",),
            "amount": ("Invoice Amount",),
            "balance": ("Invoice Balance",),
            "paid": ("Invoice Paid to Date",),
            "currency": ("Client Currency",),
            "status": ("Invoice Status",),
            "client_email": ("Contact Email",),
            "first_name": ("Contact First Name",),
            "country": ("Client Country",),
        },
    ),
    Export(
        # the same program's first CSV reports, 2022: bare labels
        "Invoice Ninja",
        ("Client", "Number", "Paid to Date", "Partial Due Date", "Public Notes"),
        {
            "number": ("Number",),
            "client_name": ("Client",),
            "issued_on": ("Date",),
            "due_on": ("Due Date",),
            "amount": ("Amount",),
            "balance": ("Balance",),
            "paid": ("Paid to Date",),
            "currency": ("Currency", "Currency ID"),
            "status": ("Status",),
        },
    ),
    Export(
        "Stripe",
        ("id", "Number", "Amount Due", "Date (UTC)", "Due Date (UTC)"),
        {
            "number": ("Number",),
            "client": ("Customer",),
            "client_name": ("Customer Name",),
            "client_email": ("Customer Email",),
            "issued_on": ("Finalized At (UTC)", "Date (UTC)"),
            "due_on": ("Due Date (UTC)",),
            "amount": ("Total", "Amount Due"),
            "paid": ("Amount Paid",),
            "currency": ("Currency",),
            "subject": ("Description",),
            "status": ("Status",),
            "country": ("Customer Address Country",),
        },
    ),
    Export(
        # the reports "Invoice List", "Open Invoices" and "A/R Aging Detail": title lines above, totals below
        "QuickBooks Online",
        ("Num", "Due Date", "Amount", "Open Balance"),
        {
            "number": ("Num",),
            "client_name": ("Name", "Customer", "Customer full name", "Client full name"),
            "issued_on": ("Date", "Transaction date"),
            "due_on": ("Due Date",),
            "amount": ("Amount",),
            "balance": ("Open Balance",),
            "currency": ("Currency",),
            "subject": ("Memo/Description", "Memo", "Description"),
            "client_email": ("Email", "Customer email"),
        },
        report=True,
        row_kind=("Transaction type",),
        kinds=frozenset({"invoice", "facture"}),
    ),
    Export(
        # the list of sales transactions
        "QuickBooks Online",
        ("No.", "Due Date", "Balance", "Total", "Status"),
        {
            "number": ("No.",),
            "client_name": ("Name", "Customer", "Customer full name"),
            "issued_on": ("Transaction date", "Invoice Date", "Date"),
            "due_on": ("Due Date",),
            "amount": ("Total",),
            "balance": ("Balance",),
            "currency": ("Currency",),
            "subject": ("Memo",),
            "status": ("Status",),
        },
        report=True,
        row_kind=("Transaction type", "Type"),
        kinds=frozenset({"invoice", "facture"}),
    ),
    Export(
        # the report "Invoice Details": one row per item, tax included in Line Total
        "FreshBooks",
        ("Client Name", "Invoice #", "Date Issued", "Line Total"),
        {
            "number": ("Invoice #",),
            "client_name": ("Client Name",),
            "issued_on": ("Date Issued",),
            "due_on": ("Date Due",),
            "amount": ("Line Total",),
            "currency": ("Currency",),
            "status": ("Invoice Status",),
            "subject": ("Item Name",),
        },
        lines=True,
    ),
    Export(
        "badcop",
        ("invoice_id", "client_name", "client_email", "issued_date"),
        {
            "number": ("invoice_id",),
            "client_name": ("client_name",),
            "client_email": ("client_email",),
            "issued_on": ("issued_date",),
            "due_on": ("due_date",),
            "amount": ("amount",),
            "currency": ("currency",),
            "status": ("status",),
        },
    ),
)

CLIENT_EXPORTS = (
    Export(
        "Invoice Ninja",
        ("Client Name", "Contact Email"),
        {
            "name": ("Client Name",),
            "code": ("Client Number",),
            "email": ("Contact Email",),
            "first_name": ("Contact First Name",),
            "country": ("Client Country",),
            "phone": ("Contact Phone", "Client Phone"),
        },
    ),
    Export(
        "FreshBooks",
        ("Organization", "First Name", "Last Name", "Email"),
        {
            "name": ("Organization",),
            "first_name": ("First Name",),
            "email": ("Email",),
            "phone": ("Phone",),
            "country": ("Country",),
            "region": ("Province/State", "Province", "State"),
        },
    ),
    Export(
        "QuickBooks Online",
        ("Customer", "Phone Numbers", "Email", "Full Name"),
        {
            "name": ("Customer",),
            "email": ("Email",),
            "contact_name": ("Full Name",),
            "phone": ("Phone Numbers",),
        },
        report=True,
    ),
)

_STATUS_WORDS = {
    "draft": ("draft | brouillon | quote"),
    "sent": (
        "sent | open | viewed | overdue | unpaid | past due | outstanding | due | partial | partially "
        "paid | partial deposit | partially settled | envoyee | envoye | ouverte | en retard | impayee | "
        "en attente | a payer | partielle | partiellement payee | uncollectible | auto paid failed | not "
        "paid | emailed | delivered"
    ),
    "paid": ("paid | payee | paye | reglee | regle | settled | closed | auto paid | deposited | acquittee | soldee"),
    "void": ("void | voided | cancelled | canceled | annulee | annule | reversed | deleted | archived"),
}

STATUSES: Mapping[str, str] = {
    word.strip(): status for status, words in _STATUS_WORDS.items() for word in words.split("|")
}
"""Folded words of status to ours."""

PARTLY = frozenset(word for word in STATUSES if word.startswith("parti"))
"""Folded words that say that something, but not all, was paid."""
