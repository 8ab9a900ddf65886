"""Dates as people and programs write them; whether day or month comes first is decided by the whole column."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache

from babel import Locale

from mailbot.intake.columns import fold
from mailbot.intake.sheet import DateOrder

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?")
_BASIC = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_NUMERIC = re.compile(r"(\d{1,2})([-/. ])(\d{1,2})\2(\d{4})(?: .*)?")
_SHORT_YEAR = re.compile(r"\d{1,2}([-/.])\d{1,2}\1\d{2}")
_SERIAL = re.compile(r"[34]\d{4}(?:[.,]\d+)?")
_DAY_MONTH = re.compile(r"(\d{1,2})(?:er|st|nd|rd|th|e)? (?:of |de )?([a-z]+) (\d{4})")
_MONTH_DAY = re.compile(r"([a-z]+) (\d{1,2})(?:st|nd|rd|th)? (\d{4})")

WRITE_ISO = "write YYYY-MM-DD"


class NotADateError(ValueError):
    """The text is no date; `mend` says what to write instead."""

    def __init__(self, reason: str, mend: str = WRITE_ISO) -> None:
        super().__init__(reason)
        self.mend = mend


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a column's values say about their order; `clash` names a value that contradicts another."""

    order: DateOrder | None = None
    clash: tuple[str, str] | None = None


def evidence(values: Iterable[str]) -> Evidence:
    """A number above 12 can only be a day, and one such value settles its whole column."""
    witness: dict[DateOrder, str] = {}
    for value in values:
        found = _NUMERIC.fullmatch(value.strip())
        if not found:
            continue
        first, second = int(found[1]), int(found[3])
        if found[2] == "." or first > 12 >= second:  # dots are only used where the day comes first
            witness.setdefault(DateOrder.DMY, value)
        elif second > 12 >= first:
            witness.setdefault(DateOrder.MDY, value)
    if len(witness) == 2:
        return Evidence(clash=(witness[DateOrder.DMY], witness[DateOrder.MDY]))
    return Evidence(next(iter(witness), None))


def day(text: str, order: DateOrder | None) -> date:
    """Read one date; raises NotADateError. `order` is what the column, the other columns or the user said."""
    plain = text.strip()
    found = _ISO.fullmatch(plain) or _BASIC.fullmatch(plain)
    if found:
        return _date(int(found[1]), int(found[2]), int(found[3]))
    found = _NUMERIC.fullmatch(plain)
    if found:
        return _numeric(int(found[1]), int(found[3]), int(found[4]), DateOrder.DMY if found[2] == "." else order)
    if _SHORT_YEAR.fullmatch(plain):
        raise NotADateError("has a year of two digits", "write the year with four digits, best as YYYY-MM-DD")
    if _SERIAL.fullmatch(plain):
        raise NotADateError("is a spreadsheet's inner number for a date", "format the column as a date and save again")
    return _worded(fold(plain))


def _numeric(first: int, second: int, year: int, order: DateOrder | None) -> date:
    if order is None and first == second:
        order = DateOrder.DMY
    if order is None:
        raise NotADateError(
            "may be day/month or month/day",
            "say which with --dates dmy or --dates mdy, or write YYYY-MM-DD",
        )
    return _date(year, second, first) if order is DateOrder.DMY else _date(year, first, second)


def _worded(plain: str) -> date:
    found = _DAY_MONTH.fullmatch(plain)
    if found and found[2] in _months():
        return _date(int(found[3]), _months()[found[2]], int(found[1]))
    found = _MONTH_DAY.fullmatch(plain)
    if found and found[1] in _months():
        return _date(int(found[3]), _months()[found[1]], int(found[2]))
    raise NotADateError("is not a date")


def _date(year: int, month: int, on: int) -> date:
    try:
        return date(year, month, on)
    except ValueError:
        raise NotADateError("is a day that no calendar has", "correct the day or the month") from None


@cache
def _months() -> dict[str, int]:
    """Folded month names of French and English, whole and abbreviated (CLDR)."""
    return {
        fold(name): month
        for language in ("en", "fr")
        for width in ("wide", "abbreviated")
        for month, name in Locale(language).months["format"][width].items()
    } | {"sept": 9, "fev": 2, "aout": 8}
