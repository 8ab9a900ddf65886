"""Invoice numbers of four or five digits, which anybody may write by chance, and names that stand in a bank's label."""

from dataclasses import replace
from datetime import date

import pytest

from mailbot.bank import Claim, Entry, Matcher
from mailbot.bank.numbers import named_in
from mailbot.core.money import Money

OWED = (
    ("1038", 1, "2299.50", "Ville de Longueuil"),
    ("1041", 2, "1149.75", "Gestion Tremblay inc."),
    ("1044", 1, "2299.50", "Ville de Longueuil"),
    ("1048", 3, "1724.63", "Maple Leaf Dental Corp."),
    ("1049", 2, "459.90", "Gestion Tremblay inc."),
    ("1050", 2, "459.90", "Gestion Tremblay inc."),
    ("1051", 4, "3449.25", "Brasserie du Loup"),
    ("26304", 5, "1210.00", "Van den Berg NV"),
    ("26306", 6, "2856.00", "Müller Bau GmbH"),
    ("26308", 7, "648.60", "Kern AG"),
    ("26309", 8, "980.00", "Harper Lane Studio"),
    ("26310", 9, "980.00", "Harper & Lane LLP"),
    ("26311", 10, "710.00", "Coopérative Terre Verte"),
    ("26312", 5, "1330.00", "Van den Berg NV"),
    ("26313", 11, "540.00", "Martin Frères"),
    ("26314", 12, "540.00", "Martin & Fils"),
)
PAID = "1038"
QRR = "210000000000000000000010501"
SETTLE, ASK, IGNORE = "settle", "ask", "ignore"


def _claims() -> list[Claim]:
    claims = []
    for number, client, amount, name in OWED:
        owed = Money.of(amount, "EUR")
        claim = Claim(number, client, owed, owed, (name,), issued_on=date(2026, 9, 1))
        if number == PAID:
            claim = replace(claim, balance=Money.of("0", "EUR"), paid_on=date(2026, 9, 10))
        claims.append(claim)
    return claims


# amount, payer, text -> decision, invoices
LINES = (
    pytest.param("1724.63", "", "[DD] MAPLE LEAF DENTAL INV 1048", SETTLE, "1048", id="behind a mark of the bank"),
    pytest.param("1724.63", "", "[DD] MAPLE LEAF FOODS INV 1048", ASK, "1048", id="another firm names the number"),
    pytest.param("1149.75", "", "Depot 5521 REF GESTION TREMBLAY 1041", SETTLE, "1041", id="name within the label"),
    pytest.param("919.80", "GESTION TREMBLAY INC", "1049 1050", SETTLE, "1049 1050", id="two short numbers"),
    pytest.param("1149.75", "BRASSERIE DU LOUP", "1051 versement 1 de 3", SETTLE, "1051", id="part of a short number"),
    pytest.param("2299.50", "", "VILLE DE LONGUEUIL FACT 1038", ASK, "1038", id="the paid one of two equal ones"),
    pytest.param("2299.50", "VILLE DE LONGUEUIL", "FACTURE 1O44", SETTLE, "1044", id="a letter O for a nought"),
    pytest.param("1210.00", "VAN DEN BERG NV", "26405", ASK, "26304", id="a number that is none of ours"),
    pytest.param("1210.00", "VAN DEN BERG NV", "26340", SETTLE, "26304", id="two digits swapped"),
    pytest.param("459.90", "GESTION TREMBLAY INC", "COMMANDE 1049", ASK, "1049 1050", id="the number of an order"),
    pytest.param("2856.00", "", "Mueller Bau GmbH RE 26306", SETTLE, "26306", id="an umlaut in a label"),
    pytest.param("2856.00", "MUELLERBAU GMBH", "RE 26306", SETTLE, "26306", id="a name whose blank was lost"),
    pytest.param("1428.00", "MUELLER BAU GMBH", "RE 26306 ANZAHLUNG", SETTLE, "26306", id="part of a cued number"),
    pytest.param("648.60", "", "KERN AG Nachdruck", SETTLE, "26308", id="a short name with its legal form"),
    pytest.param("648.60", "", "KERNEL SYSTEMS", ASK, "26308", id="a longer word that begins as a short name"),
    pytest.param("980.00", "", "HARPER LANE STUDIO, RETAINER", SETTLE, "26309", id="the longer of two names"),
    pytest.param("980.00", "", "VIR HARPER LANE STUDIO NOTAIRES", ASK, "26309 26310", id="a trade behind a name"),
    pytest.param("980.00", "", "HARPER LANE STUDIO, NOTAIRES", SETTLE, "26309", id="a comma behind a name"),
    pytest.param("1330.00", "VAN DEN BERG NV", "26304", ASK, "26304 26312", id="one's number and another's amount"),
    pytest.param("500.00", "", "DEPOSIT GESTION TREMBLAY 1041", ASK, "1041 1049 1050", id="a bank's word for credit"),
    pytest.param("710.00", "TERRE VERTE", "AVOIR 26311", ASK, "26311", id="a credit note of the client's"),
    pytest.param(
        "2856.00", "", "SEPA OVERBOEKING NAAM: Muller Bau GmbH OMSCHRIJVING: logo", SETTLE, "26306", id="Dutch"
    ),
    pytest.param("980.00", "", "HARPER LANE STUDIO TU", ASK, "26309 26310", id="a name of one more short word"),
    pytest.param("710.00", "", "TERRE VERTE ASSURANCES 26311", SETTLE, "26311", id="a trade behind it, and a number"),
    pytest.param("710.00", "", "COOP TERRE VERTE MSP/DIV", SETTLE, "26311", id="a cooperative in short"),
    pytest.param("540.00", "MARTIN FRERES", "26314", ASK, "26314 26313", id="one client names another's number"),
    pytest.param("1210.00", "VAN DEN BERG NV", "", SETTLE, "26304", id="payer and amount alone"),
    pytest.param("2540.00", "", "26304 + 26312", ASK, "26304 26312", id="two short numbers and nobody's name"),
    pytest.param("1210.00", "", "VIREMENT ENTRE COMPTES", IGNORE, "", id="from one pocket into the other"),
)


