"""Tables whose days, directions, currencies or states a single line cannot tell, and files that break off."""

from datetime import date

import pytest

from mailbot.bank import StatementFault, read_statement
from tests.unit.bank.samples import MT940, OFX

WINTER = (date(2026, 1, 10), date(2026, 3, 20))


def booked(rows: list[str], currency: str = "USD", between: tuple[date, date] | None = None) -> list[str]:
    """The days of a table of one column of days, as they were understood."""
    table = "Date,Description,Amount\n" + "".join(f"{row},ACME,5.00\n" for row in rows)
    return [str(entry.booked_on) for entry in read_statement(table.encode(), currency, between=between).entries]


def test_days_with_dashes_have_the_day_first_also_where_dollars_are_paid() -> None:
    assert booked(["03-02-2026", "05-02-2026"]) == ["2026-02-03", "2026-02-05"]


def test_days_with_slashes_have_the_month_first_where_nothing_else_tells() -> None:
    assert booked(["03/02/2026", "05/02/2026"]) == ["2026-03-02", "2026-05-02"]


def test_an_order_that_leads_into_the_future_is_not_taken() -> None:
    assert booked(["03/02/2026", "05/02/2026"], between=WINTER) == ["2026-02-03", "2026-02-05"]


def test_an_order_that_leads_before_anything_was_owed_is_not_taken() -> None:
    assert booked(["01/03/2026", "02/03/2026"], between=(date(2026, 2, 10), date(2026, 12, 1))) == [
        "2026-03-01",
        "2026-03-02",
    ]


def test_four_days_of_one_month_are_likelier_than_one_day_of_four_months() -> None:
    assert booked(["02/03/2026", "03/03/2026", "04/03/2026", "06/03/2026"])[0] == "2026-03-02"
    assert booked(["03/02/2026", "03/03/2026", "03/04/2026", "03/06/2026"], "EUR")[0] == "2026-03-02"


def test_another_column_of_days_tells_the_order() -> None:
    table = b"Date,Value date,Description,Amount\n03/02/2026,13/02/2026,ACME,5.00\n"
    assert read_statement(table, "USD").entries[0].booked_on == date(2026, 2, 3)


@pytest.mark.parametrize(
    ("table", "amounts"),
    [
        pytest.param(
            "Date,Description,Amount,Type\n2026-03-02,A,5.00,Debit\n2026-03-03,B,6.00,Credit\n",
            ["-5.00 USD", "6.00 USD"],
            id="a column that is called otherwise says which way the money went",
        ),
        pytest.param(
            "Transaction Date,Description,CAD$,USD$\n1/15/2026,A,5.00,\n1/16/2026,B,,39.00\n",
            ["5.00 CAD", "39.00 USD"],
            id="a column for each currency",
        ),
        pytest.param(
            "Datum;Text;Betrag;Info\n02.03.26;A;5,00;Umsatz vorgemerkt\n03.03.26;B;6,00;Umsatz gebucht\n",
            ["6.00 USD"],
            id="what is only announced, in a column of any name",
        ),
        pytest.param(
            "Date;Libellé;Montant;Situation\n02/03/26;A;5,00;en attente\n03/03/26;PIECE EN ATTENTE;6,00;ok\n",
            ["6.00 USD"],
            id="the same words inside a label say nothing",
        ),
    ],
)
def test_what_came_and_went_is_read(table: str, amounts: list[str]) -> None:
    assert [str(entry.amount) for entry in read_statement(table.encode(), "USD").entries] == amounts


def test_money_that_came_and_went_in_one_line_is_left_out_and_told() -> None:
    statement = read_statement(b"Date,Description,Debit,Credit\n2026-03-02,A,5.00,5.00\n2026-03-03,B,,6.00\n", "USD")
    assert [str(entry.amount.amount) for entry in statement.entries] == ["6.00"]
    assert statement.faults == ("line 2: the amount cannot be read; this line is left out",)


@pytest.mark.parametrize(
    ("octets", "end"),
    [
        pytest.param(OFX, b"</BANKTRANLIST>", id="OFX"),
        pytest.param(MT940, b":62F:", id="MT940"),
    ],
)
def test_a_file_that_breaks_off_is_refused_whole(octets: bytes, end: bytes) -> None:
    with pytest.raises(StatementFault, match="breaks off before its"):
        read_statement(octets[: octets.rindex(end)], "EUR")
