"""The digest once a working morning, and at once what cannot wait."""

from datetime import timedelta

import pytest

from mailbot.core.brief import Digest, Need
from mailbot.core.intent import Intent
from mailbot.flows.command import paid
from mailbot.flows.freshness import was_read
from mailbot.flows.outbound import LetterState
from mailbot.flows.report import alert, digest_now, report
from mailbot.flows.review import happen
from tests.fakes.far_side import House, house
from tests.fakes.people import anna, at, day, eur, said
from tests.unit.flows.scene import late, letters, look, pass_days, settled_in


def told(home: House) -> Digest:
    digest = home.writer.last("digest")["digest"]
    assert isinstance(digest, Digest)
    return digest


async def test_the_digest_comes_once_a_working_morning(home: House) -> None:
    """Hour by hour from Monday to the next Monday; 3 April is Good Friday in Québec."""
    home.clock.set(at("2026-03-30", "00:00"))
    written = []
    for _ in range(24 * 8):
        if await report(home.bot):
            written.append(home.clock.now().astimezone(at("2026-03-30").tzinfo).date().isoformat())
        home.clock.advance(timedelta(hours=1))
    assert written == ["2026-03-30", "2026-03-31", "2026-04-01", "2026-04-02", "2026-04-06"]


@pytest.mark.parametrize(
    ("hour", "comes"),
    [("07:29", False), ("07:30", True), ("23:00", True)],
    ids=["before", "on time", "after an outage"],
)
async def test_the_digest_waits_for_its_hour(home: House, hour: str, comes: bool) -> None:
    home.clock.set(at("2026-03-03", hour))
    assert await report(home.bot) is comes


async def test_the_digest_is_written_down_before_it_leaves_and_goes_to_the_operator(home: House) -> None:
    await report(home.bot)
    (letter,) = await letters(home)
    assert (letter.client_id, letter.recipients, letter.state) == (None, ("me@home.example",), LetterState.QUEUED)
    assert not await report(home.bot)


async def test_the_digest_says_what_came_in_and_what_happened_since_the_last(home: House) -> None:
    await settled_in(home, late())
    await report(home.bot)
    await look(home)
    await paid(home.bot, "F-1", eur(40), day("2026-03-02"))
    home.clock.set(at("2026-03-03", "08:00"))
    await was_read(home.bot, home.clock.now())
    await report(home.bot)
    digest = told(home)
    assert (digest.on, digest.since, digest.received) == (day("2026-03-03"), day("2026-03-02"), (eur(40),))
    assert [str(row.total) for row in digest.aging] == ["60.00 EUR"]
    assert "part_paid" in [happening.what.code for happening in digest.happened]
    home.clock.set(at("2026-03-04", "08:00"))
    await report(home.bot)
    assert told(home).received == ()


async def test_money_that_a_late_digest_told_of_is_not_told_again_in_the_next(home: House) -> None:
    """The machine was down until the afternoon: what came before that digest is in that digest."""
    await settled_in(home, late())
    home.clock.set(at("2026-03-02", "13:00"))
    await paid(home.bot, "F-1", eur(40), day("2026-03-02"))
    home.clock.set(at("2026-03-02", "14:00"))
    await report(home.bot)
    assert told(home).received == (eur(40),)
    home.clock.set(at("2026-03-03", "08:00"))
    await report(home.bot)
    assert told(home).received == ()
    assert "part_paid" not in [happening.what.code for happening in told(home).happened]


async def test_the_digest_on_the_terminal_tells_what_the_next_one_will_after_days_without_any(home: House) -> None:
    await settled_in(home, late())
    await report(home.bot)
    await look(home)
    await paid(home.bot, "F-1", eur(40), day("2026-03-02"))
    assert (await digest_now(home.bot)).received == (eur(40),)
    home.clock.set(at("2026-03-09", "08:00"))
    shown = await digest_now(home.bot)
    assert (shown.since, shown.received) == (day("2026-03-02"), (eur(40),))
    await report(home.bot)
    assert told(home).received == shown.received


async def test_the_digest_warns_of_an_inbox_that_is_not_read(home: House) -> None:
    await report(home.bot)
    assert [note.code for note in told(home).notes] == ["inbox_never_read"]
    await was_read(home.bot, home.clock.now())
    home.clock.set(at("2026-03-03", "08:00"))
    await report(home.bot)
    assert [note.code for note in told(home).notes] == ["inbox_unread_since"]


async def test_in_draft_mode_the_digest_lists_what_would_go_out() -> None:
    home = house(at("2026-03-02"))
    await settled_in(home, late())
    await look(home)
    await report(home.bot)
    assert told(home).draft_mode
    assert [coming.rung for coming in told(home).coming] == ["courtesy"]
    assert [letter.template for letter in await letters(home)] == ["digest"]


async def test_an_urgent_matter_is_alerted_at_once_and_once(home: House) -> None:
    await settled_in(home, anna())
    await happen(home.bot, 1, said(Intent.DISPUTE, "2026-03-02"))
    assert await alert(home.bot) == 1
    assert await alert(home.bot) == 0
    await happen(home.bot, 1, said(Intent.QUESTION, "2026-03-02", mail_id=9))
    assert await alert(home.bot) == 0


@pytest.mark.parametrize(("intent", "whole"), [(Intent.DISPUTE, False), (Intent.PERSONAL_EMERGENCY, True)])
async def test_an_alert_says_whether_one_invoice_or_the_whole_client_is_held(
    home: House, intent: Intent, *, whole: bool
) -> None:
    """A dispute leaves the other invoices of the client alone, and must not claim otherwise."""
    await settled_in(home, anna())
    await happen(home.bot, 1, said(intent, "2026-03-02"))
    await alert(home.bot)
    need = home.writer.last("alert")["need"]
    assert isinstance(need, Need)
    assert need.whole_client is whole


async def test_a_call_prompt_and_the_collections_flag_are_mails_of_their_own(home: House) -> None:
    await settled_in(home, late())
    await pass_days(home, 45)
    await alert(home.bot)
    templates = [letter.template for letter in await letters(home) if letter.client_id is None]
    assert sorted(templates) == ["call_prompt", "collections"]


async def test_one_alert_that_cannot_be_written_does_not_stop_the_others(home: House) -> None:
    await settled_in(home, late())
    await pass_days(home, 25)
    await happen(home.bot, 1, said(Intent.DISPUTE, "2026-03-27"))
    home.writer.broken = {"call_prompt"}
    assert await alert(home.bot) == 1  # the dispute
    assert await alert(home.bot) == 1  # and the template
    home.writer.broken = set()
    assert await alert(home.bot) == 1  # and the call at last


async def test_a_digest_that_cannot_be_written_is_told_otherwise_and_tried_again(home: House) -> None:
    home.writer.broken = {"digest"}
    assert not await report(home.bot)
    assert await alert(home.bot) == 1
    home.writer.broken = set()
    assert await report(home.bot)
