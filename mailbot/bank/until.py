"""Up to which day a statement tells everything: its closing balance or the end of its period, also where it is empty.

CAMT.053: `FrToDt/ToDtTm`, else the closing booked balance (CLBD). MT940: field 62F or 62M. OFX: `DTASOF` of the ledger
balance, else `DTEND`. A table of a bank says no such thing.
"""

import re
from datetime import date

_CAMT = (
    re.compile(rb"<(?:\w+:)?ToDtTm>\s*(\d{4})-(\d\d)-(\d\d)"),
    re.compile(rb"<(?:\w+:)?Cd>\s*CLBD\s*<.{1,600}?<(?:\w+:)?Dt>\s*(\d{4})-(\d\d)-(\d\d)", re.DOTALL),
)
_OFX = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (r"<LEDGERBAL>.{1,300}?<DTASOF>\s*(\d{4})(\d\d)(\d\d)", r"<DTEND>\s*(\d{4})(\d\d)(\d\d)")
)
_MT940 = (re.compile(r"^:62[FM]:[CD](\d\d)(\d\d)(\d\d)", re.MULTILINE),)


def camt_until(octets: bytes) -> date | None:
    """The last day that a CAMT statement covers, or None if it does not say."""
    for pattern in _CAMT:
        found = [day for match in pattern.finditer(octets) if (day := _day(*(int(part) for part in match.groups())))]
        if found:
            return max(found)
    return None


def ofx_until(text: str) -> date | None:
    """The last day that an OFX file covers, or None if it does not say."""
    return _latest(_OFX, " ".join(text.split()))


def mt940_until(text: str) -> date | None:
    """The last day that an MT940 file covers, or None if it does not say."""
    return _latest(_MT940, text)


def _latest(patterns: tuple[re.Pattern[str], ...], text: str) -> date | None:
    for pattern in patterns:
        found = [day for match in pattern.finditer(text) if (day := _day(*(int(part) for part in match.groups())))]
        if found:
            return max(found)
    return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year + 2000 if year < 100 else year, month, day)
    except ValueError:
        return None
