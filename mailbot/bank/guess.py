"""A table whose columns nobody named: what each holds is read from its cells."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import combinations

from mailbot.bank.cells import amount, days, decimal_mark
from mailbot.bank.fold import compact
from mailbot.bank.headers import Columns

Rows = Sequence[tuple[int, tuple[str, ...]]]
_CURRENCIES = frozenset("EUR CAD USD GBP CHF AUD SEK NOK DKK PLN JPY".split())  # noqa: SIM905 - it is read as words
_MONEY = re.compile(
    r"[-+(\u2212]?\s*(?:[$€£]\s*)?[-+]?\d{1,3}(?:[ .,'\u00a0\u202f\u2019]?\d{3})*(?:[.,]\d{2})\s*\)?-?\s*[$€£]?"
)
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_SIDES = frozenset(("C", "D", "CR", "DR", "CREDIT", "DEBIT", "CRDT", "DBIT", "H", "S", "AF", "BIJ"))
_MOSTLY = 0.8


def guessed(rows: Rows) -> Columns | None:
    """Which column holds what, of rows of one width; None where no day and no amount are to be found."""
    width = Counter(len(cells) for _, cells in rows).most_common(1)
    if not width:
        return None
    body = [cells for _, cells in rows if len(cells) == width[0][0]]
    columns = [[cells[i].strip() for cells in body] for i in range(width[0][0])]

    def which(fits: Callable[[str], bool], *, full: bool = True) -> list[int]:
        return [i for i, cells in enumerate(columns) if _mostly(cells, fits, full=full)]

    dated = [i for i, cells in enumerate(columns) if _dates(cells)]
    money = [i for i in which(lambda cell: _MONEY.fullmatch(cell) is not None, full=False) if i not in dated]
    if not dated or not money:
        return None
    found: dict[str, tuple[int, ...]] = {"booked_on": (dated[0],), **_money(columns, money)}
    for name, fits in (
        ("currency", lambda cell: cell.upper() in _CURRENCIES),
        ("direction", lambda cell: compact(cell) in _SIDES),
        ("payer_iban", lambda cell: _IBAN.fullmatch(cell.replace(" ", "").upper()) is not None),
    ):
        fitting = which(fits, full=name != "payer_iban")
        if fitting:
            found[name] = (fitting[0],)
    taken = {i for where in found.values() for i in where} | set(dated) | set(money)
    words = [i for i, cells in enumerate(columns) if i not in taken and tells(cells)]
    if words:
        found["text"] = tuple(words)
    return found


def _mostly(cells: Sequence[str], fits: Callable[[str], bool], *, full: bool = True) -> bool:
    told = [cell for cell in cells if cell]
    enough = len(told) >= _MOSTLY * len(cells) if full else bool(told)
    return enough and sum(map(fits, told)) >= _MOSTLY * len(told)


def _dates(cells: Sequence[str]) -> bool:
    """Whether a column holds days: signs between their parts, or eight digits of which all are days."""
    found = days(cells, month_first=False)
    return sum(day is not None for day in found) >= _MOSTLY * max(1, len(cells))


def tells(cells: Sequence[str]) -> bool:
    """Whether a column says anything about a movement: words, and not the same in every line."""
    told = [cell for cell in cells if re.search(r"[A-Za-zÀ-ÿ]{2}|\d{6}", cell)]
    return bool(told) and (len(cells) < 3 or len(set(cells)) > 1)


def _money(columns: Sequence[Sequence[str]], money: Sequence[int]) -> Columns:
    """Amount and balance, or the columns of either direction: banks put what goes out first."""
    if pair := _either(columns, money):
        return _directions(columns, *pair, [i for i in money if i not in pair and _filled(columns[i])])
    full = [i for i in money if sum(bool(cell) for cell in columns[i]) >= _MOSTLY * len(columns[i])]
    part = [i for i in money if i not in full]
    if len(part) >= 2:
        return _directions(columns, part[0], part[1], full)
    if part and full:
        return {"amount": (part[0],), "balance": (full[-1],)}
    if len(full) >= 2:
        first, second = full[0], full[-1]
        if _adds_up(columns, first, second, None) and not _adds_up(columns, second, first, None):
            first, second = second, first
        return {"amount": (first,), "balance": (second,)}
    return {"amount": (money[0],)}


def _filled(cells: Sequence[str]) -> bool:
    return sum(bool(cell) for cell in cells) >= _MOSTLY * len(cells)


def _either(columns: Sequence[Sequence[str]], money: Sequence[int]) -> tuple[int, int] | None:
    """Two columns of which each line fills exactly one, however rare one of them is; nought counts as empty."""
    told = {i: [re.search("[1-9]", cell) is not None for cell in columns[i]] for i in money}
    for out, came in combinations(money, 2):
        if any(told[out]) and any(told[came]) and all(a != b for a, b in zip(told[out], told[came], strict=True)):
            return out, came
    return None


def _directions(columns: Sequence[Sequence[str]], out: int, came: int, full: Sequence[int]) -> Columns:
    found: dict[str, tuple[int, ...]] = {"debit": (out,), "credit": (came,)}
    if full:
        found["balance"] = (full[-1],)
        if not _adds_up(columns, full[-1], came, out) and _adds_up(columns, full[-1], out, came):
            found |= {"debit": (came,), "credit": (out,)}
    return found


def _adds_up(columns: Sequence[Sequence[str]], balance: int, came: int, out: int | None) -> bool:
    """Whether each balance is the one before (or after) it and the movement."""
    rows = len(columns[balance])
    levels = _read(columns[balance])
    plus, minus = _read(columns[came]), _read(columns[out]) if out is not None else [None] * rows
    moves = [(p or Decimal(0)) - abs(m or Decimal(0)) for p, m in zip(plus, minus, strict=True)]
    return steps(levels, moves) >= _MOSTLY * (rows - 1) > 0


def steps(levels: Sequence[Decimal | None], moves: Sequence[Decimal]) -> int:
    """How many movements explain the step from one balance to the next, in the better order of time."""
    pairs = [(i, i + 1) for i in range(len(levels) - 1)]
    best = 0
    for newest_first in (False, True):
        count = 0
        for earlier, later in pairs:
            before, after = (levels[later], levels[earlier]) if newest_first else (levels[earlier], levels[later])
            move = moves[earlier] if newest_first else moves[later]
            count += before is not None and after is not None and after - before == move
        best = max(best, count)
    return best


def _read(cells: Sequence[str]) -> list[Decimal | None]:
    mark = decimal_mark(cells)
    return [amount(cell, mark) for cell in cells]
