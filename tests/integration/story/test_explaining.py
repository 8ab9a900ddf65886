"""`mailbot explain` beside the books: the same reading as the service, which knows the client and what was learnt."""

import json
from pathlib import Path

import pytest

from mailbot.core.intent import Intent
from mailbot.flows import learn
from mailbot.flows.meant import tell_meaning
from tests.integration.story.studio import Studio
from tests.integration.story.test_learning import ACCOUNTANT, invoiced, mailbot, writes

DOLLARS = "Bonjour Noémie,\n\nJ'ai envoyé 250 $ hier."


async def explained(
    studio: Studio, sender: str, text: str, capsys: pytest.CaptureFixture[str], *words: str
) -> dict[str, object]:
    """What the command says of a mail in a file, which no server ever saw."""
    file = studio.files.folder / "mail.eml"
    head = f"From: {sender}\nTo: {studio.post.people.bot}\nSubject: Bonjour\nDate: Mon, 2 Nov 2026 09:00:00 +0000\n"
    file.write_text(f"{head}Content-Type: text/plain; charset=utf-8\n\n{text}\n", encoding="utf-8")
    capsys.readouterr()
    assert await mailbot(studio, "explain", str(file), "--json", *words) == 0
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


async def test_dollars_are_those_of_the_clients_invoices(studio: Studio, capsys: pytest.CaptureFixture[str]) -> None:
    await invoiced(studio, "E-1")
    known = await explained(studio, studio.post.people.julie, DOLLARS, capsys)
    assert known["amounts"] == [{"value": "250.00", "currency": "CAD"}]
    stranger = await explained(studio, "who@nowhere.example", DOLLARS, capsys, "--country", "US")
    assert stranger["amounts"] == [{"value": "250.00", "currency": "USD"}]


async def test_what_was_learnt_counts_for_the_mails_of_clients(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    people = studio.post.people
    await invoiced(studio, "E-2")
    before = await explained(studio, people.julie, ACCOUNTANT, capsys)
    first = await writes(studio, ACCOUNTANT, 1)
    await tell_meaning(studio.parts.bot, first, Intent.ACKNOWLEDGEMENT)
    await learn.adopt(studio.parts.bot)
    after = await explained(studio, people.julie, ACCOUNTANT, capsys)
    assert (before["hold"], after["hold"]) == (True, False)


async def test_before_the_first_import_a_mail_is_explained_all_the_same(
    studio: Studio, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    studio.files.replace("mailbot.db", str(tmp_path / "none-yet.db"))
    found = await explained(studio, studio.post.people.julie, DOLLARS, capsys)
    assert found["intent"] == "payment_claimed"
