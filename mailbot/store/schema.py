"""The schema's version: looked at raw at every start, moved by alembic only when it is behind."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from mailbot.store.engine import WRITES, make_engine
from mailbot.store.fault import StoreFault, fault_of
from mailbot.store.tables import Row

# The newest revision in migrations/versions; a test keeps the two together.
HEAD = "0003"
_MIGRATIONS = Path(__file__).parent / "migrations"
# Any number will do, as long as all versions of mailbot use the same.
_MIGRATION_LOCK = 7_305_809


async def revision(engine: AsyncEngine, place: str) -> str | None:
    """The schema's revision, or None where there is no schema yet; raises `StoreFault` on a stranger's database."""
    async with engine.connect() as conn:
        names = set(await conn.run_sync(lambda sync: inspect(sync).get_table_names()))
        if "alembic_version" in names:
            found = (await conn.execute(text("SELECT version_num FROM alembic_version"))).scalar()
            return None if found is None else str(found)
    # A PostgreSQL database may hold other programs' tables beside ours, a SQLite file may not.
    strange = names if engine.dialect.name == "sqlite" else names & set(Row.metadata.tables)
    if strange:
        raise StoreFault(
            f"{place}: it belongs to another program (it holds a table `{min(strange)}`); name another database"
        )
    return None


async def bring_to_head(engine: AsyncEngine, url: URL, place: str) -> None:
    """Create or migrate the schema where it is behind, in one transaction: a migration that fails changes nothing.

    Raises `StoreFault` if a newer mailbot wrote this database.
    """
    if await revision(engine, place) == HEAD:
        return
    migrating = make_engine(url, migrates=True)
    try:
        async with migrating.connect() as plain:
            conn = await plain.execution_options(**{WRITES: True})
            async with conn.begin():
                await _migrate(conn, place)
    except StoreFault:
        raise
    except Exception as error:
        known = fault_of(error, place)
        what = str(error.orig).partition("\n")[0] if isinstance(error, DBAPIError) else repr(error)
        told = (
            f"{place}: it could not be brought to schema {HEAD} ({what}); it was left as it was: keep the old version"
        )
        raise known or StoreFault(f"{told} and report this") from error
    finally:
        await migrating.dispose()


async def _migrate(conn: AsyncConnection, place: str) -> None:
    sqlite = conn.dialect.name == "sqlite"
    if not sqlite:  # two processes may start at once; SQLite's write lock is held already
        await conn.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
    await conn.run_sync(_upgrade, place)
    if sqlite and (await conn.exec_driver_sql("PRAGMA foreign_key_check")).first() is not None:
        raise StoreFault(f"{place}: the migration would have left loose ends; the database was kept as it was")


def _upgrade(connection: Connection, place: str) -> None:
    # Imported here: alembic costs a quarter of a second, and most starts do not need it.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None:
        try:
            ScriptDirectory.from_config(config).get_revision(current)
        except CommandError as error:
            raise StoreFault(
                f"{place} was written by a newer mailbot (schema {current}); install that version or restore a backup"
            ) from error
    command.upgrade(config, "head")
