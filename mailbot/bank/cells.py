"""Days and amounts in the cells of a bank's table: how they are meant is decided by the whole column.

Narrower and bolder than the import of invoices, which asks where a bank's habits leave nothing to ask: a bank writes
cents always and sorts its lines by day.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

_YMD = re.compile(r"(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})(?:[T ].*)?")
_NUMERIC = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?: .*)?")
_MONTHS = {
    name: month
    for month, names in enumerate(
        ("JAN JANV JANVIER JANUARY JANUAR", "FEB FEV FEVR FEVRIER FEBRUARY FEBRUAR", "MAR MARS MARCH MRZ MARZ",
         "APR AVR AVRIL APRIL", "MAY MAI", "JUN JUIN JUNE JUNI", "JUL JUIL JUILLET JULY JULI",
         "AUG AOUT AOU AUGUST", "SEP SEPT SEPTEMBRE SEPTEMBER", "OCT OKT OCTOBRE OCTOBER OKTOBER",
         "NOV NOVEMBRE NOVEMBER", "DEC DEZ DECEMBRE DECEMBER DEZEMBER"), 1,
    )
    for name in names.split()
}  # fmt: skip
_FEW = 3  # days; fewer may be one of each month
_DIGITS = re.compile(r"\d(?:[\d.,' ]*\d)?")


def days(
    values: Sequence[str], *, month_first: bool, beside: Sequence[str] = (), between: tuple[date, date] | None = None
) -> list[date | None]:
    """Read a column of days; None for a cell that is none.

    Which of two numbers is the day is decided by the column, and where it cannot tell, in turn: by cells of other
    columns of days (`beside`); by `between`, as few days may lie after its end or before its beginning; by the order of
    the lines; by the narrower span, as banks export a month; and last by `month_first`, of days with slashes only.
    """
    orders = [_numeric(values, month_first=False), _numeric(values, month_first=True)]
    dmy, mdy = orders
    if dmy == mdy:
        return dmy
    if sum(day is None for day in dmy) != sum(day is None for day in mdy):
        return min(orders, key=lambda found: sum(day is None for day in found))
    for doubt in (lambda first: _unread(beside, first=first), lambda first: _out(orders[first], between)):
        if doubt(False) != doubt(True):
            return min(dmy, mdy, key=lambda found: doubt(found is mdy))
    if _sorted(dmy) != _sorted(mdy):
        return dmy if _sorted(dmy) else mdy
    narrow, wide = sorted(orders, key=_span)
    if len({day for day in narrow if day}) > _FEW and _span(narrow) * 4 < _span(wide):
        return narrow
    slashes = any("/" in value for value in values)
    return mdy if month_first and slashes else dmy


def is_day(value: str) -> bool:
    """Whether a cell is a day in numbers."""
    return _NUMERIC.fullmatch(value.strip()) is not None


def _unread(values: Sequence[str], *, first: bool) -> int:
    return sum(_day(value.strip(), month_first=first) is None for value in values)


def _out(found: Sequence[date | None], between: tuple[date, date] | None) -> tuple[int, int]:
    """How many days are still to come, and how many lie before anything was owed."""
    if between is None:
        return 0, 0
    known = [day for day in found if day]
    return sum(day > between[1] for day in known), sum(day < between[0] for day in known)


def _numeric(values: Sequence[str], *, month_first: bool) -> list[date | None]:
    return [_day(value.strip(), month_first=month_first) for value in values]


def _span(found: Sequence[date | None]) -> timedelta:
    known = [day for day in found if day]
    return max(known) - min(known) if known else timedelta(0)


def _sorted(found: Sequence[date | None]) -> bool:
    known = [day for day in found if day]
    return known in (sorted(known), sorted(known, reverse=True))


def _day(text: str, *, month_first: bool) -> date | None:
    found = _YMD.fullmatch(text)
    if found:
        return _date(int(found[1]), int(found[2]), int(found[3]))
    found = _NUMERIC.fullmatch(text)
    if found:
        year = int(found[3]) + (2000 if len(found[3]) == 2 else 0)
        first, second = int(found[1]), int(found[2])
        return _date(year, first, second) if month_first and "." not in text else _date(year, second, first)
    return _worded(text)


def _worded(text: str) -> date | None:
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).upper()
    words = re.findall(r"[A-Z]+|\d+", plain)
    months = [_MONTHS[word] for word in words if word in _MONTHS]
    numbers = [int(word) for word in words if word.isdigit()]
    if len(months) != 1 or len(numbers) < 2:
        return None
    on, year = numbers[:2]
    return _date(year if year > 99 else 2000 + year, months[0], on)


def _date(year: int, month: int, on: int) -> date | None:
    try:
        return date(year, month, on)
    except ValueError:
        return None


def decimal_mark(values: Sequence[str]) -> str:
    """The decimal mark that the column proves; a point where it proves nothing."""
    votes = {".": 0, ",": 0}
    for value in values:
        found = _DIGITS.search(_plain(value))
        if not found:
            continue
        marks = [c for c in found[0] if c in ".,"]
        if len(set(marks)) == 2 or (len(marks) == 1 and len(found[0]) - found[0].rindex(marks[-1]) - 1 != 3):
            votes[marks[-1]] += 1
    return "," if votes[","] > votes["."] else "."


def amount(text: str, mark: str) -> Decimal | None:
    """Read `-1 250,00 €`, `(1,250.00)` or `12.00-`; None if it is no amount, or one that contradicts its column."""
    plain = _plain(text)
    found = _DIGITS.search(plain)
    if not found:
        return None
    other = "," if mark == "." else "."
    digits = re.sub(rf"[ '{other}]", "", found[0])
    if found[0].count(mark) > 1 or (other in found[0].rpartition(mark)[2] and mark in found[0]):
        return None
    before, after = plain[: found.start()], plain[found.end() :]
    if re.search(r"\d", after):
        return None
    try:
        value = Decimal(digits.replace(mark, "."))
    except InvalidOperation:
        return None
    minus = "-" in before or after.strip().startswith("-") or (before.strip().startswith("(") and ")" in after)
    return -value if minus else value


def _plain(text: str) -> str:
    spaced = re.sub(r"[\u00a0\u202f\u2009\u2007\t]", " ", text)
    return re.sub(r"[\u2212\u2013]", "-", re.sub(r"[\u2019\u02bc`]", "'", spaced)).strip()
