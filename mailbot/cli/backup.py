"""`mailbot backup`: a verified copy of the database, now."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from mailbot.cli.session import settings_of, with_bot

if TYPE_CHECKING:
    from mailbot.bot import Assembled


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register `mailbot backup`."""
    parser = subparsers.add_parser("backup", help="write a verified copy of the database (also done every day)")
    parser.add_argument("file", nargs="?", type=Path, help="else a dated file in the backups folder")
    parser.add_argument("--list", action="store_true", help="list the backups there are, and how to restore one")
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    if args.list:
        return _list(args)
    return with_bot(args, lambda parts: _back_up(parts, args.file), create=False)


def _list(args: argparse.Namespace) -> int:
    """Works without the database, which may be what is broken. 1 where there is no whole backup."""
    from mailbot.store.backup import backups_in, fault_in
    from mailbot.store.engine import sqlite_file

    storage = settings_of(args).storage
    database = sqlite_file(storage.database)
    if database is None:
        print("The database is on a server: restore it with the server's own tools (pg_restore).")
        return 1
    newest = None
    for path in backups_in(storage.backups):
        fault = fault_in(path)
        newest = newest or (path if fault is None else None)
        print(f"{path}  {path.stat().st_size // 1024} KiB  {'whole' if fault is None else f'damaged: {fault}'}")
    if newest is None:
        print(f"There is no whole backup in {storage.backups}.")
        return 1
    print("To restore the newest: stop mailbot, then")
    print(f"  mv {database} {database}.damaged; rm -f {database}-wal {database}-shm; cp -p {newest} {database}")
    print(
        f"and start mailbot again. Leave {database.name}.generation where it is: it tells what left since the backup,"
        " so that nothing leaves twice. mailbot then waits in draft mode until you have looked."
    )
    return 0


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
