"""Exports with one row per item: rows of one invoice become one line, their amounts added up."""

from dataclasses import replace
from decimal import Decimal

from mailbot.intake.amounts import NotAnAmountError, number, take_apart
from mailbot.intake.frame import Line

_SAME = ("client_name", "client", "issued_on", "due_on", "currency", "status")
_MOST_DECIMALS = 6  # an item's share may be finer than a cent; the sum may not


def merged(lines: tuple[Line, ...], mark: str | None) -> tuple[Line, ...]:
    """One line per invoice number, in order of first appearance, with the sum as its amount.

    Rows that disagree on anything but the item are faulted, and so is a row whose amount cannot be read.
    """
    groups: dict[str, list[Line]] = {}
    loose: list[Line] = []
    for line in lines:
        (groups.setdefault(line.text("number").casefold(), []) if line.text("number") else loose).append(line)
    whole = [_one(group, mark) for group in groups.values()]
    return tuple(sorted((*loose, *whole), key=lambda line: line.number))


def _one(rows: list[Line], mark: str | None) -> Line:
    first = rows[0]
    if len(rows) == 1:
        return first
    total = Decimal(0)
    unit = ""
    for row in rows:
        for name in _SAME:
            if row.text(name) != first.text(name):
                reason = f"differs from line {first.number} of the same invoice"
                row.fault(name, reason, "make them the same, or give one an other number")
        try:
            parts = take_apart(row.text("amount"))
            value = number(parts.digits, mark, None, _MOST_DECIMALS)
        except NotAnAmountError as error:
            row.fault("amount", str(error), "write digits and a decimal mark, such as 1250.00")
            continue
        unit = unit or parts.unit
        total += -value if parts.negative else value
    faults = [fault for row in rows for fault in row.faults]
    amount = f"{total:.{_MOST_DECIMALS}f}"  # never three decimals, which could be read as a thousand
    subject = first.text("subject") + " …"
    cells = {**first.cells, "amount": f"{amount} {unit}".strip(), "subject": subject}
    return replace(first, cells=cells, faults=faults)
