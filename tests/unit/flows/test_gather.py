"""Payments that come together get one thank-you; a letter that came back leaves its rung free."""

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest

from mailbot.core.client import Reachability
from mailbot.core.events import DeliveryFailed, HoldReleased, PaymentReceived
from mailbot.core.policy import Policy
from mailbot.flows.books import undo
from mailbot.flows.command import paid
from mailbot.flows.outbound import LetterState
from mailbot.flows.review import happen
from mailbot.letters import Letters
from tests.fakes.far_side import House, live_house
from tests.fakes.people import anna, at, bill, day, eur
from tests.unit.flows.scene import codes, late, letters, look, settled_in


async def test_two_payments_of_one_morning_are_thanked_for_in_one_letter(home: House) -> None:
    await settled_in(home, anna(bill("F-1"), bill("F-2")))
    await paid(home.bot, "F-1", None, day("2026-03-02"))
    home.clock.advance(timedelta(minutes=1))
    await paid(home.bot, "F-2", None, day("2026-03-02"))
    home.clock.advance(timedelta(hours=1))
    await look(home)
    (thanks,) = await letters(home, LetterState.SENT)
    assert (thanks.template, set(thanks.invoices)) == ("thanks", {"F-1", "F-2"})
    assert len(home.post.posted) == 1


async def test_a_payment_of_the_next_day_is_thanked_for_in_a_letter_of_its_own(home: House) -> None:
    await settled_in(home, anna(bill("F-1"), bill("F-2")))
    for number in ("F-1", "F-2"):
        await paid(home.bot, number, None, day("2026-03-02"))
        home.clock.advance(timedelta(days=1))
        await look(home)
    assert [letter.invoices for letter in await letters(home, LetterState.SENT)] == [("F-1",), ("F-2",)]


async def test_money_that_was_taken_back_and_came_in_again_is_thanked_for_once(home: House) -> None:
    await settled_in(home, anna())
    for reference in ("wrong", "right"):
        await paid(home.bot, "F-1", None, day("2026-03-02"), reference)
        home.clock.advance(timedelta(hours=1))
        await look(home)
        if reference == "wrong":
            (entry,) = [one for one in await home.store.entries(invoice="F-1") if one.stands]
            await undo(home.bot, entry.id, day("2026-03-02"))
    assert [letter.template for letter in await letters(home, LetterState.SENT)] == ["thanks"]
    assert "thanked_before" in await codes(home)


async def test_a_part_that_was_taken_back_does_not_keep_the_thanks_for_the_whole_away(home: House) -> None:
    await settled_in(home, anna())
    await paid(home.bot, "F-1", eur(40), day("2026-03-02"))
    home.clock.advance(timedelta(hours=1))
    await look(home)
    (entry,) = await home.store.entries(invoice="F-1")
    await undo(home.bot, entry.id, day("2026-03-02"))
    await paid(home.bot, "F-1", None, day("2026-03-02"))
    home.clock.advance(timedelta(hours=1))
    await look(home)
    assert [letter.template for letter in await letters(home, LetterState.SENT)] == ["thanks", "thanks"]


@pytest.mark.parametrize("source", ["operator", "bank", "notice"])
async def test_money_is_thanked_for_once_in_office_hours_whoever_tells_of_it(home: House, source: str) -> None:
    """A part is thanked for with the rest; the whole on the same day, once the office is open."""
    await settled_in(home, anna())
    home.clock.advance(timedelta(hours=20))  # six o'clock of the next morning
    for amount in (eur(40), eur(60)):
        await happen(home.bot, 1, PaymentReceived("F-1", amount, day("2026-03-03"), source, f"{source} {amount}"))
        home.clock.advance(timedelta(minutes=1))
    assert not await look(home)
    home.clock.advance(timedelta(hours=4))
    await look(home)
    (thanks,) = await letters(home, LetterState.SENT)
    assert (thanks.template, thanks.sent_at) == ("thanks", home.clock.now())


@pytest.mark.parametrize("source", ["operator", "bank", "notice"])
async def test_a_part_is_thanked_for_and_the_rest_is_told(home: House, source: str) -> None:
    home.bot = replace(home.bot, writer=Letters(language="fr"))
    await settled_in(home, anna())
    await happen(home.bot, 1, PaymentReceived("F-1", eur(40), day("2026-03-02"), source, "r"))
    (letter,) = await letters(home)
    body = message_from_bytes(letter.octets, policy=default).get_body(("plain",))
    assert body is not None
    words = " ".join(str(body.get_content()).split())
    assert (letter.template, letter.chasing) == ("thanks", False)
    assert "Votre paiement de 40,00 € est bien arrivé" in words
    assert "il reste 60,00 € sur 100,00 €" in words


async def test_nobody_is_thanked_where_thanks_are_switched_off() -> None:
    home = await live_house(at("2026-03-02"), Policy(thank=False))
    await settled_in(home, anna())
    await paid(home.bot, "F-1", None, day("2026-03-02"))
    assert not await letters(home)


async def test_a_letter_that_came_back_is_written_again_to_the_new_address(home: House) -> None:
    client = await settled_in(home, late())
    await look(home)
    (sent,) = await letters(home, LetterState.SENT)
    assert sent.climbs == (("F-1", "courtesy"),)

    bounce = DeliveryFailed("anna@client.example", False, True, ("F-1",), "5.1.1 unknown", None, (sent.message_id,))
    await happen(home.bot, client.id, bounce)
    after = await home.store.client(client.id)
    assert after.contacts[0].reachability is Reachability.DEAD
    assert after.invoices[0].climbs == ()

    async with home.store.begin() as tx:
        fresh = anna(*after.invoices, version=after.version, holds=after.holds, chased_at=after.chased_at)
        await tx.save(fresh, home.clock.now())
    await happen(home.bot, client.id, HoldReleased(None))
    home.clock.advance(timedelta(days=10))
    await look(home)
    (again,) = await letters(home, LetterState.SENT)
    assert again.climbs == (("F-1", "courtesy"),)
    assert again.key != sent.key
