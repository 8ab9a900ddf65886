"""A client asks for a document: sent by itself where that is switched on and safe, else made ready for the operator."""

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest

from mailbot.core.client import Contact
from mailbot.core.document import Document, Enclosure
from mailbot.core.intent import Intent
from mailbot.core.ledger import EntryKind
from mailbot.core.policy import Policy
from mailbot.flows.books import Slip, charge_back, reduce, use_credit
from mailbot.flows.command import CommandFault, paid
from mailbot.flows.door import open_door, remember_asked
from mailbot.flows.needs import need_of
from mailbot.flows.outbound import Letter, LetterState
from mailbot.flows.receive import sync
from mailbot.flows.supply import send_answer, send_receipt
from mailbot.letters import Letters
from tests.fakes.far_side import House, live_house
from tests.fakes.people import anna, at, bill, day, eur
from tests.unit.flows.scene import codes, letters, look, mail, matters, settled_in

COPY = "Bonjour, pourriez-vous me renvoyer une copie de la facture ? Merci, Anna"
BANK = "Bonjour, pouvez-vous nous communiquer votre RIB ? Merci"
RECEIPT = "Bonjour, pouvez-vous m'envoyer un reçu de paiement pour la facture ? Merci"
FORM = "Bonjour, il nous faut d'abord votre attestation de vigilance URSSAF. Merci de nous l'envoyer."
ID = "<asks@client.example>"


@pytest.fixture
async def home() -> House:
    """A house where documents go out by themselves."""
    made = await live_house(at("2026-03-02"), Policy(auto_copy=True))
    made.bot = replace(
        made.bot,
        writer=Letters(language="fr"),
        business=replace(made.bot.business, payment_lines=("IBAN FR76 3000 6000 0112 3456 7890 189",)),
    )
    return made


async def asked(home: House, text: str, **headers: str) -> None:
    home.mailbox.deliver(mail(home, text, **({"Message_ID": ID, "Subject": "Re: Facture F-1"} | headers)))
    await sync(home.bot)


async def documents(home: House) -> list[Letter]:
    return [one for one in await letters(home) if one.template in ("documents", "receipt")]


def words(letter: Letter) -> str:
    body = message_from_bytes(letter.octets, policy=default).get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\u00a0", " ").replace("\u202f", " ")


async def test_a_copy_goes_to_who_asked_in_their_own_conversation(home: House) -> None:
    """And the ladder goes on by itself some days later."""
    async with home.store.begin() as tx:
        await tx.add_client(anna(bill(pdf="F-1.pdf")), home.clock.now())
        await tx.attach(1, "F-1", "F-1.pdf", b"%PDF-1.4")
    await asked(home, COPY)
    (letter,) = await documents(home)
    message = message_from_bytes(letter.octets, policy=default)
    assert (message["Subject"], message["In-Reply-To"]) == ("Re: Facture F-1", ID)
    assert message["Auto-Submitted"] == "auto-replied"
    assert letter.recipients == ("anna@client.example",)
    assert [part.get_filename() for part in message.iter_attachments()] == ["F-1.pdf"]
    (hold,) = (await home.store.client(1)).standing_holds
    assert (hold.intent, hold.until, hold.lapses) == (Intent.DOCUMENT_REQUEST, day("2026-03-05"), True)
    assert not await matters(home)
    assert "document_sent" in await codes(home)
    await look(home)
    assert [one.key for one in await letters(home, LetterState.SENT)] == [letter.key]


async def test_payment_details_are_those_of_the_configuration(home: House) -> None:
    await settled_in(home, anna())
    await asked(home, BANK)
    (letter,) = await documents(home)
    assert "IBAN FR76 3000 6000 0112 3456 7890 189" in words(letter)


async def test_a_receipt_of_a_paid_invoice_says_when_and_how_it_was_paid(home: House) -> None:
    await settled_in(home, anna())
    await paid(home.bot, "F-1", None, day("2026-03-02"))
    home.clock.advance(timedelta(hours=1))
    await look(home)
    (thanks,) = await letters(home, LetterState.SENT)
    home.clock.advance(timedelta(hours=1))
    await asked(home, RECEIPT, In_Reply_To=thanks.message_id)
    (letter,) = await documents(home)
    assert letter.template == "receipt"
    assert "Payé le 2 mars 2026 : 100,00 €" in words(letter)


