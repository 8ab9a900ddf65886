"""The books by hand, through the commands, in a real database."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date

import pytest

from tests.integration.bank.conftest import Type
from tests.integration.bank.test_import_bank import BOTH
from tests.servers.installation import Installation


def entries(typed: Type, subject: str) -> list[dict[str, object]]:
    done = typed("ledger", subject, "--json")
    assert done.code == 0, done.said
    return [json.loads(line) for line in done.out.splitlines()]


def test_an_overpayment_is_said_and_pays_the_next_invoice(typed: Type) -> None:
    done = typed("paid", "F-2026-031", "--amount", "350.00")
    assert "50.00 EUR is more than was asked for; it stays the client's credit" in done.out
    done = typed("use-credit", "F-2026-032")
    assert (done.code, "400,00" in done.out, "open" in done.out) == (0, True, True), done.said
    assert [(row["kind"], row["cash"], row["paid"]) for row in entries(typed, "theatre-des-carmes")] == [
        ("payment", "350.00", "300.00"),
        ("credit_used", "0.00", "50.00"),
    ]
    assert "books: all in balance" in typed("check").out


def test_a_settlement_is_taken_back_once_and_its_credit_first(typed: Type) -> None:
    typed("paid", "F-2026-031", "--amount", "350.00")
    typed("use-credit", "F-2026-032")
    done = typed("undo", "1")
    assert (done.code, "later entries build on entry 1" in done.err) == (2, True), done.said
    assert typed("undo", "2", "1").code == 0
    done = typed("undo", "1")
    assert (done.code, "was taken back before" in done.err) == (2, True)
    rows = entries(typed, "theatre-des-carmes")
    assert [(row["undoes"], row["undone_by"]) for row in rows] == [(None, 4), (None, 3), (2, None), (1, None)]
    assert "paid" not in typed("why", "F-2026-031").out.splitlines()[0]


def test_a_credit_note_on_a_paid_invoice_becomes_credit_and_is_refunded(typed: Type) -> None:
    typed("paid", "F-2026-017")
    done = typed("refund", "F-2026-017", "--amount", "100")
    assert (done.code, "write a credit note first: mailbot credit-note F-2026-017 --amount 100.00" in done.err) == (
        2,
        True,
    )
    assert typed("credit-note", "F-2026-017", "--amount", "100", "--ref", "AV-1").code == 0
    assert typed("refund", "F-2026-017", "--amount", "100").code == 0
    assert [(r["kind"], r["cash"], r["paid"], r["waived"]) for r in entries(typed, "F-2026-017")] == [
        ("payment", "1250.00", "1250.00", "0.00"),
        ("credit_note", "0.00", "-100.00", "100.00"),
        ("refund", "-100.00", "0.00", "0.00"),
    ]


def test_a_chargeback_opens_the_invoice_again(typed: Type) -> None:
    typed("paid", "F-2026-018")
    done = typed("chargeback", "F-2026-018")
    assert (done.code, "open" in done.out) == (0, True)
    assert "Atelier Moulin" in typed("list").out


def test_fees_that_are_accepted_settle_what_was_paid(typed: Type) -> None:
    typed("paid", "F-2026-018", "--amount", "472.00")
    done = typed("write-off", "F-2026-018", "--as", "fee", "--amount", "9")
    assert (done.code, "is too much: F-2026-018 asks for 8.00 EUR" in done.err) == (2, True), done.said
    done = typed("write-off", "F-2026-018", "--as", "fee")
    assert (done.code, "F-2026-018: settled, nothing is open" in done.out) == (0, True), done.said


def test_a_wrong_settlement_by_the_bank_is_taken_back_and_not_made_again(
    typed: Type, put: Callable[[str, bytes], str]
) -> None:
    path = put("both.csv", BOTH)
    done = typed("import-bank", path, "--yes")
    assert "mailbot undo 1" in done.out, done.said
    assert typed("undo", "1", "2").code == 0
    assert "Nothing new" in typed("import-bank", path, "--yes").out
    assert sum(row["cash"] == "300.00" for row in entries(typed, "F-2026-031")) == 1


def test_what_the_operator_recorded_first_is_known_when_the_bank_tells_of_it(
    typed: Type, put: Callable[[str, bytes], str]
) -> None:
    """And a second transfer of the same amount is a second payment."""
    head = b"date;label;amount;currency\n"
    first = b"2026-03-07;VIR ATELIER MOULIN F-2026-018;480,00;EUR\n"
    second = b"2026-03-12;VIR ATELIER MOULIN F-2026-018 BIS;480,00;EUR\n"
    assert typed("paid", "F-2026-018", "--on", "2026-03-05").code == 0
    rows = [
        json.loads(line)
        for line in typed("import-bank", put("a.csv", head + first), "--json", "--yes").out.splitlines()
    ]
    assert [(row["decision"], row["because"]) for row in rows] == [
        ("ignore", "le versement de ce qui est déjà enregistré pour F-2026-018")
    ]
    rows = [
        json.loads(line)
        for line in typed("import-bank", put("b.csv", head + second), "--json", "--yes").out.splitlines()
    ]
    assert [row["decision"] for row in rows] == ["ask"]
    assert sum(row["kind"] == "payment" for row in entries(typed, "F-2026-018")) == 1


def test_fees_that_a_bank_kept_are_asked_about_and_the_rest_is_not_chased(
    typed: Type, put: Callable[[str, bytes], str]
) -> None:
    line = b"date;label;amount;currency;payer\n2026-03-09;F-2026-018;471,50;EUR;Atelier Moulin\n"
    done = typed("import-bank", put("fees.csv", line), "--yes")
    assert "Recorded: 1 payment. To answer: 1" in done.out
    assert "mailbot write-off F-2026-018 --as fee" in typed("digest").out
    assert typed("write-off", "F-2026-018", "--as", "fee").code == 0
    assert "mailbot write-off" not in typed("digest").out


PAYER = (
    b"date;label;amount;currency;payer;iban\n"
    b"2026-03-07;VIR F-2026-017;1250,00;EUR;Gestion Zeta 9;FR7630006000011234567890189\n"
)
MORE = (
    b"number,client_name,client_email,issued_on,due_on,amount,currency\n"
    b"F-2026-099,Brasserie Lut\xc3\xa8ce,anna@lutece.test,2026-02-10,2026-03-10,777.00,EUR\n"
)
AGAIN = PAYER.replace(b"F-2026-017;1250", b"MARS;777").replace(b"-07;", b"-09;")


def facts(files: Installation) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(files.database)) as raw:
        return raw.execute("SELECT key, value FROM meta WHERE key LIKE 'bank.%' ORDER BY key").fetchall()


def test_who_paid_once_is_known_and_no_more_once_that_was_taken_back(
    typed: Type, put: Callable[[str, bytes], str]
) -> None:
    """An account that paid for one client is that client's, unless the operator says that it was wrong."""
    more = put("more.csv", MORE)
    assert typed("import", more, "--apply").code == 0
    again = put("again.csv", AGAIN)

    def decision() -> str:
        return str(json.loads(typed("import-bank", again, "--dry-run", "--json").out)["decision"])

    assert decision() == "ask"
    assert "mailbot undo 1" in typed("import-bank", put("payer.csv", PAYER), "--yes").out
    assert decision() == "settle"
    assert typed("undo", "1").code == 0
    assert decision() == "ask"


