"""Reading clients: places, languages, addresses, and what is never guessed."""
# ruff: noqa: E501 - a row of a CSV file is one line

import pytest

from mailbot.core.client import ClientKind
from mailbot.intake import ClientRecord, Defaults, Sheet, one_client, read_clients

FRENCH = Defaults(currency="EUR", country="FR", language="fr", timezone="Europe/Paris")


def read(text: str, defaults: Defaults = FRENCH) -> Sheet[ClientRecord]:
    return read_clients(text.encode(), file="clients.csv", defaults=defaults)


def only(text: str, defaults: Defaults = FRENCH) -> ClientRecord:
    sheet = read(text, defaults)
    assert sheet.faults == ()
    (record,) = sheet.records
    return record


def test_every_column_of_a_client_is_read() -> None:
    record = only(
        "code,name,email,first_name,contact_name,billing_email,assistant_email,language,country,region,timezone,kind,phone,pay_day,ladder\n"
        "erable,L'Érable,m@Erable.example,Mathieu,Mathieu Gagnon,c@erable.example,a@erable.example,fr,CA,QC,America/Toronto,b2b,"
        "+1 514 555 0142,15,gentle\n"
    )
    assert record == ClientRecord(
        code="erable",
        name="L'Érable",
        email="m@erable.example",
        first_name="Mathieu",
        contact_name="Mathieu Gagnon",
        billing_email="c@erable.example",
        assistant_email="a@erable.example",
        language="fr",
        country="CA",
        region="QC",
        timezone="America/Toronto",
        kind=ClientKind.BUSINESS,
        phone="+1 514 555 0142",
        pay_day=15,
        ladder="gentle",
    )


@pytest.mark.parametrize(
    ("country", "region", "expected"),
    [
        pytest.param("", "", ("FR", "", "Europe/Paris", "fr"), id="nothing said: the defaults"),
        pytest.param("France", "57", ("FR", "57", "Europe/Paris", "fr"), id="Moselle by number"),
        pytest.param("fra", "Moselle", ("FR", "57", "Europe/Paris", "fr"), id="Moselle by name"),
        pytest.param("FR", "67", ("FR", "6AE", "Europe/Paris", "fr"), id="Bas-Rhin is Alsace"),
        pytest.param("FR", "Île-de-France", ("FR", "", "Europe/Paris", "fr"), id="a region with the national holidays"),
        pytest.param("FR", "974", ("FR", "974", "Indian/Reunion", "fr"), id="La Réunion has its own time"),
        pytest.param("Canada", "Québec", ("CA", "QC", "America/Toronto", "fr"), id="Québec"),
        pytest.param("CA", "CA-QC", ("CA", "QC", "America/Toronto", "fr"), id="Québec as ISO 3166-2"),
        pytest.param(
            "ca", "Colombie-Britannique", ("CA", "BC", "America/Vancouver", "en"), id="British Columbia in French"
        ),
        pytest.param("Royaume-Uni", "", ("GB", "", "Europe/London", "en"), id="a French country name"),
        pytest.param("Belgium", "", ("BE", "", "Europe/Brussels", "fr"), id="several languages: the default"),
        pytest.param("Espagne", "", ("ES", "", "Europe/Madrid", "fr"), id="several zones, one of them the main"),
        pytest.param("US", "New York", ("US", "NY", "America/New_York", "en"), id="a state by name"),
    ],
)
def test_what_follows_from_a_place(country: str, region: str, expected: tuple[str, str, str, str]) -> None:
    record = only(f"name,email,country,region\nA,a@b.example,{country},{region}\n")
    assert (record.country, record.region, record.timezone, record.language) == expected


@pytest.mark.parametrize(
    ("columns", "cells", "said"),
    [
        ("country", "Freedonia", "column country: 'Freedonia' is not a country"),
        ("country,region", "CA,Bavaria", "column region: 'Bavaria' is not a region of CA; write one of AB, BC"),
        ("country,region", "FR,Grand Est", "column region: 'Grand Est' is not a region of FR; write one of 57, 6AE"),
        ("country", "CA", "column region: is missing, and CA has several time zones; add it, such as QC"),
        ("country,region", "CA,NU", "column timezone: is missing, and CA has several time zones"),
        ("timezone", "Europe/Quimper", "column timezone: 'Europe/Quimper' is not a time zone"),
        ("language", "de", "column language: 'de' is not a language that mailbot writes; write fr or en"),
        ("kind", "cat", "column kind: 'cat' is neither business nor consumer"),
        ("phone", "call me", "column phone: 'call me' is not a phone number"),
        ("pay_day", "32", "column pay_day: '32' is not a day of the month"),
        ("ladder", "steep", "column ladder: 'steep' is not a ladder of the policy; write one of default, gentle"),
        ("billing_email", "x@", "column billing_email: 'x@' is not an e-mail address"),
        ("code", "two words", "column code: 'two words' is no short code; write it without spaces, such as two-words"),
        ("first_name", '"A\u0007"', "column first_name: 'A\\x07' holds control characters"),
    ],
)
def test_a_faulty_cell_is_named_with_its_place_and_mend(columns: str, cells: str, said: str) -> None:
    defaults = Defaults(country="FR", language="fr", timezone="Europe/Paris", ladders=frozenset({"default", "gentle"}))
    (fault,) = read(f"name,email,{columns}\nA,a@b.example,{cells}\n", defaults).faults
    assert f"clients.csv line 2, {said}" in str(fault)


def test_a_missing_name_or_address_is_a_fault_and_so_is_a_code_twice() -> None:
    sheet = read("code,name,email\nx,,a@b.example\ny,B,\nz,C,c@b.example\nZ,D,d@b.example\n")
    assert [(fault.line, fault.column) for fault in sheet.faults] == [(2, "name"), (3, "email"), (5, "code")]


def test_without_defaults_the_file_must_say_where_a_client_lives() -> None:
    (fault,) = read("name,email\nA,a@b.example\n", Defaults()).faults
    assert str(fault) == (
        "clients.csv line 2, column country: is missing, and there is no default; add it: public holidays hang on it"
    )


def test_business_or_consumer_is_never_guessed() -> None:
    assert only("name,email\nACME SARL,a@b.example\n").kind is None


def test_a_right_to_left_name_and_markup_are_text_like_any_other() -> None:
    assert only("name,email\n\u05d3\u05e0\u05d4 <script>,a@b.example\n").name == "\u05d3\u05e0\u05d4 <script>"


def test_one_client_that_was_typed_names_the_options() -> None:
    record, said = one_client(defaults=FRENCH, name="Acme", email="a@b.example", pay_day=5)
    assert record is not None
    assert (record.pay_day, said) == (5, ())
    record, said = one_client(defaults=FRENCH, email="a\r\nBcc: x@y.example", country="Nowhere")
    assert record is None
    assert {fault.column for fault in said} == {"--name", "--email"}
    record, said = one_client(defaults=FRENCH, name="A", email="a@b.example", country="Nowhere")
    assert [str(fault) for fault in said] == [
        "--country: 'Nowhere' is not a country; write its two letters, such as FR or CA"
    ]
