"""Payments that come together get one thank-you; a letter that came back leaves its rung free."""

from datetime import timedelta

from mailbot.core.client import Reachability
from mailbot.core.events import DeliveryFailed, HoldReleased
from mailbot.flows.command import paid
from mailbot.flows.outbound import LetterState
from mailbot.flows.review import happen
from tests.fakes.far_side import House
from tests.fakes.people import anna, bill, day
from tests.unit.flows.scene import late, letters, look, settled_in


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
