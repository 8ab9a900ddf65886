"""One decision is one transaction: letters, limits of answers, templates that break, approvals."""

from dataclasses import replace
from datetime import timedelta

from mailbot.core.events import HoldAsked, HoldReleased, PaymentReceived, TimePassed
from mailbot.core.intent import Intent
from mailbot.core.matter import MatterKind
from mailbot.core.policy import Policy
from mailbot.flows.command import approve, note, paid, set_mode
from mailbot.flows.outbound import LetterState
from mailbot.flows.review import happen, review
from tests.fakes.far_side import House, house, live_house
from tests.fakes.people import anna, at, bill, day, eur, said
from tests.unit.flows.scene import codes, late, letters, look, matters, only_letter, pass_days, settled_in

CAREFUL = Policy(ladders={"default": tuple(replace(r, approval=r.chasing) for r in Policy().ladder("default"))})


async def promise(home: House, on: str, until: str, number: str = "F-1") -> None:
    event = said(Intent.PROMISE_TO_PAY, on, until, about=(number,), mail_id=int(until.replace("-", "")))
    await happen(home.bot, 1, event)


async def test_a_letter_is_written_down_before_it_leaves(home: House) -> None:
    """Law 1: rendered, with its Message-ID, committed, and only then handed over, as the same octets."""
    await settled_in(home, late())
    await review(home.bot)
    letter = await only_letter(home)
    assert (letter.state, letter.template, home.post.tried) == (LetterState.QUEUED, "courtesy", [])
    assert letter.message_id.encode() in letter.octets
    await look(home)
    assert [posted.octets for posted in home.post.posted] == [letter.octets]


async def test_at_most_one_automatic_answer_a_day(home: House) -> None:
    await settled_in(home, anna(bill("F-1"), bill("F-2")))
    await promise(home, "2026-03-02", "2026-03-10")
    await promise(home, "2026-03-02", "2026-03-11", "F-2")
    assert [letter.template for letter in await letters(home)] == ["promise_ack"]
    assert "answered_lately" in await codes(home)
    home.clock.advance(timedelta(hours=25))
    await promise(home, "2026-03-03", "2026-03-12", "F-2")
    assert len(await letters(home)) == 2


async def test_at_most_three_automatic_answers_an_invoice(home: House) -> None:
    await settled_in(home, anna())
    for n in range(5):
        await promise(home, f"2026-03-0{n + 2}", f"2026-03-1{n}")
        home.clock.advance(timedelta(days=1, minutes=1))
    assert len(await letters(home)) == 3
    assert "answered_enough" in await codes(home)


async def test_a_broken_template_is_told_once_and_tried_again_every_hour(home: House) -> None:
    await settled_in(home, anna(bill(delivered_on=None)))
    home.writer.broken = {"invoice"}
    for _ in range(10):
        await review(home.bot)
        home.clock.advance(timedelta(seconds=30))
    (matter,) = await matters(home)
    assert (matter.kind, matter.urgent, matter.facts["template"]) == (MatterKind.REFUSED, True, "invoice")
    assert (await codes(home)).count("letter_unwritable") == 1
    home.writer.broken = set()
    home.clock.advance(timedelta(hours=1))
    await review(home.bot)
    assert [letter.template for letter in await letters(home)] == ["invoice"]


async def test_a_reminder_that_could_not_be_written_has_used_up_nobodys_attention(home: House) -> None:
    await settled_in(home, late())
    home.writer.broken = {"courtesy"}
    await review(home.bot)
    home.writer.broken = set()
    home.clock.advance(timedelta(hours=2))
    await review(home.bot)
    assert (await only_letter(home)).template == "courtesy"


async def test_more_broken_letters_than_a_batch_do_not_hang_the_review(home: House) -> None:
    home.writer.broken = {"invoice"}
    for n in range(201):
        await settled_in(home, replace(anna(bill(f"F-{n}", delivered_on=None)), code=f"c{n}"))
    assert await review(home.bot) == 201


async def test_one_client_who_cannot_be_looked_at_does_not_stop_the_others(home: House) -> None:
    await settled_in(home, replace(late("F-1"), code="lost", timezone="Atlantis/Capital"))
    await settled_in(home, replace(late("F-2"), code="found"))
    await review(home.bot)
    assert [letter.invoices for letter in await letters(home)] == [("F-2",)]
    (matter,) = await matters(home)
    assert (matter.kind, matter.client_id) == (MatterKind.UNREADABLE, 1)
    await review(home.bot)
    assert len(await matters(home)) == 1


