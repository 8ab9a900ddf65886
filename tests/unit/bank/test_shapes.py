"""What payers write and banks make of it: each line against the same books, by itself, with what must become of it."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.bank import Claim, Entry, Matcher, Told, Verdict
from mailbot.core.money import Money

TODAY = date(2026, 3, 20)
ISSUED = date(2026, 2, 10)

# client, number, amount, currency
OWED = (
    ("Boulangerie Martin SARL", "2026-041", "1250.00", "EUR"),
    ("Boulangerie Martin SARL", "2026-042", "480.00", "EUR"),
    ("Boulangerie Martin SARL", "2026-043", "320.00", "EUR"),
    ("Cabinet Lefèvre & Associés", "2026-044", "2400.00", "EUR"),
    ("L'Atelier de l'Étoile", "2026-045", "975.50", "EUR"),
    ("Société de transport ferroviaire du Grand-Ouest", "2026-046", "3600.00", "EUR"),
    ("Acme Corp", "INV-1042", "1500.00", "USD"),
    ("Acme Corp", "INV-1043", "800.00", "USD"),
    ("Nordisk Design ApS", "INV-1044", "2200.00", "EUR"),
    ("Les Productions Tremblay inc.", "QC-2026-07", "1724.63", "CAD"),
    ("Marie-Ève Gagnon", "QC-2026-08", "574.88", "CAD"),
    ("Ville de Laval", "QC-2026-09", "5200.00", "CAD"),
    ("Dupont Consulting", "2026-050", "1200.00", "EUR"),
    ("Schmidt & Partner GmbH", "2026-051", "1785.00", "EUR"),
    ("Café Zürich AG", "2026-052", "640.00", "CHF"),
    ("De Smet BVBA", "2026-053", "910.00", "EUR"),
    ("Ancien Client", "2026-030", "700.00", "EUR"),  # paid on 1 March
)
PEOPLE = {"L'Atelier de l'Étoile": ("Sophie Nguyen",)}
IBANS = {"Dupont Consulting": frozenset(("FR7612345678901234567890123",))}
PAID = "2026-030"

# amount, currency, payer, text, reference, account -> decision, invoices
LINES = (
    (
        "2050.00",
        "EUR",
        "",
        "VIR SEPA RECU /DE BOULANGERIE MARTIN SARL /MOTIF FACTURES 2026-041 A 2026-043",
        "",
        "",
        "settle",
        "2026-041 2026-042 2026-043",
    ),
    ("2050.00", "EUR", "BOULANGERIE MARTIN", "factures 2026-041 à 043", "", "", "settle", "2026-041 2026-042 2026-043"),
    ("1730.00", "EUR", "BOULANGERIE MARTIN", "FACT 41 ET 42", "", "", "settle", "2026-041 2026-042"),
    (
        "2050.00",
        "EUR",
        "BOULANGERIE MARTIN SARL",
        "factures 2026-041, -042 et -043",
        "",
        "",
        "settle",
        "2026-041 2026-042 2026-043",
    ),
    ("1730.00", "EUR", "BOULANGERIE MARTIN SARL", "2026041 2026042", "", "", "settle", "2026-041 2026-042"),
    ("2400.00", "EUR", "CABINET LEFEVRE ET ASSOCIES", "F2O26-044", "", "", "settle", "2026-044"),
    ("2400.00", "EUR", "SELARL CABINET LEFEVRE", "fact no 2026 044", "", "", "settle", "2026-044"),
    ("2400.00", "EUR", "CABINET LEFEVRE & ASSOCIE", "facture 044", "", "", "settle", "2026-044"),
    ("975.50", "EUR", "ATELIER DE L ETOILE", "", "", "", "settle", "2026-045"),
    ("975.50", "EUR", "MME SOPHIE NGUYEN", "", "", "", "ask", ""),
    ("975.50", "EUR", "SOPHIE NGUYEN", "Facture 2026-045", "", "", "settle", "2026-045"),
    ("3600.00", "EUR", "SOCIETE DE TRANSPORT FERROVIAIRE DU", "", "", "", "settle", "2026-046"),
    ("3600.00", "EUR", "STE TRANSPORT FERROVIAIRE DU GRAND", "", "", "", "settle", "2026-046"),
    ("1500.00", "USD", "ACME CORPORATION", "INV1042", "", "", "settle", "INV-1042"),
    ("1500.00", "USD", "ACME CORP", "1042", "", "", "settle", "INV-1042"),
    ("2300.00", "USD", "ACME CORP", "INV-1042 INV-1043", "", "", "settle", "INV-1042 INV-1043"),
    ("2300.00", "USD", "ACME CORP", "Payment for invoices 1042 & 1043", "", "", "settle", "INV-1042 INV-1043"),
    ("1485.00", "USD", "ACME CORP", "INV-1042 less wire fee", "", "", "settle", "INV-1042"),
    ("1485.00", "USD", "ACME CORP", "", "", "", "ask", ""),
    ("1470.00", "USD", "ACME CORP", "inv 1042 2% discount", "", "", "settle", "INV-1042"),
    ("2185.00", "EUR", "NORDISK DESIGN", "INV-1044", "", "", "settle", "INV-1044"),
    ("1100.00", "EUR", "NORDISK DESIGN APS", "INV-1044 50%", "", "", "settle", "INV-1044"),
    ("1724.63", "CAD", "", "VIREMENT INTERAC DE Les Productions Tremblay", "", "", "settle", "QC-2026-07"),
    ("574.88", "CAD", "", "Virement Interac de /Marie-Ève Gagnon", "", "", "settle", "QC-2026-08"),
    ("574.88", "CAD", "", "INTERAC e-Transfer From: MARIE EVE GAGNON", "", "", "settle", "QC-2026-08"),
    ("5200.00", "CAD", "", "Dépôt direct /VILLE DE LAVAL", "", "", "settle", "QC-2026-09"),
    ("1724.63", "CAD", "", "DEPOT GOUV. QUEBEC TPS TVQ", "", "", "ignore", ""),
    ("574.88", "CAD", "", "REVENU QUEBEC REMBOURSEMENT", "", "", "ignore", ""),
    ("1200.00", "EUR", "D. DUPONT", "", "", "FR7612345678901234567890123", "settle", "2026-050"),
    ("1200.00", "EUR", "DUPONT JEAN", "", "", "", "ask", ""),
    ("1785.00", "EUR", "SCHMIDT UND PARTNER", "RF18 2026 051", "", "", "settle", "2026-051"),
    ("640.00", "CHF", "CAFE ZUERICH AG", "", "", "", "settle", "2026-052"),
    ("910.00", "EUR", "DE SMET", "+++202/6053/00080+++", "", "", "settle", "2026-053"),
    ("700.00", "EUR", "ANCIEN CLIENT", "2026-030", "", "", "ask", ""),
    ("-700.00", "EUR", "ANCIEN CLIENT", "REJET VIR 2026-030 COMPTE CLOTURE", "", "", "ask", ""),
    ("2400.00", "EUR", "DGFIP", "REMBOURSEMENT CREDIT TVA", "", "", "ignore", ""),
    ("2400.00", "EUR", "JEAN BON", "virement", "", "", "ask", ""),
    ("1200.00", "EUR", "LOCATAIRE DURAND", "LOYER MARS", "", "", "ask", ""),
    ("480.00", "EUR", "PAUL MARTIN", "PRET FAMILIAL", "", "", "ask", ""),
    ("320.00", "EUR", "AMAZON EU SARL", "REMBOURSEMENT AMAZON", "", "", "ask", ""),
    ("-1250.00", "EUR", "EDF", "FACTURE EDF 2026-041", "", "", "ignore", ""),
    ("1300.00", "EUR", "BOULANGERIE MARTIN", "2026-041 trop perçu", "", "", "ask", ""),
    ("1290.00", "EUR", "BOULANGERIE MARTIN", "2026-041", "", "", "settle", "2026-041"),
    ("1600.00", "EUR", "BOULANGERIE MARTIN", "2026-041 et 2026-042 moins avoir", "", "", "ask", ""),
    ("600.00", "EUR", "BOULANGERIE MARTIN", "acompte", "", "", "ask", ""),
    ("600.00", "EUR", "BOULANGERIE MARTIN", "acompte 2026-041", "", "", "settle", "2026-041"),
    ("2050.00", "EUR", "BOULANGERIE MARTIN SARL", "solde", "", "", "settle", "2026-041 2026-042 2026-043"),
    ("1250.00", "EUR", "BOULANGERIE MARTINEAU", "", "", "", "ask", ""),
    ("1250.00", "EUR", "BOULANGERIE MARTINEAU", "2026-041", "", "", "settle", "2026-041"),
    ("1250.00", "EUR", "QUELQU UN", "2026-041", "", "", "settle", "2026-041"),
    ("1250.00", "EUR", "MARTIN HOLDING", "FACTURE 2026-041", "", "", "settle", "2026-041"),
    ("2400.00", "EUR", "CABINET LEFEVRE ET ASSOCIES", "facture 2026-0441", "", "", "settle", "2026-044"),
    ("2400.00", "EUR", "CABINET LEFEVRE ET ASSOCIES", "commande 4471", "", "", "settle", "2026-044"),
    ("2400.00", "EUR", "CABINET LEFEVRE ET ASSOCIES", "facture 2026-099", "", "", "ask", ""),
    ("2400.00", "EUR", "", "VIR CABINET LEFEVRE ET ASSO", "", "", "settle", "2026-044"),
    ("2400.00", "EUR", "", "VIREMENT RECU CABINET LEFEVRE", "", "", "settle", "2026-044"),
    ("2400.00", "EUR", "Cabinet Lefèvre", "NOTPROVIDED", "", "", "settle", "2026-044"),
    ("1457.00", "USD", "STRIPE", "STRIPE PAYOUT", "", "", "ignore", ""),
    ("1500.00", "USD", "PAYPAL", "PAYPAL TRANSFER", "", "", "ask", ""),
    ("1380.00", "EUR", "ACME CORP", "1 500,00 USD INV-1042", "", "", "ask", ""),
    ("1500.00", "USD", "ACME CORP", "INV 1O42", "", "", "settle", "INV-1042"),
    ("1785.00", "EUR", "Schmidt u. Partner GmbH", "Rechnung Nr. 2026-051 v. 10.02.2026", "", "", "settle", "2026-051"),
    ("1749.30", "EUR", "Schmidt & Partner", "Re. 2026-051 abzgl. 2% Skonto", "", "", "settle", "2026-051"),
    ("1794.50", "EUR", "Schmidt & Partner", "2026-051 + Zinsen", "", "", "settle", "2026-051"),
    ("1825.00", "EUR", "Schmidt & Partner", "2026-051 + 40 EUR", "", "", "settle", "2026-051"),
    ("640.00", "CHF", "", "000000000000000000020260525", "", "", "settle", "2026-052"),
    ("640.00", "CHF", "X Y", "00 00000 00000 00000 00202 60525", "", "", "settle", "2026-052"),
    ("640.00", "CHF", "X Y", "", "000000000000000000020260525", "", "settle", "2026-052"),
    ("1785.00", "EUR", "SOMEBODY", "", "RF682026051", "", "settle", "2026-051"),
    ("1785.00", "EUR", "SOMEBODY", "RF68 2026 051", "", "", "settle", "2026-051"),
    ("1785.00", "EUR", "SOMEBODY", "rf682026051", "", "", "settle", "2026-051"),
    ("1780.00", "EUR", "SOMEBODY", "RF682026051", "", "", "settle", "2026-051"),
    ("900.00", "EUR", "SOMEBODY", "RF682026051", "", "", "settle", "2026-051"),
    ("910.00", "EUR", "", "+++000/2026/05314+++", "", "", "settle", "2026-053"),
    ("910.00", "EUR", "DE SMET", "***000/2026/05314***", "", "", "settle", "2026-053"),
    ("910.00", "EUR", "IEMAND", "000202605314", "", "", "settle", "2026-053"),
    ("1250.00", "EUR", "BOULANGERIE MARTIN", "F. 2026 / 041", "", "", "settle", "2026-041"),
    ("1250.00", "EUR", "BOULANGERIE MARTIN", "N°2026041", "", "", "settle", "2026-041"),
    ("1250.00", "EUR", "BOULANGERIE MARTIN", "FACTURE2026-041DU100226", "", "", "settle", "2026-041"),
    ("1250.00", "EUR", "BOUL MARTIN", "2026.041", "", "", "settle", "2026-041"),
    ("1250.00", "EUR", "BOULANGERIE MARTIN", "20 26-041", "", "", "settle", "2026-041"),
    ("1250.00", "EUR", "BOULANGERIE MARTIN", "facture 2026-014", "", "", "settle", "2026-041"),
    ("480.00", "EUR", "BOULANGERIE MARTIN", "facture 2026-041", "", "", "ask", ""),
    ("1570.00", "EUR", "BOULANGERIE MARTIN", "facture 2026-043 et 2026-041", "", "", "settle", "2026-041 2026-043"),
    ("2050.00", "EUR", "BOULANGERIE MARTIN", "factures 2026-041/42/43", "", "", "settle", "2026-041 2026-042 2026-043"),
    ("2050.00", "EUR", "BOULANGERIE MARTIN", "2026-041+042+043", "", "", "settle", "2026-041 2026-042 2026-043"),
    ("1730.00", "EUR", "BOULANGERIE MARTIN", "2026-041; 2026-042", "", "", "settle", "2026-041 2026-042"),
    ("2275.00", "USD", "ACME CORP", "INV-1042, INV-1043 less $25 wire", "", "", "ask", ""),
    ("1500.00", "USD", "", "INVOICE #1042", "", "", "ask", ""),
    ("1500.00", "USD", "ACME", "INVOICE #INV1042", "", "", "settle", "INV-1042"),
    ("1500.00", "USD", "Globex LLC", "inv-1042", "", "", "settle", "INV-1042"),
    ("2300.00", "USD", "Globex LLC", "INV-1042 AND INV-1043", "", "", "settle", "INV-1042 INV-1043"),
    ("3000.00", "USD", "ACME CORP", "INV-1042", "", "", "ask", ""),
    ("1500.00", "EUR", "ACME CORP", "INV-1042", "", "", "ask", ""),
    ("1500.00", "USD", "ACME CORP", "INV-1O42", "", "", "settle", "INV-1042"),
    ("1500.00", "USD", "ACME CORP", "lNV-1042", "", "", "settle", "INV-1042"),
    ("500.00", "USD", "ACME CORP", "INV-1042 1/3", "", "", "settle", "INV-1042"),
    ("1456.50", "USD", "ACME CORP", "INV-1042 2,9% card fee", "", "", "settle", "INV-1042"),
    ("2200.00", "EUR", "NORDISK DESIGN APS", "", "", "", "settle", "INV-1044"),
    ("2199.00", "EUR", "NORDISK DESIGN APS", "", "", "", "ask", ""),
    ("2200.00", "EUR", "NORDISK DESIGN", "", "", "", "settle", "INV-1044"),
    ("2200.00", "EUR", "Nordisk Desing ApS", "", "", "", "ask", ""),
    ("1724.63", "CAD", "LES PRODUCTIONS TREMBLAY INC", "", "", "", "settle", "QC-2026-07"),
    ("1724.63", "CAD", "PRODUCTIONS TREMBLAY", "", "", "", "settle", "QC-2026-07"),
    ("1724.63", "CAD", "TREMBLAY", "", "", "", "ask", ""),
    ("574.88", "CAD", "M E GAGNON", "QC 2026 08", "", "", "settle", "QC-2026-08"),
    ("574.88", "CAD", "GAGNON MARIE-EVE", "", "", "", "settle", "QC-2026-08"),
    ("574.88", "CAD", "Gagnon", "", "", "", "ask", ""),
    ("574.88", "CAD", "MARIE EVE TREMBLAY", "", "", "", "ask", ""),
    ("5200.00", "CAD", "VILLE LAVAL", "", "", "", "settle", "QC-2026-09"),
    ("5200.00", "CAD", "VILLE DE LAVAL - TRESORERIE", "", "", "", "ask", ""),
    ("5200.00", "CAD", "LAVAL", "QC202609", "", "", "settle", "QC-2026-09"),
    ("5200.00", "CAD", "LAVAL", "QC-2026-09", "", "", "settle", "QC-2026-09"),
    ("574.88", "CAD", "GOVERNMENT OF CANADA", "CRA GST REFUND", "", "", "ignore", ""),
    ("1200.00", "EUR", "ASSURANCE MAIF", "remboursement frais 2026-050", "", "", "ask", ""),
    ("320.00", "EUR", "FOURNISSEUR SAS", "AVOIR FACTURE 88213", "", "", "ask", ""),
    ("2400.00", "EUR", "EMPLOYEUR SA", "SALAIRE MARS", "", "", "ask", ""),
    ("2400.00", "EUR", "MOI MEME", "VIR INTERNE EPARGNE", "", "", "ask", ""),
    ("12.00", "EUR", "BANQUE", "INTERETS", "", "", "ignore", ""),
    ("-12.00", "EUR", "BANQUE", "FRAIS", "", "", "ignore", ""),
    ("-50.00", "EUR", "", "ACHAT CB 2026-041", "", "", "ignore", ""),
    ("700.00", "EUR", "ANCIEN CLIENT", "2026-030 second paiement", "", "", "ask", ""),
    ("700.00", "EUR", "ANCIEN CLIENT", "", "", "", "ask", ""),
    ("350.00", "EUR", "ANCIEN CLIENT", "", "", "", "ignore", ""),
    ("-700.00", "EUR", "", "IMPAYE PRLV 2026-030", "", "", "ask", ""),
    ("1250.00", "EUR", "BOULANGERIE MARTIN S.A.R.L.", "", "", "", "settle", "2026-041"),
    ("1730.00", "EUR", "SARL BOULANGERIE MARTIN", "", "", "", "settle", "2026-041 2026-042"),
    ("800.00", "EUR", "BOULANGERIE MARTIN", "", "", "", "settle", "2026-042 2026-043"),
    ("1237.50", "EUR", "BOULANGERIE MARTIN", "", "", "", "ask", ""),
    ("1237.50", "EUR", "BOULANGERIE MARTIN", "", "2026-041", "", "settle", "2026-041"),
    ("2400.00", "EUR", "CAB. LEFEVRE", "", "", "", "ask", ""),
    ("2400.00", "EUR", "M LEFEVRE PAUL", "", "", "", "ask", ""),
    ("2400.00", "EUR", "LEFEVRE ET ASSOCIES", "", "", "", "ask", ""),
    ("3600.00", "EUR", "SOCIETE DE TRANSPORT FERROVIAIRE DU GRAND-O", "", "", "", "settle", "2026-046"),
    (
        "3600.00",
        "EUR",
        "",
        "VIR INST RECU /DE SOC TRANSPORT FERROVIAIRE GRAND OUEST /MOTIF 2026 046",
        "",
        "",
        "settle",
        "2026-046",
    ),
    ("1495.50", "USD", "WISE PAYMENTS LTD", "WISE PAYMENTS LTD Acme Corp INV-1042", "", "", "settle", "INV-1042"),
    ("1500.00", "USD", "WISE US INC", "Acme Corp", "", "", "settle", "INV-1042"),
    ("2400.00", "EUR", "", "VIR INST DE CABINET LEFEVRE POUR FACTURE 44", "", "", "settle", "2026-044"),
    ("1500.00", "USD", "", "TRANSFER FROM ACME CORP REF INV 1042", "", "", "settle", "INV-1042"),
    ("2200.00", "EUR", "", "FASTER PAYMENTS RECEIPT REF PAYMENT FROM NORDISK DESIGN APS", "", "", "settle", "INV-1044"),
    ("1500.00", "USD", "", "BGC ACME CORP", "", "", "settle", "INV-1042"),
    ("1500.00", "USD", "", "FPI ACME CORP INV-1042", "", "", "settle", "INV-1042"),
    ("1500.00", "USD", "", 'Zelle payment from ACME CORP for "Inv 1042"; Conf# abc123', "", "", "settle", "INV-1042"),
    ("1500.00", "USD", "", "ACH CREDIT ACME CORP PAYMENT 030526", "", "", "settle", "INV-1042"),
    (
        "1485.00",
        "USD",
        "",
        "WIRE TYPE:WIRE IN DATE: 260305 TRN:2026030500123 ORIG:ACME CORP ID:123 PMT DET:INV-1042",
        "",
        "",
        "settle",
        "INV-1042",
    ),
    ("1500.00", "USD", "", "ORIG CO NAME:ACME CORP ORIG ID:123 DESC DATE:260305", "", "", "settle", "INV-1042"),
    (
        "640.00",
        "CHF",
        "",
        "GUTSCHRIFT AUFTRAGGEBER: CAFE ZURICH AG MITTEILUNGEN: RECHNUNG 52",
        "",
        "",
        "settle",
        "2026-052",
    ),
    ("1250.00", "EUR", "", "REMBOURSEMENT DE BOULANGERIE MARTIN", "", "", "ask", ""),
    ("1250.00", "EUR", "", "VIREMENT DE M PAUL MARTIN", "", "", "ask", ""),
    ("1250.00", "EUR", "", "REMISE DE CHEQUES", "", "", "ask", ""),
    ("574.88", "CAD", "", "CHEQUE DEPOSIT", "", "", "ask", ""),
    ("1724.63", "CAD", "", "MOBILE DEPOSIT", "", "", "ask", ""),
    ("574.88", "CAD", "", "E-TRANSFER ***Yx7 Marie-Eve Gagnon", "", "", "settle", "QC-2026-08"),
    ("574.88", "CAD", "", "Virement Interac de MARIE-EVE GAGNON QC-2026-08", "", "", "settle", "QC-2026-08"),
    (
        "1724.63",
        "CAD",
        "",
        "Interac e-Transfer - Autodeposit Les Productions Tremblay Inc",
        "",
        "",
        "settle",
        "QC-2026-07",
    ),
    ("1456.20", "USD", "PAYPAL", "PAYPAL *ACMECORP INV-1042", "", "", "settle", "INV-1042"),
)


def books() -> list[Claim]:
    ids = {name: place for place, name in enumerate(dict.fromkeys(name for name, *_ in OWED), 1)}
    found = []
    for name, number, amount, currency in OWED:
        money = Money.of(amount, currency)
        open_ = number != PAID
        balance = money if open_ else Money.of(0, currency)
        paid_on = None if open_ else date(2026, 3, 1)
        people, ibans = PEOPLE.get(name, ()), IBANS.get(name, frozenset())
        found.append(Claim(number, ids[name], money, balance, (name,), people, ibans, ISSUED, paid_on, open_))
    return found


@pytest.mark.parametrize(
    ("amount", "currency", "payer", "text", "reference", "iban", "decision", "numbers"),
    LINES,
    ids=[f"{line[2]} | {line[3] or line[4]} | {line[0]} -> {line[6]}" for line in LINES],
)
def test_a_line_of_a_statement(  # noqa: PLR0917 - a line in the order of its columns
    amount: str, currency: str, payer: str, text: str, reference: str, iban: str, decision: str, numbers: str
) -> None:
    entry = Entry("x", TODAY, Money.of(amount, currency), payer, iban, reference, text)
    proposal = Matcher(books()).propose(entry)
    assert proposal.verdict == decision, proposal.because
    if decision == "settle":
        assert sorted(share.number for share in proposal.shares) == sorted(numbers.split())
        total = sum(share.amount.amount for share in proposal.shares)
        assert total == entry.amount.amount, "no more and no less than what came"


# day of March, amount, currency, payer, text -> what becomes of it
STORIES = {
    "a part, the rest, and the rest again": (
        (1, "600", "EUR", "BOULANGERIE MARTIN", "acompte 2026-041", "settle"),
        (9, "650", "EUR", "BOULANGERIE MARTIN", "solde 2026-041", "settle"),
        (12, "650", "EUR", "BOULANGERIE MARTIN", "solde 2026-041", "ask"),
    ),
    "two halves, the second without a number": (
        (1, "1200", "EUR", "CABINET LEFEVRE", "facture 2026-044 1ere partie", "settle"),
        (9, "1200", "EUR", "CABINET LEFEVRE", "2/2", "settle"),
    ),
    "paid twice, and one of them given back": (
        (1, "1250", "EUR", "BOULANGERIE MARTIN", "2026-041", "settle"),
        (2, "1250", "EUR", "BOULANGERIE MARTIN", "2026-041", "ask"),
        (4, "-1250", "EUR", "BOULANGERIE MARTIN", "REMBOURSEMENT DOUBLE 2026-041", "ask"),
    ),
    "returned by the bank": (
        (1, "1250", "EUR", "BOULANGERIE MARTIN", "2026-041", "settle"),
        (3, "-1250", "EUR", "BOULANGERIE MARTIN", "VIR RETOURNE 2026-041", "ask"),
    ),
    "two at once, and again": (
        (1, "2300", "USD", "ACME CORP", "INV-1042 INV-1043", "settle"),
        (2, "2300", "USD", "ACME CORP", "INV-1042 INV-1043", "ask"),
    ),
}


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_lines_that_follow_each_other(story: tuple[tuple[int, str, str, str, str, str], ...]) -> None:
    matcher = Matcher(books())
    for day, amount, currency, payer, text, decision in story:
        entry = Entry(f"{day}", date(2026, 3, day), Money.of(amount, currency), payer, "", "", text)
        assert matcher.propose(entry).verdict == decision


@settings(max_examples=300)
@given(
    st.sampled_from([(amount, currency) for _, _, amount, currency in OWED]),
    st.text("abcdefghijklmnopqrstuvwxyz ", max_size=30),
    st.text("abcdefghijklmnopqrstuvwxyz ./-", max_size=30),
)
def test_an_amount_alone_never_settles(money: tuple[str, str], payer: str, text: str) -> None:
    """Whatever a stranger is called, and whatever words stand there, as long as no number does."""
    entry = Entry("x", TODAY, Money.of(*money), f"zz {payer}", "", "", text)
    assert Matcher(books()).propose(entry).verdict is not Verdict.SETTLE


@pytest.mark.parametrize(
    ("days", "text", "verdict"),
    [
        pytest.param(2, "2026-030", "ignore", id="the bank's side of what a notice told two days before"),
        pytest.param(-3, "", "ignore", id="the payer alone, three days before the operator said so"),
        pytest.param(30, "2026-030", "ask", id="a month later it is a second payment"),
    ],
)
def test_what_is_on_record_is_not_settled_again(days: int, text: str, verdict: str) -> None:
    paid_on = date.fromordinal(TODAY.toordinal() - days)
    owner = next(claim.client for claim in books() if claim.number == PAID)
    told = Told(7, PAID, owner, Money.of("700.00", "EUR"), paid_on, "notice")
    matcher = Matcher(books(), [told])
    entry = Entry("x", TODAY, Money.of("700.00", "EUR"), "ANCIEN CLIENT", "", "", text)
    first, second = matcher.propose(entry), matcher.propose(entry)
    assert first.verdict == verdict
    assert first.covers == ((7,) if verdict == "ignore" else ())
    assert second.verdict is Verdict.ASK, "one payment on record covers one line of the bank's"
