"""Exports of other programs are recognised by their headers and read by their own columns."""
# ruff: noqa: E501 - a row of a CSV file is one line

from datetime import date
from pathlib import Path

import pytest

from mailbot.core.money import Money
from mailbot.intake import Defaults, InvoiceRecord, Sheet, Status, plan, read_clients, read_invoices

TODAY = date(2026, 11, 21)
HERE = Defaults(currency="USD", country="CA", region="QC", language="fr", timezone="America/Toronto")
EXAMPLES = Path(__file__).parents[3] / "config" / "examples"


def read(text: str) -> Sheet[InvoiceRecord]:
    return read_invoices(text.encode(), file="export.csv", today=TODAY, defaults=HERE)


NINJA = (
    "Client Name,Client Currency,Invoice Invoice Number,Invoice Amount,Invoice Balance,Invoice Paid to Date,Invoice PO Number,"
    "Invoice Date,Invoice Due Date,Invoice Status,Contact Email\n"
    'Acme,EUR,0001,"1,250.00",250.00,"1,000.00",,2026-10-01,2026-10-31,Partial/Deposit,a@acme.example\n'
    "Acme,EUR,0002,99.00,99.00,0.00,,2026-10-02,2026-11-01,Draft,a@acme.example\n"
)
OLD_NINJA = (
    "Amount,Balance,Client,Date,Due Date,Number,Paid to Date,Partial Due Date,Public Notes,Status,Currency\n"
    "1250.00,250.00,Acme,2026-10-01,2026-10-31,0001,1000.00,,,Partial,EUR\n"
    "99.00,99.00,Acme,2026-10-02,2026-11-01,0002,0.00,,,Draft,EUR\n"
)
STRIPE = (
    "id,Amount Due,Billing,Closed,Currency,Customer,Customer Name,Customer Email,Date (UTC),Due Date (UTC),Number,Paid,Subtotal,"
    "Total,Amount Paid,Status\n"
    "in_1,1250.00,send_invoice,FALSE,eur,cus_1,Acme,a@acme.example,2026-10-01 09:30,2026-10-31 09:30,0001,FALSE,1250.00,1250.00,"
    "1000.00,open\n"
    "in_2,99.00,send_invoice,FALSE,eur,cus_1,Acme,a@acme.example,2026-10-02 10:00,2026-11-01 10:00,0002,FALSE,99.00,99.00,0.00,draft\n"
)
QUICKBOOKS = (
    "Fictive Studio,,,,,,,\nInvoice List by Date,,,,,,,\n"
    '"January 1-November 21, 2026",,,,,,,\n\n'
    "Date,Transaction type,Num,Name,Memo,Due date,Amount,Open balance,Currency\n"
    '10/01/2026,Invoice,0001,Acme,,10/31/2026,"1,250.00",250.00,EUR\n'
    "10/05/2026,Credit Memo,CM-1,Acme,,10/05/2026,-50.00,-50.00,EUR\n"
    "10/06/2026,Payment,,Acme,,,100.00,,EUR\n"
    'TOTAL,,,,,,"$1,299.00",$250.00,\n\n\n"Saturday, November 21, 2026 09:30 PM GMT-05:00",,,,,,,\n'
)
AGING = (
    "Fictive Studio\nA/R Aging Detail Report\n\n,Date,Transaction type,Num,Customer full name,Due date,Amount,Open balance\n"
    '91 or more days past due,,,,,,,\n,10/01/2026,Invoice,0001,Acme,10/31/2026,"1,250.00",250.00\n'
    "Total for 91 or more days past due,,,,,,,250.00\n"
)
FRESHBOOKS = (
    "Client Name,Invoice #,Date Issued,Date Due,Invoice Status,Date Paid,Item Name,Item Description,Rate,Quantity,Discount Percentage,"
    "Line Subtotal,Tax 1 Type,Tax 1 Amount,Tax 2 Type,Tax 2 Amount,Line Total,Currency\n"
    "Acme,0001,10/01/2026,10/31/2026,overdue,,Design,,150,4,0,600.00,,0,,0,600.00,EUR\n"
    "Acme,0001,10/01/2026,10/31/2026,overdue,,Print,,125,2,0,250.00,,0,,0,250.125,EUR\n"
    "Acme,0001,10/01/2026,10/31/2026,overdue,,Post,,,,0,,,0,,0,399.875,EUR\n"
    "Acme,0002,10/02/2026,11/01/2026,draft,,Design,,99,1,0,99.00,,0,,0,99.00,EUR\n"
)
BADCOP = (
    "invoice_id,client_name,client_email,amount,currency,issued_date,due_date,status,paid_date,late_fee_pct,grace_days,pay_link,notes\n"
    "0001,Acme,a@acme.example,1250.00,EUR,2026-10-01,2026-10-31,open,,,,,\n"
    "0002,Acme,a@acme.example,99.00,EUR,2026-10-02,2026-11-01,paid,2026-10-20,,,,\n"
)


