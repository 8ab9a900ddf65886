"""A mail came: stored before it is judged, tied to whom it concerns, and acted on once."""

from collections.abc import Collection

import pytest

from mailbot.core.client import Client, Contact, HeldBy, Standing
from mailbot.core.intent import Intent
from mailbot.core.matter import MatterKind
from mailbot.flows import concern
from mailbot.flows.freshness import read_at
from mailbot.flows.outbound import LetterState
from mailbot.flows.receive import sync
from mailbot.flows.review import review
from tests.fakes.far_side import House
from tests.fakes.memory_store import MemoryStore as Store
from tests.fakes.people import anna, bill
from tests.unit.flows.scene import codes, late, letters, look, mail, matters, only_letter, settled_in

DISPUTE = "Bonjour, je conteste cette facture : le travail n'est pas conforme et je refuse de la payer."


async def held(home: House) -> list[tuple[str | None, Intent | None]]:
    return [(hold.invoice, hold.intent) for hold in (await home.store.client(1)).standing_holds]


async def test_an_answer_in_our_thread_is_tied_to_its_invoice_whoever_writes(home: House) -> None:
    await settled_in(home, late())
    await look(home)
    letter = await only_letter(home)
    home.mailbox.deliver(mail(home, DISPUTE, From="Compta <x@elsewhere.example>", In_Reply_To=letter.message_id))
    await sync(home.bot)
    (hold,) = (await home.store.client(1)).standing_holds
    assert (hold.invoice, hold.by) == ("F-1", HeldBy.PERSON)
    (stored,) = await home.store.mails()
    assert (stored.client_id, stored.invoices) == (1, ("F-1",))


async def test_without_our_thread_the_senders_address_ties_it(home: House) -> None:
    await settled_in(home, late())
    home.mailbox.deliver(mail(home, DISPUTE))
    await sync(home.bot)
    assert await held(home) == [("F-1", Intent.DISPUTE)]


async def test_a_shared_address_concerns_every_client_that_has_it(home: House) -> None:
    await settled_in(home, late("F-1"))
    second = anna(bill("F-2"), code="second", contacts=(Contact("anna@client.example"),))
    await settled_in(home, second)
    home.mailbox.deliver(mail(home, "Je suis à l'hôpital, tout est arrêté pour le moment."))
    await sync(home.bot)
    for client_id in (1, 2):
        assert (await home.store.client(client_id)).standing_holds


async def test_a_stranger_changes_nothing_but_the_operators_list(home: House) -> None:
    await settled_in(home, late())
    before = await home.store.client(1)
    home.mailbox.deliver(mail(home, "La facture F-1 est contestée.", From="who@nowhere.example", Subject="F-1"))
    home.mailbox.deliver(mail(home, "Viagra", From="spam@nowhere.example", Subject="hello"))
    await sync(home.bot)
    assert (await home.store.client(1)).invoices == before.invoices
    assert {matter.kind for matter in await matters(home)} <= {MatterKind.STRANGER}
    assert len(await home.store.mails()) == 2


@pytest.mark.parametrize(
    "sender", ["bot@studio.example", "me@home.example"], ids=["our own mail", "the operator's own mail"]
)
async def test_what_is_ours_is_stored_and_not_acted_on(home: House, sender: str) -> None:
    await settled_in(home, late())
    home.mailbox.deliver(mail(home, DISPUTE, From=sender))
    await sync(home.bot)
    assert await held(home) == []
    assert len(await home.store.mails()) == 1


async def test_reading_again_changes_nothing(home: House) -> None:
    await settled_in(home, late())
    home.mailbox.deliver(mail(home, "Je paierai vendredi prochain, promis."))
    assert await sync(home.bot) == 1
    before, sent = await home.store.client(1), await letters(home)
    assert await sync(home.bot) == 0
    assert await home.store.client(1) == before
    assert await letters(home) == sent


async def test_the_same_octets_under_new_uids_are_not_acted_on_twice(home: House) -> None:
    """UIDVALIDITY changed: the server numbers everything anew."""
    await settled_in(home, late())
    home.mailbox.deliver(mail(home, DISPUTE))
    await sync(home.bot)
    before = await home.store.client(1)
    home.mailbox.uidvalidity = 2
    assert await sync(home.bot) == 1
    assert await home.store.client(1) == before
    assert "mail_again" in await codes(home)


async def test_a_mail_that_is_delivered_twice_is_acted_on_once_whatever_its_trace_says(home: House) -> None:
    """Each delivery puts its own Received and Return-Path on top; the next word of the same client is another mail."""
    await settled_in(home, late())
    octets = mail(home, DISPUTE)
    for serial in (b"1", b"2"):
        home.mailbox.deliver(
            b"Return-Path: <ana@client.test>\r\nReceived: by mx.test with ESMTP id " + serial + b"\r\n" + octets
        )
    await sync(home.bot)
    assert await held(home) == [("F-1", Intent.DISPUTE)]
    assert "mail_again" in await codes(home)
    home.mailbox.deliver(mail(home, DISPUTE, Message_ID="<again@client.example>"))
    await sync(home.bot)
    assert len(await held(home)) == 2


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"\x00\xff\xfe" * 500,
        b"no header at all",
        b"From: \r\nContent-Type: multipart/mixed\r\n\r\n--",
        b"\r\n" * 9,
    ],
    ids=["nothing", "bytes", "no header", "a torn multipart", "blank lines"],
)
async def test_a_mail_that_is_none_blocks_nobody(home: House, octets: bytes) -> None:
    await settled_in(home, late())
    home.mailbox.deliver(octets)
    home.mailbox.deliver(mail(home, DISPUTE))
    assert await sync(home.bot) == 2
    assert await held(home) == [("F-1", Intent.DISPUTE)]
    assert len(await home.store.mails()) == 2
    assert await read_at(home.bot) == home.clock.now()


