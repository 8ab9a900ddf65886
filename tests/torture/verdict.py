"""The figures of a run, and whether they are good enough."""

import sqlite3
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Figures:
    """What was wanted and what became of it. `lost` and `twice` are what must be nothing."""

    letters: int
    arrived: int
    twice: int
    lost: int
    refused: int
    asked: int
    swallowed: int
    kills: int
    faults: Mapping[str, int]
    took_s: float
    replies: int = 0
    replies_stored: int = 0
    replies_lost: int = 0
    acted_twice: int = 0
    to_operator: int = 0
    troubles: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Nothing twice, nothing lost."""
        return not (self.twice or self.lost or self.replies_lost or self.acted_twice or self.troubles)


class Books:
    """What the daemon wrote down about itself, read while it lives; nothing here says that a letter arrived."""

    def __init__(self, database: Path) -> None:
        self._database = database

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """Ask, without taking any lock that a writer would notice."""
        with closing(sqlite3.connect(f"file:{self._database}?mode=ro", uri=True, timeout=30)) as database:
            return database.execute(query, values).fetchall()

    def states(self) -> Counter[str]:
        """How many letters stand where; a letter in doubt that the operator was asked about is `asked`."""
        query = (
            "SELECT CASE WHEN state = 'in_doubt' AND response IN ('doubt_asked', 'doubt_expired') THEN 'asked' "
            "ELSE state END, count(*) FROM outbox GROUP BY 1"
        )
        return Counter({str(state): int(str(count)) for state, count in self.rows(query)})

    def recipients(self, *states: str) -> set[str]:
        """Clients whose letters stand in one of these states."""
        marks = ", ".join("?" * len(states))
        found = self.rows(
            f"SELECT DISTINCT json_extract(recipients, '$[0]') FROM outbox WHERE state IN ({marks})",  # noqa: S608
            *states,
        )
        return {str(address) for (address,) in found}

    def told(self, kind: str) -> set[str]:
        """Recipients of the letters that the operator was told about."""
        query = (
            "SELECT DISTINCT json_extract(outbox.recipients, '$[0]') FROM matter JOIN outbox "
            "ON outbox.key = matter.subject_key WHERE matter.kind = ?"
        )
        return {str(address) for (address,) in self.rows(query, kind)}

    def replies(self) -> set[str]:
        """Message-IDs of the mails that were stored."""
        return {str(name) for (name,) in self.rows("SELECT DISTINCT message_id FROM inbox_mail")}

    def held_by(self) -> Counter[str]:
        """How many holds each mail of a client put on, by its Message-ID."""
        query = """SELECT inbox_mail.message_id, count(*) FROM hold
            JOIN inbox_mail ON inbox_mail.id = hold.mail_id GROUP BY 1"""
        return Counter({str(name): int(str(count)) for name, count in self.rows(query)})

    def faults(self) -> list[str]:
        """What the database itself finds wrong, and mails that could not be judged."""
        whole = [str(word) for (word,) in self.rows("PRAGMA integrity_check") if word != "ok"]
        return whole + [
            f"unreadable: {fault}" for (fault,) in self.rows("SELECT fault FROM inbox_mail WHERE fault != ''")
        ]
