"""Statements in each format say the same, and what is no statement says why."""

import logging
import random
from dataclasses import replace
from datetime import date

import pytest

from mailbot.bank import Entry, StatementFault, read_statement
from mailbot.bank.checks import is_ogm, is_qrr, is_rf
from mailbot.bank.entry import identified
from mailbot.bank.numbers import named_in
from mailbot.core.money import Money
from tests.unit.bank.samples import CAMT, CSV_DE, CSV_EN, CSV_FR, MT940, MT940_NL, OFX


@pytest.mark.parametrize("octets", [CAMT, MT940, OFX, CSV_FR], ids=["camt", "mt940", "ofx", "csv"])
def test_a_payment_is_the_same_in_every_format(octets: bytes) -> None:
    """Day, amount and the words; the id too wherever the bank gives one."""
    statement = read_statement(octets, "EUR")
    first, last = statement.entries[0], statement.entries[-1]
    assert (first.booked_on, first.amount) == (date(2026, 3, 5), Money.of("1250", "EUR"))
    assert named_in(f"{first.reference} {first.text}", ["F-2026-017"]).strong == ("F-2026-017",)
    assert (last.booked_on, last.amount) == (date(2026, 3, 6), Money.of("-12.50", "EUR"))
    if statement.format != "csv":
        assert (first.id, last.id) == ("BNK001", "BNK003")
        assert first.payer.upper().startswith("BRASSERIE")


@pytest.mark.parametrize("octets", [CAMT, MT940], ids=["camt", "mt940"])
def test_the_account_of_the_payer_is_kept_apart_from_the_name(octets: bytes) -> None:
    first = read_statement(octets, "EUR").entries[0]
    assert first.payer_iban == "FR7630006000011234567890189"
    assert first.payer in ("Brasserie Lutèce", "Brasserie Lutece")


def test_tagged_words_of_dutch_banks_are_joined_where_the_line_breaks() -> None:
    paid, returned = read_statement(MT940_NL, "EUR").entries
    assert (paid.id, paid.payer, paid.payer_iban) == ("B123", "Brouwerij De Zwaan", "NL20INGB0001234567")
    assert paid.reference == "VF-26-0098"
    assert paid.text.startswith("Factuur VF/26/0098")
    assert (returned.payer, returned.reversal) == ("Janssen", True)


def test_a_batch_is_told_payment_by_payment_and_what_is_pending_is_left_out() -> None:
    entries = read_statement(CAMT, "EUR").entries
    assert [(e.payer, str(e.amount.amount)) for e in entries] == [
        ("Brasserie Lutèce", "1250.00"), ("One", "100.00"), ("Two", "80.00"), ("", "-12.50"),
    ]  # fmt: skip
    assert entries[2].reference == "RF18539007547034"
    assert len({entry.id for entry in entries}) == 4


def test_a_month_that_stands_first_is_seen_from_a_day_above_twelve() -> None:
    entries = read_statement(CSV_EN, "USD").entries
    assert [entry.booked_on for entry in entries] == [date(2026, 3, 5), date(2026, 3, 16)]
    assert (entries[0].id, entries[0].payer, entries[0].amount) == (
        "T-1", "Brasserie Lutece", Money.of("1250", "USD"),
    )  # fmt: skip


def test_a_german_table_is_read_with_its_own_words_and_years_of_two_digits() -> None:
    entry = read_statement(CSV_DE, "CHF").entries[0]
    assert entry.booked_on == date(2026, 3, 5)
    assert (entry.payer, entry.text, entry.payer_iban) == ("Müller & Söhne", "RE-2026-104", "DE89370400440532013000")
    assert entry.amount == Money.of("1250", "EUR")


def test_the_columns_are_told_as_they_were_understood() -> None:
    assert dict(read_statement(CSV_FR, "EUR").columns) == {
        "booked_on": "Date comptable", "text": "Libellé opération", "debit": "Débit", "credit": "Crédit",
        "currency": "Devise",
    }  # fmt: skip


