"""The operator says what mails meant, adopts it, and the next mail of that kind is read so; on real servers."""

import asyncio

import pytest

from mailbot.cli import main
from mailbot.core.intent import Intent
from mailbot.flows import learn
from mailbot.flows.command import CommandFault
from mailbot.flows.meant import tell_meaning
from tests.integration.story.studio import Studio, read

ACCOUNTANT = "Bonjour Noémie,\n\nLe dossier 12 a pris du retard chez notre comptable."


async def invoiced(studio: Studio, *numbers: str) -> None:
    people = studio.post.people
    await studio.bring_in(*(f"{number},30,{people.julie},1250.00,Site web" for number in numbers))
    await studio.turn()


async def writes(studio: Studio, text: str, count: int) -> int:
    """Julie answers the first letter; gives her mail's number."""
    people = studio.post.people
    letter = read((await studio.post.inbox(people.julie, 1))[0])
    await studio.answer(letter, text, people.julie)
    await studio.turn_once_read(people.julie, count)
    return (await studio.parts.store.mails())[-1].id


async def mailbot(studio: Studio, *words: str) -> int:
    return await asyncio.to_thread(main, ["--config", str(studio.files.file), *words])


async def test_what_was_adopted_is_how_the_next_mail_is_read(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    """By command: told, listed with before and after, adopted, used at the next mail, and taken back."""
    await invoiced(studio, "L-1")
    first = await writes(studio, ACCOUNTANT, 1)
    assert await mailbot(studio, "meant", str(first), "accusé") == 0
    client = await studio.parts.store.client_of_invoice("L-1")
    assert client is not None
    assert client.standing_holds == ()
    capsys.readouterr()
    assert await mailbot(studio, "learn") == 0
    said = capsys.readouterr().out
    assert f"mail {first}" in said
    assert "mailbot learn --yes" in said
    assert "none would" in said
    before = await writes(studio, ACCOUNTANT.replace("12", "14"), 2)
    assert before != first
    client = await studio.parts.store.client_of_invoice("L-1")
    assert client is not None
    assert client.standing_holds, "not adopted yet"
    assert await mailbot(studio, "meant", str(before), "thanks") == 0

    assert await mailbot(studio, "learn", "--yes") == 0
    await writes(studio, ACCOUNTANT.replace("12", "17"), 3)
    client = await studio.parts.store.client_of_invoice("L-1")
    assert client is not None
    assert client.standing_holds == ()

    assert await mailbot(studio, "learn", "--undo") == 0
    await writes(studio, ACCOUNTANT.replace("12", "19"), 4)
    client = await studio.parts.store.client_of_invoice("L-1")
    assert client is not None
    assert client.standing_holds


async def test_an_emergency_cannot_be_unlearnt(studio: Studio) -> None:
    """The operator lets one such mail go; the next is held all the same (law 4)."""
    await invoiced(studio, "L-2")
    first = await writes(studio, "Ma mère est décédée hier.", 1)
    told = await tell_meaning(studio.parts.bot, first, Intent.OTHER)
    assert told.client.standing_holds == ()
    lesson = await learn.lesson(studio.parts.bot)
    assert [example.mail_id for example in lesson.refused] == [first]
    with pytest.raises(CommandFault, match="nothing new to learn"):
        await learn.adopt(studio.parts.bot)
    await writes(studio, "Ma mère est décédée hier.\nJulie", 2)
    client = await studio.parts.store.client_of_invoice("L-2")
    assert client is not None
    assert client.standing_holds


async def test_a_mail_that_is_nobodys_teaches_nothing(studio: Studio) -> None:
    """Clear faults: no such mail, a mail of no client, a day that says nothing."""
    await invoiced(studio, "L-3")
    with pytest.raises(CommandFault, match="no mail 99"):
        await tell_meaning(studio.parts.bot, 99, Intent.OTHER)
    first = await writes(studio, "Que veut dire la deuxième ligne ?", 1)
    with pytest.raises(CommandFault, match="leave --until out"):
        await tell_meaning(studio.parts.bot, first, Intent.DISPUTE, studio.clock.now().date())
    assert await studio.parts.store.examples() == ()