async def test_a_receipt_adds_up_after_a_chargeback_a_credit_note_and_too_much_money(home: House) -> None:
    """What went back is not told as paid, what was too much belongs to no invoice, a credit note is told."""
    await settled_in(home, anna())
    await paid(home.bot, "F-1", None, day("2026-02-20"))
    await charge_back(home.bot, "F-1", None, Slip(day("2026-02-24")))
    await reduce(home.bot, EntryKind.CREDIT_NOTE, "F-1", eur(30), Slip(day("2026-02-25")))
    await paid(home.bot, "F-1", eur(90), day("2026-03-02"))
    await send_receipt(home.bot, "F-1")
    (letter,) = await documents(home)
    said = words(letter)
    assert "20 février" not in said
    assert "Payé le 2 mars 2026 : 70,00 €" in said
    assert "Déduction (avoir ou remise) : 30,00 €" in said


async def test_a_receipt_tells_what_credit_of_the_clients_paid(home: House) -> None:
    await settled_in(home, anna(bill("F-1"), bill("F-2")))
    await paid(home.bot, "F-1", eur(200), day("2026-02-20"))
    await use_credit(home.bot, "F-2", None, day("2026-02-21"))
    await send_receipt(home.bot, "F-2")
    (letter,) = await documents(home)
    assert "Payé le 21 février 2026 : 100,00 €" in words(letter)


async def test_a_receipt_is_understood_although_the_words_read_like_a_claim(home: House) -> None:
    """What the books have as settled cannot be claimed; while it is open, no receipt goes out."""
    await settled_in(home, anna(bill(delivered_on=None)))
    await look(home)
    (invoice,) = await letters(home, LetterState.SENT)
    ask = "Pouvez-vous m'envoyer un reçu de paiement ?"
    await asked(home, ask, In_Reply_To=invoice.message_id)
    assert (await home.store.client(1)).standing_holds
    assert await documents(home) == []
    await paid(home.bot, "F-1", None, day("2026-03-02"))
    await asked(home, ask, In_Reply_To=invoice.message_id, Message_ID="<again@client.example>")
    assert [one.template for one in await documents(home)] == ["receipt"]


async def test_the_third_request_of_a_week_is_for_the_operator(home: House) -> None:
    await settled_in(home, anna())
    for number in range(3):
        await asked(home, COPY, Message_ID=f"<a{number}@client.example>")
        home.clock.advance(timedelta(days=2))
    assert len(await documents(home)) == 2
    assert [matter.facts["asks"] for matter in await matters(home)] == ["copy"]


SWITCHED_OFF = Policy()


@pytest.mark.parametrize(
    ("text", "headers", "policy"),
    [
        pytest.param(COPY, {}, SWITCHED_OFF, id="nobody switched it on"),
        pytest.param(COPY, {"From": "x@elsewhere.example", "In_Reply_To": "ours"}, None, id="the address is unknown"),
        pytest.param(COPY, {"Reply_To": "x@elsewhere.example"}, None, id="the answer would go elsewhere"),
        pytest.param(FORM, {}, None, id="only the operator has it"),
        pytest.param(RECEIPT, {}, None, id="a receipt for what is not paid"),
        pytest.param("Envoyez votre facture à compta@elsewhere.example svp, en copie", {}, None, id="to another"),
    ],
)
async def test_nothing_goes_out_by_itself_where(
    home: House, text: str, headers: dict[str, str], policy: Policy | None
) -> None:
    home.bot = replace(home.bot, policy=policy or home.bot.policy)
    await settled_in(home, anna(bill(delivered_on=None)))
    await look(home)
    (invoice,) = await letters(home, LetterState.SENT)
    home.clock.advance(timedelta(hours=1))
    headers = {name: invoice.message_id if value == "ours" else value for name, value in headers.items()}
    await asked(home, text, **headers)
    assert not await documents(home)
    assert (await home.store.client(1)).standing_holds
    assert len(await matters(home)) == 1


async def test_at_an_address_that_two_clients_share_nothing_goes_out_by_itself(home: House) -> None:
    """Nobody can tell whose invoice is meant."""
    await settled_in(home, anna())
    await settled_in(home, anna(bill("F-2"), id=2, code="second", contacts=(Contact("anna@client.example"),)))
    await asked(home, COPY)
    assert not await documents(home)
    assert len(await matters(home)) == 2


