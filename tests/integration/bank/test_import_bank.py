"""`mailbot import-bank` from a file to the ledger, and what a second import finds to do."""

import json
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from mailbot.cli import banking
from tests.integration.bank.conftest import Type
from tests.servers.installation import Installation
from tests.unit.bank.samples import CAMT, CSV_FR, MT940, OFX

KEYS = ["file", "id", "booked_on", "amount", "currency", "payer", "reference", "decision", "invoices", "because"]
BOTH = b"date;label;amount;currency\n2026-03-07;VIR THEATRE DES CARMES F-2026-031 ET 032;750,00;EUR\n"
STRANGER = b"date;label;amount;currency\n2026-03-07;VIR QUENTIN ABADIE;480,00;EUR\n"
TWICE = b"date;label;amount;currency;payer\n2026-03-09;F-2026-018 (moins 80);400,00;EUR;Quentin Abadie\n"


def ledger(files: Installation) -> list[tuple[str, int, str, str]]:
    with closing(sqlite3.connect(files.database)) as raw:
        return raw.execute(
            "SELECT i.number, l.cash_minor, l.source, l.reference"
            " FROM ledger l JOIN invoice i ON i.id = l.invoice_id ORDER BY l.id"
        ).fetchall()


def matters(files: Installation) -> list[tuple[str, dict[str, str]]]:
    with closing(sqlite3.connect(files.database)) as raw:
        found = raw.execute("SELECT kind, facts FROM matter WHERE closed_at IS NULL").fetchall()
    return [(kind, json.loads(facts)) for kind, facts in found]


def test_a_dry_run_prints_an_object_a_line_and_writes_nothing(
    typed: Type, files: Installation, put: Callable[[str, bytes], str]
) -> None:
    done = typed("import-bank", put("march.xml", CAMT), "--dry-run", "--json")
    rows = [json.loads(line) for line in done.out.splitlines()]
    assert done.code == 0, done.err
    assert [list(row) for row in rows] == [KEYS] * 4
    assert rows[0]["decision"] == "settle"
    assert rows[0]["invoices"] == [{"number": "F-2026-017", "amount": "1250.00"}]
    assert [row["decision"] for row in rows[1:]] == ["ignore"] * 3
    assert ledger(files) == []


def test_a_statement_settles_once_in_whatever_format_it_comes_again(
    typed: Type, files: Installation, put: Callable[[str, bytes], str]
) -> None:
    """The same days as CAMT, then as CAMT again, as MT940, as OFX and as a table without ids."""
    assert typed("import-bank", put("march.xml", CAMT), "--yes").code == 0
    assert ledger(files) == [("F-2026-017", 125000, "bank", "BNK001")]
    for name, octets in (("march.xml", CAMT), ("march.sta", MT940), ("march.ofx", OFX), ("march.csv", CSV_FR)):
        done = typed("import-bank", put(name, octets), "--yes")
        assert (done.code, matters(files)) == (0, []), done.said
    assert ledger(files) == [("F-2026-017", 125000, "bank", "BNK001")]


def test_formats_in_one_run_are_told_apart_from_payments(
    typed: Type, files: Installation, put: Callable[[str, bytes], str]
) -> None:
    files_given = [put("march.csv", CSV_FR), put("march.xml", CAMT), put("march.ofx", OFX)]
    assert typed("import-bank", *files_given, "--yes").code == 0
    assert [row[:2] for row in ledger(files)] == [("F-2026-017", 125000)]
    assert matters(files) == []


def test_one_payment_settles_two_invoices(typed: Type, files: Installation, put: Callable[[str, bytes], str]) -> None:
    assert typed("import-bank", put("both.csv", BOTH), "--yes").code == 0
    assert [row[:3] for row in ledger(files)] == [("F-2026-031", 30000, "bank"), ("F-2026-032", 45000, "bank")]
    assert "is settled" not in typed("why", "F-2026-031").err


