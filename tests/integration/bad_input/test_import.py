"""`mailbot import` with files that will not do: every fault with its line, nothing half-imported."""

import pytest

from tests.integration.bad_input.conftest import Type
from tests.servers.installation import Installation

HEAD = "number,client_name,client_email,issued_on,due_on,amount,currency"
GOOD = "F-1,Julie inc.,julie@client.test,2026-03-01,2026-03-31,100.00,CAD"

FAULTY = [
    ("F-2,Julie inc.,julie@client.test,2026-03-01,2026-03-31,-5.00,CAD", ["line 3", "amount"], "a negative amount"),
    ("F-2,Julie inc.,julie@client.test,2026-03-01,2026-03-31,0,CAD", ["line 3", "amount"], "an amount of zero"),
    ("F-2,Julie inc.,julie@client.test,2026-03-31,2026-03-01,5.00,CAD", ["line 3", "due_on"], "due before issued"),
    ("F-2,Julie inc.,julie,2026-03-01,2026-03-31,5.00,CAD", ["line 3", "client_email"], "no address"),
    (
        'F-2,Julie inc.,"julie@client.test\nBcc: all@client.test",2026-03-01,2026-03-31,5.00,CAD',
        ["line 3", "client_email"],
        "an address with a line break",
    ),
    ("F-1,Julie inc.,julie@client.test,2026-03-01,2026-03-31,7.00,CAD", ["F-1", "line 3"], "a number twice"),
    ("F-2,Julie inc.,julie@client.test,2026-03-01,2026-03-31,5.00,XYZ", ["line 3", "currency"], "no currency"),
    ("F-2,Julie inc.,julie@client.test,2026-02-30,2026-03-31,5.00,CAD", ["line 3", "issued_on"], "no such day"),
    (",Julie inc.,julie@client.test,2026-03-01,2026-03-31,5.00,CAD", ["line 3", "number"], "no number"),
]


def listed(typed: Type) -> str:
    return typed("list").out


@pytest.mark.parametrize(("row", "told"), [case[:2] for case in FAULTY], ids=[case[2] for case in FAULTY])
def test_one_faulty_line_is_named_and_keeps_the_good_one_out_too(
    files: Installation, typed: Type, row: str, told: list[str]
) -> None:
    file = files.folder / "invoices.csv"
    file.write_text(f"{HEAD}\n{GOOD}\n{row}\n", encoding="utf-8")
    done = typed("import", str(file), "--apply")
    assert done.code == 1
    for word in told:
        assert word in done.out
    assert "Nothing was imported" in done.out
    assert "F-1" not in listed(typed)


def test_latin_1_and_semicolons_come_in_as_they_were_meant(files: Installation, typed: Type) -> None:
    """As Excel saves in France and Québec: accents, decimal comma, day first."""
    file = files.folder / "factures.csv"
    head = HEAD.replace(",", ";")
    row = "F-9;Élise Œuvrard & Fils;elise@client.test;01/03/2026;31/03/2026;1 234,50;EUR"
    file.write_bytes(f"{head}\r\n{row}\r\n".encode("cp1252"))
    done = typed("import", str(file), "--apply", "--dates", "dmy")
    assert done.code == 0, done.said
    out = listed(typed)
    assert "Élise Œuvrard & Fils" in out
    assert "1\u202f234,50" in out.replace("\u00a0", "\u202f") or "1 234,50" in out.replace("\u00a0", " ")


def test_a_second_import_changes_nothing_and_a_dry_run_writes_nothing(files: Installation, typed: Type) -> None:
    file = files.folder / "invoices.csv"
    file.write_text(f"{HEAD}\n{GOOD}\n", encoding="utf-8")
    assert "dry run" in typed("import", str(file)).out
    assert "F-1" not in listed(typed)
    assert typed("import", str(file), "--apply").code == 0
    done = typed("import", str(file), "--apply")
    assert (done.code, "Nothing to change" in done.out) == (0, True)
    assert listed(typed).count("F-1") == 1


@pytest.mark.parametrize(
    ("octets", "told"),
    [
        (b"", "empty"),
        (b"\x00\x01\x02\xff\xfe" * 500, "invoices.csv"),
        (b"PK\x03\x04" + b"\x00" * 400, "invoices.csv"),
        (b"a,b,c\n1,2,3\n", "number"),
    ],
    ids=["an empty file", "binary", "a spreadsheet", "columns that nobody knows"],
)
def test_a_file_that_is_no_list_of_invoices_is_refused_in_words(
    files: Installation, typed: Type, octets: bytes, told: str
) -> None:
    file = files.folder / "invoices.csv"
    file.write_bytes(octets)
    done = typed("import", str(file), "--apply")
    assert done.code == 1
    assert told in done.said
    assert "Traceback" not in done.said


def test_a_file_that_is_not_there_and_a_pdf_that_is_none_are_named(files: Installation, typed: Type) -> None:
    done = typed("import", "nowhere.csv")
    assert done.code == 2
    assert "nowhere.csv cannot be read" in done.err
    (files.folder / "x.pdf").write_bytes(b"not a PDF")
    file = files.folder / "invoices.csv"
    file.write_text(f"{HEAD},pdf\n{GOOD},x.pdf\n", encoding="utf-8")
    done = typed("import", str(file), "--apply")
    assert done.code == 1
    assert "line 2, column pdf" in done.out
    assert "is not a PDF" in done.out
    assert "F-1" not in listed(typed)
