"""A damaged file is named with the backup to restore and how; a lock is waited for."""

import asyncio
import os
import re
import sqlite3
import subprocess
import threading
from contextlib import closing
from pathlib import Path

import pytest

from mailbot.cli import main
from mailbot.daemon.metronome import back_up_daily
from mailbot.flows.ports import StoreUnavailable
from mailbot.store import engine
from tests.integration.storage.conftest import Rooms


def spoil(path: Path) -> None:
    """The disk lost all but the first two pages."""
    octets = bytearray(path.read_bytes())
    octets[8192:] = b"\xff" * (len(octets) - 8192)
    path.write_bytes(octets)
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)


async def told(rooms: Rooms, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = await asyncio.to_thread(main, ["--config", str(rooms.files.file), *words])
    out, err = capsys.readouterr()
    return code, out, err


@pytest.mark.parametrize("what", ["pages", "header"])
async def test_a_damaged_database_is_told_with_its_newest_backup_and_the_way_back(
    rooms: Rooms, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    """The commands that `backup --list` prints are run as they stand; the ladder then is where it was."""
    async with rooms.opened() as parts:
        await rooms.bill(parts)
        await rooms.round(parts)
        old = next((rooms.files.folder / "backups").iterdir())
        rooms.clock.set(rooms.clock.now().replace(day=9))
        newest = await back_up_daily(parts)
        assert newest is not None
    if what == "pages":
        spoil(rooms.files.database)
    else:
        rooms.files.database.write_bytes(b"\0" * 8192)
    broken = newest.with_name("mailbot-20260910-000000.db")
    broken.write_bytes(b"SQLite format 3\0" + b"\xff" * 9000)

    code, _, err = await told(rooms, capsys, "list")
    assert code == 2
    assert f"{rooms.files.database}: it is " in err
    assert f"The newest whole backup is {newest}." in err
    assert "Traceback" not in err
    code, out, _ = await told(rooms, capsys, "backup", "--list")
    assert code == 0
    assert re.search(rf"{broken}\s.*damaged", out)
    assert [line.split()[-1] for line in out.splitlines()[1:3]] == ["whole", "whole"]
    assert str(old) in out
    commands = next(line for line in out.splitlines() if line.startswith("  mv "))
    assert str(newest) in commands
    subprocess.run(["sh", "-ec", commands], check=True)  # noqa: ASYNC221, S603, S607 - what the user would paste
    assert (await told(rooms, capsys, "list"))[0] == 0
    assert rooms.files.database.with_name("mailbot.db.damaged").exists()
    assert os.stat(rooms.files.database).st_mode & 0o777 == 0o600  # noqa: PTH116
    async with rooms.opened() as parts:
        rooms.clock.set(rooms.clock.now().replace(hour=18))
        await rooms.round(parts)
    assert len(rooms.to()) == 1


async def test_without_any_backup_the_list_says_so(rooms: Rooms, capsys: pytest.CaptureFixture[str]) -> None:
    rooms.files.database.write_bytes(b"nothing that SQLite knows")
    code, _, err = await told(rooms, capsys, "list")
    assert code == 2
    assert f"There is no whole backup in {rooms.files.folder / 'backups'}." in err
    code, out, _ = await told(rooms, capsys, "backup", "--list")
    assert (code, "There is no whole backup" in out) == (1, True)


async def test_a_database_that_is_locked_for_a_while_is_waited_for(rooms: Rooms) -> None:
    async with rooms.opened() as parts:
        await rooms.bill(parts)
        other = sqlite3.connect(rooms.files.database, isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        let_go = threading.Timer(1.0, other.execute, ["ROLLBACK"])
        let_go.start()
        await rooms.round(parts)
        let_go.join()
        other.close()
    assert len(rooms.to()) == 1


async def test_a_lock_that_outlasts_patience_loses_nothing_and_doubles_nothing(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every step of a round meets the lock once; afterwards the letter leaves, once."""
    monkeypatch.setattr(engine, "BUSY_S", 0.05)
    await rooms.writes("Buy now!", sender="news@shop.test", subject="Shop")
    async with rooms.opened() as parts:
        await rooms.bill(parts)
        for _ in range(3):
            with closing(sqlite3.connect(rooms.files.database, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                with pytest.raises(StoreUnavailable, match="another program keeps it locked"):
                    await rooms.round(parts)
                other.execute("ROLLBACK")
        await rooms.round(parts)
        await rooms.round(parts)
        mails = await parts.bot.store.mails()
    assert len(mails) == 1
    assert len(rooms.to()) == 1
