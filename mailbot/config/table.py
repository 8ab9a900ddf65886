"""Reads one TOML table with types. Every getter notes what is wrong and goes on with a harmless value."""

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import time
from pathlib import Path
from typing import TypeVar

from mailbot.config.faults import Fault, Ledger

_Choice = TypeVar("_Choice")
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)\Z")
_TYPES = {
    str: "text in quotes",
    bool: "true or false",
    int: "a whole number",
    list: "a list in [brackets]",
    dict: "a [section]",
}


def read_toml(file: Path, faults: list[Fault]) -> "Table":
    """Read a file; if it cannot be read or is no TOML, note that and return an empty table."""
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        faults.append(Fault(str(file), "", f"is not UTF-8 text (byte {error.start}); save it as UTF-8"))
    except OSError as error:
        faults.append(Fault(str(file), "", f"cannot be read: {error.strerror}"))
    else:
        ledger = Ledger(file, text, faults)
        try:
            return Table(tomllib.loads(text), ledger)
        except tomllib.TOMLDecodeError as error:
            found = re.search(r"line (\d+)", str(error))
            ledger.note("", f"is not valid TOML: {error}", int(found[1]) if found else None)
    return Table({}, Ledger(file, "", faults), readable=False)


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint of the form `; did you mean "port"?`, or empty text if nothing comes near."""
    folded = {name.lower(): name for name in sorted(known)}
    close = difflib.get_close_matches(word.lower(), folded, n=1, cutoff=0.6)
    return f'; did you mean "{folded[close[0]]}"?' if close else ""


class Table:
    """One table of a file. A missing key without a default is a fault; so is, at `close`, a key nobody asked for."""

    def __init__(self, values: Mapping[str, object], ledger: Ledger, path: str = "", *, readable: bool = True) -> None:
        self._values = values
        self._ledger = ledger
        self._path = path
        self._known: set[str] = set()
        self.readable = readable

    def note(self, key: str, message: str) -> None:
        """Note a fault of one key of this table (or of the table itself, if `key` is empty)."""
        if self.readable:  # of a file that cannot be read, one fault is enough
            self._ledger.note(".".join(filter(None, (self._path, key))), message)

    def has(self, key: str) -> bool:
        """Whether the key is there."""
        return key in self._values

    def ignore(self, key: str) -> None:
        """Take a key as known without reading it."""
        self._known.add(key)

    def keys(self) -> tuple[str, ...]:
        """The keys, in the order of the file."""
        return tuple(self._values)

    def _get(self, key: str, kind: type, *, required: bool, hint: str = "") -> object | None:
        self._known.add(key)
        value = self._values.get(key)
        if value is None:
            if required:
                self.note(key, f"is missing{hint}")
            return None
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.note(key, f"must be {_TYPES[kind]}, but is {_plain(value)}")
            return None
        return value

    def text(self, key: str, default: str | None = None, hint: str = "") -> str:
        """One line of text. Empty text counts as missing where there is no default."""
        value = self._get(key, str, required=default is None, hint=hint)
        if not isinstance(value, str):
            return default or ""
        if any(ord(sign) < 32 or ord(sign) == 127 for sign in value):
            self.note(key, "must be a single line without control characters")
            return default or ""
        if not value.strip() and default is None:
            self.note(key, f"is empty{hint}")
        return value.strip() or default or ""

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of texts; one text alone stands for a list of one."""
        self._known.add(key)
        value = self._values.get(key)
        if isinstance(value, str):
            value = [value]
        if value is None:
            return default
        if not isinstance(value, list) or not all(isinstance(line, str) for line in value):
            self.note(key, f'must be a list of texts, like ["one", "two"], but is {_plain(value)}')
            return default
        if any("\n" in line or "\r" in line for line in value):
            self.note(key, "each entry must be a single line; make it several entries")
            return default
        return tuple(line.strip() for line in value if line.strip())

    def integer(self, key: str, default: int | None, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        value = self._get(key, int, required=default is None)
        if not isinstance(value, int):
            return low if default is None else default
        if not low <= value <= high:
            self.note(key, f"must be from {low} to {high}, but is {value}")
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false."""
        value = self._get(key, bool, required=False)
        return value if isinstance(value, bool) else default

    def choice(self, key: str, words: Mapping[str, _Choice], default: _Choice) -> _Choice:
        """One word of a fixed set."""
        value = self._get(key, str, required=False)
        if not isinstance(value, str):
            return default
        if value not in words:
            self.note(key, f'must be one of {", ".join(words)}, but is "{value}"{nearest(value, words)}')
            return default
        return words[value]

    def clock(self, key: str, default: time) -> time:
        """A wall time like "07:30"."""
        value = self._get(key, str, required=False)
        if not isinstance(value, str):
            return default
        if (found := _CLOCK.match(value)) is None:
            self.note(key, f'must be a time from "00:00" to "23:59", like "07:30", but is "{value}"')
            return default
        return time(int(found[1]), int(found[2]))

    def path(self, key: str, base: Path, default: Path | None = None) -> Path | None:
        """A file or folder; a relative one counts from `base`, `~` is the home folder."""
        value = self.text(key, "")
        return base / Path(value).expanduser() if value else default

    def table(self, key: str, *, required: bool = False) -> "Table":
        """A table inside; an empty one if it is not there."""
        value = self._get(key, dict, required=required)
        path = ".".join(filter(None, (self._path, key)))
        inner = value if isinstance(value, dict) else {}
        readable = self.readable and (isinstance(value, dict) or (value is None and not required))
        return Table(inner, self._ledger, path, readable=readable)

    def tables(self, key: str) -> "tuple[Table, ...]":
        """A list of tables, written as `[[key]]`."""
        value = self._get(key, list, required=False)
        path = ".".join(filter(None, (self._path, key)))
        entries: list[object] = value if isinstance(value, list) else []
        if any(not isinstance(entry, dict) for entry in entries):
            self.note(key, f"must be written as [[{path}]] sections")
        return tuple(
            Table(entry, self._ledger, f"{path}[{index}]")
            for index, entry in enumerate(entries)
            if isinstance(entry, dict)
        )

    def close(self) -> None:
        """Note every key that nobody asked for."""
        for key in self._values:
            if key not in self._known:
                self.note(key, f"is not known here{nearest(key, self._known)}")


def _plain(value: object) -> str:
    """The value in a few words, for a message."""
    if isinstance(value, dict):
        return "a section"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)
