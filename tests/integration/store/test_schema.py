"""How the schema comes to be, and how backups are made."""

import shutil
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, inspect, text
from sqlalchemy.ext.asyncio import create_async_engine

from mailbot.store import schema
from mailbot.store.backup import backup_path, rotate
from mailbot.store.fault import StoreFault
from mailbot.store.store import SqlStore
from mailbot.store.tables import Row
from tests.integration.store.values import DAY, MINUTE, NOW, added, client, full_client

MIGRATIONS = Path(schema.__file__).parent / "migrations"


async def opened(address: str | Path) -> SqlStore:
    return await SqlStore.open(str(address), now=lambda: NOW)


async def test_the_migrations_make_what_the_tables_say(url: str) -> None:
    """Columns, indexes and constraints: nothing is only in one of the two."""
    store = await opened(url)

    def differences(connection: object) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})  # type: ignore[arg-type]
        return list(compare_metadata(context, Row.metadata))

    def checks(connection: object) -> set[tuple[str, str]]:
        look = inspect(connection)
        return {(t, str(c["name"])) for t in Row.metadata.tables for c in look.get_check_constraints(t)}

    async with store._reading() as conn:
        assert await conn.run_sync(differences) == []
        found = await conn.run_sync(checks)
    await store.close()
    wanted = {
        (table.name, f"ck_{table.name}_{rule.name}".replace(f"ck_{table.name}_ck_{table.name}_", f"ck_{table.name}_"))
        for table in Row.metadata.tables.values()
        for rule in table.constraints
        if isinstance(rule, CheckConstraint) and rule.name is not None
    }
    assert found == wanted


def test_the_head_that_is_looked_for_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [schema.HEAD]


