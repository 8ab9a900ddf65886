"""Faults of the database, each with the file it is about and what to do."""

import sqlite3

from sqlalchemy.exc import DBAPIError

from mailbot.flows.ports import Conflict, StoreUnavailable

# SQLSTATEs of PostgreSQL that mean: somebody else was faster (serialization failure, deadlock).
_SOMEBODY_ELSE = ("40001", "40P01")
_MENDS = {
    sqlite3.SQLITE_FULL: "the disk is full: free some space and start again; nothing was half-written",
    sqlite3.SQLITE_READONLY: "it cannot be written: let the user that runs mailbot write to it and to its folder",
    sqlite3.SQLITE_PERM: "permission denied: give the user that runs mailbot access to it and its folder",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened: check that its folder exists and may be written",
    sqlite3.SQLITE_BUSY: "another program keeps it locked: stop it (a second mailbot, a database browser)",
    sqlite3.SQLITE_LOCKED: "another program keeps it locked: stop that program and try again",
    sqlite3.SQLITE_NOTADB: "it is not a database: check the path, or restore a backup (`mailbot backup --list`)",
    sqlite3.SQLITE_CORRUPT: "it is damaged: keep it aside and restore a backup (`mailbot backup --list`)",
    sqlite3.SQLITE_IOERR: "the disk reports errors: check the disk, then restore a backup if needed",
}


# What may pass by itself: a start a little later can succeed.
_PASSING = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


class StoreFault(StoreUnavailable):
    """The database cannot be used; the message names it and says what to do. `passing`: later it may be usable."""

    def __init__(self, message: str, *, passing: bool = False) -> None:
        super().__init__(message)
        self.passing = passing


def fault_of(error: BaseException, place: str) -> Exception | None:
    """The fault behind a driver's error, or a `Conflict` where two transactions met, or None if it is neither.

    `place` is the file, or the server's address without its password. Source of the codes: sqlite.org/rescode.html,
    PostgreSQL documentation, appendix A.
    """
    origin = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(origin, sqlite3.Error):
        code = getattr(origin, "sqlite_errorcode", None)
        mend = None if code is None else _MENDS.get(code & 0xFF)
        if code is None or mend is None:
            return None
        return StoreFault(f"{place}: {mend}", passing=code & 0xFF in _PASSING)
    state = getattr(origin, "sqlstate", None)
    if state in _SOMEBODY_ELSE:
        return Conflict("the database chose another transaction")
    if isinstance(state, str) and state.startswith("53"):
        return StoreFault(
            f"{place}: the database server is out of disk, memory or connections; mend that first", passing=True
        )
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return StoreFault(f"{place}: the connection to the database server was lost; check that it runs", passing=True)
    if "psycopg.OperationalError" in {f"{base.__module__}.{base.__name__}" for base in type(origin).__mro__}:
        first = (str(origin).splitlines() or [""])[0]
        return StoreFault(
            f"{place}: the database server does not answer ({first}); check that it runs and lets us in", passing=True
        )
    return None
