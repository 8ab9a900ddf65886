"""Text to rows of cells, each with the physical line on which it starts."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
_PROBE_ROWS = 15  # reports put a few title lines above their header


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
    """All rows that are not blank. `problem` names what stopped the reading, at line `problem_line`."""

    rows: tuple[Row, ...]
    dialect: str
    problem: str = ""
    problem_line: int = 0


def read_grid(text: str, score: Callable[[Row], int]) -> Grid:
    """Split text into rows, with the delimiter whose first rows `score` best as a header."""
    told = re.match(r"sep=([,;\t])\r?\n", text, re.IGNORECASE)
    if told:  # Excel's own way to name the delimiter
        rows, problem, line = _rows(text[told.end() :], told[1], first=2)
        return Grid(rows, _DELIMITERS[told[1]], problem, line)

    def fitness(delimiter: str) -> tuple[int, int]:
        top = [row for row, _ in islice(_walk(text, delimiter, 1), _PROBE_ROWS) if row is not None]
        return max((score(row) for row in top), default=0), max((len(row.cells) for row in top), default=0)

    best = max(_DELIMITERS, key=fitness)
    rows, problem, line = _rows(text, best, first=1)
    return Grid(rows, _DELIMITERS[best], problem, line)


def _rows(text: str, delimiter: str, first: int) -> tuple[tuple[Row, ...], str, int]:
    rows: list[Row] = []
    for row, stopped in _walk(text, delimiter, first):
        if row is None:
            return tuple(rows), stopped[0], stopped[1]
        if not row.blank:
            rows.append(row)
    return tuple(rows), "", 0


def _walk(text: str, delimiter: str, first: int) -> Iterator[tuple[Row | None, tuple[str, int]]]:
    # strict: otherwise a quote that is never closed swallows the rest of the file without a word
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = first + reader.line_num
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield None, (_said(error), line)
            return
        yield Row(line, tuple(cells)), ("", 0)


def _said(error: csv.Error) -> str:
    text = str(error)
    if "field larger" in text:
        return "holds a cell longer than 128 KB"
    if "unexpected end" in text:
        return "opens a quotation mark that is never closed"
    return "has text after a closing quotation mark"
