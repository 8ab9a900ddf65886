"""A thank-you that waits says what is true when it leaves, or does not leave."""

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest

from mailbot.core.client import Client
from mailbot.core.events import HoldAsked, PaymentReceived
from mailbot.core.intent import Intent, Scope
from mailbot.core.ledger import EntryKind
from mailbot.flows.books import Slip, charge_back, reduce, undo, use_credit
from mailbot.flows.command import cancel, paid, set_mode
from mailbot.flows.outbound import LetterState
from mailbot.flows.review import happen
from mailbot.letters import Letters
from tests.fakes.far_side import House
from tests.fakes.people import anna, bill, day, eur, said
from tests.unit.flows.scene import codes, letters, look, pass_days, settled_in

TODAY = day("2026-03-02")


async def leaving(home: House) -> list[tuple[str, ...]]:
    """The invoices of each thank-you that leaves within the next hour."""
    home.clock.advance(timedelta(hours=1))
    await look(home)
    return [one.invoices for one in await letters(home, LetterState.SENT) if one.template == "thanks"]


async def words(home: House) -> str:
    """What the one thank-you that left says."""
    (sent,) = [one for one in await letters(home, LetterState.SENT) if one.template == "thanks"]
    body = message_from_bytes(sent.octets, policy=default).get_body(("plain",))
    assert body is not None
    return " ".join(str(body.get_content()).split())


async def two_paid(home: House) -> None:
    await settled_in(home, anna(bill("F-1"), bill("F-2")))
    await paid(home.bot, "F-1", None, TODAY)
    await paid(home.bot, "F-2", None, TODAY)


async def test_money_that_the_bank_took_back_is_not_thanked_for(home: House) -> None:
    await settled_in(home, anna())
    await paid(home.bot, "F-1", None, TODAY)
    await charge_back(home.bot, "F-1", None, Slip(TODAY))
    assert await leaving(home) == []


async def test_of_two_payments_one_that_went_back_is_not_thanked_for_and_the_other_is(home: House) -> None:
    await two_paid(home)
    await charge_back(home.bot, "F-1", None, Slip(TODAY))
    assert await leaving(home) == [("F-2",)]


async def test_of_two_payments_one_that_was_taken_back_in_the_books_is_not_thanked_for_and_the_other_is(
    home: House,
) -> None:
    await two_paid(home)
    (entry,) = await home.store.entries(invoice="F-1")
    await undo(home.bot, entry.id, TODAY)
    assert await leaving(home) == [("F-2",)]


async def test_after_a_credit_note_the_thanks_for_a_part_tell_the_new_rest(home: House) -> None:
    home.bot = replace(home.bot, writer=Letters(language="fr"))
    await settled_in(home, anna())
    await paid(home.bot, "F-1", eur(40), TODAY)
    await reduce(home.bot, EntryKind.CREDIT_NOTE, "F-1", eur(20), Slip(TODAY))
    assert await leaving(home) == [("F-1",)]
    assert "il reste 40,00" in await words(home)


async def test_nobody_is_asked_for_the_rest_of_what_was_cancelled(home: House) -> None:
    home.bot = replace(home.bot, writer=Letters(language="fr"))
    await settled_in(home, anna())
    await paid(home.bot, "F-1", eur(40), TODAY)
    await cancel(home.bot, "F-1", "")
    assert await leaving(home) == [("F-1",)]
    assert "il reste" not in await words(home)


@pytest.mark.parametrize("intent", [Intent.DISPUTE, Intent.REFUSAL, Intent.QUESTION], ids=str)
async def test_whoever_contests_and_pays_a_part_is_not_asked_for_the_rest(home: House, intent: Intent) -> None:
    client = await settled_in(home, anna())
    await happen(home.bot, client.id, said(intent, "2026-03-02"))
    await paid(home.bot, "F-1", eur(40), TODAY)
    assert await leaving(home) == []
    assert "thanks_held" in await codes(home)


async def test_whoever_contests_and_pays_all_is_thanked(home: House) -> None:
    client = await settled_in(home, anna())
    await happen(home.bot, client.id, said(Intent.DISPUTE, "2026-03-02"))
    await paid(home.bot, "F-1", None, TODAY)
    assert await leaving(home) == [("F-1",)]


