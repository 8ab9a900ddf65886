"""CSV of banks: no two alike, so the columns are guessed from their names and shown to a person."""

import csv
import io
import re
from collections.abc import Callable, Sequence
from decimal import Decimal

from mailbot.bank.cells import amount, days, decimal_mark
from mailbot.bank.entry import Entry, StatementFault
from mailbot.bank.fold import compact, one_line
from mailbot.bank.headers import is_header, meaning
from mailbot.core.money import Money

_DELIMITERS = ";,\t|"
_TITLE_ROWS = 40  # banks put the account, its holder and its balance above the table
_OUT = frozenset(("D", "DR", "DBIT", "DEBIT", "S", "SOLL", "AF", "OUT", "SORTIE", "NEUTRAL"))
_IN = frozenset(("C", "CR", "CRDT", "CREDIT", "H", "HABEN", "BIJ", "IN", "ENTREE"))
_NOT_YET = re.compile(r"PEND|ATTENTE|REVERTED|FAILED|DECLINED|CANCEL|ANNUL|REFUS|VORGEMERKT")
_CODE = re.compile(r"[A-Z]{3}")
_NO_DAY = ("TOTAL", "SOLDE", "BALANCE", "SALDO")

Columns = tuple[tuple[str, str], ...]


def read_table(text: str, currency: str) -> tuple[list[Entry], Columns, list[str]]:
    """Entries, how the columns were understood, and lines that could not be read. Raises StatementFault.

    `currency` is what holds where the file names none.
    """
    rows = max((_rows(text, delimiter) for delimiter in _DELIMITERS), key=_fitness)
    header = next((index for index, (_, cells) in enumerate(rows[:_TITLE_ROWS]) if is_header(cells)), None)
    if header is None:
        raise StatementFault(
            "has no line that names its columns",
            "write one above the lines, such as date;label;amount;currency",
        )
    names = rows[header][1]
    columns = meaning(names)
    named = _currency_in(names, columns) or currency
    body = [(line, cells) for line, cells in rows[header + 1 :] if _carries(cells, columns)]
    shown = tuple((name, ", ".join(names[i].strip() for i in where)) for name, where in columns.items())
    entries, faults = _entries(body, columns, named)
    return entries, shown, faults


def _rows(text: str, delimiter: str) -> list[tuple[int, tuple[str, ...]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return [(reader.line_num, tuple(cells)) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise StatementFault(f"is no table ({error})", "save it again as CSV", reader.line_num) from error


def _fitness(rows: Sequence[tuple[int, tuple[str, ...]]]) -> tuple[int, int]:
    top = [cells for _, cells in rows[:_TITLE_ROWS]]
    return max((len(meaning(cells)) for cells in top if is_header(cells)), default=0), max(map(len, top), default=0)


def _currency_in(names: Sequence[str], columns: dict[str, tuple[int, ...]]) -> str:
    """The code in the header itself: `Amount (GBP)`, `Débit euros`, `CAD$`."""
    heads = " ".join(names[i] for name in ("amount", "debit", "credit") for i in columns.get(name, ())).upper()
    if "EURO" in heads:
        return "EUR"
    found = re.search(r"\b(EUR|CAD|USD|GBP|CHF)\b", heads)
    return found[1] if found else ""


def _carries(cells: Sequence[str], columns: dict[str, tuple[int, ...]]) -> bool:
    """Whether a row is a movement that happened: not a balance under the table, nothing pending."""
    status = " ".join(_cell(cells, i) for i in columns.get("status", ()))
    if _NOT_YET.search(compact(status, keep=" ")):
        return False
    day = _cell(cells, columns["booked_on"][0])
    return any(c.isdigit() for c in day) or not compact(" ".join(cells)).startswith(_NO_DAY)


def _cell(cells: Sequence[str], index: int) -> str:
    return cells[index].strip() if index < len(cells) else ""


def _entries(
    body: Sequence[tuple[int, tuple[str, ...]]], columns: dict[str, tuple[int, ...]], currency: str
) -> tuple[list[Entry], list[str]]:
    def column(name: str) -> list[str]:
        return [one_line(*(_cell(cells, i) for i in columns.get(name, ()))) for _, cells in body]

    told = {name: column(name) for name in columns}
    empty = [""] * len(body)
    booked = days(told["booked_on"], month_first=currency == "USD")
    amounts = _amounts(lambda name: told.get(name, empty), len(body))
    entries: list[Entry] = []
    faults: list[str] = []
    for index, (line, _) in enumerate(body):
        day, value = booked[index], amounts[index]
        if day is None or value is None:
            what = "date" if day is None else "amount"
            faults.append(f"line {line}: the {what} cannot be read; this line is left out")
            continue
        written = told.get("currency", empty)[index].upper()
        entries.append(
            Entry(
                id=told.get("id", empty)[index],
                booked_on=day,
                amount=Money.of(value, written if _CODE.fullmatch(written) else currency),
                payer=told.get("payer", empty)[index],
                payer_iban=told.get("payer_iban", empty)[index].replace(" ", "").upper(),
                reference=told.get("reference", empty)[index],
                text=told.get("text", empty)[index],
            )
        )
    return entries, faults


def _amounts(told: Callable[[str], Sequence[str]], count: int) -> list[Decimal | None]:
    """Signed amounts from one column, or from one for each direction."""
    signed, out, came = told("amount"), told("debit"), told("credit")
    mark = decimal_mark([*signed, *out, *came])
    found: list[Decimal | None] = []
    for index in range(count):
        value = amount(signed[index], mark)
        side = compact(told("direction")[index])
        if value is not None and side in _OUT:
            value = -abs(value)
        elif value is not None and side in _IN:
            value = abs(value)
        if value is None:
            debit, credit = amount(out[index], mark), amount(came[index], mark)
            value = credit or (-abs(debit) if debit is not None else credit)
        found.append(value)
    return found
