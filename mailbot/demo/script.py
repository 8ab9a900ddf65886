"""The scripts of the stories, read from a file that a user can change: who does what when which letter arrives."""

import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TypeVar, cast
from zoneinfo import ZoneInfo, available_timezones

from mailbot.config import ConfigFaults, Fault
from mailbot.demo.programs import PROGRAMS

LETTERS = ("invoice", "courtesy", "friendly", "personal", "thanks", "promise_ack")
"""The letters that a script may wait for."""
COMMANDS = ("go-live", "release", "hold", "cancel", "note", "approve", "import", "import-bank", "trust")
HUSHES = ("nothing", "invoice", "client")
ENDS = ("open", "promised", "disputed", "settled", "written_off")
UNTIL_RELEASED = "released"

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Cue:
    """When something happens: on a day, or some calendar days after a letter arrived; `about` narrows the letter."""

    at: time
    on: date | None = None
    after: str = ""
    days: int = 0
    about: str = ""


@dataclass(frozen=True, slots=True)
class Writes:
    """A client writes. `hush` is what the bot must not chase from then on, `until` when it may again.

    `until` is a day, or None for: until the operator says so. The laws are checked against this, not against what
    the bot understood.
    """

    cue: Cue
    text: str
    hush: str = "nothing"
    until: date | None = None
    auto: bool = False
    subject: str = ""
    invoices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pays:
    """Money arrives, and the operator says so with `mailbot paid`; no amount means the whole balance."""

    cue: Cue
    invoice: str
    amount: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """A client with a mailbox, a mail program and a script. `ends` says how each invoice should end."""

    code: str
    title: str
    program: str
    signature: str
    writes: tuple[Writes, ...] = ()
    pays: tuple[Pays, ...] = ()
    ends: Mapping[str, str] = field(default_factory=dict)
    bounces_from: date | None = None