async def test_whoever_promised_the_rest_is_thanked_for_a_part(home: House) -> None:
    client = await settled_in(home, anna())
    await happen(home.bot, client.id, said(Intent.PROMISE_TO_PAY, "2026-03-02", "2026-03-20"))
    await paid(home.bot, "F-1", eur(40), TODAY)
    assert await leaving(home) == [("F-1",)]


async def contested(home: House, client: Client) -> None:
    await happen(home.bot, client.id, said(Intent.DISPUTE, "2026-03-02"))


async def silenced(home: House, client: Client) -> None:
    await happen(home.bot, client.id, HoldAsked("F-1"))


@pytest.mark.parametrize("what", [contested, silenced], ids=["the client contests it", "the operator wants silence"])
async def test_thanks_that_tell_the_rest_stay_here_when_meanwhile(home: House, what: object) -> None:
    client = await settled_in(home, anna())
    await paid(home.bot, "F-1", eur(40), TODAY)
    home.clock.advance(timedelta(minutes=1))
    assert callable(what)
    await what(home, client)
    assert await leaving(home) == []


async def test_an_emergency_meanwhile_keeps_every_thank_you_here(home: House) -> None:
    client = await settled_in(home, anna(bill("F-1"), bill("F-2")))
    await paid(home.bot, "F-1", None, TODAY)
    home.clock.advance(timedelta(minutes=1))
    await happen(home.bot, client.id, said(Intent.PERSONAL_EMERGENCY, "2026-03-02", scope=Scope.CLIENT))
    assert await leaving(home) == []


@pytest.mark.parametrize(
    ("came_on", "thanked"),
    [
        pytest.param("2026-02-10", True, id="three weeks ago: it is"),
        pytest.param("2025-11-30", False, id="months ago: it is not"),
    ],
)
async def test_money_of_a_first_statement_is_thanked_for_where_it_came_lately(
    home: House, came_on: str, thanked: bool
) -> None:
    await settled_in(home, anna())
    await happen(home.bot, 1, PaymentReceived("F-1", eur(100), day(came_on), "bank", "r"))
    assert bool(await leaving(home)) is thanked
    assert ("thanks_too_late" in await codes(home)) is not thanked


async def test_back_in_draft_mode_no_thank_you_leaves(home: House) -> None:
    await settled_in(home, anna())
    await paid(home.bot, "F-1", None, TODAY)
    await set_mode(home.bot, live=False)
    assert await leaving(home) == []


async def test_whoever_paid_a_part_is_not_reminded_of_the_rest_on_the_same_day(home: House) -> None:
    """The thank-you told the rest: the reminders wait as after an answer, and then go on."""
    await settled_in(home, anna(bill("F-1", "2026-02-10", delivered_on=day("2026-01-10"))))
    await paid(home.bot, "F-1", eur(40), TODAY)
    assert await leaving(home) == [("F-1",)]
    assert [one.template for one in await letters(home, LetterState.SENT)] == ["thanks"]
    await pass_days(home, 7)
    assert [one.template for one in await letters(home, LetterState.SENT)] == ["thanks", "courtesy"]


@pytest.mark.parametrize(
    ("language", "told", "wrong", "settled"),
    [
        ("fr", "Vous aviez versé 40,00 € de trop", "arrivé", "La facture F-2 est entièrement réglée"),
        ("en", "You had paid €40.00 too much", "arrived", "Invoice F-2 is paid in full"),
    ],
)
async def test_credit_that_was_used_is_not_called_a_payment_that_arrived(
    home: House, language: str, told: str, wrong: str, settled: str
) -> None:
    home.bot = replace(home.bot, writer=Letters(language=language))
    await settled_in(home, anna(bill("F-1"), bill("F-2", amount=40), language=language))
    await paid(home.bot, "F-1", eur(140), day("2026-01-05"))
    await use_credit(home.bot, "F-2", None, TODAY)
    assert await leaving(home) == [("F-2",)]
    said = await words(home)
    assert told in said
    assert wrong not in said
    assert settled in said
