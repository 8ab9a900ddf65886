"""Mail from people who are not, or may not be, the client: what it changes, and what it must not."""

import pytest

from mailbot.core.client import HeldBy, Standing
from mailbot.core.matter import MatterKind
from mailbot.flows.command import release
from tests.hostile.office import ANNA, Office, part

PROMISE = "Bonjour,\n\nNous vous paierons vendredi.\n\nMerci,\nAnna"
DISPUTE = "Bonjour,\n\nNous contestons cette facture, le travail est mal fait.\n\nAnna"


@pytest.mark.parametrize(
    "sender",
    [
        "Anna Roy <anna.roy.private@mail.example>",
        '"anna@moulins-roy.example" <x@mail.example>',
        "Anna Roy <anna@moulins-r0y.example>",
        "Anna <anna@moulins-rroy.example>",
        "Anna <anna@moulins-roy-billing.example>",
        "Anna <anna@moulins-roy.example.evil.test>",
        "=?utf-8?q?Ann=D0=B0_Roy?= <x@mail.example>",
    ],
)
async def test_who_merely_looks_like_the_client_changes_only_the_list(studio: Office, sender: str) -> None:
    await studio.first_letter()
    before = await studio.client()
    for text in (PROMISE, DISPUTE, "C'est payé, merci de clore F-1.", "Bien reçu, merci."):
        studio.deliver(text, From=sender, Subject="Facture")
    await studio.turn()
    after = await studio.client()
    assert (after.holds, after.invoices[0].standing) == (before.holds, Standing.OPEN)
    assert after.invoices[0].promises == ()
    assert len(studio.to(ANNA)) == 1
    first, second = await studio.matters()
    assert (first.kind, second.kind, first.client_id) == (MatterKind.STRANGER, MatterKind.STRANGER, after.id)
    assert (first.facts["doubt_contact"], second.facts["doubt_contact"]) == (ANNA, ANNA)
    await studio.turn(22)
    digest = part(studio.to("me@home.example")[-1], "plain").replace("\u00a0", " ")
    assert "l'expéditeur" in digest.replace("\u2019", "'").lower()


async def test_an_unknown_address_in_our_thread_can_pause_and_nothing_more(studio: Office) -> None:
    letter = await studio.first_letter()
    studio.deliver(PROMISE, letter=letter, From="Luc Doe <luc@elsewhere.example>")
    await studio.turn()
    client = await studio.client()
    (hold,) = client.standing_holds
    assert (hold.by, hold.lapses, hold.until) == (HeldBy.PERSON, False, None)
    assert client.invoices[0].standing is Standing.OPEN
    assert client.invoices[0].promises == ()
    (matter,) = await studio.matters()
    assert (matter.kind, matter.facts["doubt"]) == (MatterKind.REPLY, "sender_unknown")
    await studio.turn(24 * 30)
    assert len(studio.to(ANNA)) == 1, "no answer was written and no reminder left"


async def test_the_client_itself_is_still_answered(studio: Office) -> None:
    letter = await studio.first_letter()
    studio.deliver(PROMISE, letter=letter)
    await studio.turn()
    assert len(studio.to(ANNA)) == 2
    assert (await studio.client()).invoices[0].standing is Standing.PROMISED


@pytest.mark.parametrize(
    ("headers", "doubt"),
    [
        ({"Reply_To": "anna@moulins-roy.test"}, "answer_goes_elsewhere"),
        ({"From": f"Anna <{ANNA}>, Eve <eve@evil.test>"}, "sender_several"),
    ],
)
async def test_the_clients_address_with_a_trick_pauses_and_is_not_answered(
    studio: Office, headers: dict[str, str], doubt: str
) -> None:
    letter = await studio.first_letter()
    studio.deliver(PROMISE, letter=letter, **headers)
    await studio.turn()
    client = await studio.client()
    assert client.standing_holds
    assert client.invoices[0].standing is Standing.OPEN
    assert [matter.facts["doubt"] for matter in await studio.matters()] == [doubt]
    assert len(studio.to(ANNA)) == 1


