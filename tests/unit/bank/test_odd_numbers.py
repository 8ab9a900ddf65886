"""Invoice numbers of every make: short, dated, with letters before and behind; and what only looks like one."""

from datetime import date

import pytest

from mailbot.bank import Claim, Entry, Matcher
from mailbot.core.money import Money

OWED = (
    ("Alpha Studio", "1", "100.00"),
    ("Beta Films", "42", "250.00"),
    ("Gamma Conseil", "A7", "300.00"),
    ("Delta & Co", "2026-1", "400.00"),
    ("Epsilon", "INV-12", "500.00"),
    ("Zeta Lab", "2026/03/001", "600.00"),
    ("Eta Press", "FAC-0007", "700.00"),
    ("Theta", "F2603-15", "800.00"),
    ("Iota Group", "001/2026", "900.00"),
    ("Kappa", "INV2026030012", "1000.00"),
    ("Lambda SARL", "2026-03-0001", "1100.00"),
    ("Mu Editions", "D-2026-12-B", "1200.00"),
    ("Nu", "#2041", "1300.00"),
)
# amount, payer, text -> what may become of it, and for which invoice
LINES = (
    ("100.00", "ALPHA STUDIO", "facture 1", "settle", "1"),
    ("100.00", "INCONNU", "1", "ask", ""),
    ("250.00", "BETA FILMS", "facture 42", "settle", "42"),
    ("250.00", "INCONNU X", "facture 42", "ask", ""),
    ("300.00", "GAMMA CONSEIL", "A7", "settle", "A7"),
    ("400.00", "DELTA AND CO", "2026-1", "settle", "2026-1"),
    ("500.00", "EPSILON", "INV 12", "settle", "INV-12"),
    ("500.00", "SOMEBODY ELSE", "INV-12", "settle|ask", "INV-12"),
    ("500.00", "EPSILON", "INV-123", "ask|settle", "INV-12"),
    ("600.00", "ZETA LAB", "2026/03/001", "settle", "2026/03/001"),
    ("600.00", "ZETA LAB", "20260300 1", "settle", "2026/03/001"),
    ("600.00", "", "FACTURE 2026 03 001", "settle|ask", "2026/03/001"),
    ("700.00", "ETA PRESS", "fac 7", "settle", "FAC-0007"),
    ("700.00", "X Y", "FAC0007", "settle", "FAC-0007"),
    ("350.00", "ETA PRESS", "FAC 0007", "settle", "FAC-0007"),
    ("800.00", "", "F2603-15", "settle", "F2603-15"),
    ("800.00", "THETA", "F260315", "settle", "F2603-15"),
    ("900.00", "IOTA GROUP", "001/2026", "settle", "001/2026"),
    ("900.00", "Z", "001/2026", "ask|settle", "001/2026"),
    ("1000.00", "", "INV2026030012", "settle", "INV2026030012"),
    ("1000.00", "KAPPA", "INV20260300012", "settle", "INV2026030012"),
    ("1000.00", "KAPPA", "2026030012", "settle", "INV2026030012"),
    ("1100.00", "LAMBDA", "2026-03-0001", "settle", "2026-03-0001"),
    ("1200.00", "", "D-2026-12-B", "settle", "D-2026-12-B"),
    ("1200.00", "MU EDITIONS", "D2026-12B", "settle", "D-2026-12-B"),
    ("1300.00", "NU", "2041", "settle", "#2041"),
    ("1300.00", "", "#2041", "ask|settle", "#2041"),
    ("400.00", "LOCATAIRE", "LOYER 2026-1", "ask", ""),
    ("250.00", "", "CARTE 42", "ask", ""),
    ("600.00", "", "01/03/2026", "ask", ""),
    ("1100.00", "QUIDAM", "Virement mars 2026", "ask", ""),
)


def books() -> list[Claim]:
    return [
        Claim(number, place, Money.of(amount, "EUR"), Money.of(amount, "EUR"), (name,), issued_on=date(2026, 2, 10))
        for place, (name, number, amount) in enumerate(OWED)
    ]


@pytest.mark.parametrize(
    ("amount", "payer", "text", "decisions", "number"), LINES, ids=[f"{line[2]} | {line[1]}" for line in LINES]
)
def test_a_number_is_understood_or_asked_about(amount: str, payer: str, text: str, decisions: str, number: str) -> None:
    entry = Entry("x", date(2026, 3, 20), Money.of(amount, "EUR"), payer, "", "", text)
    proposal = Matcher(books()).propose(entry)
    assert proposal.verdict in decisions.split("|"), proposal.because
    if proposal.verdict == "settle":
        assert [share.number for share in proposal.shares] == [number]
