"""What SQLite alone must prove: two processes, a killed process, a full disk, and faults that say what to do."""

import asyncio
import os
import sqlite3
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event

from mailbot.core.reason import because
from mailbot.flows.outbound import LetterState
from mailbot.flows.records import JournalEntry
from mailbot.store import engine
from mailbot.store.fault import StoreFault
from mailbot.store.store import SqlStore
from tests.integration.store.values import NOW, added, client, invoice, letter
from tests.servers.waiting import PATIENCE_S

ROOT = Path(__file__).parents[3]


async def opened(path: Path, **how: bool) -> SqlStore:
    return await SqlStore.open(str(path), now=lambda: NOW, **how)


def child(program: str, *arguments: str) -> subprocess.Popen[str]:
    """Another process that runs one of the programs below."""
    command = [sys.executable, "-m", "tests.integration.store.child", program, *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own words only


async def test_two_processes_that_change_one_client_lose_nothing(tmp_path: Path) -> None:
    store = await opened(tmp_path / "mailbot.db")
    made = await added(store, client(pay_day=0))
    children = [child("count", str(tmp_path / "mailbot.db"), str(made.id), "25") for _ in range(2)]
    codes = await asyncio.gather(*(asyncio.to_thread(process.wait, PATIENCE_S) for process in children))
    for process in children:
        assert process.stdout is not None
        process.stdout.close()
    assert codes == [0, 0]
    found = await store.client(made.id)
    await store.close()
    assert (found.pay_day, found.version) == (50, 50)


async def test_what_was_acknowledged_survives_kill_minus_nine(tmp_path: Path) -> None:
    """Three processes are killed in the middle of committing; every row that one had reported is there, in order."""
    path = tmp_path / "mailbot.db"
    await (await opened(path)).close()
    acknowledged: list[int] = []
    for _ in range(3):
        process = child("write", str(path), str(len(acknowledged)))
        assert process.stdout is not None
        told: list[int] = []
        while len(told) < 40:
            told.append(int(process.stdout.readline()))
        process.kill()
        told += [int(line) for line in process.stdout.read().split("\n")[:-1] if line]
        process.stdout.close()
        process.wait()
        acknowledged += told
        store = await opened(path)
        kept = [entry.reason.facts["n"] for entry in await store.journal_of(limit=100_000)]
        await store.close()
        assert set(acknowledged) <= set(kept)
        assert len(kept) == len(set(kept))
    with sqlite3.connect(path) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    raw.close()


async def test_a_full_disk_is_named_and_nothing_is_half_written(tmp_path: Path) -> None:
    path = tmp_path / "mailbot.db"
    store = await opened(path)
    made = await added(store, client())
    with pytest.raises(StoreFault) as fault:  # noqa: PT012 - leaving the block raises
        async with store.begin() as tx:
            await tx._conn.exec_driver_sql("PRAGMA max_page_count = 1")  # the page count as it is now is the limit
            await tx.save(replace(made, name="half"), NOW)
            await tx.journal([JournalEntry(NOW, because("big", words="x" * 500_000))])
    assert str(path) in str(fault.value)
    assert "disk is full" in str(fault.value)
    assert await store.client(made.id) == made
    await store.close()
    again = await opened(path)
    async with again.begin() as tx:
        await tx.save(replace(made, name="after some space was freed"), NOW)
    await again.close()


async def test_a_lock_that_another_program_keeps_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "BUSY_S", 0.05)
    store = await opened(tmp_path / "mailbot.db")
    other = sqlite3.connect(tmp_path / "mailbot.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreFault, match=r"mailbot\.db: another program keeps it locked"):
        async with store.begin() as tx:
            await tx.remember("a", "b")
    other.execute("ROLLBACK")
    other.close()
    async with store.begin() as tx:
        await tx.remember("a", "b")
    assert await store.recall("a") == "b"
    await store.close()


async def test_a_database_that_may_only_be_read_is_named(tmp_path: Path) -> None:
    store = await opened(tmp_path / "mailbot.db")
    with pytest.raises(StoreFault, match="cannot be written"):  # noqa: PT012 - leaving the block raises
        async with store.begin() as tx:
            await tx._conn.exec_driver_sql("PRAGMA query_only = ON")
            await tx.remember("a", "b")
    await store.close()


async def test_a_damaged_database_is_named_when_the_damage_is_met(tmp_path: Path) -> None:
    path = tmp_path / "mailbot.db"
    store = await opened(path)
    for n in range(50):
        await added(store, client(f"c{n}", name="x" * 300))
    await store.close()
    octets = bytearray(path.read_bytes())
    octets[8192:] = b"\xff" * (len(octets) - 8192)
    path.write_bytes(octets)

    async def use() -> None:
        store = await opened(path)
        try:
            await store.all_clients()
        finally:
            await store.close()

    with pytest.raises(StoreFault, match=r"mailbot\.db: it is (damaged|not a database).*restore a backup"):
        await use()


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("folder", "this is a folder; name a file in it"),
        ("missing/mailbot.db", "its folder does not exist"),
        ("garbage.db", "not a database"),
        ("short.db", "not a database"),
        ("none.db", "there is no database yet"),
        ("mysql://u:secret@h/n", "mysql is no known kind"),
        ("sqlite://", "names no file"),
        ("postgresql://host:port/name", "not understood"),
    ],
)
async def test_what_cannot_be_opened_says_so(tmp_path: Path, place: str, words: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "garbage.db").write_bytes(b"From: me\r\n\r\n" * 999)
    (tmp_path / "short.db").write_bytes(b"x")
    address = place if "://" in place else str(tmp_path / place)
    with pytest.raises(StoreFault) as fault:
        await SqlStore.open(address, now=lambda: NOW, create=False)
    assert words in str(fault.value)
    assert "secret" not in str(fault.value)
    assert not (tmp_path / "none.db").exists()


