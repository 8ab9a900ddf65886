"""What letters say about paying: references with check digits, the text of QR codes, links."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.bank.checks import is_rf
from mailbot.core.money import Money
from mailbot.core.payment import Paying, Ways, epc_payload, fingerprint, in_fours, link_for, reference_for, rf_reference

FRENCH = Ways("Noémie Gagnon", "FR7630006000011234567890189", "AGRIFRPP")
SWISS = Ways("Noémie Gagnon", "CH9300762011623852957")


@pytest.mark.parametrize(
    ("number", "reference"),
    [
        pytest.param("539007547034", "RF18539007547034", id="the example of the standard"),
        pytest.param("2026-042", "RF202026042", id="dashes are left out"),
        pytest.param("fac/2026/0042", "RF19FAC20260042", id="small letters become capitals"),
        pytest.param("№ 12é", "RF14NO12E", id="accents are left out"),
        pytest.param("A42/Ø", None, id="a letter that banks do not know"),
        pytest.param("—", None, id="nothing is left of it"),
        pytest.param("A" * 22, None, id="it is too long"),
    ],
)
def test_the_reference_of_an_invoice_number(number: str, reference: str | None) -> None:
    assert rf_reference(number) == reference


@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-/ ", max_size=30))
def test_every_reference_that_is_made_passes_the_bank_s_own_check(number: str) -> None:
    reference = rf_reference(number)
    assert reference is None or is_rf(reference)


def test_the_code_says_who_gets_how_much_and_for_what() -> None:
    """EPC069-12 version 2, line by line."""
    payload = epc_payload(FRENCH, Money.of("1250", "EUR"), ["2026-042"])
    assert payload is not None
    assert payload.split("\n") == [
        *("BCD", "002", "1", "SCT", "AGRIFRPP", "Noémie Gagnon", "FR7630006000011234567890189", "EUR1250.00", ""),
        "RF202026042",
    ]


def test_several_invoices_are_named_in_free_text_and_never_beside_a_reference() -> None:
    payload = epc_payload(FRENCH, Money.of("450.5", "EUR"), ["1042", "1043"])
    assert payload is not None
    assert payload.split("\n")[7:] == ["EUR450.50", "", "", "1042, 1043"]


@pytest.mark.parametrize(
    ("ways", "amount"),
    [
        pytest.param(FRENCH, Money.of("10", "CAD"), id="dollars"),
        pytest.param(FRENCH, Money.of("0", "EUR"), id="nothing"),
        pytest.param(FRENCH, Money.of("1000000000", "EUR"), id="more than a code can say"),
        pytest.param(SWISS, Money.of("10", "EUR"), id="an account outside the EEA without a BIC"),
        pytest.param(Ways("X", "BR1500000000000010932840814P2"), Money.of("10", "EUR"), id="an account outside SEPA"),
        pytest.param(Ways("X", "FR7630006000011234567890189", qr=False), Money.of("10", "EUR"), id="switched off"),
        pytest.param(Ways("X", fields=(("Sort code", "20-00-00"),)), Money.of("10", "EUR"), id="no IBAN"),
    ],
)
def test_no_code_is_made_for(ways: Ways, amount: Money) -> None:
    assert epc_payload(ways, amount, ["1042"]) is None


def test_a_list_of_numbers_that_does_not_fit_makes_no_code() -> None:
    assert epc_payload(FRENCH, Money.of("1", "EUR"), [f"FAC-2026-{n:05d}" for n in range(20)]) is None


def test_a_number_stands_for_itself_where_references_are_switched_off_or_there_is_no_iban() -> None:
    assert reference_for(Ways("X", FRENCH.iban, rf=False), ["1042"]) == ("1042", False)
    assert reference_for(Ways("X", fields=(("Compte", "1"),)), ["1042"]) == ("1042", False)
    assert reference_for(FRENCH, ["1042"]) == ("RF971042", True)
    assert in_fours("RF971042") == "RF97 1042"


def test_what_stands_in_a_link_cannot_break_out_of_its_place() -> None:
    ways = Ways(link="https://pay.example/p?i={number}&a={amount}&c={currency}&x={number}")
    assert link_for(ways, "F 1&a=0#{amount}", Money.of("9.5", "EUR")) == (
        "https://pay.example/p?i=F%201%26a%3D0%23%7Bamount%7D&a=9.50&c=EUR&x=F%201%26a%3D0%23%7Bamount%7D"
    )


def test_a_currency_may_have_ways_of_its_own() -> None:
    dollars = Ways(interac="n@example.ca")
    paying = Paying(FRENCH, (("CAD", dollars),))
    assert (paying.ways("CAD"), paying.ways("EUR"), paying.ways("USD")) == (dollars, FRENCH, FRENCH)
    assert paying.own_accounts == (FRENCH.iban,)


def test_the_fingerprint_changes_with_the_account_and_not_with_the_looks() -> None:
    told = fingerprint(Paying(FRENCH), ())
    assert told == fingerprint(Paying(Ways(FRENCH.holder, FRENCH.iban, FRENCH.bic, qr=False)), ())
    assert told != fingerprint(Paying(Ways(FRENCH.holder, "FR1420041010050500013M02606", FRENCH.bic)), ())
    assert told != fingerprint(Paying(FRENCH), ("IBAN ...",))
