"""What each word of the operator does to each sort of matter, and what none of them can do."""

import re
from dataclasses import replace
from email.message import EmailMessage
from email.policy import default

import pytest

from mailbot.core.brief import Answered, Need
from mailbot.core.client import Role, Standing
from mailbot.core.intent import Intent
from mailbot.core.matter import MatterKind, NewMatter
from mailbot.flows import answers
from mailbot.flows.door import Door, asked_by, open_door, remember_asked
from mailbot.flows.needs import need_of
from mailbot.flows.outbound import LetterState
from mailbot.flows.receive import sync
from mailbot.flows.report import alert
from mailbot.mail.parse import parse
from tests.fakes.far_side import House
from tests.fakes.people import anna, bill, eur
from tests.integration.store.values import letter as outbox_letter
from tests.unit.bank.samples import CAMT
from tests.unit.flows.scene import codes, mail, matters, settled_in

OPERATOR = "Noémie <me@home.example>"
TODAY = "2026-03-02"


async def asks(home: House, *raised: NewMatter) -> Door:
    """A letter to the operator that shows these matters, numbered from one."""
    async with home.store.begin() as tx:
        ids = [await tx.raise_matter(matter) for matter in raised]
    door = await open_door(home.bot, "digest.test")
    async with home.store.begin() as tx:
        await remember_asked(tx, door, "digest.test", ids, home.clock.now())
    return door


async def say(home: House, door: Door, text: str, **headers: str) -> list[Answered]:
    """The operator answers; gives what they are told."""
    fields = {"From": OPERATOR, "Subject": "Re: mailbot", "In-Reply-To": door.message_id} | headers
    home.mailbox.deliver(mail(home, text, **fields))
    await sync(home.bot)
    told = home.writer.last("answered")["answered"]
    assert isinstance(told, tuple)
    return list(told)


def told(answered: list[Answered]) -> list[str]:
    return [one.what.code for one in answered]


def about(home: House, kind: MatterKind, number: str | None = "F-1", **facts: str | int) -> NewMatter:
    return NewMatter(kind, home.clock.now(), 1, number, f"{kind}:{number}", facts=facts)


async def invoice_of(home: House, number: str = "F-1") -> Standing:
    client = await home.store.client(1, also=[number])
    found = client.invoice(number)
    assert found is not None
    return found.standing


async def test_paid_with_an_amount_and_a_day_records_just_that(home: House) -> None:
    await settled_in(home, anna())
    door = await asks(home, about(home, MatterKind.CLAIM))
    assert told(await say(home, door, "1 payé 40,50 le 27/02")) == ["answer_part_paid"]
    (payment,) = await home.store.payments(invoice="F-1")
    assert (payment.amount, payment.paid_on.isoformat(), payment.source) == (eur("40.50"), "2026-02-27", "operator")


@pytest.mark.parametrize(
    ("words", "amount", "on"),
    [
        ("payé", "90.00", "2026-02-26"),
        ("payé 40", "40.00", "2026-02-26"),
        ("payé le 27/02", "90.00", "2026-02-27"),
    ],
    ids=["as the bank told it", "of which a part was for it", "on another day"],
)
async def test_paid_about_a_line_of_the_banks_records_what_the_bank_told(
    home: House, words: str, amount: str, on: str
) -> None:
    """Not the whole that is owed, on the day of the answer: that money is not there."""
    await settled_in(home, anna())
    door = await asks(home, about(home, MatterKind.CLAIM, paid_amount="90.00", paid_on="2026-02-26"))
    assert told(await say(home, door, f"1 {words}")) == ["answer_part_paid"]
    (payment,) = await home.store.payments(invoice="F-1")
    assert (payment.amount, payment.paid_on.isoformat()) == (eur(amount), on)


@pytest.mark.parametrize("words", ["payé 40 ou 50", "payé demain", "payé par chèque", "payé le 03/03", "payé 40 USD"])
async def test_money_is_recorded_for_plain_words_only(home: House, words: str) -> None:
    await settled_in(home, anna())
    door = await asks(home, about(home, MatterKind.CLAIM))
    assert told(await say(home, door, f"1 {words}")) == ["answer_not_understood"]
    assert await home.store.payments() == []


@pytest.mark.parametrize("field", ["To", "Cc"])
async def test_what_the_operator_writes_to_a_client_too_is_no_order(home: House, field: str) -> None:
    """A digest was forwarded to the client, who answers: "ok" in the talk that follows is said to them."""
    await settled_in(home, anna())
    door = await asks(home, about(home, MatterKind.REPLY, intent="question"))
    others = (
        {"To": "bot@studio.example, Anna <anna@client.example>"} if field == "To" else {"Cc": "ANNA@client.example"}
    )
    assert told(await say(home, door, "1 payé", **others)) == ["answer_shared"]
    assert await home.store.payments() == []
    assert told(await say(home, door, "1 payé", Cc="Bookkeeper <books@home.example>")) == ["answer_paid"]