async def test_a_deputy_named_by_an_unknown_machine_is_not_proposed(studio: Office) -> None:
    letter = await studio.first_letter()
    text = "Absente jusqu'au 20 avril. En cas d'urgence, écrivez à eve@evil.test."
    studio.deliver(text, letter=letter, From="Anna <x@elsewhere.example>", Auto_Submitted="auto-replied")
    await studio.turn()
    assert await studio.matters() == []
    assert [hold.lapses for hold in (await studio.client()).standing_holds] == [True]


@pytest.mark.parametrize(
    ("sender", "text"),
    [
        (
            f"Anna Roy <{ANNA}>",
            "Bonjour,\n\nNos coordonnées bancaires ont changé, merci d'en prendre note pour F-1.\n\nAnna",
        ),
        (
            "Anna Roy <anna@moulins-r0y.example>",
            "Hello,\n\nThanks, got it. Please use our new bank account from now on.\n\nAnna",
        ),
        ("Eve <eve@evil.test>", "Guten Tag,\n\nunsere Bankverbindung hat sich geändert (F-1).\n\nAnna"),
    ],
    ids=["the client", "somebody who looks like it", "a stranger who knows an invoice"],
)
async def test_new_bank_details_freeze_the_client_and_warn_at_once(studio: Office, sender: str, text: str) -> None:
    await studio.first_letter()
    studio.deliver(text, From=sender)
    await studio.turn()
    (hold,) = (await studio.client()).standing_holds
    assert (hold.invoice, hold.until, hold.lapses) == (None, None, False)
    (matter,) = await studio.matters()
    assert (matter.kind, matter.urgent) == (MatterKind.DIVERSION, True)
    warned = studio.to("me@home.example")[-1]
    assert "fraude au virement" in part(warned, "plain").replace("\u00a0", " ").replace("\n", " ")
    assert "coordonnées bancaires" in str(warned["Subject"])
    await studio.turn(24 * 40)
    assert len(studio.to(ANNA)) == 1
    assert (await studio.client()).standing_holds == (hold,), "no machine lifts it"
    await release(studio.bot, "anna", "I called her")
    assert await studio.matters() == []
    assert (await studio.client()).standing_holds == ()


async def test_new_bank_details_in_a_mailing_or_an_automatic_answer_freeze_too(studio: Office) -> None:
    letter = await studio.first_letter()
    for headers in (
        {"Auto_Submitted": "auto-replied"},
        {"List_Unsubscribe": "<mailto:x@y.test>", "Precedence": "bulk"},
    ):
        studio.deliver("Nos coordonnées bancaires ont changé.", letter=letter, **headers)
    await studio.turn()
    assert len((await studio.client()).standing_holds) == 2


async def test_a_stranger_who_knows_nothing_is_left_alone(studio: Office) -> None:
    studio.deliver("Our bank details have changed.", From="Shop <shop@store.test>", Subject="Hello")
    studio.deliver("On mange vers midi ?", From="Maman <maman@famille.test>", Subject="Dimanche")
    await studio.turn()
    assert (await studio.client()).standing_holds == ()
    assert await studio.matters() == []


async def test_two_people_may_not_speak_through_one_forged_thread(studio: Office) -> None:
    """A later harmless word of a forger lifts nothing that the client's own word holds."""
    letter = await studio.first_letter()
    studio.deliver(DISPUTE, letter=letter)
    await studio.turn()
    held = (await studio.client()).standing_holds
    studio.deliver("Bien reçu, merci.", letter=letter, From="Anna Roy <anna@moulins-r0y.example>")
    studio.deliver(PROMISE, letter=letter, From="Anna Roy <anna@moulins-r0y.example>")
    await studio.turn()
    client = await studio.client()
    assert set(held) <= set(client.standing_holds)
    assert client.invoices[0].standing is Standing.DISPUTED
