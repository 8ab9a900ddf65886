"""No secret and no client's words where they do not belong; files for their owner's eyes only; TLS unless told."""

import asyncio
import io
import logging
import os
import stat
from pathlib import Path

import pytest

from mailbot import log
from mailbot.cli import main
from mailbot.config import ConfigFaults, load
from mailbot.store.alone import alone
from tests.integration.storage.conftest import ANNA, Rooms
from tests.servers.waiting import until

PASSWORD = "hunter2-imap-secret"
BODY = "phrase-confidentielle-4242"


async def lived(rooms: Rooms) -> str:
    """A fortnight with a question, an emergency, a mail that breaks the reader; gives the log."""
    stream = io.StringIO()
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    log.set_up({}, secrets=rooms.files.settings().secrets, verbose=True, stream=stream)
    try:
        async with alone(str(rooms.files.database)), rooms.opened() as parts:
            await rooms.bill(parts)
            await rooms.round(parts)
            await rooms.writes(f"Bonjour, je suis à l'hôpital. {BODY}", subject=BODY)
            await rooms.days(parts, 2)
            await rooms.writes(f"Question : {BODY} ?")
            await rooms.days(parts, 10)
    finally:
        logging.captureWarnings(capture=False)
        root.handlers[:] = before
        root.setLevel(level)
    return stream.getvalue()


async def test_the_log_holds_no_password_no_body_and_no_whole_address(rooms: Rooms) -> None:
    said = await lived(rooms)
    assert "letter" in said
    assert [word for word in (PASSWORD, BODY, ANNA, rooms.files.email) if word in said] == []


async def test_a_fault_with_a_body_and_a_password_in_it_is_logged_without_them(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a library puts into its exception: the log has the kind of fault and its place; secrets are masked."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(log.OneLine(rooms.files.settings().secrets))
    logger = logging.getLogger("mailbot")
    logger.addHandler(handler)
    try:
        async with rooms.opened() as parts:
            await rooms.bill(parts)

            def broken(_octets: bytes) -> None:
                raise ValueError(f"login {PASSWORD} for {ANNA} failed")

            monkeypatch.setattr("mailbot.flows.receive.kind_of", broken)
            await rooms.writes(BODY)
            await rooms.round(parts)
    finally:
        logger.removeHandler(handler)
    said = stream.getvalue()
    assert "could not be judged" in said
    assert [word for word in (PASSWORD, BODY, ANNA) if word in said] == []


async def test_passwords_are_in_no_file_no_mail_and_no_command(
    rooms: Rooms, capsys: pytest.CaptureFixture[str]
) -> None:
    await lived(rooms)
    for words in (["list"], ["next"], ["show", "F-1"], ["why", "F-1"], ["backup"], ["list", "--all"]):
        await asyncio.to_thread(_quietly, ["--config", str(rooms.files.file), *words])
    out, err = capsys.readouterr()
    assert "F-1" in out
    assert PASSWORD not in out + err
    kept_here = {rooms.files.folder / ".env"}
    leaks = [
        path
        for path in rooms.files.folder.rglob("*")
        if path.is_file() and path not in kept_here and PASSWORD.encode() in path.read_bytes()
    ]
    assert leaks == []
    assert [mail for mail in rooms.world.accepted if PASSWORD.encode() in mail.octets] == []
    assert PASSWORD not in repr(rooms.files.settings())
    assert PASSWORD not in repr(rooms.files.settings().imap)


def _quietly(words: list[str]) -> None:
    try:
        main(words)
    except SystemExit:
        return


async def test_the_process_list_shows_no_password(rooms: Rooms) -> None:
    process = await rooms.files.start("run")

    async def words() -> bytes | None:  # a child that is only just being executed has none yet
        return Path(f"/proc/{process.pid}/cmdline").read_bytes() or None  # noqa: ASYNC240

    try:
        line = await until(words, "the child has a command line")
        told = Path(f"/proc/{process.pid}/environ").read_bytes()  # noqa: ASYNC240
        assert b"mailbot" in line
        assert PASSWORD.encode() not in line + told
    finally:
        process.terminate()
        out, err = await process.communicate()
    assert PASSWORD.encode() not in out + err


async def test_every_file_is_for_its_owner_alone_under_the_usual_umask(rooms: Rooms) -> None:
    old = os.umask(0o022)
    try:
        async with alone(str(rooms.files.database)), rooms.opened() as parts:
            await rooms.bill(parts)
            await rooms.round(parts)
            modes = {
                path.name: stat.S_IMODE(path.stat().st_mode)
                for path in rooms.files.folder.rglob("mailbot*")
                if path.is_file() and path.name != "mailbot.toml"
            }
            folder = stat.S_IMODE((rooms.files.folder / "backups").stat().st_mode)
    finally:
        os.umask(old)
    named = {"mailbot.db", "mailbot.db-wal", "mailbot.db-shm", "mailbot.db.lock", "mailbot.db.generation"}
    assert named <= set(modes)
    assert len(modes) == len(named) + 1, "and a backup"
    assert set(modes.values()) == {0o600}
    assert folder == 0o700


def test_without_a_word_about_it_the_connections_are_encrypted_and_plain_is_refused(rooms: Rooms) -> None:
    text = rooms.files.file.read_text("utf-8")
    safe = "\n".join(line for line in text.splitlines() if not line.startswith(("security =", "port =")))
    rooms.files.file.write_text(safe.replace('"127.0.0.1"', '"mail.example.com"'), "utf-8")
    settings = load(rooms.files.file, {})
    assert (settings.imap.security, settings.smtp.security) == ("tls", "tls")
    assert (settings.imap.port, settings.smtp.port) == (993, 465)
    rooms.files.file.write_text(text.replace('"127.0.0.1"', '"mail.example.com"'), "utf-8")
    with pytest.raises(ConfigFaults, match="would send your password over the net unencrypted"):
        load(rooms.files.file, {})
