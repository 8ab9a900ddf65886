"""CSV of banks: no two alike, so the columns are guessed from their names and shown to a person."""

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from mailbot.bank.cells import amount, days, decimal_mark, is_day
from mailbot.bank.entry import Entry, StatementFault
from mailbot.bank.fold import compact, folded, one_line
from mailbot.bank.guess import Rows, guessed, steps, tells
from mailbot.bank.headers import Columns, is_header, meaning, other_money
from mailbot.core.money import Money

_DELIMITERS = ";,\t|"
_TITLE_ROWS = 40  # banks put the account, its holder and its balance above the table
_OUT = frozenset(
    ("D", "DR", "DBIT", "DEBIT", "DEBITO", "S", "SOLL", "AF", "OUT", "SORTIE", "NEUTRAL", "WITHDRAWAL", "RETRAIT", "-")
)
_IN = frozenset(("C", "CR", "CRDT", "CREDIT", "CREDITO", "H", "HABEN", "BIJ", "IN", "ENTREE", "DEPOSIT", "DEPOT", "+"))
_NOT_YET = re.compile(r"PEND|ATTENTE|REVERTED|FAILED|DECLINED|CANCEL|ANNUL|REFUS|VORGEMERKT")
# A whole cell that says so, whatever its column is called; the words may be part of a longer text elsewhere.
_NOT_BOOKED = re.compile(
    r"(?:UMSATZ|BUCHUNG|TRANSACTION|OPERATION|STATUT|STATUS|PAYMENT|PAIEMENT)? ?"
    r"(?:VORGEMERKT\w*|VORLAUFIG|NICHT GEBUCHT"
    r"|PENDING(?: TRANSACTION| PAYMENT)?|EN ATTENTE(?: DE \w+)?|A VENIR|NON COMPTABILISEE?|EN COURS(?: DE TRAITEMENT)?"
    r"|NOT (?:YET )?BOOKED|UNBOOKED|PROCESSING|IN PROGRESS|AUTHORI[SZ]ED|AUTHORI[SZ]ATION|AUTORISATION|SCHEDULED"
    r"|PROGRAMMEE?|PLANIFIEE?|DECLINED|REJECTED|REJETEE?|FAILED|ECHOUEE?|REFUSEE?|ANNULEE?|CANCELL?ED|EXPIRED|VOIDED?"
    r"|ABGELEHNT|STORNIERT|PENDIENTE|IN ATTESA|IN BEHANDELING|GERESERVEERD)"
)
_CODE = re.compile(r"[A-Z]{3}")
_ACCOUNT = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_A_LEVEL = re.compile(r"\W*(?:.*\b)?(?:TOTAL|SOLDE|BALANCE|SALDO|OPENING|CLOSING|REPORT|ENDSALDO|KONTOSTAND)")
_FRENCH = re.compile(r"MONTANT|LIBELLE|RETRAIT|DEPOT|SOLDE|DEVISE|OPERATION")


@dataclass(frozen=True, slots=True)
class Layout:
    """How a table was understood. `mark` is the same for all files of that shape; `columns` count from nought.

    `shown` is for a person: what was understood, and the name of the column, or its place.
    """

    mark: str
    columns: Columns
    shown: tuple[tuple[str, str], ...]