@dataclass(frozen=True, slots=True)
class Stranger:
    """Somebody who is no client writes to the business; a payment service signs with its domain's key (`signed_by`).

    `settles` is the invoice whose money the mail tells of, where that is true.
    """

    cue: Cue
    name: str
    email: str
    subject: str
    text: str
    signed_by: str = ""
    settles: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """What the operator does by hand."""

    cue: Cue
    does: str
    about: str = ""
    note: str = ""
    until: date | None = None
    clients: str = ""
    invoices: str = ""
    statement: str = ""
    settles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outage:
    """From one instant to the other the mail server's IMAP does not answer, or mailbot itself does not run."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Play:
    """Everything that will be played. `folder` is where the other files of the story lie."""

    folder: Path
    title: str
    zone: ZoneInfo
    starts_on: date
    days: int
    config: str
    actors: tuple[Actor, ...]
    operator: tuple[Command, ...]
    strangers: tuple[Stranger, ...]
    outages: tuple[Outage, ...]
    downtimes: tuple[Outage, ...] = ()

    def text_of(self, name: str) -> str:
        """A file of the story."""
        return (self.folder / name).read_text("utf-8")


class _Row:
    """A table of the file; every getter notes what is wrong and goes on with a harmless value."""

    def __init__(self, values: Mapping[str, object], path: str, file: str, faults: list[Fault]) -> None:
        self._values, self._path, self._file, self._faults = values, path, file, faults
        self._asked: set[str] = set()

    def note(self, key: str, message: str) -> None:
        self._faults.append(Fault(self._file, f"{self._path}.{key}".strip("."), message))

    def get(self, key: str, kind: type[Value], default: Value | None = None) -> Value:
        """The value of a key; one that is missing without a default, or of another kind, is a fault."""
        self._asked.add(key)
        value = self._values.get(key)
        if value is None and default is not None:
            return default
        if not isinstance(value, kind) or (kind is date and isinstance(value, datetime)):
            self.note(key, "is missing" if value is None else f"must be a {kind.__name__}, but is {value!r}")
            return default if default is not None else cast("Value", _HARMLESS[kind])
        return value

    def maybe(self, key: str, kind: type[Value]) -> Value | None:
        self._asked.add(key)
        return self.get(key, kind) if key in self._values else None

    def word(self, key: str, words: Collection[str], default: str = "") -> str:
        value = self.get(key, str, default) if default else self.get(key, str)
        if value and value not in words:
            self.note(key, f'must be one of {", ".join(words)}, but is "{value}"')
        return value

    def rows(self, key: str) -> "Iterator[_Row]":
        self._asked.add(key)
        found = self._values.get(key, [])
        if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
            self.note(key, f"must be written as [[{key}]]")
            return
        for index, row in enumerate(found, start=1):
            yield _Row(row, f"{self._path}.{key}[{index}]".strip("."), self._file, self._faults)

    def close(self) -> None:
        for key in self._values.keys() - self._asked:
            self.note(key, "is not a word of this script")


_HARMLESS: dict[type, object] = {
    str: "",
    int: 0,
    bool: False,
    date: date.min,
    time: time.min,
    dict: {},
    list: [],
    datetime: datetime(1, 1, 2, tzinfo=UTC),
}


def read_play(file: Path) -> Play:
    """Read a story file; raises ConfigFaults with everything that is wrong in it."""
    faults: list[Fault] = []
    try:
        values = tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else f"is not valid TOML: {error}"
        raise ConfigFaults((Fault(str(file), "", str(why)),)) from error
    root = _Row(values, "", str(file), faults)
    zone = root.get("timezone", str)
    if zone not in available_timezones():
        root.note("timezone", f'"{zone}" is no time zone; write one such as "America/Toronto"')
        zone = "UTC"
    play = Play(
        folder=file.parent,
        title=root.get("title", str, "mailbot"),
        zone=ZoneInfo(zone),
        starts_on=root.get("starts", date),
        days=root.get("days", int),
        config=root.get("config", str),
        actors=tuple(_actor(row) for row in root.rows("client")),
        operator=tuple(_command(row) for row in root.rows("operator")),
        strangers=tuple(_stranger(row) for row in root.rows("stranger")),
        outages=tuple(_outage(row, ZoneInfo(zone)) for row in root.rows("outage")),
        downtimes=tuple(_outage(row, ZoneInfo(zone)) for row in root.rows("downtime")),
    )
    if not 1 <= play.days <= 366:
        root.note("days", "must be from 1 to 366")
    root.close()
    named = {play.config, *(file for command in play.operator for file in _files(command) if file)}
    faults += [
        Fault(str(file), "", f"names the file {name}, which does not lie beside it")
        for name in sorted(named)
        if not (file.parent / name).is_file()
    ]
    if faults:
        raise ConfigFaults(tuple(faults))
    return play


def _actor(row: _Row) -> Actor:
    ends = row.get("ends", dict, {})
    for number, end in ends.items():
        if end not in ENDS:
            row.note(f"ends.{number}", f'must be one of {", ".join(ENDS)}, but is "{end}"')
    actor = Actor(
        code=row.get("code", str),
        title=row.get("title", str),
        program=row.word("program", tuple(PROGRAMS)),
        signature=row.get("signature", str, "").strip(),
        writes=tuple(_writes(line) for line in row.rows("writes")),
        pays=tuple(_pays(line) for line in row.rows("pays")),
        ends={str(number): str(end) for number, end in ends.items()},
        bounces_from=row.maybe("bounces_from", date),
    )
    row.close()
    return actor


def _cue(row: _Row) -> Cue:
    on, after = row.maybe("on", date), row.get("after", str, "")
    if after and after not in LETTERS:
        row.note("after", f'must be one of {", ".join(LETTERS)}, but is "{after}"')
    if (on is None) == (not after):
        row.note("on", 'say either "on" (a day) or "after" (a letter)')
    about = row.get("about_letter", str, "")
    return Cue(row.get("at", time, time(10)), on, after, row.get("days", int, 0), about)


def _writes(row: _Row) -> Writes:
    invoices = row.get("invoices", list, [])
    writes = Writes(
        cue=_cue(row),
        text=row.get("text", str).strip(),
        hush=row.word("hush", HUSHES, "nothing"),
        until=row.maybe("until", date),
        auto=row.get("auto", bool, False),
        subject=row.get("subject", str, ""),
        invoices=tuple(str(number) for number in invoices),
    )
    row.close()
    return writes


def _pays(row: _Row) -> Pays:
    pays = Pays(_cue(row), row.get("invoice", str), row.get("amount", str, ""))
    row.close()
    return pays


def _files(command: Command) -> tuple[str, ...]:
    return command.clients, command.invoices, command.statement


def _stranger(row: _Row) -> Stranger:
    one = Stranger(
        _cue(row),
        row.get("name", str),
        row.get("email", str),
        row.get("subject", str),
        row.get("text", str).strip(),
        row.get("signed_by", str, ""),
        row.get("settles", str, ""),
    )
    row.close()
    return one


def _command(row: _Row) -> Command:
    command = Command(
        cue=_cue(row),
        does=row.word("does", COMMANDS),
        about=row.get("about", str, ""),
        note=row.get("note", str, ""),
        until=row.maybe("until", date),
        clients=row.get("clients", str, ""),
        invoices=row.get("invoices", str, ""),
        statement=row.get("statement", str, ""),
        settles=tuple(str(number) for number in row.get("settles", list, [])),
    )
    row.close()
    return command


def _outage(row: _Row, zone: ZoneInfo) -> Outage:
    outage = Outage(row.get("starts", datetime), row.get("ends", datetime))
    row.close()
    if outage.ends_at <= outage.starts_at:
        row.note("ends", "must be later than starts")
    return Outage(outage.starts_at.replace(tzinfo=zone), outage.ends_at.replace(tzinfo=zone))
