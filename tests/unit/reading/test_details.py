"""Amounts, addresses and invoice numbers in running text."""

from datetime import date

import pytest

from mailbot.core.intent import Role
from mailbot.reading import read
from mailbot.reading.amounts import MOST, amounts_at, amounts_in, currency_of
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
    ("1.250,00 €", "DE", "1250.00 EUR"),
    ("1'250.–", "CH", "1250.00 CHF"),
    ("Fr. 1'250.–", "CH", "1250.00 CHF"),
    ("fr 250.-", "CH", "250.00 CHF"),
    ("12k€", "FR", "12000.00 EUR"),
    ("12 k€", "FR", "12000.00 EUR"),
    ("1,2 k€", "FR", "1200.00 EUR"),
    ("$1.5K", "US", "1500.00 USD"),
    ("€10k", "IE", "10000.00 EUR"),
    ("$1,250.00 CAD", "US", "1250.00 CAD"),
    ("$500 US", "CA", "500.00 USD"),
    ("US$40", "CA", "40.00 USD"),
    ("C$ 40", "US", "40.00 CAD"),
    ("USD 1,250.50", "GB", "1250.50 USD"),
    ("1250EUR", "FR", "1250.00 EUR"),
    ("EUR1250", "FR", "1250.00 EUR"),
    ("500 dollars canadiens", "FR", "500.00 CAD"),
    ("500 dollars US", "CA", "500.00 USD"),
    ("500 US dollars", "CA", "500.00 USD"),
    ("$500 Canadian", "US", "500.00 CAD"),
    ("450 balles", "FR", "450.00 EUR"),
    ("deux cents euros", "FR", "200.00 EUR"),
    ("douze cents euros", "FR", "1200.00 EUR"),
    ("twelve hundred dollars", "US", "1200.00 USD"),
    ("mil quinhentos reais", "BR", "1500.00 BRL"),
    ("zweihundert Euro", "DE", "200.00 EUR"),
    ("eintausendzweihundert Euro", "DE", "1200.00 EUR"),
    ("fünfundzwanzig Euro", "DE", "25.00 EUR"),
    ("tweehonderd euro", "NL", "200.00 EUR"),
    ("twaalfhonderd vijftig euro", "NL", "1250.00 EUR"),
    ("duecento euro", "IT", "200.00 EUR"),
    ("millecinquecento euro", "IT", "1500.00 EUR"),
    ("duemila euro", "IT", "2000.00 EUR"),
    ("dreißig Euro", "DE", "30.00 EUR"),
    ("à six euros", "FR", "6.00 EUR"),
    ("a six dollar fee", "US", "6.00 USD"),
    ("vingt et un euros", "FR", "21.00 EUR"),
    ("a hundred pounds", "GB", "100.00 GBP"),
    ("cent euros", "FR", "100.00 EUR"),
    ("mille euros", "FR", "1000.00 EUR"),
    ("85 mil pesos", "AR", "85000.00 ARS"),
    ("3 grand", "GB", "3000.00 GBP"),
    ("40 thousand dollars", "US", "40000.00 USD"),
    ("10 Tsd. Euro", "DE", "10000.00 EUR"),
    ("2 mille euros", "FR", "2000.00 EUR"),
    ("R6400", "ZA", "6400.00 ZAR"),
    ("R 6 400", "ZA", "6400.00 ZAR"),
    ("R6,400.50", "ZA", "6400.50 ZAR"),
    ("R4500 callout", "ZA", "4500.00 ZAR"),
    ("Rs 1,25,000", "IN", "125000.00 INR"),
    ("₹1,25,000.50", "IN", "125000.50 INR"),
    ("2 lakhs rupees", "IN", "200000.00 INR"),
    ("500 rupees", "IN", "500.00 INR"),
    ("150000 fcfa", "CI", "150000 XOF"),
    ("15 000 F CFA", "SN", "15000 XOF"),
    ("15.000 FCFA", "SN", "15000 XOF"),
    ("10 000 francs CFA", "CI", "10000 XOF"),
    ("10.000 francs", "CI", "10000 XOF"),
    ("1500 dhs", "MA", "1500.00 MAD"),
    ("1500 dirhams", "MA", "1500.00 MAD"),
    ("1 500 DH", "MA", "1500.00 MAD"),
    ("1800 dinars", "TN", "1800.000 TND"),
    ("250,500 DT", "TN", "250.500 TND"),
    ("S$ 300", "SG", "300.00 SGD"),
    ("2.500,- kr", "DK", "2500.00 DKK"),
    ("€ 1.250,-", "NL", "1250.00 EUR"),
    ("1.250,- €", "DE", "1250.00 EUR"),
    ("242,-", "NL", "242.00 EUR"),
    ("£50", "GB", "50.00 GBP"),
    ("50 livres sterling", "FR", "50.00 GBP"),
    ("200 pounds", "GB", "200.00 GBP"),
    ("un millier d'euros", "FR", "1000.00 EUR"),
    ("une centaine d'euros", "FR", "100.00 EUR"),
    ("a fiver", "GB", "5.00 GBP"),
    ("50 bucks", "US", "50.00 USD"),
    ("1 250 euros et 50 centimes", "FR", "1250.50 EUR"),
    ("12 euros 50", "FR", "12.50 EUR"),
    ("12€50", "FR", "12.50 EUR"),
    ("1 234 567,89 EUR", "FR", "1234567.89 EUR"),
    ("1.5 million dollars", "US", "1500000.00 USD"),
    ("1 million d'euros", "FR", "1000000.00 EUR"),
    ("2,5 millions €", "FR", "2500000.00 EUR"),
    ("$1,250.", "US", "1250.00 USD"),
    ("$ 1 250,00", "CA", "1250.00 CAD"),
    ("1 250,00 $ CA", "FR", "1250.00 CAD"),
    ("1250 $CAN", "FR", "1250.00 CAD"),
    ("1 250 $ US", "CA", "1250.00 USD"),
    ("480.00€TTC", "FR", "480.00 EUR"),
    ("480€ttc", "FR", "480.00 EUR"),
    ("480 €HT", "FR", "480.00 EUR"),
    ("(480€)", "FR", "480.00 EUR"),
    ("200-300 €", "FR", "300.00 EUR"),
    ("2x450€", "FR", "450.00 EUR"),
    ("3x300 €", "FR", "300.00 EUR"),
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