def test_a_strangers_equal_amount_is_asked_and_settles_nothing(
    typed: Type, files: Installation, put: Callable[[str, bytes], str]
) -> None:
    assert typed("import-bank", put("stranger.csv", STRANGER), "--yes").code == 0
    assert ledger(files) == []
    (claim,) = matters(files)
    assert (claim[0], claim[1]["candidates"], claim[1]["amount"]) == ("claim", "F-2026-018", "480.00 EUR")
    assert "mailbot paid F-2026-018 --amount 480.00 --on 2026-03-07" in typed("digest").out


def test_what_is_asked_about_a_named_invoice_holds_it_until_it_is_answered(
    typed: Type, files: Installation, put: Callable[[str, bytes], str]
) -> None:
    path = put("twice.csv", TWICE)
    assert typed("import-bank", path, "--yes").code == 0
    assert typed("import-bank", path, "--yes").code == 0
    with closing(sqlite3.connect(files.database)) as raw:
        (holds,) = raw.execute("SELECT count(*) FROM hold WHERE lifted_at IS NULL").fetchone()
    assert (holds, len(matters(files))) == (1, 1)
    assert typed("paid", "F-2026-018").code == 0
    assert matters(files) == []


def test_without_a_yes_nothing_is_recorded(typed: Type, files: Installation, put: Callable[[str, bytes], str]) -> None:
    done = typed("import-bank", put("march.xml", CAMT))
    assert (done.code, ledger(files)) == (1, [])
    assert "Nothing was recorded" in done.err


def test_a_bad_file_is_told_with_its_mend_and_stops_no_other(
    typed: Type, files: Installation, put: Callable[[str, bytes], str]
) -> None:
    done = typed("import-bank", put("march.xml", CAMT), put("letter.txt", b"hello\n"), "--yes")
    assert (done.code, len(ledger(files))) == (1, 1)
    assert "letter.txt: has no line that names its columns, and they cannot be guessed; write one above" in done.err
    assert typed("import-bank", put("letter.txt", b"hello\n"), "--yes").code == 2


def test_a_line_left_out_is_told_and_the_command_says_so_by_its_exit_code(
    typed: Type, files: Installation, put: Callable[[str, bytes], str]
) -> None:
    done = typed("import-bank", put("both.csv", BOTH + b"2026-03-08;x;ten;EUR\n"), "--yes")
    assert (done.code, len(ledger(files))) == (1, 2)
    assert "line 3: the amount cannot be read" in done.err


def test_a_run_that_was_cut_off_between_two_invoices_is_completed_by_the_next(
    typed: Type, files: Installation, put: Callable[[str, bytes], str]
) -> None:
    """The entry was not remembered, and one of its two payments is in the ledger."""
    path = put("both.csv", BOTH)
    entry = json.loads(typed("import-bank", path, "--dry-run", "--json").out)
    words = ("paid", "F-2026-031", "--amount", "300.00", "--on", "2026-03-07", "--ref", entry["id"])
    assert typed(*words).code == 0
    with closing(sqlite3.connect(files.database)) as raw:
        raw.execute("UPDATE ledger SET source = 'bank'")
        raw.commit()
    for _ in range(2):
        assert typed("import-bank", path, "--yes").code == 0
    assert [row[:2] for row in ledger(files)] == [("F-2026-031", 30000), ("F-2026-032", 45000)]


def test_a_question_about_a_paid_invoice_is_answered_by_releasing_it(
    typed: Type, files: Installation, put: Callable[[str, bytes], str]
) -> None:
    assert typed("import-bank", put("stranger.csv", STRANGER), "--yes").code == 0
    assert len(matters(files)) == 1
    assert typed("release", "F-2026-018").code == 0
    assert matters(files) == []


