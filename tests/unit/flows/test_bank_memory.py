"""Whether a movement was told before, in another file or another format."""

from datetime import date

import pytest

from mailbot.bank import Entry
from mailbot.core.money import Money
from mailbot.flows.banked import Memory

DAY = date(2026, 3, 3)


def line(number: str, payer: str, reference: str, text: str) -> Entry:
    return Entry(number, DAY, Money.of("480.00", "EUR"), payer, "", reference, text)


@pytest.mark.parametrize(
    ("payer", "text", "known"),
    [
        pytest.param("", "VIR SEPA RECU /DE CHARPENTES DUVAL /MOTIF F-2026-044", True, id="the same, cut up otherwise"),
        pytest.param("CHARPENTES DUV", "", True, id="the same, of which little is left"),
        pytest.param("DUVAL CONSEIL", "F-2026-051 honoraires", False, id="a namesake who pays the same amount"),
        pytest.param("", "DEPOT GUICHET", False, id="nothing in common"),
    ],
)
def test_another_format_tells_of_the_same_money_where_words_agree(payer: str, text: str, known: bool) -> None:
    memory = Memory({}, frozenset())
    assert not memory.knows("a.xml", "camt", line("B1", "CHARPENTES DUVAL", "F-2026-044", "travaux hangar"))
    assert memory.knows("b.ofx", "ofx", line("F1", payer, "", text)) is known


def test_the_same_words_under_another_id_of_the_bank_are_the_same_money() -> None:
    memory = Memory({}, frozenset())
    assert not memory.knows("53.xml", "camt", line("B1", "CHARPENTES DUVAL", "F-2026-044", "moitié"))
    assert memory.knows("54.xml", "camt", line("C7", "CHARPENTES DUVAL", "F-2026-044", "moitié"))
    assert not memory.knows("54.xml", "camt", line("C8", "CHARPENTES DUVAL", "F-2026-044", "moitié"))


def test_one_line_is_the_twin_of_one_line_only() -> None:
    memory = Memory({}, frozenset())
    assert not memory.knows("a.xml", "camt", line("B1", "CHARPENTES DUVAL", "F-2026-044", ""))
    twice = [memory.knows("b.ofx", "ofx", line(n, "CHARPENTES DUVAL", "", "F-2026-044")) for n in ("F1", "F2")]
    assert twice == [True, False]
