"""A client's money may be for something else: payer and amount alone settle only where the words say nothing else."""

from datetime import date, timedelta

import pytest

from mailbot.bank import Claim, Entry, Matcher, Verdict, read_statement
from mailbot.bank.purpose import speaks_of_other
from mailbot.core.money import Money

TODAY = date(2026, 3, 20)
ISSUED = date(2026, 2, 10)


def books() -> list[Claim]:
    """One client is a cooperative, one a canton, one carries a word of another purpose in its name."""
    owed = (
        ("F-2026-201", 1, "640.00", "EUR", "Coopérative du Verger"),
        ("F-2026-202", 2, "1290.00", "EUR", "Kanton Uri"),
        ("F-2026-203", 3, "815.00", "EUR", "Caisse d'Épargne des Monts"),
        ("F-2026-204", 4, "300.00", "EUR", "Mona Petit"),
        ("F-2026-205", 4, "300.00", "EUR", "Mona Petit"),
        ("26-061", 5, "77.00", "EUR", "Forge Noire"),
    )
    return [
        Claim(number, client, Money.of(amount, currency), Money.of(amount, currency), (name,), issued_on=ISSUED)
        for number, client, amount, currency, name in owed
    ]


def came(amount: str, payer: str, text: str, on: date = TODAY, purpose: str = "") -> Entry:
    return Entry("x", on, Money.of(amount, "EUR"), payer, "", "", text, purpose=purpose)


@pytest.mark.parametrize(
    "text",
    [
        "Dividende 2025", "RISTOURNE ANNUELLE", "TROP-PERÇU CONTRAT 88", "cash back mars", "PARTS SOCIALES",
        "Loyer mars",
        "SUBVENTION CULTURE", "caution salle", "Indemnisation sinistre", "droits d'auteur 2025", "arrhes séminaire",
        "AVOIR SUR COMMANDE", "salaire", "prêt relais", "intérêts 2025", "Mitgliedsbeitrag", "Steuerrückzahlung 2025",
        "dinner friday", "birthday!", "INSURANCE CLAIM 12", "GRANT 2026", "security deposit", "Darlehen", "Miete April",
        "prime de parrainage",
        "insurance payout", "claim settlement", "trop versé", "Zinsgutschrift", "Klubbeitrag", "split bill",
    ],
)  # fmt: skip
def test_a_payer_with_the_exact_amount_and_words_of_another_purpose_is_asked(text: str) -> None:
    assert Matcher(books()).propose(came("640.00", "COOPERATIVE DU VERGER", text)).because.code == "bank_other_purpose"


@pytest.mark.parametrize(
    ("amount", "payer", "text"),
    [
        ("640.00", "COOPERATIVE DU VERGER", ""),
        ("640.00", "COOPERATIVE DU VERGER", "solde site internet, merci"),
        ("640.00", "COOPERATIVE DU VERGER", "F-2026-201"),
        ("640.00", "COOPERATIVE DU VERGER", "Beitrag und livret, site du restaurant, tax included"),
        ("1290.00", "KANTON URI", "Rechnung inkl. Steuer"),
        ("815.00", "CAISSE D EPARGNE DES MONTS", "VIR CAISSE D EPARGNE DES MONTS PRESTATION"),
    ],
)
def test_words_that_belong_to_an_invoice_or_to_the_payers_name_are_no_other_purpose(
    amount: str, payer: str, text: str
) -> None:
    assert Matcher(books()).propose(came(amount, payer, text)).verdict is Verdict.SETTLE


def test_the_banks_own_code_for_a_purpose_counts_like_words() -> None:
    assert Matcher(books()).propose(came("640.00", "COOPERATIVE DU VERGER", "", purpose="DIVI")).verdict is Verdict.ASK
    assert not speaks_of_other("", "SUPP")


def test_a_stranger_that_names_a_number_and_speaks_of_a_grant_is_asked() -> None:
    assert Matcher(books()).propose(came("640.00", "RECTORAT", "SUBVENTION F-2026-201")).verdict is Verdict.ASK


@pytest.mark.parametrize("text", ["facture F-2026-204 ou 205", "invoice F-2026-204 or F-2026-205", "pas F-2026-204"])
def test_a_number_that_the_payer_leaves_open_or_denies_is_asked(text: str) -> None:
    assert Matcher(books()).propose(came("300.00", "MONA PETIT", text)).verdict is Verdict.ASK


