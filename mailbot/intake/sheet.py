"""What was read from a file: records, and every fault with its place and its mend."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

RecordT = TypeVar("RecordT")

_SHOWN = 60  # characters of a faulty value that a message repeats


class DateOrder(StrEnum):
    """Which of two numbers in 03/04/2026 is the day."""

    DMY = "dmy"
    MDY = "mdy"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with the input, its place, and what to do about it.

    `line` is the physical line of the file, 0 when it concerns the whole file. `column` is the header as written there,
    or an option such as `--amount`, and `file` is empty where a single record was typed instead of read.
    """

    file: str
    line: int
    column: str
    value: str
    reason: str
    mend: str

    @property
    def place(self) -> str:
        """Where it is: `invoices.csv line 12, column due_date`."""
        where = f"{self.file} line {self.line}" if self.file and self.line else self.file
        if not self.column:
            return where
        column = self.column if self.column.startswith("--") else f"column {self.column}"
        return f"{where}, {column}" if where else column

    def __str__(self) -> str:
        said = f"'{shown(self.value)}' {self.reason}" if self.value else self.reason
        text = f"{self.place}: {said}" if self.place else said
        return f"{text}; {self.mend}" if self.mend else text


@dataclass(frozen=True, slots=True)
class Sheet(Generic[RecordT]):
    """The records of one file. Where `faults` is not empty, nothing of the file may be imported.

    `notes` are things that the user should know and that stop nothing: a column that was not used, a row that was left
    out. `profile` names the program whose export it is, and is empty for mailbot's own columns.
    """

    records: tuple[RecordT, ...]
    faults: tuple[Fault, ...] = ()
    dialect: str = ""
    encoding: str = ""
    notes: tuple[Fault, ...] = ()
    profile: str = ""
    file: str = ""

    @property
    def ok(self) -> bool:
        """Whether the sheet may be planned with."""
        return not self.faults


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds where a file says nothing; all of it comes from the user's config or options.

    `currency` is ISO 4217, `country` ISO 3166 alpha-2, `region` a subdivision as `holidays` knows it, `timezone` an
    IANA name. `terms_days` None means that a file must name each due date. `dates` settles the order of day and month
    where a column cannot. `ladders` are the names in the policy; None means that they are not checked here.
    """

    currency: str = ""
    country: str = ""
    region: str = ""
    language: str = ""
    timezone: str = ""
    terms_days: int | None = 30
    dates: DateOrder | None = None
    ladders: frozenset[str] | None = None


def shown(value: str) -> str:
    """A value as a message may repeat it: on one line, with no control characters, shortened."""
    text = "".join(c if c.isprintable() else repr(c)[1:-1] for c in value[: _SHOWN + 1])
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def in_order(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Faults from the top of the file to its end."""
    return tuple(sorted(faults, key=lambda fault: fault.line))
