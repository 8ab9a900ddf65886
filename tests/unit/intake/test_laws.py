"""What holds for every file: what is written is what is read, and nothing raises."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.money import Money
from mailbot.intake import Defaults, InvoiceRecord, Status, one_client, one_invoice, plan, read_clients, read_invoices

TODAY = date(2026, 11, 21)
HERE = Defaults(currency="EUR", country="FR", language="fr", timezone="Europe/Paris")
HEADS = (
    ("number", "client", "issued_on", "due_on", "amount", "currency", "subject", "paid"),
    ("Numéro", "Client", "Date d'émission", "Échéance", "Montant", "Devise", "Objet", "Payé"),
    ("Invoice #", "Customer", "Issue date", "Due date", "Total", "Currency code", "Memo", "Amount paid"),
)
words = st.text(
    st.characters(codec="cp1252", exclude_categories=("C", "Z")) | st.sampled_from(" \n,;\"'"), min_size=1, max_size=30
).filter(lambda text: text.split() != [])


@st.composite
def invoices(draw: st.DrawFn) -> list[InvoiceRecord]:
    made = []
    for n in range(draw(st.integers(1, 6))):
        issued_on = TODAY - timedelta(days=draw(st.integers(0, 700)))
        cents = draw(st.integers(1, 10**9))
        currency = draw(st.sampled_from(("EUR", "CAD", "USD", "GBP", "CHF")))
        made.append(
            InvoiceRecord(
                number=f"F-{n}",
                client=" ".join(draw(words).split()),
                issued_on=issued_on,
                due_on=issued_on + timedelta(days=draw(st.integers(0, 120))),
                amount=Money.from_minor(cents, currency),
                paid=Money.from_minor(draw(st.integers(0, cents)), currency),
                subject=" ".join(draw(words).split()),
                status=Status.NEW,
            )
        )
    return made


def amount(value: Decimal, grouping: str, decimal: str) -> str:
    return f"{value:,.2f}".translate({ord(","): grouping, ord("."): decimal})


@st.composite
def dialects(draw: st.DrawFn) -> tuple[str, str, str, str, tuple[str, str], int]:
    """Delimiter, encoding, line end, date format, marks of thousands and decimals, and quoting."""
    return (
        draw(st.sampled_from(",;\t")),
        draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"])),
        draw(st.sampled_from(["\n", "\r\n"])),
        draw(st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d"])),
        draw(st.sampled_from([("", "."), (",", "."), ("", ","), (".", ","), ("\u00a0", ","), (" ", ","), ("'", ".")])),
        draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
    )


@given(invoices(), st.sampled_from(HEADS), dialects())
def test_what_is_written_in_any_dialect_is_read_back(
    records: list[InvoiceRecord], head: tuple[str, ...], dialect: tuple[str, str, str, str, tuple[str, str], int]
) -> None:
    delimiter, encoding, end, day, marks, quoting = dialect
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting)  # type: ignore[arg-type]
    writer.writerow(head)
    for r in records:
        total, paid = (amount(money.amount, *marks) for money in (r.amount, r.paid))
        days = (r.issued_on.strftime(day), r.due_on.strftime(day))
        writer.writerow([r.number, r.client, *days, total, r.amount.currency, r.subject, paid])
    sheet = read_invoices(out.getvalue().encode(encoding), file="f.csv", today=TODAY, defaults=HERE)
    assert sheet.faults == ()
    assert list(sheet.records) == records


@given(
    st.binary(max_size=400)
    | st.text(max_size=200).map(lambda t: ("number,client,issued_on,amount\n" + t).encode("utf-8", "surrogatepass"))
)
def test_no_octets_raise(octets: bytes) -> None:
    sheet = read_invoices(octets, file="f.csv", today=TODAY, defaults=HERE)
    people = read_clients(octets, file="c.csv", defaults=HERE)
    assert plan(sheet, people).ok == (sheet.ok and people.ok)
    assert all(str(fault) and "\n" not in str(fault) for fault in (*sheet.faults, *people.faults))


cells = st.text(max_size=20) | st.sampled_from(
    ["1,250", "03/04/2026", "€", "(5)", "-", "CA", "57", "²", "٣", "1e5", "1.2.3", "=1+1"]
)


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "number",
                "client",
                "issued_on",
                "due_on",
                "terms_days",
                "amount",
                "currency",
                "paid",
                "balance",
                "status",
                "sent_on",
                "pdf",
                "client_email",
                "country",
                "region",
            ]
        ),
        cells,
    )
)
def test_no_typed_invoice_raises(options: dict[str, str]) -> None:
    record, said = one_invoice(today=TODAY, defaults=HERE, **options)
    assert (record is None) == bool(said)
    if record:
        assert record.amount.amount > 0 or record.status is Status.VOID
        assert record.issued_on <= record.due_on


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "code",
                "name",
                "email",
                "billing_email",
                "language",
                "country",
                "region",
                "timezone",
                "kind",
                "phone",
                "pay_day",
            ]
        ),
        cells,
    )
)
def test_no_typed_client_raises_and_no_address_holds_a_line_end(options: dict[str, str]) -> None:
    record, said = one_client(defaults=HERE, **options)
    assert (record is None) == bool(said)
    if record:
        assert not set(record.email + record.billing_email + record.name) & set("\r\n\0\u2028")


def test_ten_megabytes_of_faults_are_all_told() -> None:
    row = "F-1,acme,never,,ten,EUR\n"
    count = 10 * 1024 * 1024 // len(row)
    sheet = read_invoices(
        ("number,client,issued_on,due_on,amount,currency\n" + row * 20_000).encode(),
        file="f.csv",
        today=TODAY,
        defaults=HERE,
    )
    assert len(sheet.faults) == 20_000 * 3 - 1
    junk = read_invoices((row * count).encode(), file="f.csv", today=TODAY, defaults=HERE)
    assert {fault.reason for fault in junk.faults} == {"is missing"}