async def test_of_several_invoices_one_must_be_named(home: House) -> None:
    await settled_in(home, anna(bill("F-1"), bill("F-2")))
    door = await asks(home, about(home, MatterKind.REPLY, None, intent="payment_claimed"))
    assert told(await say(home, door, "1 payé")) == ["answer_not_understood"]
    assert told(await say(home, door, "1 payé f2")) == ["answer_paid"]
    assert await invoice_of(home, "F-2") is Standing.SETTLED
    assert await invoice_of(home, "F-1") is Standing.OPEN


async def test_of_several_candidates_of_a_transfer_one_must_be_named(home: House) -> None:
    """Law 5: the bank's line fits two invoices, so the number in the matter is only the first of them."""
    await settled_in(home, anna(bill("F-1"), bill("F-2")))
    door = await asks(home, about(home, MatterKind.CLAIM, "F-1", candidates="F-1, F-2"))
    assert told(await say(home, door, "1 payé")) == ["answer_not_understood"]
    assert told(await say(home, door, "1 payé F-2")) == ["answer_paid"]
    assert await invoice_of(home, "F-1") is Standing.OPEN


async def test_money_that_went_back_is_never_paid(home: House) -> None:
    await settled_in(home, anna())
    door = await asks(home, about(home, MatterKind.CLAIM, notice="notice_alarm", held=0))
    assert told(await say(home, door, "1 payé")) == ["answer_unfit"]
    assert told(await say(home, door, "1 vu")) == ["answer_seen"]
    assert await matters(home) == []


async def test_a_missing_rest_is_accepted_as_what_it_looks_like(home: House) -> None:
    await settled_in(home, anna())
    door = await asks(home, about(home, MatterKind.CLAIM, books="fee"))
    assert told(await say(home, door, "1 payé 98")) == ["answer_part_paid"]
    (accepted,) = await say(home, door, "1 accepter")
    assert accepted.what.code == "answer_accepted"
    assert re.fullmatch(r"mailbot undo \d+", accepted.undo)
    assert await invoice_of(home) is Standing.SETTLED


async def test_a_letter_leaves_or_stays_by_a_plain_word(home: House) -> None:
    client = await settled_in(home, anna())
    waiting = replace(outbox_letter("k1", client, "personal", "F-1"), state=LetterState.PROPOSED)
    async with home.store.begin() as tx:
        await tx.enqueue(waiting)
    door = await asks(home, NewMatter(MatterKind.APPROVAL, home.clock.now(), 1, "F-1", "k1", facts={"letter": "k1"}))
    assert told(await say(home, door, "1 oui, mais pas avant lundi")) == ["answer_not_understood"]
    found = await home.store.letter("k1")
    assert found is not None
    assert found.state is LetterState.PROPOSED
    assert told(await say(home, door, "1 oui, merci")) == ["answer_approved"]
    found = await home.store.letter("k1")
    assert found is not None
    assert found.state is LetterState.QUEUED


async def test_a_letter_in_doubt_is_settled_by_what_the_operator_found(home: House) -> None:
    client = await settled_in(home, anna())
    doubtful = replace(outbox_letter("k1", client, "friendly", "F-1"), state=LetterState.IN_DOUBT)
    async with home.store.begin() as tx:
        await tx.enqueue(doubtful)
    door = await asks(home, NewMatter(MatterKind.DOUBT, home.clock.now(), 1, "F-1", "k1", facts={"letter": "k1"}))
    assert told(await say(home, door, "1 partie")) == ["answer_arrived"]
    found = await home.store.letter("k1")
    assert found is not None
    assert found.state is LetterState.SENT


async def test_a_proposed_address_is_adopted_and_the_ladder_goes_on(home: House) -> None:
    await settled_in(home, anna())
    door = await asks(home, about(home, MatterKind.REPLY, intent="redirect", address="compta@client.example"))
    (done,) = await say(home, door, "1 adresse")
    assert done.what.code == "answer_adopted"
    contacts = {contact.email: contact.role for contact in (await home.store.client(1)).contacts}
    assert contacts == {"anna@client.example": Role.CLIENT, "compta@client.example": Role.BILLING}


