"""Import, invoice letter, the client's reply, hold, digest: the whole thread on real SMTP and IMAP servers."""

from datetime import date, timedelta

from babel.dates import format_date

from mailbot.core.client import HeldBy, Reachability, Standing
from mailbot.core.intent import Intent
from mailbot.flows.outbound import LetterState
from tests.integration.story.studio import MONTREAL, PDF, Studio, read, words


async def test_a_reply_to_the_invoice_letter_holds_and_comes_before_the_operator(studio: Studio) -> None:
    """From the CSV file to the digest; the letter carries the PDF and lies in the Sent folder too."""
    people = studio.post.people
    (studio.files.folder / "F-101.pdf").write_bytes(PDF)
    await studio.bring_in(f"F-101,30,{people.julie},1250.00,Site web", pdf="F-101.pdf")
    await studio.turn()
    (octets,) = await studio.post.inbox(people.julie, 1)
    letter = read(octets)
    assert "F-101" in letter["Subject"]
    assert "1 250,00 $" in words(letter)
    assert people.bot in letter["From"]
    (attached,) = letter.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("F-101.pdf", PDF)
    (copy,) = await studio.post.inbox(people.bot, 1, "Sent")
    assert read(copy)["Message-ID"] == letter["Message-ID"]

    await studio.answer(letter, "Bonjour Noémie,\n\nQue veut dire la deuxième ligne ?", people.julie)
    await studio.turn_once_read(people.julie)
    client = await studio.parts.store.client_of_invoice("F-101")
    assert client is not None
    (hold,) = client.standing_holds
    assert hold.by is HeldBy.PERSON
    (mail,) = await studio.parts.store.mails(client_id=client.id)
    assert (mail.kind, mail.invoices) == ("reply", ("F-101",))
    assert "deuxième ligne" in mail.reply_text
    assert "1 250,00" not in mail.reply_text, "the quoted letter is not the client's words"

    await studio.to_next_morning()
    await studio.turn()
    _, digest = await studio.told("digest.", 2)
    assert "deuxième ligne" in words(digest)
    assert "mailbot release F-101" in words(digest)
    assert len(await studio.post.inbox(people.julie, 1)) == 1, "nothing else went to the client"


async def test_a_dispute_of_one_invoice_is_told_at_once_and_the_other_goes_on(studio: Studio) -> None:
    """Disputed is disputed; the second invoice keeps its ladder, and the operator hears of it without a digest."""
    people = studio.post.people
    await studio.bring_in(f"D-1,30,{people.julie},800.00,Logo", f"D-2,20,{people.julie},450.00,Affiche")
    await studio.turn()
    letters = [read(one) for one in await studio.post.inbox(people.julie, 1)]
    assert {number for letter in letters for number in ("D-1", "D-2") if number in words(letter)} == {"D-1", "D-2"}
    about = letters[0] if len(letters) == 1 else next(letter for letter in letters if "D-1" in letter["Subject"])
    text = "Bonjour,\n\nJe conteste la facture D-1 : le logo ne correspond pas à ce que nous avions commandé."
    await studio.answer(about, text, people.julie)
    await studio.turn_once_read(people.julie)
    client = await studio.parts.store.client_of_invoice("D-1")
    assert client is not None
    assert {invoice.number: invoice.standing for invoice in client.invoices}["D-1"] is Standing.DISPUTED
    (alert,) = await studio.told("alert.", 1)
    assert "ne correspond pas" in words(alert)
    holds = {hold.invoice: hold.intent for hold in client.standing_holds}
    assert holds.get("D-1", holds.get(None)) is Intent.DISPUTE


async def test_a_letter_that_bounces_marks_the_address_and_asks_the_operator(studio: Studio) -> None:
    """Accepted by the server and returned later: its report is understood and nothing more is sent there."""
    people = studio.post.people
    await studio.bring_in(f"B-1,30,{people.ghost},300.00,Conseil")
    await studio.turn()
    await studio.turn_once_read("mailer-daemon")
    client = await studio.parts.store.client_of_invoice("B-1")
    assert client is not None
    assert client.contacts[0].reachability is Reachability.DEAD
    (matter,) = [one for one in await studio.parts.store.matters() if one.client_id == client.id]
    assert (matter.kind, matter.facts["address"]) == ("bounce", people.ghost)
    for _ in range(3):
        await studio.turn(60 * 24)
    letters = await studio.parts.store.letters(list(LetterState), client_id=client.id)
    assert len(letters) == 1, "an address that is dead gets no second letter"


async def test_a_promise_is_noted_and_acknowledged_in_the_same_thread(studio: Studio) -> None:
    """The client names a day: the bot says thank you once, waits for that day, and says so to nobody else."""
    people = studio.post.people
    await studio.bring_in(f"P-1,30,{people.julie},990.00,Traduction")
    await studio.turn()
    (octets,) = await studio.post.inbox(people.julie, 1)
    letter = read(octets)
    today: date = studio.clock.now().astimezone(MONTREAL).date()
    day = today + timedelta(days=12)
    told = format_date(day, "d MMMM y", "fr")
    await studio.answer(letter, f"Bonjour,\n\nJe vous paierai le {told}.\n\nBonne journée", people.julie)
    await studio.turn_once_read(people.julie)
    client = await studio.parts.store.client_of_invoice("P-1")
    assert client is not None
    (invoice,) = client.invoices
    assert [promise.due_on for promise in invoice.promises] == [day]
    assert invoice.standing is Standing.PROMISED
    _, answer = (read(one) for one in await studio.post.inbox(people.julie, 2))
    assert str(answer["Subject"]).startswith("Re: ")
    assert str(letter["Message-ID"]) in str(answer["References"])
    assert answer["Auto-Submitted"] == "auto-replied"
    assert told in words(answer)
    copies = [read(one)["Message-ID"] for one in await studio.post.inbox(people.bot, 2, "Sent")]
    assert copies == [letter["Message-ID"], answer["Message-ID"]]