async def test_a_server_that_is_not_there_is_named_without_its_password() -> None:
    with pytest.raises(StoreFault, match=r"^postgresql://127\.0\.0\.1:1/bills: .*check that it runs") as fault:
        await SqlStore.open("postgresql://me:secret@127.0.0.1:1/bills", now=lambda: NOW)
    assert "secret" not in str(fault.value)


async def test_the_database_is_for_its_owners_eyes_only(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        store = await opened(tmp_path / "mailbot.db")
        await added(store, client())
        await store.backup(str(tmp_path / "copy.db"))
    finally:
        os.umask(old)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}  # noqa: ASYNC240
    await store.close()
    assert modes == dict.fromkeys(
        ("mailbot.db", "mailbot.db-wal", "mailbot.db-shm", "mailbot.db.generation", "copy.db"), 0o600
    )


async def test_the_settings_that_make_a_commit_durable_hold_on_every_connection(tmp_path: Path) -> None:
    store = await opened(tmp_path / "mailbot.db")
    for _ in range(2):
        async with store.begin() as tx, store._reading() as reader:
            for conn in (tx._conn, reader):
                found = {}
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout"):
                    found[name] = (await conn.exec_driver_sql(f"PRAGMA {name}")).scalar()
                assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}
    await store.close()


async def test_what_every_round_asks_for_is_found_by_an_index(tmp_path: Path) -> None:
    """However many clients, letters and mails there are, nothing of the daily round walks through a whole table."""
    store = await opened(tmp_path / "mailbot.db")
    made = await added(store, client("acme", invoice("INV-1")))
    asked: list[tuple[str, tuple[object, ...]]] = []

    def note(_conn: object, _cursor: object, statement: str, values: tuple[object, ...], *_: object) -> None:
        asked.append((statement, values))

    event.listen(store._engine.sync_engine, "before_cursor_execute", note)
    await store.due_clients(NOW, 50)
    await store.client(made.id, also=["INV-9"])
    await store.client_of_invoice("INV-1")
    await store.letters([LetterState.QUEUED, LetterState.DEFERRED], ready_at=NOW)
    await store.letters([LetterState.PROPOSED], client_id=made.id, invoice="INV-1")
    await store.unfiled()
    await store.answers_since(made.id, NOW)
    await store.tie(["<a@b>", "<c@d>"], "someone@acme.example")
    await store.known_mail("digest")
    await store.mails(client_id=made.id)
    await store.journal_of(invoice="INV-1")
    await store.payments(invoice="INV-1")
    async with store.begin() as tx:
        await tx.save(made, NOW)
        await tx.enqueue(letter("k1", made, "friendly", "INV-1"))
        await tx.withdraw(made.id, ["INV-1"], because("held"))
        await tx.move_letter("k1", [LetterState.WITHDRAWN], LetterState.QUEUED, at=NOW)
        await tx.close_matters(NOW, client_id=made.id)
    event.remove(store._engine.sync_engine, "before_cursor_execute", note)
    walks = []
    async with store._reading() as conn:
        for statement, values in asked:
            if statement.startswith(("SELECT", "UPDATE", "DELETE")):
                plan = await conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
                steps = [str(tuple(row)[-1]) for row in plan]
                walks += [(s, statement) for s in steps if s.startswith("SCAN") and "USING" not in s]
    await store.close()
    assert len(asked) > 30
    assert walks == []