def _decided(amount: str, payer: str, text: str, **more: str) -> tuple[str, set[str]]:
    entry = Entry("x", date(2026, 10, 5), Money.of(amount, "EUR"), payer, text=text, reference=more.get("ref", ""))
    proposal = Matcher(_claims()).propose(entry)
    return proposal.verdict.value, {share.number for share in proposal.shares}


@pytest.mark.parametrize(("amount", "payer", "text", "decision", "numbers"), LINES)
def test_a_short_number_proves_what_its_own_client_pays(
    amount: str, payer: str, text: str, decision: str, numbers: str
) -> None:
    assert _decided(amount, payer, text) == (decision, set(numbers.split()))


def test_the_tail_of_a_swiss_reference_proves_nothing_without_its_client() -> None:
    """A bank's number for the creditor and noughts stand before the invoice number; a stranger's may end alike."""
    assert _decided("459.90", "GESTION TREMBLAY INC", "", ref=QRR) == (SETTLE, {"1050"})
    assert _decided("459.90", "GESTION TREMBLAY INC", "")[0] == ASK
    assert _decided("459.90", "HANS MEIER", "", ref=QRR)[0] == ASK


@pytest.mark.parametrize(
    ("number", "text", "meant"),
    [
        ("INV-0239", "INV 239", True),
        ("FA-00189", "FA 189", True),
        ("F2026-0112", "FACT F2026-112", True),
        ("2026-043", "2026-43", True),
        ("2026-0011", "2026-11", False),
        ("INV-0239", "INV 12395", False),
        ("INV-00239", "INV 239,00", False),
        ("INV-0239", "AB INV239X", False),
    ],
)
def test_a_number_may_lose_the_noughts_that_fill_it_up(number: str, text: str, meant: bool) -> None:
    """A day is none, and neither is an amount or a part of something longer."""
    assert (number in named_in(text, [number, "X-1"]).near) is meant


def test_money_before_the_invoice_is_asked_about_also_with_a_short_number() -> None:
    entry = Entry("x", date(2026, 8, 15), Money.of("1149.75", "EUR"), "GESTION TREMBLAY", text="1041")
    assert Matcher(_claims()).propose(entry).because.code == "bank_before_invoice"


def test_an_account_that_paid_for_one_client_does_not_silence_the_name_of_another() -> None:
    claims = [replace(one, ibans=frozenset(("DE89",))) if one.number == "26306" else one for one in _claims()]
    entry = Entry("x", date(2026, 10, 5), Money.of("1210.00", "EUR"), "VAN DEN BERG NV", "DE89", text="26304")
    assert Matcher(claims).propose(entry).verdict.value == SETTLE
    unnumbered = replace(entry, text="")
    assert Matcher(claims).propose(unnumbered).verdict.value == ASK
