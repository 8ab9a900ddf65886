"""The power goes: what was acknowledged is there, what was not is there whole or not at all, and the sums are right.

SQLite in WAL mode with synchronous=FULL syncs the -wal at every commit. So a cut may drop, keep or spoil any page that
was written after the last acknowledged commit (each page by itself: a disk writes in its own order), and during a
checkpoint any mixture of old and new pages of the main file while the -wal is whole (sqlite.org/wal.html).
"""

import shutil
import sqlite3
import struct
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random

from mailbot.core.ledger import payment
from mailbot.core.reason import because
from mailbot.flows.records import JournalEntry
from mailbot.store.store import SqlStore
from tests.integration.store.values import NOW, added, client, eur, invoice

_PAGE = 4096
_FRAME = 24 + _PAGE
CUTS = 100


def luck(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - chance in a test, no secret


@dataclass(frozen=True)
class Snapshot:
    """The two files after an acknowledged commit, and where the synced part of the -wal ends."""

    acknowledged: int
    database: bytes
    wal: bytes
    synced: int


def seen(path: Path, acknowledged: int) -> Snapshot:
    wal, shm = (path.with_name(path.name + end) for end in ("-wal", "-shm"))
    frames = struct.unpack("=I", shm.read_bytes()[16:20])[0]  # mxFrame of the wal-index header (sqlite.org/walformat)
    return Snapshot(acknowledged, path.read_bytes(), wal.read_bytes(), 32 + frames * _FRAME)


async def commits(path: Path, count: int) -> list[Snapshot]:
    """Money comes in, coin by coin; a snapshot after each coin."""
    store = await SqlStore.open(str(path), now=lambda: NOW)
    made = await added(store, client("acme", invoice("INV-1", 10_000)))
    found = []
    for n in range(1, count + 1):
        async with store.begin() as tx:
            await tx.post(made.id, payment("INV-1", eur(1), NOW.date(), "operator", f"coin {n}"))
            await tx.journal([JournalEntry(NOW, because("note", n=n, words="x" * luck(n).randrange(3000)))])
            await tx.remember("last", str(n))
        found.append(seen(path, n))
    await store.close()
    return found


def spoiled(chance: Random, wal: bytes, synced: int) -> bytes:
    """The -wal after a cut: what was synced, and the rest cut off, or with some of its pages zeroed or garbled."""
    if chance.random() < 0.4:
        return wal[: synced + chance.randrange(len(wal) - synced + 1)]
    kept = bytearray(wal[:synced])
    harm = chance.choice((0.02, 0.1, 0.5))
    for at in range(synced, len(wal), _PAGE):
        page = wal[at : at + _PAGE]
        if chance.random() < harm:
            page = chance.choice((bytes(len(page)), chance.randbytes(len(page))))
        kept += page
    return bytes(kept)


async def checked(path: Path) -> int:
    """Open as the daemon does; gives how many coins there are, after seeing that all of it fits together."""
    store = await SqlStore.open(str(path), now=lambda: NOW, create=False)
    owner = await store.client_of_invoice("INV-1")
    paid = await store.payments(invoice="INV-1")
    notes = [entry.reason.facts["n"] for entry in await store.journal_of(limit=10_000)]
    last = await store.recall("last")
    await store.close()
    assert owner is not None
    count = len(paid)
    assert owner.invoices[0].paid == eur(count), "the ledger adds up"
    assert sorted(notes) == list(range(1, count + 1))
    assert last == (str(count) if count else None)
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
    return count


async def test_what_was_acknowledged_survives_a_power_cut_at_any_page(tmp_path: Path) -> None:
    """The state of the files some commits later, cut back to what was synced at an earlier acknowledgement."""
    chance = luck(11)
    snapshots = await commits(tmp_path / "mailbot.db", 60)
    more = 0
    for cut in range(CUTS):
        before = chance.randrange(len(snapshots) - 1)
        after = min(before + chance.randrange(1, 4), len(snapshots) - 1)
        one, later = snapshots[before], snapshots[after]
        if one.database != later.database or one.wal[:32] != later.wal[:32]:
            after, later = before, one  # a checkpoint lies between: that is the other test
        path = tmp_path / f"cut{cut}" / "mailbot.db"
        path.parent.mkdir()
        path.write_bytes(one.database)
        path.with_name("mailbot.db-wal").write_bytes(spoiled(chance, later.wal, one.synced))
        found = await checked(path)
        assert one.acknowledged <= found <= later.acknowledged
        more += found > one.acknowledged
        shutil.rmtree(path.parent)
    assert more, "some cuts kept a commit that nobody had heard of yet, whole"


async def test_a_power_cut_during_a_checkpoint_loses_nothing(tmp_path: Path) -> None:
    """Any mixture of old and new pages of the main file, beside the whole -wal."""
    chance = luck(12)
    source = tmp_path / "mailbot.db"
    last = (await commits(source, 40))[-1]
    (tmp_path / "done").mkdir()
    done = tmp_path / "done" / "mailbot.db"
    done.write_bytes(last.database)
    done.with_name("mailbot.db-wal").write_bytes(last.wal)
    with closing(sqlite3.connect(done)) as raw:
        assert raw.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()[0] == 0
        new = done.read_bytes()
    for cut in range(30):
        path = tmp_path / f"cut{cut}" / "mailbot.db"
        path.parent.mkdir()
        pages = bytearray(last.database.ljust(len(new), b"\0"))
        for at in range(0, len(new), _PAGE):
            if chance.random() < 0.5:
                pages[at : at + _PAGE] = new[at : at + _PAGE]
        path.write_bytes(pages)
        path.with_name("mailbot.db-wal").write_bytes(last.wal)
        assert await checked(path) == last.acknowledged
        shutil.rmtree(path.parent)


async def test_a_log_that_is_cut_short_leaves_an_earlier_state_that_fits_together(tmp_path: Path) -> None:
    """A disk that lied about its sync: any length of the -wal, also within what it had acknowledged."""
    chance = luck(13)
    last = (await commits(tmp_path / "mailbot.db", 20))[-1]
    lengths = [0, 1, 31, 32, 33, last.synced - 1, *(chance.randrange(last.synced) for _ in range(40))]
    begins = tmp_path / "none.db"
    begins.write_bytes(last.database)
    with closing(sqlite3.connect(begins)) as raw:
        whole = raw.execute("SELECT count(*) FROM sqlite_master WHERE name = 'payment'").fetchone() == (1,)
    found = set()
    for cut, length in enumerate(lengths):
        path = tmp_path / f"cut{cut}" / "mailbot.db"
        path.parent.mkdir()
        path.write_bytes(last.database)
        path.with_name("mailbot.db-wal").write_bytes(last.wal[:length])
        with closing(sqlite3.connect(path)) as raw:
            assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            there = raw.execute("SELECT name FROM sqlite_master WHERE name = 'invoice'").fetchone()
            rows = raw.execute("SELECT paid_minor FROM invoice").fetchall() if there else []
            coins = raw.execute("SELECT coalesce(sum(paid_minor), 0) FROM ledger").fetchone() if there else (0,)
        assert not rows or rows[0] == coins
        found.add(coins[0])
        shutil.rmtree(path.parent)
    assert len(found) > 3 or whole