async def test_while_in_draft_mode_nothing_is_written_and_nothing_is_used_up() -> None:
    home = house(at("2026-03-02"))
    await settled_in(home, late())
    await pass_days(home, 3)
    assert await letters(home) == []
    await set_mode(home.bot, live=True)
    await look(home)
    assert [letter.template for letter in await letters(home)] == ["courtesy"]


async def test_back_in_draft_mode_what_waits_is_taken_back(home: House) -> None:
    await settled_in(home, late())
    await review(home.bot)
    await set_mode(home.bot, live=False)
    assert await look(home) == 0
    assert (await only_letter(home)).state is LetterState.WITHDRAWN


async def test_a_letter_that_needs_approval_waits_for_it() -> None:
    home = await live_house(at("2026-03-02"), CAREFUL)
    await settled_in(home, late())
    await pass_days(home, 10)
    letter = await only_letter(home)
    assert (letter.state, letter.expires_at) == (LetterState.PROPOSED, None)
    assert [matter.kind for matter in await matters(home)] == [MatterKind.APPROVAL]
    assert await approve(home.bot, "F-1") == 1
    assert await matters(home) == []
    assert await look(home) == 1


async def test_a_proposal_that_is_overtaken_asks_for_no_approval_any_more() -> None:
    """The client writes, or pays: the letter is taken back, and so is the question to the operator."""
    for event in (
        said(Intent.OTHER, "2026-03-02"),
        HoldAsked("F-1"),
        PaymentReceived("F-1", eur(5), day("2026-03-02"), "x"),
    ):
        home = await live_house(at("2026-03-02"), CAREFUL)
        await settled_in(home, late())
        await review(home.bot)
        await happen(home.bot, 1, event)
        assert await letters(home, LetterState.PROPOSED) == []
        assert MatterKind.APPROVAL not in [matter.kind for matter in await matters(home)]


async def test_an_approved_letter_keeps_its_distance_from_one_that_left_since() -> None:
    """Law 8 over all invoices, also where the operator took ten days to say yes."""
    ladders = {"default": Policy().ladder("default"), "careful": CAREFUL.ladder("default")}
    home = await live_house(at("2026-03-02"), Policy(ladders=ladders))
    await settled_in(home, replace(late("F-1"), ladder="careful"))
    await review(home.bot)
    client = await home.store.client(1)
    async with home.store.begin() as tx:
        newer = late("F-2").invoices
        await tx.save(replace(client, ladder="default", invoices=(*client.invoices, *newer)), home.clock.now())
    await pass_days(home, 9)
    assert len(home.post.posted) == 1
    await approve(home.bot, "F-1")
    await look(home)
    assert len(home.post.posted) == 1
    await pass_days(home, 8)
    assert len(home.post.posted) >= 2
    first, second = home.post.posted[:2]
    calendar = home.bot.policy.calendar(client)
    earliest = calendar.add_working_days(calendar.local_day(first.at), 5)
    assert calendar.local_day(second.at) >= earliest


async def test_taken_back_letters_may_return_under_another_name(home: House) -> None:
    await settled_in(home, late())
    await review(home.bot)
    first = await only_letter(home)
    await happen(home.bot, 1, HoldAsked("F-1"))
    await happen(home.bot, 1, HoldReleased("F-1"))
    await pass_days(home, 9)
    sent = await letters(home, LetterState.SENT)
    assert sent[0].climbs == first.climbs
    assert sent[0].key != first.key


async def test_two_numbers_that_look_alike_in_a_key_are_two_letters(home: House) -> None:
    await settled_in(home, anna(bill("2026/1", delivered_on=None), bill("2026-1", delivered_on=None)))
    await review(home.bot)
    assert len({letter.key for letter in await letters(home)}) == 2


async def test_looking_again_at_the_same_moment_changes_nothing(home: House) -> None:
    await settled_in(home, late())
    await review(home.bot)
    before = await letters(home)
    for _ in range(3):
        await happen(home.bot, 1, TimePassed())
    assert await letters(home) == before


async def test_a_note_about_a_call_closes_its_prompt_and_a_payment_settles(home: House) -> None:
    await settled_in(home, late())
    await pass_days(home, 45)
    assert {matter.kind for matter in await matters(home)} == {MatterKind.CALL, MatterKind.COLLECTIONS}
    await note(home.bot, "F-1", "she will look")
    assert await matters(home) == []
    client = await paid(home.bot, "F-1", None, day("2026-04-20"))
    assert client.invoices[0].balance == eur(0)
