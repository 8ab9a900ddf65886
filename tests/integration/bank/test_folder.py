"""The watched folder: statements are taken in when they are whole, once, and stay as they are."""

import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from mailbot.bot import Assembled, assemble
from mailbot.config import load
from mailbot.daemon.folder import Folder
from mailbot.flows.banked import confirm_layout
from mailbot.flows.remit import read
from tests.integration.bank.conftest import Type
from tests.integration.bank.test_import_bank import BOTH
from tests.servers.installation import Installation
from tests.unit.bank.samples import CAMT


@pytest.fixture
def place(files: Installation) -> Path:
    made = files.folder / "bank"
    made.mkdir()
    return made


@pytest.fixture
async def parts(files: Installation, place: Path, typed: Type) -> AsyncIterator[Assembled]:
    """With the invoices that `typed` brought in."""
    settings = load(files.file, os.environ, None, need_passwords=False)
    async with assemble(replace(settings, bank=replace(settings.bank, folder=place))) as made:
        yield made


async def paid(parts: Assembled) -> list[str]:
    return [payment.invoice for payment in await parts.bot.store.payments()]


async def asked(parts: Assembled) -> list[tuple[str, bool]]:
    return [(matter.kind.value, matter.urgent) for matter in await parts.bot.store.matters()]


async def test_a_statement_is_taken_in_at_the_second_look_and_never_again(parts: Assembled, place: Path) -> None:
    path = place / "march.xml"
    path.write_bytes(CAMT)
    folder = Folder()
    assert [await folder.look(parts) for _ in range(3)] == [0, 1, 0]
    assert await paid(parts) == ["F-2026-017"]
    assert path.read_bytes() == CAMT
    assert [await Folder().look(parts) for _ in range(2)] == [0, 0]
    (place / "again.xml").write_bytes(CAMT)
    assert [await folder.look(parts) for _ in range(2)] == [0, 0]
    assert await asked(parts) == []


async def test_a_file_that_still_grows_waits(parts: Assembled, place: Path) -> None:
    path, folder = place / "march.xml", Folder()
    for end in (100, 900, len(CAMT)):
        path.write_bytes(CAMT[:end])
        assert await folder.look(parts) == 0
    assert await folder.look(parts) == 1
    assert await asked(parts) == []


async def test_a_file_that_cannot_be_read_is_one_alarm_that_names_it(parts: Assembled, place: Path) -> None:
    (place / "letter.txt").write_bytes(b"hello\n")
    (place / "loading.csv.part").write_bytes(BOTH)
    folder = Folder()
    for _ in range(4):
        assert await folder.look(parts) == 0
    (matter,) = await parts.bot.store.matters()
    assert (matter.kind.value, matter.urgent, "letter.txt" in str(matter.facts["fault"])) == ("unreadable", True, True)
    (place / "march.xml").write_bytes(CAMT)
    assert [await folder.look(parts) for _ in range(2)] == [0, 1]


async def test_a_new_shape_of_table_waits_for_a_person_and_is_then_taken_in(parts: Assembled, place: Path) -> None:
    (place / "both.csv").write_bytes(BOTH)
    folder = Folder()
    assert [await folder.look(parts) for _ in range(4)] == [0, 0, 0, 0]
    assert (await paid(parts), await asked(parts)) == ([], [("claim", False)])
    await confirm_layout(parts.bot, await read(parts.bot, BOTH, "EUR"))
    assert await folder.look(parts) == 1
    assert (sorted(await paid(parts)), await asked(parts)) == (["F-2026-031", "F-2026-032"], [])


async def test_a_folder_that_is_gone_is_told_once(parts: Assembled, place: Path) -> None:
    os.rmdir(place)  # noqa: PTH106 - a coroutine may not use pathlib for it
    folder = Folder()
    assert [await folder.look(parts) for _ in range(3)] == [0, 0, 0]
    assert await asked(parts) == [("unreadable", True)]
