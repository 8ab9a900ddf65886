"""Amounts, addresses and invoice numbers in running text."""

from datetime import date

import pytest

from mailbot.core.intent import Role
from mailbot.reading import read
from mailbot.reading.amounts import amounts_in, currency_of
from mailbot.reading.numbers import invoice_numbers
from mailbot.reading.redirect import address_to_write_to, address_told, addresses_in

AMOUNTS = [
    ("1 250,00 €", "1250.00 EUR"),
    ("1\u202f250,00\u00a0€", "1250.00 EUR"),
    ("$1,250.00", "1250.00 CAD"),
    ("US$40", "40.00 USD"),
    ("CHF 1’225.85", "1225.85 CHF"),
    ("1.250,50 EUR", "1250.50 EUR"),
    ("1.234.567,89 €", "1234567.89 EUR"),
    ("1 000 $", "1000.00 CAD"),
    ("640 euros restants", "640.00 EUR"),
    ("£50 a week", "50.00 GBP"),
    ("1,200 USD", "1200.00 USD"),
    ("INV-2026 450,00 €", "450.00 EUR"),
    ("50 %", ""),
    ("un grand merci", ""),
    ("a grand day out", ""),
    ("12 licences", ""),
    ("le 06 12 34 56 78", ""),
]


@pytest.mark.parametrize(("words", "amount"), AMOUNTS, ids=[words for words, _ in AMOUNTS])
def test_an_amount_is_read_with_its_currency(words: str, amount: str) -> None:
    assert [str(money) for money in amounts_in(words, "CAD")] == ([amount] if amount else [])


def test_a_bare_dollar_is_american_where_the_business_has_no_dollar() -> None:
    assert [money.currency for money in amounts_in("$20", "EUR")] == ["USD"]


def test_the_same_amount_is_named_once() -> None:
    assert len(amounts_in("20 € now, the 20 € later")) == 1


LOCAL = [
    ("R$ 150 no pix", "BR", "150.00 BRL"),
    ("$31K in reserve", "US", "31000.00 USD"),
    ("CHF 1'225.85 bezahlt", "CH", "1225.85 CHF"),
    ("210 balles", "CH", "210.00 CHF"),
    ("210 balles", "FR", "210.00 EUR"),
    ("890 franchi", "CH", "890.00 CHF"),
    ("$14,500 por SPEI", "MX", "14500.00 MXN"),
    ("seven hundred and twenty quid", "GB", "720.00 GBP"),
    ("two grand", "AU", "2000.00 AUD"),
    ("four hundred dollars", "CA", "400.00 CAD"),
    ("twelve hundred bucks", "US", "1200.00 USD"),
    ("deux mille trois cents euros", "BE", "2300.00 EUR"),
    ("quatre-vingt-dix euros", "FR", "90.00 EUR"),
    ("mil quinientos pesos", "MX", "1500.00 MXN"),
]


@pytest.mark.parametrize(("words", "country", "amount"), LOCAL, ids=[f"{w} ({c})" for w, c, _ in LOCAL])
def test_an_amount_without_a_clear_sign_is_of_the_country(words: str, country: str, amount: str) -> None:
    assert [str(money) for money in amounts_in(words, currency_of(country))] == [amount]


def _read(words: str, country: str) -> dict[str, Role]:
    reading = read(words, sent_on=date(2026, 3, 4), country=country)
    return dict(zip(map(str, reading.amounts), reading.roles, strict=True))


BARE = [
    ("Je vous propose 150 par mois, ça irait ?", "FR", {"150.00 EUR": Role.OFFERED}),
    ("I could do 200 a month from April.", "GB", {"200.00 GBP": Role.OFFERED}),
    ("La facture 1042 est chez notre comptable depuis le 12.", "FR", {}),
    ("We are in room 214, call 0113 496 0000.", "GB", {}),
    ("12 licences, 50 %, version 2.4", "FR", {}),
]


