"""Backups: one consistent, verified file; and a folder that keeps the newest few."""

import asyncio
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from mailbot.store.engine import sqlite_copy
from mailbot.store.fault import StoreFault, fault_of

_NAME = re.compile(r"mailbot-\d{8}-\d{6}\.db")


async def copy_database(source: Path, target: Path) -> None:
    """Write a verified copy, mode 0600, that appears under its name only when it is whole; nothing is overwritten."""
    try:
        await asyncio.to_thread(_copy, source, target)
    except (OSError, sqlite3.Error) as error:
        if isinstance(error, OSError):
            raise StoreFault(
                f"{target}: the backup failed ({error.strerror}); check the folder and the disk"
            ) from error
        raise fault_of(error, str(target)) or StoreFault(f"{target}: the backup failed ({error})") from error


def _copy(source: Path, target: Path) -> None:
    if target.exists():
        raise StoreFault(f"{target}: exists already; name another file, a backup never overwrites one")
    if not target.parent.is_dir():
        raise StoreFault(f"{target}: its folder does not exist; create {target.parent} first")
    part = target.with_name(f".{target.name}.part")
    part.unlink(missing_ok=True)  # the rest of a copy that was cut off
    try:
        sqlite_copy(source, part)
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)


def backup_path(folder: Path, now: datetime) -> Path:
    """The name of a backup that is made now: `mailbot-YYYYMMDD-HHMMSS.db`, in UTC."""
    return folder / f"mailbot-{now.astimezone(UTC):%Y%m%d-%H%M%S}.db"


def backups_in(folder: Path) -> tuple[Path, ...]:
    """The backups in a folder, the newest first; empty where there is no such folder."""
    if not folder.is_dir():
        return ()
    found = [path for path in folder.iterdir() if _NAME.fullmatch(path.name)]
    return tuple(sorted(found, key=lambda path: path.name, reverse=True))


def fault_in(path: Path) -> str | None:
    """What is wrong with a backup, or None where it is whole; reads all of it."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as raw:
            (verdict,) = raw.execute("PRAGMA integrity_check(1)").fetchone()
            raw.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        return str(error)
    return None if verdict == "ok" else str(verdict).partition("\n")[0]


def rotate(folder: Path, keep: int) -> tuple[Path, ...]:
    """Delete all but the newest `keep` backups in a folder; other files are left alone. Gives what was deleted."""
    if keep < 1:
        raise ValueError("a rotation keeps at least one backup")
    old = backups_in(folder)[: keep - 1 : -1]  # the oldest first
    for path in old:
        path.unlink(missing_ok=True)
    return old