async def test_in_draft_mode_nothing_goes_out_and_the_operator_is_asked(home: House) -> None:
    async with home.store.begin() as tx:
        await tx.remember("mode", "draft")
    await settled_in(home, anna())
    await asked(home, COPY)
    assert not await documents(home)
    assert len(await matters(home)) == 1


async def test_the_operator_sees_the_answer_and_sends_it(home: House) -> None:
    home.bot = replace(home.bot, policy=SWITCHED_OFF)
    await settled_in(home, anna())
    await asked(home, COPY)
    (matter,) = await matters(home)
    need = await need_of(matter, {1: await home.store.client(1)}, home.bot, day("2026-03-02"))
    assert need.answer.startswith("Bonjour Anna,")
    assert need.commands[0].line == f"mailbot send-answer {matter.id}"

    assert await send_answer(home.bot, matter.id) == "anna@client.example"
    (letter,) = await documents(home)
    assert message_from_bytes(letter.octets, policy=default)["In-Reply-To"] == ID
    assert words(letter).startswith("Bonjour Anna,")
    assert not await matters(home)
    (hold,) = (await home.store.client(1)).standing_holds
    assert (hold.lapses, hold.until) == (True, day("2026-03-05"))
    with pytest.raises(CommandFault, match="no open request"):
        await send_answer(home.bot, matter.id)


async def test_one_word_by_mail_sends_it_too(home: House) -> None:
    """The word is offered with the answer; what needs a file is not sent by a word."""
    home.bot = replace(home.bot, policy=SWITCHED_OFF)
    await settled_in(home, anna())
    await asked(home, COPY)
    await asked(home, FORM, Message_ID="<form@client.example>")
    (copy, form) = await matters(home)
    door = await open_door(home.bot, "digest.test")
    async with home.store.begin() as tx:
        await remember_asked(tx, door, "digest.test", [copy.id, form.id], home.clock.now())
    clients = {1: await home.store.client(1)}
    need = await need_of(copy, clients, home.bot, day("2026-03-02"), number=1, door=door)
    assert (need.replies[0].line, need.replies[0].does) == ("1 oui", "send_answer")

    operator = {"From": "Noémie <me@home.example>", "Subject": "Re: mailbot", "In-Reply-To": door.message_id}
    home.mailbox.deliver(mail(home, "1 oui\n2 oui", **operator))
    await sync(home.bot)
    (letter,) = await documents(home)
    assert letter.recipients == ("anna@client.example",)
    assert [one.id for one in await matters(home)] == [form.id]


async def test_what_only_the_operator_has_is_enclosed(home: House) -> None:
    await settled_in(home, anna())
    await asked(home, FORM)
    (matter,) = await matters(home)
    with pytest.raises(CommandFault, match="--attach FILE"):
        await send_answer(home.bot, matter.id)
    await send_answer(home.bot, matter.id, (Enclosure("attestation.pdf", "application/pdf", b"%PDF-1.4"),))
    (letter,) = await documents(home)
    message = message_from_bytes(letter.octets, policy=default)
    assert [part.get_filename() for part in message.iter_attachments()] == ["attestation.pdf"]


async def test_a_receipt_is_sent_on_command_and_only_for_what_is_paid(home: House) -> None:
    await settled_in(home, anna())
    with pytest.raises(CommandFault, match="not settled"):
        await send_receipt(home.bot, "F-1")
    await paid(home.bot, "F-1", None, day("2026-03-02"))
    assert await send_receipt(home.bot, "F-1") == "anna@client.example"
    (letter,) = await documents(home)
    assert (letter.template, letter.chasing, letter.climbs) == ("receipt", False, ())


async def test_after_a_document_the_next_letter_is_the_softest(home: House) -> None:
    await settled_in(home, anna(bill(due="2026-02-20", issued_on=day("2026-01-20"), delivered_on=day("2026-01-20"))))
    await asked(home, COPY)
    for _ in range(12 * 12):
        home.clock.advance(timedelta(hours=2))
        await look(home)
    sent = await letters(home, LetterState.SENT)
    assert [one.template for one in sent[:2]] == ["documents", "courtesy"]
    assert "ce que vous aviez demandé" in " ".join(words(sent[1]).split())


def test_every_document_has_a_name_that_a_matter_can_keep() -> None:
    assert {Document(name) for name in ",".join(Document).split(",")} == set(Document)