def read_table(
    text: str,
    currency: str,
    known: Mapping[str, Columns] | None = None,
    told: Columns | None = None,
    between: tuple[date, date] | None = None,
) -> tuple[list[Entry], Layout, list[str]]:
    """Entries, how the columns were understood, and lines that could not be read. Raises StatementFault.

    `currency` is what holds where the file names none; `known` are layouts by their mark, as a person confirmed them;
    `told` says for this file which column holds what; `between` are the days that a line may be of, for days that can
    be read in two ways.
    """
    rows = max((_rows(text, delimiter) for delimiter in _DELIMITERS), key=_fitness)
    header = next((index for index, (_, cells) in enumerate(rows[:_TITLE_ROWS]) if is_header(cells)), None)
    names: tuple[str, ...] = () if header is None else rows[header][1]
    below = rows if header is None else rows[header + 1 :]
    mark = _mark(names, below)
    columns = told or (known or {}).get(mark) or (_named(names, below) if names else guessed(_widest(below)))
    if columns is None or "booked_on" not in columns:
        raise StatementFault(
            "has no line that names its columns, and they cannot be guessed",
            "write one above the lines, such as date;label;amount;currency, or say --columns date=1,text=2,amount=3",
        )
    above = [] if header is None else rows[:header]
    named = _currency_in(names, columns) or _currency_above(above) or currency
    body: Rows = [(line, cells) for line, cells in below if _carries(cells, columns)]
    if header is None and body:
        body = _without_level(body, columns)
    shown = tuple(
        (name, ", ".join(names[i].strip() if i < len(names) else f"column {i + 1}" for i in where))
        for name, where in columns.items()
    )
    french = _FRENCH.search(folded(" ".join(names))) is not None
    entries, faults = _entries(body, columns, named, french=french, others=other_money(names, columns), between=between)
    return entries, Layout(mark, columns, shown), faults


def _named(names: tuple[str, ...], below: Rows) -> Columns:
    """What the header says; where it names no words, the columns that hold some (a label in another language)."""
    columns = meaning(names)
    if "text" in columns:
        return columns
    taken = {i for where in columns.values() for i in where}
    cells = [[_cell(row, i) for _, row in below] for i in range(len(names))]
    words = tuple(i for i, column in enumerate(cells) if i not in taken and tells(column))
    return {**columns, "text": words} if words else columns


def _mark(names: Sequence[str], below: Rows) -> str:
    """What tells one bank's table from another's: its header, or, without one, how many columns it has."""
    widths = Counter(len(cells) for _, cells in below).most_common(1)
    seed = "|".join(map(compact, names)) or f"no header, {widths[0][0] if widths else 0} columns"
    return hashlib.sha256(seed.encode()).hexdigest()[:16]


def _widest(rows: Rows) -> Rows:
    """The rows that carry the table: those of the commonest width of three columns or more."""
    widths = Counter(len(cells) for _, cells in rows if len(cells) > 2)
    if not widths:
        return []
    width = widths.most_common(1)[0][0]
    return [row for row in rows if len(row[1]) == width and any(c.isdigit() for c in "".join(row[1]))]