async def test_a_mail_that_breaks_a_later_step_is_kept_shown_and_passed(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await settled_in(home, late())
    home.mailbox.deliver(mail(home, "un"))
    home.mailbox.deliver(mail(home, DISPUTE))
    real = Store.client

    async def fragile(store: Store, client_id: int, *, also: Collection[str] = ()) -> Client:
        if len(await home.store.mails()) == 0:
            raise RuntimeError("a fault of ours")
        return await real(store, client_id, also=also)

    monkeypatch.setattr(Store, "client", fragile)
    assert await sync(home.bot) == 2
    assert MatterKind.UNREADABLE in {matter.kind for matter in await matters(home)}
    assert ("F-1", Intent.DISPUTE) in await held(home)
    assert (None, Intent.OTHER) in await held(home)


async def test_words_that_break_the_reader_hold_their_client(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Law 4: not understood means held."""
    await settled_in(home, late())

    def broken(*_: object, **__: object) -> None:
        raise RecursionError

    monkeypatch.setattr(concern, "understand", broken)
    home.mailbox.deliver(mail(home, "Bonjour"))
    await sync(home.bot)
    assert await held(home) == [("F-1", Intent.OTHER)]
    assert MatterKind.REPLY in {matter.kind for matter in await matters(home)}


async def test_a_forged_paid_settles_nothing(home: House) -> None:
    """Law 5, whoever says it: the client, a payment service, or somebody who writes in the operator's name."""
    await settled_in(home, late())
    for sender in ("anna@client.example", "service@paypal.com", "me@home.example", "bot@studio.example"):
        home.mailbox.deliver(mail(home, "La facture F-1 est payée. Invoice F-1 has been paid in full.", From=sender))
    await sync(home.bot)
    (invoice,) = (await home.store.client(1, also=["F-1"])).invoices
    assert invoice.live
    assert not invoice.paid
    assert await home.store.payments() == []


async def test_a_payment_notice_that_names_an_invoice_holds_it_and_settles_nothing(home: House) -> None:
    await settled_in(home, late())
    home.mailbox.deliver(
        mail(home, "You received a payment of 100.00 EUR for invoice F-1.", From="Stripe <notifications@stripe.com>")
    )
    await sync(home.bot)
    client = await home.store.client(1)
    assert client.invoices[0].paid.amount == 0
    assert client.invoices[0].standing is Standing.OPEN
    assert await held(home) == [("F-1", Intent.PAYMENT_CLAIMED)]
    assert await look(home) == 0
    (matter,) = await matters(home)
    assert (matter.kind, matter.invoice) == (MatterKind.CLAIM, "F-1")


async def test_a_payment_notice_is_shown_to_the_operator_even_without_a_date(home: House) -> None:
    await settled_in(home, late())
    home.mailbox.deliver(mail(home, "You received a payment", From="service@paypal.com", Date=""))
    await sync(home.bot)
    assert [matter.kind for matter in await matters(home)] == [MatterKind.CLAIM]


async def test_the_inbox_is_fresh_only_when_every_folder_was_read_to_its_end(home: House) -> None:
    home.mailbox.down = True
    with pytest.raises(ConnectionError):
        await sync(home.bot)
    assert await read_at(home.bot) is None
    home.mailbox.down = False
    await sync(home.bot)
    assert await read_at(home.bot) == home.clock.now()


async def test_an_answer_takes_the_waiting_letter_back_before_it_leaves(home: House) -> None:
    await settled_in(home, late())
    await review(home.bot)
    home.mailbox.deliver(mail(home, DISPUTE))
    await sync(home.bot)
    assert await look(home) == 0
    assert [letter.template for letter in await letters(home, LetterState.WITHDRAWN)] == ["courtesy"]


async def test_a_bounce_of_a_forwarded_letter_is_not_lost(home: House) -> None:
    """The report names an address that we never wrote to; the letter that it quotes is ours."""
    await settled_in(home, late())
    await look(home)
    letter = await only_letter(home)
    home.mailbox.deliver(
        "From: MAILER-DAEMON@relay.example\r\nTo: bot@studio.example\r\nSubject: Undelivered\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\nMIME-Version: 1.0\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nfailed\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; relay.example\r\n\r\nFinal-Recipient: rfc822; behind@elsewhere.example\r\n"
        "Action: failed\r\nStatus: 5.1.1\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
        f"Message-ID: {letter.message_id}\r\nSubject: x\r\n\r\nbody\r\n--b--\r\n".encode()
    )
    await sync(home.bot)
    assert [matter.kind for matter in await matters(home)] == [MatterKind.BOUNCE]
    assert len(await held(home)) == 1
