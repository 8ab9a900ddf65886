"""A database with something in every table, written down as SQL when a schema is released.

`python -m tests.integration.storage.released` writes `schemas/<HEAD>.sql`; a released file is never written again.
"""

import asyncio
import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from mailbot.core.client import Client
from mailbot.core.intent import Intent
from mailbot.core.ledger import payment
from mailbot.core.matter import MatterKind, NewMatter
from mailbot.core.reason import because
from mailbot.flows.inbound import Cursor
from mailbot.flows.outbound import LetterState
from mailbot.flows.records import Example, JournalEntry
from mailbot.store.schema import HEAD
from mailbot.store.store import SqlStore
from tests.integration.store.values import NOW, eur, full_client, letter, mail

SCHEMAS = Path(__file__).parent / "schemas"


async def fill(path: Path) -> Client:
    """One of everything; gives the client as it stands at the end."""
    store = await SqlStore.open(str(path), now=lambda: NOW)
    async with store.begin() as tx:
        client = await tx.add_client(full_client(), NOW)
    async with store.begin() as tx:
        await tx.enqueue(letter("k1", client, "courtesy", "INV-2"))
        await tx.enqueue(letter("k2", client, "courtesy", "INV-3"))
        await tx.move_letter("k1", [LetterState.QUEUED], LetterState.CLAIMED, at=NOW, claimed_by="a", claimed_until=NOW)
        await tx.move_letter("k1", [LetterState.CLAIMED], LetterState.SENDING, at=NOW)
        await tx.move_letter("k1", [LetterState.SENDING], LetterState.SENT, at=NOW, response="250 ok")
        await tx.post(client.id, payment("INV-2", eur("250.55"), NOW.date(), "operator", "REF"))
        mail_id = await tx.note_mail(mail(7, client_id=client.id, invoices=("INV-2",), reply_text="Bonjour é"))
        await tx.move_cursor("studio", "INBOX", Cursor(77, 7))
        await tx.raise_matter(NewMatter(MatterKind.REPLY, NOW, client.id, "INV-2", "hold:1", mail_id=mail_id))
        await tx.attach(client.id, "INV-2", "inv-2.pdf", b"%PDF-1.7 \x00\xff")
        await tx.journal([JournalEntry(NOW, because("note", words="à voir"), client.id, "INV-2")])
        await tx.remember("mode", "live")
        await tx.keep_example(Example(mail_id, client.id, "Bonjour é", Intent.QUESTION, True, None, NOW, "other"))
    found = await store.client(client.id)
    await store.close()
    return found


def main() -> int:
    """Write the newest schema down, unless that was done."""
    target = SCHEMAS / f"{HEAD}.sql"
    if target.exists():
        print(f"{target} was released; it stays as it is")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mailbot.db"
        asyncio.run(fill(path))
        with closing(sqlite3.connect(path)) as raw:
            target.write_text("\n".join(raw.iterdump()) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
