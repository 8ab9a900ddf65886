"""Reading invoices: what a file may look like, and what is said where it is wrong."""
# ruff: noqa: E501 - a row of a CSV file is one line

from datetime import date
from decimal import Decimal

import pytest

from mailbot.core.client import ClientKind
from mailbot.core.money import Money
from mailbot.intake import DateOrder, Defaults, InvoiceRecord, Sheet, Status, one_invoice, read_invoices

TODAY = date(2026, 11, 21)
FRENCH = Defaults(currency="EUR", country="FR", language="fr", timezone="Europe/Paris")
ENGLISH = Defaults(currency="CAD", country="CA", region="ON", language="en", timezone="America/Toronto")
HEAD = "number,client,issued_on,due_on,amount,currency"


def read(text: str | bytes, defaults: Defaults = FRENCH) -> Sheet[InvoiceRecord]:
    octets = text.encode() if isinstance(text, str) else text
    return read_invoices(octets, file="invoices.csv", today=TODAY, defaults=defaults)


def faults(text: str | bytes, defaults: Defaults = FRENCH) -> list[str]:
    return [str(fault) for fault in read(text, defaults).faults]


def only(text: str | bytes, defaults: Defaults = FRENCH) -> InvoiceRecord:
    sheet = read(text, defaults)
    assert sheet.faults == ()
    (record,) = sheet.records
    return record


def test_a_plain_file_becomes_records() -> None:
    record = only(
        f"{HEAD},subject,paid,sent_on,pdf\nF-1,acme,2026-10-01,2026-10-31,1250.00,EUR,Logo,250,2026-10-02,a.pdf\n"
    )
    assert record == InvoiceRecord(
        number="F-1",
        client="acme",
        issued_on=date(2026, 10, 1),
        due_on=date(2026, 10, 31),
        amount=Money.of("1250", "EUR"),
        paid=Money.of("250", "EUR"),
        status=Status.SENT,
        subject="Logo",
        sent_on=date(2026, 10, 2),
        pdf="a.pdf",
    )
    assert record.line == 2


@pytest.mark.parametrize(
    ("octets", "encoding"),
    [
        pytest.param("é".encode(), "UTF-8", id="UTF-8"),
        pytest.param("\ufeffé".encode(), "UTF-8 (BOM)", id="UTF-8 with a byte order mark, as Excel saves it"),
        pytest.param("\ufeffé".encode("utf-16-le"), "UTF-16", id="UTF-16 little endian"),
        pytest.param("\ufeffé".encode("utf-16-be"), "UTF-16", id="UTF-16 big endian"),
        pytest.param("é€".encode("cp1252"), "Windows-1252", id="Windows-1252, as old Excel saves it"),
        pytest.param(b"\xe9\x81", "Latin-1", id="Latin-1 where Windows-1252 has no such character"),
    ],
)
def test_the_encoding_is_found_and_named(octets: bytes, encoding: str) -> None:
    from mailbot.intake.octets import decode

    decoded = decode(octets)
    assert decoded.encoding == encoding
    assert decoded.text.startswith("é")


@pytest.mark.parametrize(("mark", "named"), [(",", "comma"), (";", "semicolon"), ("\t", "tab")])
def test_the_delimiter_is_found_by_the_header(mark: str, named: str) -> None:
    text = HEAD.replace(",", mark) + "\n" + mark.join(["F-1", "acme", "2026-10-01", "2026-10-31", '"12,50"', "EUR"])
    sheet = read(text)
    assert sheet.dialect == named
    assert sheet.records[0].amount == Money.of("12.50", "EUR")


def test_excels_own_delimiter_line_counts_as_a_line() -> None:
    sheet = read(f"sep=;\r\n{HEAD.replace(',', ';')}\r\nF-1;acme;2026-10-01;2026-10-31;zero;EUR\r\n")
    assert sheet.faults[0].line == 3


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("1250", "1250 EUR"),
        ("1250.5", "1250.50 EUR"),
        ("1250,00", "1250 EUR"),
        ("1 250,00", "1250 EUR"),
        ("1\u202f250,00\u00a0€", "1250 EUR"),
        ("1\u00a0250,00 EUR", "1250 EUR"),
        ("1,250.00", "1250 EUR"),
        ("1.250,00", "1250 EUR"),
        ("1,234,567.89", "1234567.89 EUR"),
        ("1.234.567", "1234567 EUR"),
        ("€1,250.00", "1250 EUR"),
        ("EUR 99.90", "99.90 EUR"),
        ("1250.0000", "1250 EUR"),
        ("0,50", "0.50 EUR"),
        ("12 euros", "12 EUR"),
    ],
)
def test_an_amount_is_read_as_it_is_written(written: str, amount: str) -> None:
    value, currency = amount.split()
    assert only(f'{HEAD}\nF-1,acme,2026-10-01,,"{written}",\n').amount == Money.of(value, currency)


