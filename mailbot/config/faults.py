"""Faults of the operator's files: collected, never raised one by one, each with its place and its mend."""

import re
from dataclasses import dataclass
from pathlib import Path

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]")
_KEY = re.compile(r"""^\s*["']?([\w.-]+)["']?\s*=""")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong in a file; `key` is dotted, `line` counts from 1 and is None where nobody can tell."""

    file: str
    key: str
    message: str
    line: int | None = None

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.key}: {self.message}" if self.key else f"{place}: {self.message}"


class ConfigFaults(Exception):
    """The configuration cannot be used; `faults` holds everything that is wrong with it."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


def line_of(text: str, dotted: str) -> int | None:
    """The line of a key (`imap.port`, `ladder.default[2].gap_days`) or of its table in a TOML text.

    A key that is missing is placed at its table's header; None if that is missing too.
    """
    lines = _places(text)
    while dotted:
        if dotted in lines:
            return lines[dotted]
        dotted = dotted.rpartition(".")[0]
    return None


def _places(text: str) -> dict[str, int]:
    """Where each key and table of a TOML text stands. tomllib forgets it, so this reads the lines once more."""
    table, counts, lines = "", dict[str, int](), dict[str, int]()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = header[2].replace('"', "").replace(" ", "")
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = f"{table}[{counts[table]}]"
            lines.setdefault(table, number)
        elif key := _KEY.match(line):
            lines.setdefault(f"{table}.{key[1]}" if table else key[1], number)
    return lines


@dataclass(frozen=True, slots=True)
class Ledger:
    """Where the faults of one file are noted."""

    file: Path
    text: str
    faults: list[Fault]

    def note(self, key: str, message: str, line: int | None = None) -> None:
        """Write down one fault; the line is looked up unless given."""
        self.faults.append(Fault(str(self.file), key, message, line or line_of(self.text, key)))
