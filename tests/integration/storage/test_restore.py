"""A backup is put back: what left since does not leave again, what came since is read again, and a person decides."""

import asyncio
import shutil
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

from mailbot.cli.golive import _set as set_live
from mailbot.core.client import Leaving
from mailbot.core.reason import because
from mailbot.flows.commit import is_live
from mailbot.flows.outbound import LetterState
from mailbot.flows.records import JournalEntry
from mailbot.flows.review import review
from mailbot.store.backup import backup_path
from mailbot.store.store import SqlStore
from tests.integration.storage.conftest import Rooms


def rung(octets: bytes) -> str:
    return str(message_from_bytes(octets)["X-Mailbot-Letter"]).split(".")[1]


def put_back(backup: Path, database: Path) -> None:
    """As `mailbot backup` says."""
    for suffix in ("-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
    shutil.copy(backup, database)


async def backed_up(rooms: Rooms, folder: Path) -> Path:
    async with rooms.opened() as parts:
        target = backup_path(folder, rooms.clock.now())
        await parts.bot.store.backup(str(target))
    return target


async def test_letters_that_left_since_the_backup_are_not_sent_again(rooms: Rooms, tmp_path: Path) -> None:
    """The invoice leaves before the backup, two reminders after it; then the old copy is put back."""
    async with rooms.opened() as parts:
        await rooms.bill(parts)
        await rooms.round(parts)
    backup = await backed_up(rooms, tmp_path)
    async with rooms.opened() as parts:
        await rooms.days(parts, 21)
        await rooms.writes("Bonjour, je paierai vendredi 2 octobre. Merci, Anna")
        await rooms.days(parts, 1)
    sent = [rung(octets) for octets in rooms.to()]
    assert sent[:3] == ["invoice", "courtesy", "friendly"]
    put_back(backup, rooms.files.database)

    async with rooms.opened() as parts:
        assert not await is_live(parts.bot)
        matters = [matter for matter in await parts.bot.store.matters() if matter.kind == "restored"]
        assert [matter.urgent for matter in matters] == [True]
        assert matters[0].facts["letters"] == len(sent) - 1
        await rooms.days(parts, 1)
        assert [rung(octets) for octets in rooms.to()] == sent, "draft mode, and the mail of Anna answered once"
        client = await parts.bot.store.client_of_invoice("F-1")
        assert client is not None
        assert {c.rung for c in client.invoices[0].climbs} == {"invoice", "courtesy", "friendly"}
        assert all(climb.state is Leaving.GONE for climb in client.invoices[0].climbs)
        assert [hold.intent for hold in client.standing_holds] == ["promise_to_pay"], "her mail was read again"
        alerts = [octets for octets in rooms.to(rooms.files.operator) if b"copie plus ancienne" in _text(octets)]
        assert len(alerts) >= 1
    async with rooms.opened() as parts:
        assert parts.store.restored is None, "it is noticed once"


def _text(octets: bytes) -> bytes:
    parts = message_from_bytes(octets).walk()
    return b"\n".join(bytes(part.get_payload(decode=True) or b"") for part in parts if not part.is_multipart())


async def test_after_the_operator_goes_live_the_ladder_goes_on_where_it_was(rooms: Rooms, tmp_path: Path) -> None:
    async with rooms.opened() as parts:
        await rooms.bill(parts)
        await rooms.round(parts)
    backup = await backed_up(rooms, tmp_path)
    async with rooms.opened() as parts:
        await rooms.days(parts, 14)
    assert [rung(octets) for octets in rooms.to()] == ["invoice", "courtesy"]
    put_back(backup, rooms.files.database)
    async with rooms.opened() as parts:
        assert await set_live(parts, live=True) == 1, "not before the mailbox was read"
        assert not await is_live(parts.bot)
        await rooms.round(parts)
        assert await set_live(parts, live=True) == 0
    async with rooms.opened() as parts:
        await rooms.days(parts, 12)
        assert [matter for matter in await parts.bot.store.matters() if matter.kind == "restored"] == []
    assert [rung(octets) for octets in rooms.to()][:3] == ["invoice", "courtesy", "friendly"]
    assert len({rung(octets) for octets in rooms.to()}) == len(rooms.to())


async def test_a_letter_that_waited_in_the_backup_and_left_since_is_taken_as_sent(rooms: Rooms, tmp_path: Path) -> None:
    async with rooms.opened() as parts:
        await rooms.bill(parts)
        await review(parts.bot)
        backup = backup_path(tmp_path, rooms.clock.now())
        await parts.bot.store.backup(str(backup))
        waiting = await parts.bot.store.letters([LetterState.QUEUED])
        await rooms.round(parts)
    assert len(rooms.to()) == len(waiting) == 1
    put_back(backup, rooms.files.database)
    async with rooms.opened() as parts:
        letter = await parts.bot.store.letter(waiting[0].key)
        assert letter is not None
        assert letter.state is LetterState.SENT
        await rooms.days(parts, 1)
    assert len(rooms.to()) == 1


async def test_a_database_alone_on_another_machine_goes_to_draft_mode_too(rooms: Rooms, tmp_path: Path) -> None:
    async with rooms.opened() as parts:
        await rooms.bill(parts)
        await rooms.round(parts)
    rooms.files.database.with_name("mailbot.db.generation").unlink()
    async with rooms.opened() as parts:
        assert not await is_live(parts.bot)
        told = [matter.facts["untracked"] for matter in await parts.bot.store.matters() if matter.kind == "restored"]
        assert told == [1]
    async with rooms.opened() as parts:
        assert parts.store.restored is None


async def test_a_backup_without_anything_lost_since_is_not_worth_a_word(rooms: Rooms, tmp_path: Path) -> None:
    async with rooms.opened() as parts:
        await rooms.bill(parts)
        await rooms.round(parts)
    backup = await backed_up(rooms, tmp_path)
    put_back(backup, rooms.files.database)
    async with rooms.opened() as parts:
        assert await is_live(parts.bot)
        rooms.clock.advance(timedelta(hours=1))
        await rooms.round(parts)
    assert len(rooms.to()) == 1


async def test_a_track_that_is_damaged_stops_nobody(rooms: Rooms) -> None:
    """Half a line, foreign octets, an empty file: what can be read counts, the rest is left out."""
    async with rooms.opened() as parts:
        await rooms.bill(parts)
        await rooms.round(parts)
    track = rooms.files.database.with_name("mailbot.db.generation")
    whole = track.read_bytes()
    for damaged in (whole[:-9], whole + b"\xff\x00{}\n[1]\n", b"", b"nonsense\n", whole):
        track.write_bytes(damaged)
        async with rooms.opened() as parts:
            assert await is_live(parts.bot)
            await rooms.round(parts)
    assert len(rooms.to()) == 1


async def test_a_command_beside_a_busy_daemon_takes_nothing_for_an_older_copy(rooms: Rooms) -> None:
    """The number grows while another process looks: opened again and again, it is never taken for a restored one."""
    async with rooms.opened() as daemon:
        await rooms.bill(daemon)
        stop = asyncio.Event()

        async def busy() -> None:
            while not stop.is_set():
                async with daemon.bot.store.begin() as tx:
                    await tx.journal([JournalEntry(rooms.clock.now(), because("note", words="x"))])

        working = asyncio.create_task(busy())
        for _ in range(15):
            other = await SqlStore.open(str(rooms.files.database), now=rooms.clock.now)
            assert other.restored is None
            await other.close()
        stop.set()
        await working
