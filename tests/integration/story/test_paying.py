"""How to pay, a copy on request, money that quotes the reference, thanks and a receipt: on real servers."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest_asyncio

from mailbot.cli import main
from mailbot.core.client import Standing
from mailbot.core.intent import Intent
from tests.integration.story.posts import Post
from tests.integration.story.studio import MONTREAL, PDF, Studio, read, words
from tests.servers.installation import Installation


def tuned(files: Installation) -> None:
    """Invoices in euros, an account in France, and copies that go out by themselves."""
    files.replace('currency = "CAD"', 'currency = "EUR"')
    files.replace("# iban = ", 'iban = "FR76 3000 6000 0112 3456 7890 189"\n# iban = ')
    (files.folder / "policy.toml").write_text("[answers]\nauto_copy = true\n", encoding="utf-8")


@pytest_asyncio.fixture
async def studio(post: Post, tmp_path: Path) -> AsyncIterator[Studio]:
    """A live installation that tells how to pay."""
    async with Studio.open(tmp_path, post, tuned) as studio:
        yield studio


async def typed(studio: Studio, *line: str) -> int:
    """Type a command."""
    return await asyncio.to_thread(main, ["--config", str(studio.files.file), *line])


async def to_julie(studio: Studio, count: int) -> EmailMessage:
    """The last of so many letters that Julie has."""
    return read((await studio.post.inbox(studio.post.people.julie, count))[-1])


async def test_a_client_who_asks_gets_a_copy_pays_with_its_reference_and_gets_a_receipt(studio: Studio) -> None:
    julie = studio.post.people.julie
    (studio.files.folder / "P-101.pdf").write_bytes(PDF)
    await studio.bring_in(f"P-101,30,{julie},1250.00,Site web", pdf="P-101.pdf")
    await studio.turn()
    invoice = await to_julie(studio, 1)
    assert "FR76 3000 6000 0112 3456 7890 189" in words(invoice)
    reference = re.search(r"RF\d\d(?: [A-Z0-9]{1,4})+", words(invoice))
    assert reference is not None
    (code,) = [part for part in invoice.walk() if part.get_content_type() == "image/png"]
    assert code.get_content().startswith(b"\x89PNG")

    text = "Bonjour Noémie,\n\nPourriez-vous me renvoyer une copie de la facture et votre RIB ?\n\nMerci"
    await studio.answer(invoice, text, julie)
    await studio.turn_once_read(julie)
    copy = await to_julie(studio, 2)
    assert copy["Subject"] == f"Re: {invoice['Subject']}"
    assert copy["In-Reply-To"] != invoice["Message-ID"], "it answers her mail"
    assert invoice["Message-ID"] in copy["References"]
    assert [part.get_filename() for part in copy.iter_attachments()] == ["P-101.pdf"]
    client = await studio.parts.store.client_of_invoice("P-101")
    assert client is not None
    (hold,) = client.standing_holds
    assert (hold.intent, hold.lapses) == (Intent.DOCUMENT_REQUEST, True)
    assert not await studio.parts.store.matters()

    today = studio.clock.now().astimezone(MONTREAL).date()
    statement = studio.files.folder / "releve.csv"
    line = f"{today};VIREMENT RECU;1250,00;EUR;INCONNU SARL;{reference[0]}"
    statement.write_text(f"date;label;amount;currency;payer;reference\n{line}\n", encoding="utf-8")
    assert await typed(studio, "import-bank", str(statement), "--yes") == 0
    client = await studio.parts.store.client_of_invoice("P-101")
    assert client is not None
    assert client.invoices[0].standing is Standing.SETTLED
    await studio.turn(30)
    thanks = await to_julie(studio, 3)
    assert "est bien arrivé" in words(thanks)

    studio.clock.advance(timedelta(days=7))
    await studio.answer(thanks, "Bonjour,\n\nPouvez-vous m'envoyer un reçu de paiement ?", julie)
    await studio.turn_once_read(julie, 2)
    await studio.to_next_morning()
    await studio.turn(90)
    receipt = await to_julie(studio, 4)
    assert "facture acquittée" in words(receipt)
    assert "virement bancaire" in words(receipt)
    assert await typed(studio, "payment-slip", "P-101", "-o", "slip.png") == 2, "nothing is owed any more"
