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
_DIGITS = re.compile(r"\d(?:[\d.,' ]*\d)?")


def days(values: Sequence[str], *, month_first: bool) -> list[date | None]:
    """Read a column of days; None for a cell that is none. `month_first` is taken only where the column cannot tell."""
    orders = [_numeric(values, month_first=False), _numeric(values, month_first=True)]
    dmy, mdy = orders
    if [day is None for day in dmy] != [day is None for day in mdy]:
        return min(orders, key=lambda found: sum(day is None for day in found))
    if _span(dmy) == _span(mdy):
        return mdy if month_first else dmy
    sorted_ones = [found for found in orders if _sorted(found)]
    return sorted_ones[0] if len(sorted_ones) == 1 else (mdy if month_first else dmy)


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
