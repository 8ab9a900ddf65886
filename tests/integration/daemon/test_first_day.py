"""What a new user types on the first day, command by command, against real servers; and the way back from a backup."""

import re
import shutil
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest_asyncio

from mailbot.demo.world import MailWorld
from mailbot.flows.outbound import LetterState
from tests.integration.daemon.conftest import INVOICES, JULIE, TEN, House, Systemd, came, reply
from tests.servers.installation import Installation, Servers, ended


@pytest_asyncio.fixture
async def fresh(world: MailWorld, tmp_path: Path) -> AsyncIterator[House]:
    """Servers with mailboxes, and nothing installed yet."""
    for address in ("noemie@atelier.test", "operator@atelier.test", JULIE):
        world.add_user(address, "secret")
    files = Installation(tmp_path / "mailbot", Servers(("127.0.0.1", 1), ("127.0.0.1", 1)))
    shutil.rmtree(files.folder)
    tmp_path.joinpath("mailbot").mkdir()
    systemd = Systemd()
    yield House(files, world, systemd)
    systemd.close()


async def test_init_check_import_next_go_live_run(fresh: House) -> None:
    """Unattended: every command says what comes next, and the letter arrives."""
    files, world = fresh.files, fresh.world
    async with world:
        passwords = {"MAILBOT_IMAP_PASSWORD": "secret", "MAILBOT_SMTP_PASSWORD": "secret"}
        flags = {
            "name": "Noémie Gagnon", "email": "noemie@atelier.test", "country": "CA", "region": "QC",
            "operator-email": "operator@atelier.test", "imap-host": "127.0.0.1", "smtp-host": "127.0.0.1",
            "imap-port": str(world.imap_port), "smtp-port": str(world.smtp_port),
            "imap-security": "plain", "smtp-security": "plain",
        }  # fmt: skip
        words = [word for name, value in flags.items() for word in (f"--{name}", value)]
        done = await files.mailbot("init", "--no-input", *words, **passwords)
        assert done.code == 0, done.said
        assert f"mailbot check --config {files.file}" in done.out
        checked = await files.mailbot("check")
        assert checked.code == 0, checked.said
        assert "✗" not in checked.out
        assert "draft: nothing goes to clients yet" in checked.out
        file = files.folder / "invoices.csv"
        file.write_text(INVOICES, encoding="utf-8")
        assert "dry run" in (await files.mailbot("import", str(file))).out
        assert (await files.mailbot("import", str(file), "--apply")).code == 0
        coming = await files.mailbot("next")
        assert "F-1" in coming.out
        assert JULIE in coming.out
        assert "draft mode" in coming.out
        assert "nothing goes to clients" in (await files.mailbot("why", "F-1")).out
        assert (await files.mailbot("go-live")).code == 0
        process = await fresh.run()
        (letter,) = await came(lambda: fresh.to(JULIE), 1, "the invoice letter")
        assert b"F-1" in letter
        await fresh.letter(LetterState.SENT)
        assert (await fresh.stop(process)).code == 0
        assert "250" in (await files.mailbot("why", "F-1")).out


async def test_a_backup_that_is_restored_as_the_command_says_is_the_old_state(house: House) -> None:
    """Also when the service was killed and left its write-ahead log beside the database."""
    await house.bring_in()
    done = await house.files.mailbot("backup")
    assert done.code == 0, done.said
    backup = re.match(r"(\S+): written and verified", done.out)
    assert backup
    process = await house.run()
    await house.world.deliver("noemie@atelier.test", reply("Je conteste cette facture."))
    await house.client(lambda client: bool(client.standing_holds), "a hold")
    process.kill()
    await ended(process)
    log = house.files.database.with_name("mailbot.db-wal")
    assert log.exists()
    assert f"delete {log} and " in done.out
    for name in ("mailbot.db-wal", "mailbot.db-shm"):
        (house.files.folder / name).unlink(missing_ok=True)
    shutil.copy(backup[1], house.files.database)
    async with house.store() as store:
        client = await store.client_of_invoice("F-1")
        assert client is not None
        assert client.standing_holds == ()
    with closing(sqlite3.connect(house.files.database)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    process = await house.run()
    await house.client(lambda client: bool(client.standing_holds), "the same mail, read again")
    assert (await house.stop(process)).code == 0


async def test_a_backup_is_written_while_the_service_runs_and_overwrites_nothing(house: House) -> None:
    await house.bring_in()
    process = await house.run()
    target = house.files.folder / "copy.db"
    assert (await house.files.mailbot("backup", str(target))).code == 0
    again = await house.files.mailbot("backup", str(target))
    assert again.code == 2
    assert "exists already" in again.err
    assert (await house.stop(process)).code == 0
    assert target.stat().st_mode & 0o777 == 0o600


async def test_control_c_is_a_stop_like_any_other(house: House) -> None:
    await house.bring_in(live=False)
    process = await house.run(TEN)
    process.send_signal(2)
    done = await ended(process)
    assert (done.code, "Traceback" in done.err) == (0, False), (done, sys.platform)
