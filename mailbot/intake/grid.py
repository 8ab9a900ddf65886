"""Text to rows of cells, each with the physical line on which it starts."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
_PROBE_ROWS = 15  # reports put a few title lines above their header
_MOST_COLUMNS = 500


@dataclass(frozen=True, slots=True)
class Row:
    """One record of the file; a quoted newline makes it span several lines, and `line` is the first of them."""

    line: int
    cells: tuple[str, ...]

    @property
    def blank(self) -> bool:
        """Whether no cell says anything."""
        return not any(cell.strip() for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Grid:
    """All rows that are not blank. `problem` names what stopped the reading, `mend` what to do, `line` where."""

    rows: tuple[Row, ...]
    dialect: str
    problem: str = ""
    mend: str = ""
    line: int = 0


def read_grid(text: str, score: Callable[[Row], int]) -> Grid:
    """Split text into rows, with the delimiter whose first rows `score` best as a header."""
    told = re.match(r"sep=([,;\t])\r?\n", text, re.IGNORECASE)
    if told:  # Excel's own way to name the delimiter
        return _grid(text[told.end() :], told[1], first=2)

    def fitness(delimiter: str) -> tuple[int, int]:
        top = [row for row in islice(_walk(text, delimiter, 1), _PROBE_ROWS) if isinstance(row, Row)]
        return max(map(score, top), default=0), max((len(row.cells) for row in top), default=0)

    return _grid(text, max(_DELIMITERS, key=fitness), first=1)


@dataclass(frozen=True, slots=True)
class _Stop:
    """Why nothing can be read from this line on."""

    problem: str
    mend: str
    line: int


def _grid(text: str, delimiter: str, first: int) -> Grid:
    rows: list[Row] = []
    for row in _walk(text, delimiter, first):
        if isinstance(row, _Stop):
            return Grid(tuple(rows), _DELIMITERS[delimiter], row.problem, row.mend, row.line)
        if not row.blank:
            rows.append(row)
    return Grid(tuple(rows), _DELIMITERS[delimiter])


def _walk(text: str, delimiter: str, first: int) -> Iterator[Row | _Stop]:
    # strict: otherwise a quote that is never closed swallows the rest of the file without a word
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = first + reader.line_num
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield _Stop(*_said(error), line)
            return
        if len(cells) > _MOST_COLUMNS:
            yield _Stop(
                f"has more than {_MOST_COLUMNS} cells", "check that this is a table of invoices or clients", line
            )
            return
        if cells:
            yield Row(line, tuple(cells))


def _said(error: csv.Error) -> tuple[str, str]:
    text = str(error)
    if "field larger" in text:
        return "holds a cell longer than 128 KB", "look for a quotation mark that is never closed"
    if "unexpected end" in text:
        return "opens a quotation mark that is never closed", "close it, or double a quotation mark that is text"
    return "has text after a closing quotation mark", "double a quotation mark that is text"
