"""`mailbot backup`: a verified copy of the database, now."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from mailbot.cli.session import with_bot

if TYPE_CHECKING:
    from mailbot.bot import Assembled


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register `mailbot backup`."""
    parser = subparsers.add_parser("backup", help="write a verified copy of the database (also done every day)")
    parser.add_argument("file", nargs="?", type=Path, help="else a dated file in the backups folder")
    parser.set_defaults(run=lambda args: with_bot(args, lambda parts: _back_up(parts, args.file), create=False))


async def _back_up(parts: "Assembled", file: Path | None) -> int:
    from mailbot.store.backup import backup_path, rotate
    from mailbot.store.engine import sqlite_file

    storage = parts.settings.storage
    target = file
    if target is None:
        storage.backups.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = backup_path(storage.backups, parts.bot.clock.now())
    await parts.bot.store.backup(str(target))
    if file is None:
        rotate(storage.backups, storage.keep)
    database = sqlite_file(storage.database)
    print(f"{target}: written and verified. To restore: stop mailbot,")
    # SQLite would play a log that was left behind into the restored file (sqlite.org/wal.html).
    print(
        f"delete {database}-wal and {database}-shm if they are there, copy the backup over {database}, start mailbot."
    )
    return 0