def test_what_is_known_of_an_account_goes_with_the_client(
    typed: Type, files: Installation, put: Callable[[str, bytes], str]
) -> None:
    assert typed("import-bank", put("payer.csv", PAYER), "--yes").code == 0
    account = [key for key, value in facts(files) if key.startswith("bank.account.")]
    assert len(account) == 2, "its number and its name"
    assert typed("forget", "brasserie-lutece", "--apply").code == 0
    left = " ".join(f"{key} {value}" for key, value in facts(files))
    assert not any(key in left for key in account)
    assert "bank.entry." in left, "and the line is known still"


def test_what_cannot_be_booked_is_said_and_names_no_entry_to_take_back(typed: Type) -> None:
    done = typed("paid", "F-2026-018", "--amount", "-50")
    assert (done.code, "mailbot undo" in done.said) == (2, False), done.said
    assert "more than was paid" in done.err
    assert entries(typed, "F-2026-018") == []


def test_a_day_of_the_operators_is_what_a_cancellation_is_booked_on(
    typed: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At nine in the evening in Montréal it is tomorrow in Greenwich."""
    monkeypatch.setattr("mailbot.flows.command.today", lambda _bot, _now: date(2026, 3, 31))
    assert typed("cancel", "F-2026-018").code == 0
    assert [row["booked_on"] for row in entries(typed, "F-2026-018")] == ["2026-03-31"]