def _rows(text: str, delimiter: str) -> Rows:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        rows = [(reader.line_num, tuple(cells)) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise StatementFault(f"is no table ({error})", "save it again as CSV", reader.line_num) from error
    width = max((len(cells) for _, cells in rows if not any("\n" in cell for cell in cells)), default=0)
    if width > 1 and any("\n" in cell or "\r" in cell for _, cells in rows for cell in cells):
        single = _line_by_line(text, delimiter)
        return max(rows, single, key=lambda found: sum(len(cells) == width for _, cells in found))
    return rows


def _line_by_line(text: str, delimiter: str) -> Rows:
    """Each line by itself, where a quotation mark that nobody closed would swallow the lines after it."""
    rows: list[tuple[int, tuple[str, ...]]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.count('"') % 2:
            cells = next(csv.reader([line], delimiter=delimiter, quoting=csv.QUOTE_NONE), [])
        else:
            cells = next(csv.reader([line], delimiter=delimiter), [])
        if any(cell.strip() for cell in cells):
            rows.append((number, tuple(cells)))
    return rows


def _fitness(rows: Rows) -> tuple[int, int, int]:
    top = [cells for _, cells in rows[:_TITLE_ROWS]]
    named = max((len(meaning(cells)) for cells in top if is_header(cells)), default=0)
    return named, 0 if named else len(guessed(_widest(rows[:_TITLE_ROWS])) or ()), max(map(len, top), default=0)


def _currency_in(names: Sequence[str], columns: Columns) -> str:
    """The code in the header itself: `Amount (GBP)`, `Débit euros`, `CAD$`."""
    heads = " ".join(
        names[i] for name in ("amount", "debit", "credit") for i in columns.get(name, ()) if i < len(names)
    ).upper()
    if "EURO" in heads or "€" in heads:
        return "EUR"
    if "£" in heads:
        return "GBP"
    found = re.search(r"\b(EUR|CAD|USD|GBP|CHF)\b", heads)
    return found[1] if found else ""


def _currency_above(rows: Rows) -> str:
    """The code that the lines above the table name: `Devise;CAD`, `Currency: USD`."""
    said = folded(" ".join(cell for _, cells in rows for cell in cells))
    found = re.search(r"(?:DEVISE|CURRENCY|MONNAIE|WAEHRUNG|WAHRUNG)\W{1,5}(EUR|CAD|USD|GBP|CHF)\b", said)
    return found[1] if found else ""


def _carries(cells: Sequence[str], columns: Columns) -> bool:
    """Whether a row is a movement that happened: not a balance under the table, nothing pending."""
    status = " ".join(_cell(cells, i) for i in columns.get("status", ()))
    unbooked = any(_NOT_BOOKED.fullmatch(compact(cell, keep=" ")) for cell in cells)
    if unbooked or _NOT_YET.search(compact(status, keep=" ")):
        return False
    day = _cell(cells, columns["booked_on"][0])
    amounts = [_cell(cells, i) for name in ("amount", "debit", "credit") for i in columns.get(name, ())]
    if any(c.isdigit() for c in day):
        return any(amounts) or not _A_LEVEL.search(folded(" ".join(cells)))
    return not _A_LEVEL.match(compact(" ".join(cells))) and (any(amounts) or bool(_text_of(cells, columns)))


def _text_of(cells: Sequence[str], columns: Columns) -> str:
    return one_line(*(_cell(cells, i) for i in columns.get("text", ())))


def _cell(cells: Sequence[str], index: int) -> str:
    return cells[index].strip() if index < len(cells) else ""


def _entries(
    body: Rows,
    columns: Columns,
    currency: str,
    *,
    french: bool,
    others: Mapping[int, str],
    between: tuple[date, date] | None,
) -> tuple[list[Entry], list[str]]:
    def column(name: str) -> list[str]:
        return [one_line(*(_cell(cells, i) for i in columns.get(name, ()))) for _, cells in body]

    told = {name: column(name) for name in columns}
    empty = [""] * len(body)
    american = currency == "USD" or (currency == "CAD" and not french)
    beside = [cell for _, cells in body for cell in cells if is_day(cell)]
    booked = days(told["booked_on"], month_first=american, beside=beside, between=between)
    told.setdefault("direction", _sides(body))
    amounts = _amounts(lambda name: told.get(name, empty), len(body))
    elsewhere = [_elsewhere(cells, others) for _, cells in body]
    ibans = told.get("payer_iban", empty)
    if len(body) > 2 and len(set(ibans)) == 1:
        ibans = empty  # the same in every line: it is our own account
    entries: list[Entry] = []
    faults: list[str] = []
    for index, (line, _) in enumerate(body):
        day, value, written = booked[index], amounts[index], told.get("currency", empty)[index].upper()
        if value is None and elsewhere[index]:
            value, written = elsewhere[index][0]
        said = told.get("text", empty)[index]
        if not told["booked_on"][index] and value is None and entries:
            entries[-1] = replace(entries[-1], text=one_line(entries[-1].text, said))  # a line that goes on
            continue
        if day is None or value is None:
            if day is None and value is None and not any(c.isdigit() for c in told["booked_on"][index]):
                continue  # words below the table
            what = "date" if day is None else "amount"
            faults.append(f"line {line}: the {what} cannot be read; this line is left out")
            continue
        entries.append(
            Entry(
                id=told.get("id", empty)[index],
                booked_on=day,
                amount=Money.of(value, written if _CODE.fullmatch(written) else currency),
                payer=_name(told.get("payer", empty)[index]),
                payer_iban=ibans[index].replace(" ", "").upper(),
                reference=told.get("reference", empty)[index],
                text=said,
            )
        )
    return entries, faults


def _name(cell: str) -> str:
    """A payer's name; an account's number that stands in its column is none."""
    return cell if re.search(r"[^\W\d_]{2}", cell) and not _ACCOUNT.fullmatch(cell.replace(" ", "")) else ""


def _without_level(body: Rows, columns: Columns) -> Rows:
    """A table without names, less a last line that leaves empty what all others tell: it is the balance (LCL)."""
    *rest, last = body
    usual = [i for i in columns.get("text", ()) if rest and all(_cell(cells, i) for _, cells in rest)]
    return rest if len(rest) > 1 and usual and not any(_cell(last[1], i) for i in usual) else body


def _sides(body: Rows) -> list[str]:
    """The column, whatever its name, whose every cell says which way the money went; empty cells if there is none."""
    for index in range(max((len(cells) for _, cells in body), default=0)):
        cells = [_cell(cells, index) for _, cells in body]
        said = {_side(cell) for cell in cells}
        if said and said <= _OUT | _IN and (any(len(one) > 1 for one in said) or (said & _OUT and said & _IN)):
            return cells
    return [""] * len(body)


def _side(cell: str) -> str:
    return compact(cell) or re.sub(r"[\u2212\u2013]", "-", cell.strip())


def _elsewhere(cells: Sequence[str], others: Mapping[int, str]) -> list[tuple[Decimal, str]]:
    """The amount in a column of another currency, and that currency."""
    found = ((amount(_cell(cells, i), decimal_mark([_cell(cells, i)])), code) for i, code in others.items())
    return [(value, code) for value, code in found if value is not None]


def _amounts(told: Callable[[str], Sequence[str]], count: int) -> list[Decimal | None]:
    """Signed amounts from one column, or from one for each direction; a running balance decides what a sign means."""
    signed, out, came, level = told("amount"), told("debit"), told("credit"), told("balance")
    mark = decimal_mark([*signed, *out, *came])
    found: list[Decimal | None] = []
    for index in range(count):
        value = amount(signed[index], mark)
        side = _side(told("direction")[index])
        if value is not None and side in _OUT:
            value = -abs(value)
        elif value is not None and side in _IN:
            value = abs(value)
        if value is None:
            debit, credit = amount(out[index], mark), amount(came[index], mark)
            value = credit or (-abs(debit) if debit is not None else credit)
            if debit and credit:
                value = None  # it cannot have come and gone at once
        found.append(value)
    if any(signed) and not any(told("direction")):
        own = decimal_mark(level)
        return _by_balance(found, [amount(one, own) for one in level])
    return found


def _by_balance(found: Sequence[Decimal | None], levels: Sequence[Decimal | None]) -> list[Decimal | None]:
    """Amounts with the sign that explains the balances, where as they stand they do not."""
    moves = [value or Decimal(0) for value in found]
    enough = len(found) - 1
    if enough < 1 or steps(levels, moves) == enough:
        return list(found)
    if steps(levels, [-move for move in moves]) == enough > 1:
        return [None if value is None else -value for value in found]
    if any(move < 0 for move in moves):
        return list(found)
    for newest_first in (False, True):  # all above nought: each step of the balance says which way
        ways: list[Decimal | None] = []
        for i, value in enumerate(found):
            j = i + 1 if newest_first else i - 1
            before, after = levels[j] if 0 <= j < len(levels) else None, levels[i]
            fits = value is not None and before is not None and after is not None and abs(after - before) == value
            ways.append(after - before if fits and after is not None and before is not None else None)
        if sum(way is not None for way in ways) >= enough:
            return [value if way is None else way for way, value in zip(ways, found, strict=True)]
    return list(found)