def test_equal_amounts_of_one_day_from_two_clients_stay_two_payments_in_two_files(
    typed: Type, files: Installation, put: Callable[[str, bytes], str]
) -> None:
    """Words that any transfer has do not make two movements one."""
    book = put(
        "more.csv",
        b"number,client_name,client_email,issued_on,due_on,amount,currency\n"
        b"F-2026-050,Cabinet Ricard,leo@ricard.test,2026-02-10,2026-03-10,480.00,EUR\n",
    )
    assert typed("import", book, "--apply").code == 0
    head = b"date;label;amount;currency\n"
    one = put("one.csv", head + b"2026-03-07;VIREMENT SEPA ATELIER MOULIN FACTURE 2026 018;480,00;EUR\n")
    other = put("other.csv", head + b"2026-03-07;VIREMENT SEPA CABINET RICARD FACTURE 2026 050;480,00;EUR\n")
    assert typed("import-bank", one, "--yes").code == 0
    assert typed("import-bank", other, "--yes").code == 0
    assert [row[0] for row in ledger(files)] == ["F-2026-018", "F-2026-050"]


def test_a_number_that_only_counts_lines_is_no_id(
    typed: Type, files: Installation, put: Callable[[str, bytes], str]
) -> None:
    """The first line of April's export is not the first line of March's."""
    head = b"id;date;label;amount;currency\n"
    march = put("march.csv", head + b"1;2026-03-07;VIR ATELIER MOULIN F-2026-018;480,00;EUR\n")
    april = put("april.csv", head + b"1;2026-04-07;VIR BRASSERIE LUTECE F-2026-017;1250,00;EUR\n")
    assert typed("import-bank", march, "--yes").code == 0
    assert typed("import-bank", april, "--yes").code == 0
    assert [row[0] for row in ledger(files)] == ["F-2026-018", "F-2026-017"]


def test_one_id_in_two_accounts_names_two_movements(
    typed: Type, files: Installation, put: Callable[[str, bytes], str]
) -> None:
    head = b"transaction id;date;label;amount;currency\n"
    one = put("one.csv", head + b"TX-900;2026-03-07;VIR ATELIER MOULIN F-2026-018;480,00;EUR\n")
    other = put("other.csv", head + b"TX-900;2026-03-09;VIR BRASSERIE LUTECE F-2026-017;1250,00;EUR\n")
    assert typed("import-bank", one, "--yes").code == 0
    assert typed("import-bank", other, "--yes").code == 0
    assert [row[0] for row in ledger(files)] == ["F-2026-018", "F-2026-017"]


def test_a_person_may_say_which_column_holds_what_and_it_is_kept(
    typed: Type, files: Installation, put: Callable[[str, bytes], str]
) -> None:
    """The second amount is the one that counts; the next file of that shape is read the same way."""
    march = put("march.csv", b"2026-03-07;1,00;480,00;VIR ATELIER MOULIN F-2026-018;EUR\n")
    april = put("april.csv", b"2026-03-09;1,00;1250,00;VIR BRASSERIE LUTECE F-2026-017;EUR\n")
    assert typed("import-bank", march, "--columns", "date=1,amount=3,text=4,currency=5", "--yes").code == 0
    assert "guess" not in typed("import-bank", april, "--dry-run").out
    assert typed("import-bank", april, "--yes").code == 0
    assert [row[:2] for row in ledger(files)] == [("F-2026-018", 48000), ("F-2026-017", 125000)]
    with pytest.raises(SystemExit):
        typed("import-bank", april, "--columns", "date=1,money=3")


def test_money_that_is_recorded_while_a_person_looks_is_not_recorded_again(
    typed: Type, put: Callable[[str, bytes], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was shown is not so any more: nothing is recorded before somebody has seen how it is now."""

    def slowly() -> bool:
        with ThreadPoolExecutor(1) as another:
            return another.submit(typed, "paid", "F-2026-031").result().code == 0

    path = put("both.csv", BOTH)
    monkeypatch.setattr(banking, "_confirmed", slowly)
    done = typed("import-bank", path)
    assert (done.code, "The books changed while you looked" in done.err) == (1, True), done.said
    rows = [json.loads(line) for line in typed("ledger", "F-2026-031", "--json").out.splitlines()]
    assert [row["source"] for row in rows] == ["operator"]