@pytest.mark.parametrize(
    ("written", "currency", "amount"),
    [
        ("CHF 1'225.85", "", "1225.85 CHF"),
        ("1\u2019225.85 Fr.", "", "1225.85 CHF"),
        ("1 250,00 $ CA", "", "1250 CAD"),
        ("C$99.90", "", "99.90 CAD"),
        ("US$ 5.00", "", "5 USD"),
        ("$5.00", "USD", "5 USD"),
        ("5,00 $", "cad", "5 CAD"),
        ("£960", "", "960 GBP"),
        ("¥1,250", "JPY", "1250 JPY"),
        ("1,250", "JPY", "1250 JPY"),
        ("0.345", "TND", "0.345 TND"),
        ("100.-", "CHF", "100 CHF"),
        ("10", "livre sterling", "10 GBP"),
    ],
)
def test_the_currency_is_that_of_the_column_or_of_the_amount(written: str, currency: str, amount: str) -> None:
    value, code = amount.split()
    assert only(f'{HEAD}\nF-1,acme,2026-10-01,,"{written}",{currency}\n').amount == Money.of(value, code)


@pytest.mark.parametrize(
    ("others", "defaults", "amount"),
    [
        pytest.param('"1,250.00"', ENGLISH, "1250", id="an other value proves the point: a thousand"),
        pytest.param('"12,50"', FRENCH, "1.25", id="an other value proves the comma: a decimal"),
        pytest.param("12", ENGLISH, "1250", id="nothing proves it, and the user's country has a decimal point"),
    ],
)
def test_an_ambiguous_amount_is_settled_by_the_column_or_the_country(
    others: str, defaults: Defaults, amount: str
) -> None:
    sheet = read(f'{HEAD}\nF-1,acme,2026-10-01,,"1,250",EUR\nF-2,acme,2026-10-01,,{others},EUR\n', defaults)
    assert sheet.faults == ()
    assert sheet.records[0].amount == Money.of(amount, "EUR")


def test_an_ambiguous_amount_that_nothing_settles_is_a_fault() -> None:
    assert faults(f'{HEAD}\nF-1,acme,2026-10-01,,"1,250",EUR\n') == [
        "invoices.csv line 2, column amount: '1,250' may be a thousand or three decimals; write it without a mark for thousands and with two decimals, such as 1250.00"
    ]


@pytest.mark.parametrize(
    ("dates", "issued"),
    [
        pytest.param(("2026-10-03",), date(2026, 10, 3), id="ISO"),
        pytest.param(("2026-10-03 08:15",), date(2026, 10, 3), id="ISO with a time, as Stripe writes"),
        pytest.param(("2026-10-03T08:15:00Z",), date(2026, 10, 3), id="ISO with T"),
        pytest.param(("20261003",), date(2026, 10, 3), id="ISO basic"),
        pytest.param(("2026/10/03",), date(2026, 10, 3), id="slashes, year first"),
        pytest.param(("03.10.2026",), date(2026, 10, 3), id="dots put the day first"),
        pytest.param(("03/10/2026", "25/10/2026"), date(2026, 10, 3), id="a day above 12 settles its column: dmy"),
        pytest.param(("03/10/2026", "03/25/2026"), date(2026, 3, 10), id="a day above 12 settles its column: mdy"),
        pytest.param(("05/05/2026",), date(2026, 5, 5), id="day and month are the same number"),
        pytest.param(("3 octobre 2026",), date(2026, 10, 3), id="French words"),
        pytest.param(("1er août 2026",), date(2026, 8, 1), id="the first in French"),
        pytest.param(("3 déc. 2025",), date(2025, 12, 3), id="French abbreviation"),
        pytest.param(('"Oct 3, 2026"',), date(2026, 10, 3), id="American words"),
        pytest.param(("3rd October 2026",), date(2026, 10, 3), id="British words"),
    ],
)
def test_a_date_is_read_as_its_column_writes_dates(dates: tuple[str, ...], issued: date) -> None:
    rows = "\n".join(f"F-{n},acme,{day},,10,EUR" for n, day in enumerate(dates))
    sheet = read(f"{HEAD}\n{rows}\n")
    assert sheet.faults == ()
    assert sheet.records[0].issued_on == issued