async def test_a_call_that_was_made_is_noted_with_what_was_said(home: House) -> None:
    await settled_in(home, anna())
    door = await asks(home, about(home, MatterKind.CALL))
    assert told(await say(home, door, "1 fait, elle paie vendredi")) == ["answer_noted"]
    assert await matters(home) == []
    notes = [entry.reason.facts["words"] for entry in await home.store.journal_of() if entry.reason.code == "note"]
    assert notes == ["elle paie vendredi"]


async def test_a_claim_that_is_given_up_can_be_taken_back(home: House) -> None:
    await settled_in(home, anna())
    door = await asks(home, about(home, MatterKind.COLLECTIONS))
    (done,) = await say(home, door, "1 annuler")
    assert done.what.code == "answer_cancelled"
    assert re.fullmatch(r"mailbot undo \d+", done.undo)
    assert await invoice_of(home) is Standing.WRITTEN_OFF


async def test_going_on_from_a_day_is_to_wait_until_then(home: House) -> None:
    await settled_in(home, anna())
    door = await asks(home, about(home, MatterKind.REPLY, intent="question"))
    (done,) = await say(home, door, "1 reprendre le 20/03")
    assert (done.what.code, done.what.facts["until"]) == ("answer_held", "2026-03-20")


async def test_several_lines_are_several_answers_in_one_confirmation(home: House) -> None:
    await settled_in(home, anna(bill("F-1"), bill("F-2")))
    door = await asks(home, about(home, MatterKind.CALL, "F-1"), about(home, MatterKind.CLAIM, "F-2"))
    answered = await say(home, door, "Bonjour,\n\n2 payé\n1 fait\n9 oui\n\nMerci\nNoémie")
    assert told(answered) == ["answer_paid", "answer_noted", "answer_no_such_number"]
    written = [one for one in await home.store.letters(tuple(LetterState)) if one.template == "answered"]
    assert len(written) == 1
    assert written[0].recipients == ("me@home.example",)


async def test_a_word_without_a_number_needs_a_letter_of_one_matter(home: House) -> None:
    await settled_in(home, anna(bill("F-1"), bill("F-2")))
    door = await asks(home, about(home, MatterKind.CALL, "F-1"), about(home, MatterKind.CLAIM, "F-2"))
    assert told(await say(home, door, "payé")) == ["answer_which"]
    assert await home.store.payments() == []


async def test_a_matter_that_is_closed_takes_no_answer(home: House) -> None:
    await settled_in(home, anna())
    door = await asks(home, about(home, MatterKind.CLAIM))
    async with home.store.begin() as tx:
        await tx.close_matters(home.clock.now(), client_id=1)
    assert told(await say(home, door, "1 reprendre")) == ["answer_closed"]


async def test_our_letter_quoted_without_a_mark_says_nothing(home: House) -> None:
    """A mail program copies the digest under the reply as if it were typed, and the client's own "1 payé" with it."""
    await settled_in(home, anna())
    door = await asks(home, about(home, MatterKind.CLAIM))
    body = EmailMessage(policy=default)
    body.set_content("Facture F-1 : 100,00 €, échéance le\n31 mars 2026\n\n> 1 payé\n")
    body.add_alternative("<p>Facture F-1 : 100,00 €, échéance le 31 mars 2026</p><div>1 payé</div>", subtype="html")
    sent = replace(
        outbox_letter("digest.test", anna(), "digest"), client_id=None, climbs=(), invoices=(),
        octets=body.as_bytes(), message_id=door.message_id,
    )  # fmt: skip
    async with home.store.begin() as tx:
        await tx.enqueue(sent)
    copied = "Je regarde.\n\nFacture F-1 : 100,00 €, échéance le 31 mars 2026\n1 payé\n"
    answered = await say(home, door, copied)
    assert await home.store.payments() == []
    assert told(answered) == []
    assert told(await say(home, door, f"1 attendre\n{copied}")) == ["answer_held"]


async def test_two_machines_do_not_answer_each_other_for_ever(home: House) -> None:
    await settled_in(home, anna())
    door = await asks(home, about(home, MatterKind.CLAIM))
    for turn in range(30):
        await say(home, door, f"Je suis un robot sans en-tête ({turn}).")
    written = [one for one in await home.store.letters(tuple(LetterState), limit=100) if one.template == "answered"]
    assert len(written) == 20