@pytest.mark.parametrize(
    ("text", "program", "paid"),
    [
        pytest.param(NINJA, "Invoice Ninja", 1000, id="Invoice Ninja"),
        pytest.param(OLD_NINJA, "Invoice Ninja", 1000, id="Invoice Ninja's first reports"),
        pytest.param(STRIPE, "Stripe", 1000, id="Stripe"),
        pytest.param(QUICKBOOKS, "QuickBooks Online", 1000, id="QuickBooks Online, invoice list"),
        pytest.param(FRESHBOOKS, "FreshBooks", 0, id="FreshBooks, one row per item"),
        pytest.param(BADCOP, "badcop", 0, id="badcop's ledger"),
    ],
)
def test_an_export_is_recognised_and_read(text: str, program: str, paid: int) -> None:
    sheet = read(text)
    assert sheet.faults == ()
    assert sheet.profile == program
    first = sheet.records[0]
    assert (first.number, first.amount, first.paid) == ("0001", Money.of(1250, "EUR"), Money.of(paid, "EUR"))
    assert (first.issued_on, first.due_on) == (date(2026, 10, 1), date(2026, 10, 31))
    assert first.sent_on == first.issued_on or first.status is Status.NEW


def test_an_aging_report_has_group_rows_and_no_currency() -> None:
    (record,) = read(AGING).records
    assert (record.amount, record.paid) == (Money.of(1250, "USD"), Money.of(1000, "USD"))


def test_rows_that_are_no_invoices_are_counted_and_not_lost_silently() -> None:
    said = [str(note) for note in read(QUICKBOOKS).notes]
    assert "export.csv: 1 row of the type Credit Memo left out, being no invoices" in said
    assert "export.csv: 1 row of the type Payment left out, being no invoices" in said


def test_a_draft_elsewhere_is_left_out_of_the_plan_with_a_reason() -> None:
    steps = plan(read(STRIPE)).invoices
    assert [step.act.value for step in steps] == ["add", "skip"]
    assert "still a draft" in steps[1].reason


def test_items_that_disagree_about_their_invoice_are_a_fault() -> None:
    text = FRESHBOOKS.replace(
        "Acme,0001,10/01/2026,10/31/2026,overdue,,Print", "Acme,0001,10/02/2026,10/31/2026,overdue,,Print"
    )
    (fault,) = read(text).faults
    assert str(fault).startswith(
        "export.csv line 3, column Date Issued: '10/02/2026' differs from line 2 of the same invoice"
    )


def test_a_column_of_ours_may_be_added_to_an_export() -> None:
    text = "\n".join(
        line + (",paid" if n == 0 else ",100.00") for n, line in enumerate(FRESHBOOKS.strip().splitlines())
    ).replace("overdue", "partial")
    assert read(text).records[0].paid == Money.of(100, "EUR")
    assert "says partly paid, and not how much" in str(read(FRESHBOOKS.replace("overdue", "partial")).faults[0])


def test_clients_of_freshbooks_and_quickbooks() -> None:
    freshbooks = "Organization,First Name,Last Name,Email,Phone,Address Line 1,Country,Province/State\nAcme,Ann,Lee,a@acme.example,,,Canada,QC\n"
    quickbooks = "Fictive\nCustomer Contact List\n\nCustomer,Phone Numbers,Email,Full Name,Billing Address\nAcme,,a@acme.example,Ann Lee,\nTotal,,,,\n"
    for text in (freshbooks, quickbooks):
        sheet = read_clients(text.encode(), file="c.csv", defaults=HERE)
        assert sheet.faults == ()
        assert [(c.name, c.email, c.region) for c in sheet.records] == [("Acme", "a@acme.example", "QC")]


def test_the_examples_can_be_imported_as_they_are() -> None:
    clients = read_clients(
        (EXAMPLES / "clients.csv").read_bytes(), file="clients.csv", defaults=Defaults(country="FR", language="fr")
    )
    invoices = read_invoices(
        (EXAMPLES / "invoices.csv").read_bytes(),
        file="invoices.csv",
        today=TODAY,
        defaults=Defaults(country="FR", language="fr"),
    )
    whole = plan(invoices, clients)
    assert whole.ok
    assert len(whole.clients) == 6
    assert [step.act.value for step in whole.invoices] == ["add"] * 7
    alone = read_invoices(
        (EXAMPLES / "factures-excel.csv").read_bytes(),
        file="factures-excel.csv",
        today=TODAY,
        defaults=Defaults(country="FR"),
    )
    assert (alone.encoding, alone.dialect, plan(alone).ok) == ("Windows-1252", "semicolon", True)