def test_a_column_of_dates_may_speak_for_the_other_columns_of_its_file() -> None:
    record = only(f"{HEAD}\nF-1,acme,03/10/2026,31/10/2026,10,EUR\n")
    assert record.issued_on == date(2026, 10, 3)


def test_dates_that_cannot_be_told_name_the_option_that_settles_them() -> None:
    text = f"{HEAD}\nF-1,acme,03/10/2026,04/11/2026,10,EUR\n"
    assert faults(text)[0] == (
        "invoices.csv line 2, column issued_on: '03/10/2026' may be day/month or month/day; "
        "say which with --dates dmy or --dates mdy, or write YYYY-MM-DD"
    )
    told = Defaults(currency="EUR", country="FR", language="fr", dates=DateOrder.MDY)
    assert only(text, told).issued_on == date(2026, 3, 10)


def test_a_column_that_contradicts_itself_is_one_fault_that_names_both_values() -> None:
    said = faults(f"{HEAD}\nF-1,a,25/03/2026,,10,EUR\nF-2,a,03/25/2026,,10,EUR\n")
    assert "invoices.csv, column issued_on: mixes day/month ('25/03/2026') and month/day ('03/25/2026')" in said[0]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("F-1,acme,2026-10-01,31/02/2026,10,EUR", "line 2, column due_on: '31/02/2026' is a day that no calendar has; correct the day or the month"),
        ("F-1,acme,01/10/26,,10,EUR", "column issued_on: '01/10/26' has a year of two digits"),
        ("F-1,acme,46296,,10,EUR", "column issued_on: '46296' is a spreadsheet's inner number for a date"),
        ("F-1,acme,2206-10-01,,10,EUR", "column issued_on: '2206-10-01' has a year that cannot be meant"),
        ("F-1,acme,2026-10-01,2026-09-01,10,EUR", "column due_on: '2026-09-01' is before the issue date 2026-10-01"),
        ("F-1,acme,,2026-09-01,10,EUR", "column issued_on: is empty"),
        (",acme,2026-10-01,,10,EUR", "column number: is empty"),
        ("F-1,,2026-10-01,,10,EUR", "column client: is empty"),
        ("F-1,acme,2026-10-01,,,EUR", "column amount: is empty"),
        ("F-1,acme,2026-10-01,,0.00,EUR", "column amount: '0.00' is zero"),
        ("F-1,acme,2026-10-01,,-10,EUR", "column amount: '-10' is negative, so this is a credit note and no invoice"),
        ("F-1,acme,2026-10-01,,(10.00),EUR", "column amount: '(10.00)' is negative"),
        ("F-1,acme,2026-10-01,,ten,EUR", "column amount: 'ten' is not an amount"),
        ("F-1,acme,2026-10-01,,--5,EUR", "column amount: '--5' has more than one minus sign"),
        ("F-1,acme,2026-10-01,,12.3456,EUR", "column amount: '12.3456' has more than 2 decimals"),
        ("F-1,acme,2026-10-01,,1 25.00,EUR", "column amount: '1 25.00' has thousands that are not groups of three digits"),
        ("F-1,acme,2026-10-01,,99999999999999999999,EUR", "is too large to be an amount"),
        ("F-1,acme,2026-10-01,,10,XYZ", "column currency: 'XYZ' is not a currency; write its three letters"),
        ("F-1,acme,2026-10-01,,$10,", "column amount: '$10' names no currency that can be told ('$')"),
        ("F-1,acme,2026-10-01,,10 EUR,CAD", "column amount: '10 EUR' says EUR where the currency column says CAD"),
        ("2.02604E+11,acme,2026-10-01,,10,EUR", "column number: '2.02604E+11' was spoilt by a spreadsheet"),
        ("F-1,acme,2026-10-01,,1,250.00,EUR", "line 2: has 7 cells under 6 column names"),
    ],
)  # fmt: skip
def test_a_faulty_cell_is_named_with_its_place_and_mend(row: str, said: str) -> None:
    (fault,) = faults(f"{HEAD}\n{row}\n")
    assert said in fault
    assert "; " in fault