async def test_a_failure_is_told_and_the_list_goes_on(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await settled_in(home, anna())
    door = await asks(home, about(home, MatterKind.CALL))

    async def fails(*args: object) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr(answers, "carry_out", fails)
    home.mailbox.deliver(mail(home, "1 fait", From=OPERATOR, In_Reply_To=door.message_id))
    await sync(home.bot)
    assert "unreadable" in [matter.kind for matter in await matters(home)]
    assert await answers.attend(home.bot) == 0


async def test_a_plain_mail_of_the_operator_is_left_alone(home: House) -> None:
    """They write to their own mailbox, which is read by a person too."""
    home.mailbox.deliver(mail(home, "3 payé", From=OPERATOR, Subject="note à moi-même"))
    await sync(home.bot)
    assert await codes(home) == ["from_operator"]
    assert await home.store.letters(tuple(LetterState)) == []


async def test_an_operator_who_is_the_business_answers_too(home: House) -> None:
    """A freelancer whose digests go to the mailbox that the bot reads; the bot's own letters there are none."""
    one = replace(home.bot.business, operator=replace(home.bot.business.operator, emails=("bot@studio.example",)))
    home.bot = replace(home.bot, business=one)
    await settled_in(home, anna())
    door = await asks(home, replace(about(home, MatterKind.REPLY, intent="dispute"), urgent=True))
    await alert(home.bot)
    (own,) = await home.store.letters(tuple(LetterState))
    home.mailbox.deliver(own.octets)
    await sync(home.bot)
    assert await codes(home) == ["own_mail"]
    assert told(await say(home, door, "1 attendre", From="bot@studio.example")) == ["answer_held"]


async def test_a_statement_that_the_operator_attaches_is_taken_in(home: House) -> None:
    """Only with the same proof: the same file from anybody else settles nothing."""
    await settled_in(home, anna(bill("F-2026-017", amount=1250), name="Brasserie Lutèce"))
    door = await asks(home, about(home, MatterKind.CALL, "F-2026-017"))

    def with_file(sender: str, thread: str, serial: int) -> bytes:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = sender, "bot@studio.example", "relevé"
        message["Message-ID"], message["Date"] = f"<f{serial}@home.example>", "Mon, 02 Mar 2026 10:00:00 -0500"
        if thread:
            message["In-Reply-To"] = thread
        message.set_content("Voici le relevé.")
        message.add_attachment(CAMT, maintype="application", subtype="xml", filename="../../mars.xml")
        return bytes(message)

    home.mailbox.deliver(with_file(OPERATOR, "", 1))
    home.mailbox.deliver(with_file("Mallory <m@evil.example>", door.message_id, 2))
    await sync(home.bot)
    assert await home.store.payments() == []
    home.mailbox.deliver(with_file(OPERATOR, door.message_id, 3))
    await sync(home.bot)
    assert await invoice_of(home, "F-2026-017") is Standing.SETTLED
    told_of = home.writer.last("answered")["answered"]
    assert isinstance(told_of, tuple)
    brought = told_of[0]
    assert isinstance(brought, Answered)
    assert (brought.what.code, brought.line, brought.what.facts["settled"]) == ("answer_statement", "mars.xml", 1)


async def test_the_answers_that_are_shown_fit_and_link_to_the_bot(home: House) -> None:
    client = await settled_in(home, anna())
    raised = replace(about(home, MatterKind.REPLY, intent="question", until="2026-03-20"), mail_id=None)
    door = await asks(home, raised)
    (matter,) = await matters(home)
    need = await need_of(matter, {1: client}, home.bot, home.clock.now().date(), number=3, door=door)
    assert isinstance(need, Need)
    assert [reply.line for reply in need.replies] == ["3 reprendre", "3 attendre 20/03/2026", "3 payé"]
    assert all(reply.link.startswith("mailto:bot@studio.example?subject=") for reply in need.replies)
    assert all(door.token in reply.link for reply in need.replies)


async def test_a_token_is_one_letters_own_and_cannot_be_computed_without_the_secret(home: House) -> None:
    door = await open_door(home.bot, "digest.test")
    assert door == await open_door(home.bot, "digest.test")
    assert door.token != (await open_door(home.bot, "digest.other")).token
    answer = parse(mail(home, "1 oui", From=OPERATOR, In_Reply_To=door.message_id))
    assert await asked_by(home.bot, answer) is None, "a letter that never asked"


async def test_what_a_mail_meant_is_told_in_one_word(home: House) -> None:
    await settled_in(home, anna())
    home.mailbox.deliver(mail(home, "Que veut dire la deuxième ligne ?"))
    await sync(home.bot)
    (matter,) = await matters(home)
    door = await asks(home, NewMatter(**{f: getattr(matter, f) for f in NewMatter.__dataclass_fields__}))
    assert told(await say(home, door, "1 merci")) == ["answer_meant"]
    assert (await home.store.client(1)).standing_holds == ()
    (example,) = await home.store.examples()
    assert (example.intent, example.hold) == (Intent.ACKNOWLEDGEMENT, False)