NOT_MONEY = [
    ("06 12 34 56 78", "FR"),
    ("FR76 3000 6000 0112 3456 7890 189", "FR"),
    ("à 10 h 45", "FR"),
    ("50 pour cent", "FR"),
    ("+33 6 12 34 56 78", "FR"),
    ("(514) 555-0144", "CA"),
    ("0113 496 0000", "GB"),
    ("ab 13.30 Uhr", "DE"),
    ("80 cm d'eau", "FR"),
    ("60 jours", "FR"),
    ("batch 00418", "GB"),
    ("ten per cent off", "GB"),
    ("Centen is voor Mia", "NL"),
]


@pytest.mark.parametrize(("words", "country"), NOT_MONEY, ids=[words for words, _ in NOT_MONEY])
def test_what_is_plainly_no_amount_is_not_even_looked_at(words: str, country: str) -> None:
    assert amounts_at(words, currency_of(country)) == []


MAYBE = [
    ("seven hundred and twenty by Friday", "GB", "720.00 GBP"),
    ("deux cents par mois", "FR", "200.00 EUR"),
    ("knock a hundred off", "IE", "100.00 EUR"),
    ("vierduizend in het rood", "NL", "4000.00 EUR"),
    ("3x300", "FR", "300.00 EUR"),
    ("85 mil", "AR", "85000.00 ARS"),
    ("2 lakhs", "IN", "200000.00 INR"),
    ("un plan à 300/mois", "FR", "300.00 EUR"),
]


@pytest.mark.parametrize(("words", "country", "amount"), MAYBE, ids=[f"{w} ({c})" for w, c, _ in MAYBE])
def test_a_number_that_may_be_money_is_looked_at(words: str, country: str, amount: str) -> None:
    assert [(str(each.money), each.named) for each in amounts_at(words, currency_of(country))] == [(amount, False)]


def test_dashes_for_cents_tell_a_price_without_a_currency() -> None:
    assert [str(money) for money in amounts_in("je te fais les 780.- demain", "CHF")] == ["780.00 CHF"]
    assert [str(money) for money in amounts_in("De 242,- is afgeschreven", "EUR")] == ["242.00 EUR"]


LONG = [
    "1" * 16_000,
    "1," * 8_000,
    "111," * 4_000,
    "a " * 8_000,
    "hundert" * 2_000,
    "0 " * 8_000,
    "une centaine de " * 999,
]


@pytest.mark.parametrize("text", LONG, ids=[text[:9] for text in LONG])
def test_however_long_a_text_no_more_amounts_are_looked_at(text: str) -> None:
    assert len(amounts_at(text, "EUR")) <= 2 * MOST


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
