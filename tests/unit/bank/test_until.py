"""Up to which day a statement tells everything, also where nothing was booked."""

import pytest

from mailbot.bank import read_statement
from tests.fakes.people import day
from tests.unit.bank.samples import CAMT, CSV_FR, MT940, OFX

PERIOD = b"<FrToDt><FrDtTm>2026-03-01T00:00:00</FrDtTm><ToDtTm>2026-03-15T23:59:59</ToDtTm></FrToDt>"
BALANCE = (
    b"<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>"
    b"<Dt><Dt>2026-03-12</Dt></Dt></Bal>"
)
OPENING = BALANCE.replace(b"CLBD", b"OPBD").replace(b"03-12", b"03-01")


def camt(*parts: bytes) -> bytes:
    return CAMT.replace(b"<Stmt>", b"<Stmt>" + b"".join(parts))


@pytest.mark.parametrize(
    ("octets", "until"),
    [
        pytest.param(camt(PERIOD), "2026-03-15", id="CAMT: the end of its period"),
        pytest.param(camt(OPENING, BALANCE), "2026-03-12", id="CAMT: its closing balance, not the opening one"),
        pytest.param(camt(PERIOD, BALANCE), "2026-03-15", id="CAMT: the period before the balance"),
        pytest.param(camt(PERIOD.replace(b"03-15", b"02-30")), None, id="CAMT: a day that is none"),
        pytest.param(CAMT, None, id="CAMT: nothing said"),
        pytest.param(MT940, "2026-03-06", id="MT940: its closing balance"),
        pytest.param(
            MT940 + b"\n" + MT940.replace(b"62F:C2603", b"62F:D2604"), "2026-04-06", id="MT940: the last of two"
        ),
        pytest.param(OFX, "2026-03-31", id="OFX: the end of its list"),
        pytest.param(
            OFX.replace(b"</STMTRS>", b"<LEDGERBAL><BALAMT>1.00<DTASOF>20260310120000</LEDGERBAL></STMTRS>"),
            "2026-03-10",
            id="OFX: the day of its balance, if it names one",
        ),
        pytest.param(CSV_FR, None, id="a table says no such thing"),
    ],
)
def test_until_which_day_a_statement_tells_everything(octets: bytes, until: str | None) -> None:
    assert read_statement(octets, "EUR").until == (day(until) if until else None)