@pytest.mark.parametrize(
    ("columns", "cells", "said"),
    [
        ("paid", "20", "column paid: '20' is more than the amount"),
        ("paid", "-2", "column paid: '-2' is negative"),
        ("balance", "11", "column balance: '11' is more than the amount"),
        ("paid", "2 USD", "column paid: '2 USD' is in an other currency"),
        ("status", "maybe", "column status: 'maybe' is not a status"),
        ("status", "partial", "column status: 'partial' says partly paid, and not how much"),
        ("sent_on", "2026-12-24", "column sent_on: '2026-12-24' is in the future"),
        ("pdf", "invoice.docx", "column pdf: 'invoice.docx' is not a PDF"),
        ("client_email", "no-address", "column client_email: 'no-address' is not an e-mail address"),
        ("client_email", '"a@b.example\nBcc: x@y.example"', "holds a line end or control character"),
        ("client_email", "A <a@b.example>", "holds a name as well"),
        ("client_email", '"a@b.example, c@d.example"', "holds several addresses"),
        ("client_email", "a..b@c.example", "has a misplaced dot"),
        ("client_email", "a@localhost", "is not an e-mail address"),
        ("client_email", "a" * 65 + "@b.example", "is longer than an e-mail address may be"),
        ("terms_days", "30 jours fin de mois", "column terms_days: '30 jours fin de mois' is not a number of days"),
    ],
)
def test_a_faulty_optional_cell_is_named_too(columns: str, cells: str, said: str) -> None:
    head = HEAD.replace(",due_on", "")
    (fault,) = faults(f"{head},{columns}\nF-1,acme,2026-10-01,10,EUR,{cells}\n")
    assert said in fault


@pytest.mark.parametrize(
    ("terms", "due"),
    [("30", 30), ("Net 15", 15), ("45 jours", 45), ("Due on receipt", 0), ("à réception", 0), ("", 30)],
)
def test_terms_make_the_due_date(terms: str, due: int) -> None:
    record = only(f"number,client,issued_on,terms,amount\nF-1,acme,2026-10-01,{terms},10\n")
    assert (record.due_on - record.issued_on).days == due


def test_without_terms_and_due_date_there_is_a_fault_where_the_user_has_no_usual_terms() -> None:
    said = faults("number,client,issued_on,amount\nF-1,a,2026-10-01,10\n", Defaults(currency="EUR", terms_days=None))
    assert said == [
        "invoices.csv line 2, column due_on: is empty, and there are no usual terms; write the due date or terms_days"
    ]


def test_all_faults_are_told_at_once_with_physical_line_numbers() -> None:
    text = (
        f'{HEAD},subject\nF-1,a,2026-10-01,,10,EUR,"two\nlines"\n\nF-2,a,never,,ten,EUR,\nF-1,a,2026-10-01,,10,EUR,\n'
    )
    places = [(fault.line, fault.column) for fault in read(text).faults]
    assert places == [(5, "amount"), (5, "issued_on"), (6, "number")]
    assert read(text).records[0].subject == "two lines"


