"""Laws of matching that hold for any line."""

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.bank import Claim, Entry, Matcher, Verdict
from mailbot.core.money import Money
from tests.unit.bank.hardset import TODAY, hard_set, ledger

CLAIMS = ledger()
STRANGERS = ("Quentin Abadie", "ACME SUPPLIES", "Zoé O'Hara", "", "SCI DES LILAS", "K2 GMBH")
WORDS = st.lists(
    st.sampled_from(("VIREMENT", "MERCI", "12/03/2026", "REF", "4711", "LOYER", "2026", "facture", "N", "0"))
)


def test_what_is_settled_is_the_amount_that_came_to_the_cent() -> None:
    """Nothing is lost or created by an allocation."""
    for line in hard_set():
        proposal = Matcher(CLAIMS).propose(line.entry)
        if proposal.verdict is Verdict.SETTLE:
            assert sum(share.amount.amount for share in proposal.shares) == line.entry.amount.amount, line.shape


@settings(max_examples=150)
@given(st.sampled_from(CLAIMS), st.sampled_from(STRANGERS), WORDS, st.sampled_from((1, 2, 3)))
def test_an_amount_alone_never_settles(claim: Claim, payer: str, words: list[str], times: int) -> None:
    """Whatever a stranger writes that is no number of ours (law 5)."""
    amount = claim.amount
    entry = Entry("x", TODAY, Money.of(amount.amount * times, amount.currency), payer, "", "", " ".join(words))
    assert Matcher(CLAIMS).propose(entry).verdict is not Verdict.SETTLE


def test_the_second_of_two_equal_payments_is_asked() -> None:
    matcher = Matcher(CLAIMS)
    entry = Entry("a", TODAY, Money.of("1250", "EUR"), "BRASSERIE LUTECE", "", "", "F-2026-017")
    assert matcher.propose(entry).verdict is Verdict.SETTLE
    again = matcher.propose(replace(entry, id="b"))
    assert (again.verdict, again.because.code) == (Verdict.ASK, "bank_paid_twice")


def test_the_number_of_another_year_is_no_slip() -> None:
    """It may be an invoice of before these books began; a digit that is wrong elsewhere is a slip."""
    entry = Entry("a", TODAY, Money.of("1250", "EUR"), "BRASSERIE LUTECE", "", "", "F-2025-017")
    assert Matcher(CLAIMS).propose(entry).verdict is Verdict.ASK
    slipped = replace(entry, text="F-2026-O17")
    assert Matcher(CLAIMS).propose(slipped).verdict is Verdict.SETTLE


def test_a_refund_is_asked_also_where_its_client_names_the_invoice() -> None:
    entry = Entry("a", TODAY, Money.of("1250", "EUR"), "BRASSERIE LUTECE", "", "", "REMBOURSEMENT F-2026-017")
    assert Matcher(CLAIMS).propose(entry).because.code == "bank_looks_like_refund"


def test_parts_add_up_until_the_rest_is_paid() -> None:
    matcher = Matcher(CLAIMS)
    part = Entry("a", TODAY, Money.of("1000", "EUR"), "BRASSERIE LUTECE", "", "", "F-2026-017 1/2")
    rest = Entry("b", TODAY, Money.of("250", "EUR"), "BRASSERIE LUTECE", "", "", "SOLDE")
    assert [matcher.propose(one).because.code for one in (part, rest)] == ["bank_part", "bank_payer_amount"]


def test_an_account_that_paid_before_is_as_good_as_a_name() -> None:
    known = [replace(c, ibans=frozenset(("FR76X",))) if c.number == "F-2026-017" else c for c in CLAIMS]
    entry = Entry("a", TODAY, Money.of("1250", "EUR"), "LUT. HOLDING", "FR76X", "", "VIREMENT")
    assert Matcher(known).propose(entry).verdict is Verdict.SETTLE
    assert Matcher(CLAIMS).propose(entry).verdict is Verdict.ASK


def test_of_two_clients_with_one_name_none_is_taken() -> None:
    twin = replace(CLAIMS[0], number="F-2026-900", client=999)
    entry = Entry("a", TODAY, CLAIMS[0].amount, "BRASSERIE LUTECE", "", "", "VIREMENT")
    proposal = Matcher([*CLAIMS, twin]).propose(entry)
    assert (proposal.verdict, len(proposal.shares)) == (Verdict.ASK, 2)


def test_money_that_came_before_the_invoice_is_asked() -> None:
    entry = Entry("a", date(2026, 1, 5), CLAIMS[0].amount, "BRASSERIE LUTECE", "", "", "VIREMENT")
    assert Matcher(CLAIMS).propose(entry).because.code == "bank_before_invoice"