@pytest.mark.parametrize(
    ("text", "number"),
    [
        pytest.param("fact F-2O26-2O4", "F-2026-204", id="the letter O for nought"),
        pytest.param("MERCI 205", "F-2026-205", id="its last digits by themselves"),
    ],
)
def test_of_two_equal_invoices_the_one_that_is_almost_named_is_taken(text: str, number: str) -> None:
    (share,) = Matcher(books()).propose(came("300.00", "MONA PETIT", text)).shares
    assert share.number == number


def test_the_day_of_an_invoice_is_no_number() -> None:
    proposal = Matcher(books()).propose(came("640.00", "COOPERATIVE DU VERGER", "VOTRE FACTURE DU 10/02/2026"))
    assert proposal.because.code == "bank_payer_amount"


def test_a_number_that_is_named_weeks_before_it_was_given_is_asked() -> None:
    early = came("640.00", "COOPERATIVE DU VERGER", "F-2026-201", ISSUED - timedelta(days=20))
    assert Matcher(books()).propose(early).because.code == "bank_before_invoice"


def test_a_short_number_that_was_paid_already_is_asked_again() -> None:
    matcher = Matcher(books())
    first, again = came("77.00", "FORGE NOIRE", "26-061"), came("82.00", "FORGE NOIRE", "26-061 X2 PAR ERREUR")
    assert [matcher.propose(one).verdict for one in (first, again)] == ["settle", "ask"]


def test_a_payment_that_came_back_unpaid_is_asked_by_the_name_in_its_label() -> None:
    matcher = Matcher(books())
    assert matcher.propose(came("640.00", "COOPERATIVE DU VERGER", "F-2026-201")).verdict is Verdict.SETTLE
    back = came("-640.00", "", "Effet retourné - provision insuffisante /COOPERATIVE DU VERGER")
    assert matcher.propose(back).because.code == "bank_money_back"


def test_what_a_bank_only_announces_is_not_read() -> None:
    entry = (
        "<Ntry><Amt Ccy='EUR'>640.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>{}</Cd></Sts><BookgDt><Dt>2026-03-20</Dt>"
        "</BookgDt><NtryDtls><TxDtls><Purp><Cd>DIVI</Cd></Purp></TxDtls></NtryDtls></Ntry>"
    )
    rows = "".join(entry.format(code) for code in ("INFO", "PDNG", "BOOK"))
    octets = f"<Document><BkToCstmrStmt><Stmt>{rows}</Stmt></BkToCstmrStmt></Document>".encode()
    assert [one.purpose for one in read_statement(octets, "EUR").entries] == ["DIVI"]


def test_the_marks_of_mt940_say_which_way_the_money_went() -> None:
    lines = "".join(f":61:2603200320{mark}640,00NTRFNONREF//B{mark}\n:86:X\n" for mark in ("C", "D", "RC", "RD"))
    text = f":20:S\n:25:1/2\n:28C:1/1\n:60F:C260301EUR0,00\n{lines}:62F:C260320EUR0,00\n-\n"
    read = {one.id: (one.credit, one.reversal) for one in read_statement(text.encode(), "EUR").entries}
    assert read == {"BC": (True, False), "BD": (False, False), "BRC": (False, True), "BRD": (True, True)}


@pytest.mark.parametrize(
    ("amount", "text", "code"),
    [
        pytest.param("627.20", "F-2026-201 ESCOMPTE 2% DEDUIT", "bank_discount", id="a discount that is told of"),
        pytest.param("627.20", "F-2026-201 abzgl. Skonto", "bank_discount", id="in German"),
        pytest.param("500.00", "F-2026-201 discount", "bank_part", id="too much for a discount"),
    ],
)
def test_a_discount_that_the_payer_tells_of_is_one_however_late(amount: str, text: str, code: str) -> None:
    late = came(amount, "COOPERATIVE DU VERGER", text, ISSUED + timedelta(days=60))
    assert Matcher(books()).propose(late).because.code == code


def test_a_tax_office_that_is_a_client_and_names_its_invoice_is_not_passed_over() -> None:
    office = Claim("26-070", 9, Money.of("95", "EUR"), Money.of("95", "EUR"), ("Direction Ain",), issued_on=ISSUED)
    entry = came("95.00", "DDFIP AIN", "26-070 DIRECTION AIN")
    assert Matcher([*books(), office]).propose(entry).verdict is Verdict.ASK
