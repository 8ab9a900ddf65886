"""A grid and its header: which cell means what, and which rows are data."""

import difflib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from mailbot.intake.columns import KNOWN_UNUSED, Column, fold, names
from mailbot.intake.exports import Export
from mailbot.intake.grid import Grid, Row, read_grid
from mailbot.intake.octets import decode
from mailbot.intake.sheet import Fault

_TITLE_ROWS = 15
_EXPORT_SCORE = 100


@dataclass(slots=True)
class Line:
    """One record being read: its cells by column name, and the faults found in it so far."""

    file: str
    number: int
    cells: Mapping[str, str]
    headers: Mapping[str, str]
    faults: list[Fault] = field(default_factory=list)

    def text(self, name: str) -> str:
        """The trimmed text of a column, empty where the column or its value is missing."""
        return self.cells.get(name, "").strip()

    def fault(self, name: str, reason: str, mend: str, value: str | None = None) -> None:
        """Note a fault in one cell."""
        said = self.cells.get(name, "") if value is None else value
        self.faults.append(Fault(self.file, self.number, self.headers.get(name, name), said, reason, mend))


@dataclass(frozen=True, slots=True)
class Frame:
    """The data lines of a file under its header. No lines where a fault concerns the whole file."""

    file: str
    lines: tuple[Line, ...] = ()
    faults: tuple[Fault, ...] = ()
    notes: tuple[Fault, ...] = ()
    dialect: str = ""
    encoding: str = ""
    export: Export | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """What a kind of file may hold: columns, which of them are required (one of each group), known exports."""

    columns: tuple[Column, ...]
    required: tuple[tuple[str, ...], ...]
    exports: tuple[Export, ...]

    def score(self, row: Row) -> int:
        """How much a row looks like a header of this layout."""
        folded = frozenset(map(fold, row.cells))
        if any(export.fits(folded) for export in self.exports):
            return _EXPORT_SCORE + len(folded)
        return len({meaning for name, meaning in names(self.columns).items() if name in folded})


def read_frame(octets: bytes, file: str, layout: Layout) -> Frame:
    """Octets to lines; whatever the octets are, the answer is a frame with faults and never an exception."""
    decoded = decode(octets)
    if decoded.problem:
        return Frame(file, faults=(Fault(file, 0, "", "", decoded.problem, decoded.mend),), encoding=decoded.encoding)
    grid = read_grid(decoded.text, layout.score)
    if not grid.rows and not grid.problem:
        fault = Fault(
            file, 0, "", "", "is empty", "put the column names on the first line and one record on each line below"
        )
        return Frame(file, faults=(fault,), encoding=decoded.encoding)
    return _framed(grid, file, layout, decoded.encoding)


def _framed(grid: Grid, file: str, layout: Layout, encoding: str) -> Frame:
    broken: list[Fault] = []
    if grid.problem:
        broken.append(Fault(file, grid.line, "", "", grid.problem, grid.mend))
    if not grid.rows:
        return Frame(file, faults=tuple(broken), dialect=grid.dialect, encoding=encoding)
    top = grid.rows[:_TITLE_ROWS]
    head = max(top, key=layout.score)  # the first of equals
    if layout.score(head) < 2:
        head = top[0]
    body = grid.rows[grid.rows.index(head) + 1 :]
    export = next((e for e in layout.exports if e.fits(frozenset(map(fold, head.cells)))), None)
    places, notes, faults = _places(head, file, layout, export)
    missing = [group for group in layout.required if not any(name in places for name in group)]
    if missing:
        faults += [_missing(group, head, file, layout) for group in missing]
        return Frame(file, (), tuple(broken + faults), tuple(notes), grid.dialect, encoding, export)
    if not body and not grid.problem:
        faults.append(Fault(file, 0, "", "", "has column names and no records", "write one record on each line"))
    lines, more, left_out = _lines(body, head, places, file=file, export=export)
    return Frame(
        file, lines, tuple(broken + faults + more), tuple(notes + left_out), grid.dialect, encoding, export
    )  # fmt: skip


