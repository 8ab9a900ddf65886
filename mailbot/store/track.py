"""The track beside a SQLite file: how far the database had come and what has left, for when an old copy is put back.

`mailbot.db.generation` holds a number that grows with every change that matters, and one line for each letter that
began to leave. A database that is behind its track is an older one: letters have left, money has come, and it knows
nothing of it. The file holds no address and no name. It is not synced: one that lags behind the database harms nobody.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from mailbot.flows.restored import Departure

GENERATION = "generation"
"""The fact that holds the number within the database."""

_WIDTH = 20


@dataclass(frozen=True, slots=True)
class Trace:
    """What the track says: the highest number, and the letters that left with the number of each."""

    generation: int
    departures: tuple[tuple[int, Departure], ...] = ()

    def since(self, generation: int) -> tuple[Departure, ...]:
        """The letters that left after the database stood at this number."""
        return tuple(departure for number, departure in self.departures if number > generation)


class Track:
    """The file beside the database. Writing to it never raises: a track is no reason not to work."""

    def __init__(self, database: Path) -> None:
        self.path = database.with_name(database.name + ".generation")

    def read(self) -> Trace | None:
        """What it says, or None where there is no track; lines that cannot be read are left out."""
        try:
            text = self.path.read_text("utf-8", "replace")
        except OSError:
            return None
        head, _, rest = text.partition("\n")
        found = [departure for line in rest.splitlines() if (departure := _departure(line)) is not None]
        number = int(head) if head.strip().isdecimal() else 0
        return Trace(max([number, *(number for number, _ in found)]), tuple(found))

    def note(self, generation: int, departures: Sequence[Departure] = ()) -> None:
        """Say that the database has come so far. Two processes may write at once: lines are appended whole."""
        lines = "".join(_line(generation, departure) for departure in departures).encode()
        try:
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                known = os.pread(descriptor, _WIDTH, 0)
                if not known.isdigit() or int(known) < generation:
                    os.pwrite(descriptor, f"{generation:0{_WIDTH}}\n".encode(), 0)
            finally:
                os.close(descriptor)
            if lines:
                descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
                try:
                    os.write(descriptor, lines)
                finally:
                    os.close(descriptor)
        except OSError:
            return  # a full disk is told by the database; what is missing here is told as an unknown past


def _line(generation: int, departure: Departure) -> str:
    values = {
        "g": generation,
        "at": departure.at.astimezone(UTC).isoformat(),
        "letter": departure.letter,
        "client": departure.client_id,
        "climbs": [list(climb) for climb in departure.climbs],
        "chasing": departure.chasing,
    }
    return json.dumps(values, separators=(",", ":")) + "\n"


def _departure(line: str) -> tuple[int, Departure] | None:
    try:
        values = json.loads(line)
        departure = Departure(
            letter=str(values["letter"]),
            at=datetime.fromisoformat(values["at"]).astimezone(UTC),
            client_id=int(values["client"]),
            climbs=tuple((str(number), str(rung)) for number, rung in values["climbs"]),
            chasing=bool(values["chasing"]),
        )
        return int(values["g"]), departure
    except (ValueError, TypeError, KeyError):
        return None