def test_a_number_or_a_pdf_that_is_there_twice_names_its_first_line() -> None:
    text = f"{HEAD},pdf\nF-1,a,2026-10-01,,10,EUR,x.pdf\nf-1,a,2026-10-01,,10,EUR,X.pdf\n"
    assert [str(f).split(": ", 1)[1] for f in read(text).faults] == [
        "'f-1' is already on line 2; keep one of them",
        "'X.pdf' is already on line 2; give each invoice its own file",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("", "is empty", id="an empty file"),
        pytest.param("\n \n,,\n", "is empty", id="only blank lines"),
        pytest.param(HEAD, "has column names and no records", id="only a header"),
        pytest.param("hello", "column number: is missing", id="one column"),
        pytest.param("number,client,issued_on\nF-1,a,2026-10-01\n", "column amount: is missing", id="no amounts"),
        pytest.param("number,client,issued_on,ammount\n", "rename the column ammount", id="a misspelt column is named"),
        pytest.param(
            f'{HEAD}\nF-1,"a,2026-10-01\n', "opens a quotation mark that is never closed", id="an open quotation mark"
        ),
        pytest.param(
            f'{HEAD}\nF-1,"a"b,2026-10-01\n', "has text after a closing quotation mark", id="text after a quotation"
        ),
        pytest.param(f"{HEAD}\nF-1,{'x' * 140000}\n", "holds a cell longer than 128 KB", id="a huge cell"),
        pytest.param(f"{HEAD}\n{',' * 600}\n", "has more than 500 cells", id="a row without end"),
        pytest.param(
            f"{HEAD},amount\nF-1,a,2026-10-01,,1,EUR,2\n", "column amount: is there twice", id="a column twice"
        ),
        pytest.param(b"\xff\xfea", "begins as UTF-16 and then breaks off", id="half a UTF-16 character"),
        pytest.param(b"number\x00", "holds NUL characters", id="NUL"),
        pytest.param(b"x" * (20 * 1024 * 1024 + 1), "is larger than 20 MB", id="too large"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(text: str | bytes, said: str) -> None:
    sheet = read(text)
    assert said in " | ".join(map(str, sheet.faults))
    assert not sheet.ok


def test_an_unknown_column_is_told_and_stops_nothing() -> None:
    sheet = read(f"{HEAD},sujet de la facture,notes,dueon\nF-1,a,2026-10-01,2026-10-31,10,EUR,x,y,z\n")
    assert sheet.ok
    assert [note.column for note in sheet.notes] == ["sujet de la facture", "dueon"]
    assert "did you mean subject?" in str(read("number,client,issued_on,amount,subjet\nF,a,2026-10-01,1,x\n").notes[0])


def test_french_headers_are_understood_whatever_their_accents_and_apostrophes() -> None:
    record = only(
        "N° Facture;Raison sociale;Courriel;Date d\u2019émission;ÉCHÉANCE;Montant TTC;Devise;Objet;Déjà payé;Statut;Langue;Pays;Province;Type client\n"
        "F-1;Café Noir;a@cafe.example;2026-10-01;2026-10-31;1 250,00;EUR;Affiche;250,00;envoyée;français;Canada;Québec;entreprise\n"
    )
    assert record.amount == Money.of("1250", "EUR")
    assert record.paid == Money.of("250", "EUR")
    assert record.status is Status.SENT
    assert record.bill_to is not None
    assert (record.bill_to.name, record.bill_to.region, record.bill_to.timezone) == (
        "Café Noir",
        "QC",
        "America/Toronto",
    )
    assert record.bill_to.kind is ClientKind.BUSINESS


@pytest.mark.parametrize(
    ("status", "sent_on", "expected", "delivered"),
    [
        ("", "", Status.NEW, None),
        ("", "2026-10-05", Status.SENT, date(2026, 10, 5)),
        ("sent", "", Status.SENT, date(2026, 10, 1)),
        ("En retard", "", Status.SENT, date(2026, 10, 1)),
        ("draft", "", Status.DRAFT, None),
        ("Annulée", "", Status.VOID, None),
        ("PAID", "2026-10-05", Status.PAID, date(2026, 10, 5)),
    ],
)
def test_words_of_status(status: str, sent_on: str, expected: Status, delivered: date | None) -> None:
    record = only(f"{HEAD},status,sent_on\nF-1,a,2026-10-01,,10,EUR,{status},{sent_on}\n")
    assert (record.status, record.sent_on) == (expected, delivered)
    assert record.paid == Money.of(10 if expected is Status.PAID else 0, "EUR")


def test_a_balance_says_what_was_paid() -> None:
    assert only(f"{HEAD},balance\nF-1,a,2026-10-01,,10,EUR,4\n").paid.amount == Decimal(6)


def test_one_invoice_that_was_typed_has_the_same_checks_with_options_as_places() -> None:
    record, none = one_invoice(
        today=TODAY,
        defaults=FRENCH,
        number="F-9",
        client="acme",
        issued_on="2026-11-20",
        amount="1 250,00",
        terms_days=45,
    )
    assert none == ()
    assert record is not None
    assert record.due_on == date(2027, 1, 4)
    record, said = one_invoice(
        today=TODAY, defaults=FRENCH, number="F-9", client="acme", issued_on="31/02/2026", amount="0"
    )
    assert record is None
    assert [str(fault) for fault in said] == [
        "--amount: '0' is zero, so there is nothing to ask for; leave this invoice out",
        "--issued-on: '31/02/2026' is a day that no calendar has; correct the day or the month",
    ]
    _, said = one_invoice(today=TODAY, defaults=FRENCH)
    assert {fault.column for fault in said} == {"--number", "--client", "--issued-on", "--amount"}
