"""A mail's words as lines of cells, and folded sign by sign so that places stay the same."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from mailbot.notices.amounts import masked

CELL = "\x1f"
"""What stands between two cells of a table."""
_CHARS = 24_000
_LINES = 600
_CELLS = re.compile(rf"\s*(?:{CELL}|\t| {{3,}}| \| )\s*")
_INVISIBLE = re.compile("[\u00ad\u034f\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")
_SIGNS = str.maketrans(
    {"\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u2212": "-", "\u2011": "-", "\u2010": "-", "\uff1a": ":"}
)


@dataclass(frozen=True, slots=True)
class Part:
    """The words of one part of a mail, subject first. `text` has one line a row, `folded` the same in plain letters.

    `masked` is `folded` without its amounts.
    """

    subject: str
    rows: tuple[tuple[str, ...], ...]
    text: str
    folded: str
    masked: str


def part_of(subject: str, text: str) -> Part:
    """Cut a part into rows and cells; quoted lines are left out, and so is what nobody reads."""
    rows: list[tuple[str, ...]] = []
    for line in _INVISIBLE.sub("", text[:_CHARS]).translate(_SIGNS).split("\n")[:_LINES]:
        if line.lstrip().startswith(">"):
            continue
        cells = tuple(tidy for cell in _CELLS.split(line.replace("**", "")) if (tidy := _tidy(cell)))
        if cells or (rows and rows[-1]):
            rows.append(cells)
    head = _tidy(_INVISIBLE.sub("", subject).translate(_SIGNS))
    whole = "\n".join((head, "", *(" ".join(cells) for cells in rows)))
    folded = fold(whole)
    return Part(head, tuple(rows), whole, folded, masked(folded))


def _tidy(cell: str) -> str:
    plain = " ".join(cell.split())
    return "" if plain and not any(c.isalnum() or c in "€$£" for c in plain) else plain


def fold(text: str) -> str:
    """Small letters without accents, sign by sign; every blank is a blank."""
    return "".join(map(_sign, text))


@lru_cache(maxsize=4096)
def _sign(char: str) -> str:
    if char == "\n":
        return char
    if char.isspace():
        return " "
    small = unicodedata.normalize("NFKD", char)[:1].lower()
    return small if len(small) == 1 else char
