"""Every schema that was ever released opens with the code as it is now, with its data."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from mailbot.flows.outbound import LetterState
from mailbot.store import schema
from mailbot.store.store import SqlStore
from tests.integration.storage.released import SCHEMAS, fill
from tests.integration.store.values import NOW, eur

RELEASED = sorted(path.stem for path in SCHEMAS.glob("*.sql"))


def test_every_migration_has_its_database_written_down() -> None:
    """A new migration fails here until `python -m tests.integration.storage.released` was run for it."""
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    assert set(RELEASED) == known


@pytest.mark.parametrize("revision", RELEASED)
async def test_a_database_of_a_released_schema_opens_in_place_with_its_data(revision: str, tmp_path: Path) -> None:
    path = tmp_path / "mailbot.db"
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript((SCHEMAS / f"{revision}.sql").read_text("utf-8"))
    wanted = await fill(tmp_path / "fresh.db")
    store = await SqlStore.open(str(path), now=lambda: NOW, create=False)
    client = await store.client_of_code("studio", "acme")
    assert client == wanted
    sent = await store.letter("k1")
    assert sent is not None
    assert (sent.state, sent.sent_at, sent.response) == (LetterState.SENT, NOW, "250 ok")
    assert [payment.amount for payment in await store.payments(invoice="INV-2")] == [eur("250.55")]
    assert await store.attachment("INV-2") == ("inv-2.pdf", b"%PDF-1.7 \x00\xff")
    (mail,) = await store.mails()
    assert mail.reply_text == "Bonjour é"
    assert (await store.mail_octets(mail.id)).endswith(b"Bonjour")
    assert [matter.mail_id for matter in await store.matters()] == [mail.id]
    assert [str(entry.reason) for entry in await store.journal_of()] == ["note words=à voir"]
    cursor = await store.cursor("studio", "INBOX")
    assert cursor is not None
    assert (cursor.last_uid, await store.recall("mode"), store.restored is None) == (7, "live", False)
    await store.close()
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT version_num FROM alembic_version").fetchone() == (schema.HEAD,)
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
