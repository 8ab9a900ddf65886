"""A full disk under the running service: it says so and stops; nothing is half-committed; with some room it goes on."""

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
import pytest_asyncio

from mailbot.cli import main
from mailbot.demo.world import MailWorld
from tests.servers.installation import Done, Installation, Servers, ended
from tests.servers.waiting import until

# Runs its arguments with a limit that holds from the first moment.
_LIMITED = """\
import os, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, 1_500_000))
os.execv(sys.argv[1], sys.argv[1:])
"""
BOT, JULIE = "noemie@atelier.test", "julie@client.test"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, with room for the database and little more."""
    if os.getuid() != 0:
        pytest.skip("only root can mount a small disk; the file-size limit is tried in any case")
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:  # noqa: S603 - fixed words
        pytest.skip("this root may not mount")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)  # noqa: S603, S607 - fixed words


@pytest_asyncio.fixture
async def world() -> AsyncIterator[MailWorld]:
    async with MailWorld(lambda: datetime.now(UTC)) as world:
        for address in (BOT, "operator@atelier.test"):
            world.add_user(address, "secret")
        yield world


async def installed(folder: Path, world: MailWorld, database: Path) -> Installation:
    """An installation with one invoice, whose database lies elsewhere."""
    files = Installation(folder, Servers(("127.0.0.1", world.imap_port), ("127.0.0.1", world.smtp_port)))
    files.replace('database = "mailbot.db"', f'database = "{database}"')
    today = datetime.now(UTC).date()
    (folder / "invoices.csv").write_text(
        f"number,client_name,client_email,issued_on,due_on,amount\nF-1,Julie inc.,{JULIE},{today},{today},100.00\n"
    )
    words = ["--config", str(files.file), "import", str(folder / "invoices.csv"), "--apply"]
    assert await asyncio.to_thread(main, words) == 0
    return files


def large_reply(serial: int) -> bytes:
    """A reply that takes a megabyte of the database."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = JULIE, BOT, "Facture F-1"
    mail["Message-ID"] = f"<big{serial}@client.test>"
    mail.set_content("Je conteste cette facture.")
    mail.add_attachment(os.urandom(800_000), maintype="image", subtype="jpeg", filename="photo.jpg")
    return mail.as_bytes()


def stored(database: Path) -> tuple[int, int, str]:
    """How many mails and holds there are, and what SQLite says of the file."""
    with closing(sqlite3.connect(database)) as raw:
        (mails,) = raw.execute("SELECT count(*) FROM inbox_mail").fetchone()
        (holds,) = raw.execute("SELECT count(*) FROM hold").fetchone()
        (verdict,) = raw.execute("PRAGMA integrity_check").fetchone()
    return mails, holds, verdict


async def test_on_a_full_disk_the_service_stops_with_the_reason_and_goes_on_when_there_is_room(
    world: MailWorld, tmp_path: Path, small_disk: Path
) -> None:
    database = small_disk / "mailbot.db"
    files = await installed(tmp_path / "etc", world, database)
    for serial in range(3):
        await world.deliver(BOT, large_reply(serial))
    done = await ended(await files.start("run"))
    assert done.code == 1
    assert f"{database}: the disk is full" in done.err
    mails, holds, verdict = stored(database)
    assert (mails, verdict) == (holds, "ok")
    assert mails < 3
    subprocess.run(["mount", "-o", "remount,size=20m", str(small_disk)], check=True)  # noqa: ASYNC221, S603, S607 - fixed words
    done = await until_stored(files, database, 3)
    assert done.code == 0, done.err
    assert stored(database) == (3, 3, "ok")


async def test_a_database_that_may_not_grow_stops_the_service_with_a_reason(world: MailWorld, tmp_path: Path) -> None:
    """The same by a limit on file sizes, which any user can set."""
    database = tmp_path / "mailbot.db"
    files = await installed(tmp_path / "etc", world, database)
    for serial in range(3):
        await world.deliver(BOT, large_reply(serial))
    done = await ended(await files.start("run", under=(sys.executable, "-c", _LIMITED)))
    assert done.code == 1
    assert str(database) in done.err
    assert "disk" in done.err
    assert "Traceback" not in done.err
    mails, holds, verdict = stored(database)
    assert (mails, verdict) == (holds, "ok")
    done = await until_stored(files, database, 3)
    assert done.code == 0, done.err
    assert stored(database) == (3, 3, "ok")


async def until_stored(files: Installation, database: Path, count: int) -> Done:
    """Run the service until it has stored so many mails, then stop it."""
    process = await files.start("run")

    async def enough() -> bool | None:
        return True if process.returncode is not None or stored(database)[0] >= count else None

    await until(enough, f"{count} mails are stored")
    if process.returncode is None:
        process.terminate()
    return await ended(process)
