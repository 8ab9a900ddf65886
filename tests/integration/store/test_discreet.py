"""What goes wrong in the database is told without the words that stood in it: errors end in the log."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from mailbot.store.engine import make_engine, url_of


@pytest.mark.parametrize("migrates", [False, True], ids=["at work", "while it is brought up to date"])
async def test_an_error_does_not_tell_what_was_to_be_stored(tmp_path: Path, migrates: bool) -> None:
    engine = make_engine(url_of(str(tmp_path / "mailbot.db")), migrates=migrates)
    try:
        async with engine.begin() as conn:
            with pytest.raises(SQLAlchemyError) as raised:
                await conn.execute(text("INSERT INTO nowhere VALUES (:words)"), {"words": "Anna is in hospital"})
    finally:
        await engine.dispose()
    assert "hospital" not in str(raised.value)


@pytest.mark.parametrize("pooled", [True, False])
async def test_nor_does_one_of_postgresql(pooled: bool) -> None:
    pytest.importorskip("psycopg")
    engine = make_engine(url_of("postgresql://nobody@localhost/none"), pooled=pooled)
    assert engine.sync_engine.hide_parameters
    await engine.dispose()