async def test_opening_again_changes_nothing_and_does_not_need_alembic(tmp_path: Path) -> None:
    store = await opened(tmp_path / "mailbot.db")
    made = await added(store, full_client())
    await store.close()
    program = (
        "import asyncio, sys\n"
        "from mailbot.store.store import SqlStore\n"
        "async def main():\n"
        "    store = await SqlStore.open(sys.argv[1], now=None, create=False)\n"
        "    print((await store.client(1)).name)\n"
        "    await store.close()\n"
        "asyncio.run(main())\n"
        "assert 'alembic' not in sys.modules\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "mailbot.db")]
    done = subprocess.run(  # noqa: ASYNC221, S603 - our own words only
        command, cwd=Path(__file__).parents[3], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == made.name, done.stderr


async def test_a_database_of_a_newer_version_is_left_alone(url: str) -> None:
    await (await opened(url)).close()
    raw = create_async_engine(url if "://" in url else f"sqlite+aiosqlite:///{url}")
    async with raw.begin() as conn:
        await conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(
        StoreFault, match=r"was written by a newer mailbot \(schema 9999\); install that version or restore"
    ):
        await opened(url)
    async with raw.begin() as conn:
        assert (await conn.execute(text("SELECT version_num FROM alembic_version"))).scalar() == "9999"
    await raw.dispose()


async def test_a_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "places.sqlite"
    with sqlite3.connect(path) as raw:
        raw.execute("CREATE TABLE moz_places (id INTEGER)")
    raw.close()
    before = path.read_bytes()
    with pytest.raises(StoreFault, match=r"belongs to another program \(it holds a table `moz_places`\)"):
        await opened(path)
    assert path.read_bytes()[100:] == before[100:]  # the header may say WAL now


async def test_a_migration_that_fails_leaves_the_old_database_as_it_was(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second step of a two-step migration breaks: the first one is undone as well."""
    store = await opened(url)
    made = await added(store, full_client())
    await store.close()
    newer = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, newer, ignore=shutil.ignore_patterns("__pycache__"))
    step = (
        '"""A step."""\nfrom alembic import op\nimport sqlalchemy as sa\n'
        'revision = "{0}"\ndown_revision = "{1}"\n\n\ndef upgrade():\n    {2}\n'
    )
    batch = 'with op.batch_alter_table("client") as table:\n        table.add_column(sa.Column("motto", sa.String()))'
    (newer / "versions" / "9001_motto.py").write_text(step.format("9001", schema.HEAD, batch))
    (newer / "versions" / "9002_broken.py").write_text(step.format("9002", "9001", 'op.execute("SELECT nonsense")'))
    monkeypatch.setattr(schema, "_MIGRATIONS", newer)
    monkeypatch.setattr(schema, "HEAD", "9002")
    with pytest.raises(StoreFault, match=r"could not be brought to schema 9002.*nonsense.*left as it was"):
        await opened(url)
    monkeypatch.undo()
    again = await opened(url)
    async with again._reading() as conn:
        columns = await conn.run_sync(lambda sync: {column["name"] for column in inspect(sync).get_columns("client")})
    assert "motto" not in columns
    assert await again.client(made.id) == made
    await again.close()

    (newer / "versions" / "9002_broken.py").unlink()
    monkeypatch.setattr(schema, "_MIGRATIONS", newer)
    monkeypatch.setattr(schema, "HEAD", "9001")
    migrated = await opened(url)
    assert await migrated.client(made.id) == made, "a rebuilt table does not cascade to its children"
    await migrated.close()


async def test_a_backup_is_a_whole_database_while_writing_goes_on(tmp_path: Path) -> None:
    store = await opened(tmp_path / "mailbot.db")
    made = await added(store, full_client())
    async with store.begin() as tx:
        await tx.add_client(client("not yet"), None)
        await store.backup(str(tmp_path / "copy.db"))
    await store.close()
    found = {path.name for path in tmp_path.iterdir()}  # noqa: ASYNC240
    assert found == {"mailbot.db", "mailbot.db.generation", "copy.db"}
    copy = await opened(tmp_path / "copy.db")
    assert list(await copy.all_clients()) == [made]
    await copy.close()


async def test_a_backup_never_overwrites_and_says_what_is_wrong(tmp_path: Path) -> None:
    store = await opened(tmp_path / "mailbot.db")
    for target, words in (
        (tmp_path / "mailbot.db", "exists already"),
        (tmp_path / "none" / "copy.db", "its folder does not exist"),
        (Path("/proc/copy.db"), "the backup failed"),
    ):
        with pytest.raises(StoreFault, match=words):
            await store.backup(str(target))
    await store.close()
    left = sorted(path.name for path in tmp_path.iterdir())  # noqa: ASYNC240
    assert left == ["mailbot.db", "mailbot.db.generation"]


async def test_postgresql_is_backed_up_by_its_own_tool(url: str, tmp_path: Path) -> None:
    store = await opened(url)
    if "://" in url:
        with pytest.raises(StoreFault, match="pg_dump"):
            await store.backup(str(tmp_path / "copy.db"))
    else:
        await store.backup(str(tmp_path / "copy.db"))
        assert stat.S_IMODE((tmp_path / "copy.db").stat().st_mode) == 0o600
    await store.close()


def test_the_newest_backups_are_kept_and_nothing_else_is_touched(tmp_path: Path) -> None:
    for at in (NOW - DAY, NOW, NOW + MINUTE, NOW - 400 * DAY):
        backup_path(tmp_path, at).touch()
    others = ["mailbot.db", "mailbot-20260302.db", "notes.txt", "mailbot-20200101-000000.db.gz"]
    for name in others:
        (tmp_path / name).touch()
    gone = rotate(tmp_path, 2)
    assert [path.name for path in gone] == ["mailbot-20250126-090000.db", "mailbot-20260301-090000.db"]
    kept = {"mailbot-20260302-090000.db", "mailbot-20260302-090100.db"}
    assert {path.name for path in tmp_path.iterdir()} == kept | set(others)
    with pytest.raises(ValueError, match="at least one"):
        rotate(tmp_path, 0)
