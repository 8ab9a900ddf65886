"""`mailbot next` and the digest tell of letters that wait, and of those that time will bring."""

from datetime import timedelta

from mailbot.flows.ahead import ahead
from mailbot.flows.review import review
from tests.fakes.far_side import House
from tests.unit.flows.scene import late, settled_in


async def test_a_letter_that_waits_in_the_outbox_is_listed_once_with_its_reason(home: House) -> None:
    await settled_in(home, late())
    until = home.clock.now() + timedelta(days=2)
    before = await ahead(home.bot, await home.store.all_clients(), until)
    assert [(step.rung, step.why.code) for step, _ in before] == [("courtesy", "rung_due")]
    await review(home.bot)
    after = await ahead(home.bot, await home.store.all_clients(), until)
    assert [(step.rung, step.to, step.why.code) for step, _ in after] == [
        ("courtesy", "anna@client.example", "letter_waiting")
    ]