def test_a_line_that_cannot_be_read_is_told_and_the_others_stay() -> None:
    statement = read_statement(b"date;label;amount\n2026-03-05;x;10,00\n2026-03-06;y;ten\n2026-13-40;z;1,00\n", "EUR")
    assert len(statement.entries) == 1
    assert [fault.split(":")[0] for fault in statement.faults] == ["line 3", "line 4"]


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"hello, this is a letter\nto you\n",
        b"<html><body>error</body></html>",
        b"<Document><BkToCstmrStmt><Stmt><Ntry>",
        b'<!DOCTYPE x [<!ENTITY a "aaaa">]><Document><BkToCstmrStmt><Stmt/></BkToCstmrStmt></Document>',
        CAMT.replace(b">1250.00<", b">NaN<"),
        CAMT.replace(b"2026-03-06</Dt>", b"yesterday</Dt>"),
        OFX.replace(b"<CURDEF>EUR", b""),
        OFX.replace(b"1250.00", b"1E9"),
        MT940.replace(b"2603050305CR1250,00", b"26X5CR"),
        b"PK\x03\x04\x00\x00\x00\x00",
        b"%PDF-1.7\x00\x01",
    ],
    ids=["empty", "letter", "html", "cut", "dtd", "nan", "day", "currency", "exponent", "mt940", "zip", "pdf"],
)
def test_what_is_no_statement_says_what_to_do(octets: bytes) -> None:
    with pytest.raises(StatementFault) as fault:
        read_statement(octets, "EUR")
    assert fault.value.mend in str(fault.value)


def test_lines_without_an_id_keep_theirs_when_exports_overlap() -> None:
    """Two equal lines are two payments, and stay two in the next export that holds their day."""
    coffee = Entry("", date(2026, 3, 5), Money.of(10, "EUR"), text="Café")
    tea = replace(coffee, text="Thé")
    earlier = Entry("", date(2026, 3, 1), Money.of(10, "EUR"), text="Café")
    first = identified([coffee, coffee, tea])
    second = identified([tea, earlier, coffee, coffee])
    assert len({entry.id for entry in first}) == 3
    assert {entry.id for entry in first} < {entry.id for entry in second}


def test_check_digits_of_the_published_examples_hold_and_one_changed_digit_breaks_them() -> None:
    """ISO 11649's own example, one of the Swiss guidelines, one of Febelfin."""
    assert (is_rf("RF18539007547034"), is_rf("RF18539007547035")) == (True, False)
    assert (is_qrr("210000000003139471430009017"), is_qrr("210000000003139471430009018")) == (True, False)
    assert (is_ogm("090933755493"), is_ogm("090933755494")) == (True, False)


@pytest.mark.parametrize("octets", [CAMT, MT940, OFX, CSV_FR, CSV_EN], ids=["camt", "mt940", "ofx", "fr", "en"])
def test_a_damaged_file_is_read_or_refused_and_nothing_of_it_is_logged(
    octets: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """Octets changed, lost, doubled: the answer is a statement or a fault, never another error."""
    dice = random.Random(7)  # noqa: S311 - the same damage each time
    caplog.set_level(logging.DEBUG)
    for _ in range(300):
        damaged = bytearray(octets)
        for _ in range(dice.randint(1, 6)):
            at = dice.randrange(len(damaged))
            piece = octets[dice.randrange(len(octets)) :][:40]
            start, end = dice.choice(((at, at + 1), (at, at + dice.randint(1, 30)), (at, at)))
            damaged[start:end] = dice.choice((bytes([dice.randrange(256)]), b"", piece))
        try:
            entries = read_statement(bytes(damaged), "EUR").entries
        except StatementFault:
            continue
        assert all(entry.id and entry.amount.amount.is_finite() for entry in entries)
    assert caplog.text == ""