@pytest.mark.parametrize(("words", "country", "amounts"), BARE, ids=[words for words, *_ in BARE])
def test_a_bare_number_is_money_where_the_words_say_so(words: str, country: str, amounts: dict[str, Role]) -> None:
    assert _read(words, country) == amounts


ROLES = [
    ("J'ai viré 480 € hier.", "FR", Role.PAID),
    ("We paid £1,200 by bank transfer last week.", "GB", Role.PAID),
    ("Je conteste les 90 € de frais de dossier.", "FR", Role.CONTESTED),
    ("We dispute the $350 for the extra revision.", "US", Role.CONTESTED),
    ("Je peux vous verser 100 € par mois.", "FR", Role.OFFERED),
]


@pytest.mark.parametrize(("words", "country", "role"), ROLES, ids=[words for words, *_ in ROLES])
def test_what_is_said_of_an_amount_is_heard(words: str, country: str, role: Role) -> None:
    assert list(_read(words, country).values()) == [role]


NUMBERS = [
    ("la facture F-2026-104", ("F-2026-104",)),
    ("invoice 1042", ("1042",)),
    ("Invoice no. 2026/118", ("2026/118",)),
    ("facture n° 2024-55", ("2024-55",)),
    ("FAC2024-001 et FA-0231", ("FAC2024-001", "FA-0231")),
    ("facture du 12 mars", ()),
    ("facture 3 mars 2026", ()),
    ("invoice of 12/03", ()),
    ("your invoice for 1,250", ()),
    ("jean@f-2026-104.fr", ()),
]


@pytest.mark.parametrize(("words", "numbers"), NUMBERS, ids=[words for words, _ in NUMBERS])
def test_only_what_plainly_is_an_invoice_number_is_one(words: str, numbers: tuple[str, ...]) -> None:
    assert invoice_numbers(words) == numbers


def test_known_numbers_are_found_as_whole_words_in_any_case() -> None:
    assert invoice_numbers("your inv-12 and INV-123", "Re: Inv-7", ["INV-12", "INV-1", "INV-7"]) == ("INV-7", "INV-12")


ADDRESSES = [
    ("écrivez à compta arobase exemple point fr", ("compta@exemple.fr",)),
    ("compta (at) exemple.fr", ("compta@exemple.fr",)),
    ("voyez Jean.Dupont@ex-ample.co.uk.", ("jean.dupont@ex-ample.co.uk",)),
    ("rechnung [at] beispiel [dot] de", ("rechnung@beispiel.de",)),
    ("schreiben Sie an buchhaltung at firma punkt example", ("buchhaltung@firma.example",)),
    ("pagos arroba ejemplo punto es", ("pagos@ejemplo.es",)),
    ("jean point dupont arobase mon tiret site point fr", ("jean.dupont@mon-site.fr",)),
    ("we meet at noon", ()),
    ("look at the dot", ()),
]


@pytest.mark.parametrize(("words", "found"), ADDRESSES, ids=[words for words, _ in ADDRESSES])
def test_addresses_are_found_also_when_spelled_out(words: str, found: tuple[str, ...]) -> None:
    assert addresses_in(words) == found


TOLD = [
    ("During my leave Mia looks after this, mia@b.example.", "mia@b.example"),
    ("Pour les affaires courantes, Zoé : zoe@b.example", "zoe@b.example"),
    ("Paul Martin\npaul@b.example", None),
    ("E-mail: paul@b.example", None),
    ("I put the office in copy, office@b.example.", None),
    ("Delivery has failed to these recipients: ap@b.example", None),
]


@pytest.mark.parametrize(("words", "address"), TOLD, ids=[words for words, _ in TOLD])
def test_an_address_that_a_sentence_tells_is_one_to_write_to(words: str, address: str | None) -> None:
    assert address_told(words, "me@b.example") == address


def test_the_senders_own_address_is_never_proposed() -> None:
    assert address_to_write_to("me@b.com or ap@b.com", "ME@b.com") == "ap@b.com"
