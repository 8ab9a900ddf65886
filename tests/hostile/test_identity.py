"""Who is a contact and who only looks like one: one table, each row an attack that was seen in the field."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.mail.identity import Known, answers_elsewhere, likeness
from tests.yardstick import slowness

ANNA = Known("anna.durand@moulins-durand.fr", ("Anna Durand", "Les Moulins Durand"))
NOVA = Known("compta@novatek.ca", ("Comptabilité Novatek", "Novatek inc."))
PAUL = Known("paul.martel@gmail.com", ("Paul Martel",))
EXAMPLE = Known("pay@acme.co.uk", ("Acme Ltd",))
BOOK = (ANNA, NOVA, PAUL, EXAMPLE)


@pytest.mark.parametrize(
    ("email", "name", "code", "contact"),
    [
        pytest.param(
            "x91@mail.example", "Anna Durand", "sender_has_name", ANNA, id="a contact's name, another address"
        ),
        pytest.param("x91@mail.example", "DURAND, Anna", "sender_has_name", ANNA, id="the name the other way round"),
        pytest.param("x@mail.example", "Аnnа Durаnd", "sender_has_name", ANNA, id="the name in Cyrillic look-alikes"),
        pytest.param("x@mail.example", "Novatek Inc", "sender_has_name", NOVA, id="the company's name"),
        pytest.param(
            "x@mail.example",
            "anna.durand@moulins-durand.fr",
            "sender_address_in_name",
            ANNA,
            id="the address as a name",
        ),
        pytest.param("compta@nоvatek.ca", "", "sender_domain_looks", NOVA, id="a Cyrillic o in the domain"),
        pytest.param("compta@xn--nvatek-wqf.ca", "", "sender_domain_looks", NOVA, id="the same in punycode"),
        pytest.param("compta@n0vatek.ca", "", "sender_domain_looks", NOVA, id="a zero for an o"),
        pytest.param("compta@nóvatek.ca", "", "sender_domain_looks", NOVA, id="an accent in the domain"),
        pytest.param("anna.durand@rnoulins-durand.fr", "", "sender_domain_looks", ANNA, id="rn for m"),
        pytest.param("compta@novatex.ca", "", "sender_domain_letter", NOVA, id="one letter changed"),
        pytest.param("compta@novattek.ca", "", "sender_domain_letter", NOVA, id="one letter doubled"),
        pytest.param("compta@novtek.ca", "", "sender_domain_letter", NOVA, id="one letter dropped"),
        pytest.param("compta@novaetk.ca", "", "sender_domain_letter", NOVA, id="two letters swapped"),
        pytest.param("compta@novatek-billing.com", "", "sender_domain_words", NOVA, id="a word added with a dash"),
        pytest.param("compta@novatekpayments.com", "", "sender_domain_words", NOVA, id="a word glued on"),
        pytest.param("a@secure-moulins-durand.com", "", "sender_domain_words", ANNA, id="a word put in front"),
        pytest.param(
            "compta@novatek.ca.evil.example", "", "sender_domain_inside", NOVA, id="our client as a subdomain"
        ),
        pytest.param("compta@novatek.com", "", "sender_domain_ending", NOVA, id="another ending"),
        pytest.param("pay@acne.co.uk", "", "sender_domain_letter", EXAMPLE, id="one letter under co.uk"),
        pytest.param(
            "anna.durand@gmail.com", "", "sender_other_account", ANNA, id="the same person, a private mailbox"
        ),
        pytest.param("paul.marte1@gmail.com", "", "sender_address_nearly", PAUL, id="a 1 for an l at a free provider"),
        pytest.param(
            "paul.martel@gmial.com", "", "sender_domain_letter", PAUL, id="a provider with two letters swapped"
        ),
    ],
)
def test_a_stranger_resembles(email: str, name: str, code: str, contact: Known) -> None:
    found = likeness(email, name, BOOK)
    assert found is not None
    assert (found.why.code, found.contact.email) == (code, contact.email)


@pytest.mark.parametrize(
    ("email", "name"),
    [
        pytest.param("bernard@moulins-durand.fr", "Bernard Roy", id="a colleague in the same house"),
        pytest.param("a@mail.moulins-durand.fr", "Service clients", id="a machine in a subdomain of the house"),
        pytest.param("info@boulangerie.example", "Anna", id="a first name alone"),
        pytest.param("lucie@gmail.com", "Lucie Roy", id="anybody at a free provider"),
        pytest.param("compta@autre.example", "Comptabilité", id="a desk's name elsewhere"),
        pytest.param("news@papeterie.example", "Papeterie", id="a newsletter"),
        pytest.param("", "", id="nobody"),
        pytest.param("@", "@", id="an empty address"),
    ],
)
def test_nobody_is_suspected_without_likeness(email: str, name: str) -> None:
    assert likeness(email, name, BOOK) is None


def test_a_contact_does_not_resemble_itself() -> None:
    assert likeness(ANNA.email, "Anna Durand", [ANNA]) is None


@pytest.mark.parametrize(
    ("reply_to", "elsewhere"),
    [
        ("", False),
        ("anna.durand@moulins-durand.fr", False),
        ("compta@moulins-durand.fr", False),
        ("ticket+91@help.moulins-durand.fr", False),
        ("compta@novatek.ca", False),
        ("anna.durand@moulins-durand.co", True),
        ("anna.durand.moulins@gmail.com", True),
    ],
)
def test_an_answer_goes_elsewhere(reply_to: str, *, elsewhere: bool) -> None:
    assert answers_elsewhere(ANNA.email, reply_to, [ANNA.email, NOVA.email]) is elsewhere


def test_two_people_at_one_free_provider_are_two_houses() -> None:
    assert answers_elsewhere(PAUL.email, "paul.marteI@gmail.com", [PAUL.email])


@given(st.text(max_size=400), st.text(max_size=400), st.text(max_size=60), st.text(max_size=60))
def test_any_text_can_be_compared(email: str, name: str, known: str, called: str) -> None:
    likeness(email, name, [Known(known, (called,))])
    answers_elsewhere(email, name, [known])


def test_ten_thousand_contacts_are_compared_in_time() -> None:
    book = [Known(f"name.{i}@client-number-{i}.example", (f"Name {i}", f"Client {i} Inc")) for i in range(10_000)]
    started = time.process_time()
    likeness("xn--" + "a" * 250 + "@" + "xn--" + "9" * 59 + ".example", "Z" * 998, book)
    assert time.process_time() - started < 2 * slowness()