def _places(
    head: Row, file: str, layout: Layout, export: Export | None
) -> tuple[dict[str, int], list[Fault], list[Fault]]:
    """Column name to cell index, with notes on what is not used and faults on what is there twice."""
    folded = [fold(cell) for cell in head.cells]
    twice = [name for name, count in Counter(filter(None, folded)).items() if count > 1]
    ours = names(layout.columns)
    preference: dict[str, tuple[str, ...]] = {
        c.name: (fold(c.name), *(map(fold, c.aliases.split("|")) if not export else ())) for c in layout.columns
    }
    if export:
        claimed = {fold(theirs) for group in export.columns.values() for theirs in group}
        preference = {
            name: (*map(fold, export.columns.get(name, ())), *(n for n in own if n not in claimed))
            for name, own in preference.items()
        }
    places = {
        name: folded.index(found)
        for name, wanted in preference.items()
        if (found := next((w for w in wanted if w and w in folded), None)) is not None
    }
    used = {folded[index] for index in places.values()}
    faults = [
        Fault(file, head.line, head.cells[folded.index(name)], "", "is there twice", "rename or delete one of them")
        for name in twice
        if name in used
    ]
    notes: list[Fault] = []
    if not export:
        notes = [
            _unused(head.cells[index], ours, places, file, head.line)
            for index, name in enumerate(folded)
            if name and name not in used and name not in KNOWN_UNUSED
        ]
    return places, notes, faults


def _unused(cell: str, ours: Mapping[str, str], places: Mapping[str, int], file: str, line: int) -> Fault:
    folded = fold(cell)
    if folded in ours:
        return Fault(file, line, cell, "", f"is not used, since an other column is {ours[folded]}", "")
    near = difflib.get_close_matches(folded, [n for n, meant in ours.items() if meant not in places], n=1, cutoff=0.7)
    mend = f"did you mean {ours[near[0]]}?" if near else ""
    return Fault(file, line, cell, "", "is not a column that mailbot knows, and was not used", mend)


def _missing(group: tuple[str, ...], head: Row, file: str, layout: Layout) -> Fault:
    wanted = {column.name: column for column in layout.columns}
    known = {fold(alias): name for name in group for alias in (name, *wanted[name].aliases.split("|"))}
    near = [cell for cell in head.cells if difflib.get_close_matches(fold(cell), known, n=1, cutoff=0.75)]
    mend = f"rename the column {near[0].strip()[:40]}" if near else f"add it: {wanted[group[0]].meaning}"
    return Fault(file, head.line, " or ".join(group), "", "is missing", mend)


def _lines(
    body: tuple[Row, ...], head: Row, places: Mapping[str, int], *, file: str, export: Export | None
) -> tuple[tuple[Line, ...], list[Fault], list[Fault]]:
    headers = {name: head.cells[index].strip() for name, index in places.items()}
    kind_at = next((i for i, c in enumerate(head.cells) if export and fold(c) in map(fold, export.row_kind)), None)
    left_out: Counter[str] = Counter()
    faults: list[Fault] = []
    lines: list[Line] = []
    for row in _data(body, head, places, report=bool(export and export.report)):
        kind = row.cells[kind_at].strip() if kind_at is not None and kind_at < len(row.cells) else ""
        if export and kind and fold(kind) not in export.kinds:
            left_out[kind] += 1
            continue
        if any(cell.strip() for cell in row.cells[len(head.cells) :]):
            reason = f"has {len(row.cells)} cells under {len(head.cells)} column names"
            mend = "put quotation marks around a value that holds the delimiter"
            faults.append(Fault(file, row.line, "", "", reason, mend))
            continue
        cells = {name: row.cells[index] for name, index in places.items() if index < len(row.cells)}
        lines.append(Line(file, row.line, cells, headers))
    notes = [_kind_left_out(file, kind, count) for kind, count in left_out.items()]
    return tuple(lines), faults, notes


def _kind_left_out(file: str, kind: str, count: int) -> Fault:
    rows = "1 row" if count == 1 else f"{count} rows"
    return Fault(file, 0, "", "", f"{rows} of the type {kind[:30]} left out, being no invoices", "")


def _data(body: tuple[Row, ...], head: Row, places: Mapping[str, int], *, report: bool) -> Iterator[Row]:
    """The rows that hold records; a report also has group headings, totals and a time stamp."""
    for row in body:
        said = [cell.strip() for cell in row.cells if cell.strip()]
        if report:
            keys = [
                row.cells[places[n]].strip()
                for n in ("number", "issued_on", "email")
                if n in places and places[n] < len(row.cells)
            ]
            if len(said) == 1 or fold(said[0]).startswith("total") or row.cells == head.cells or not any(keys):
                continue
        yield row
