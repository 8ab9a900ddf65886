"""Figures out of the ledger, and in the digest once a week."""

from dataclasses import replace

import pytest

from mailbot.core.brief import Digest
from mailbot.core.cash import Span
from mailbot.core.client import Standing
from mailbot.core.ledger import EntryKind, NewEntry
from mailbot.flows.books import Slip, reduce
from mailbot.flows.command import cancel, paid
from mailbot.flows.enrol import OPENING
from mailbot.flows.figures import businesses, figures_of
from mailbot.flows.report import compile_digest, report
from tests.fakes.far_side import House
from tests.fakes.people import anna, at, bill, day, eur
from tests.unit.flows.scene import settled_in


def often(home: House, how: str) -> House:
    operator = replace(home.bot.business.operator, digest_figures=how)
    return replace(home, bot=replace(home.bot, business=replace(home.bot.business, operator=operator)))


async def shown(home: House, on: str) -> bool:
    """Whether this morning's digest tells of expected money."""
    home.clock.set(at(on, "08:00"))
    assert await report(home.bot)
    digest = home.writer.last("digest")["digest"]
    assert isinstance(digest, Digest)
    return bool(digest.expected)


async def test_the_figures_stand_in_the_first_digest_of_each_week(home: House) -> None:
    await settled_in(home, anna())
    mornings = ("2026-03-03", "2026-03-04", "2026-03-06", "2026-03-09", "2026-03-10")
    assert [await shown(home, on) for on in mornings] == [True, False, False, True, False]


@pytest.mark.parametrize(("how", "expected"), [("daily", [True, True]), ("never", [False, False])])
async def test_how_often_is_the_operators_choice(home: House, how: str, expected: list[bool]) -> None:
    home = often(home, how)
    await settled_in(home, anna())
    assert [await shown(home, on) for on in ("2026-03-09", "2026-03-10")] == expected


async def test_an_empty_ledger_shows_no_figures(home: House) -> None:
    digest = await compile_digest(home.bot, day("2026-03-02"), None)
    assert (digest.expected, digest.figures) == ((), ())


async def test_money_that_came_makes_the_habit(home: House) -> None:
    """Ten days late once: what is due next is expected a little later than its due date."""
    await settled_in(home, anna(bill("F-1", "2026-02-20"), bill("F-2", "2026-03-13")))
    await paid(home.bot, "F-1", eur(100), day("2026-03-02"))
    found = await figures_of(home.bot, day("2026-03-02"))
    assert [(one.code, one.average_days, one.settled) for one in found.payers] == [("anna", 10, 1)]
    assert [(row.span, row.count) for row in found.short[0].rows if row.count] == [(Span.TWO_MORE, 1)]


async def test_what_was_paid_before_it_came_here_says_nothing_of_habits(home: House) -> None:
    """The sheet does not tell when."""
    client = await settled_in(home, anna(bill("F-1", "2026-01-20", standing=Standing.SETTLED)))
    opening = NewEntry(EntryKind.PAYMENT, "F-1", eur(100), eur(100), eur(0), day("2026-01-01"), OPENING)
    async with home.store.begin() as tx:
        await tx.post(client.id, opening)
    assert (await figures_of(home.bot, day("2026-03-02"))).payers == ()


async def test_what_was_cancelled_or_credited_was_never_invoiced(home: House) -> None:
    await settled_in(home, anna(bill("F-1"), bill("F-2"), bill("F-3")))
    await cancel(home.bot, "F-1", "")
    await reduce(home.bot, EntryKind.CREDIT_NOTE, "F-2", eur(60), Slip(day("2026-03-02")))
    (dso,) = (await figures_of(home.bot, day("2026-03-02"))).dso
    assert (str(dso.owed), str(dso.invoiced)) == ("140.00 EUR", "140.00 EUR")


async def test_an_undone_payment_counts_for_nothing(home: House) -> None:
    from mailbot.flows.books import undo

    await settled_in(home, anna(bill("F-1", "2026-02-20")))
    await paid(home.bot, "F-1", eur(100), day("2026-03-02"))
    (entry,) = await home.store.entries()
    await undo(home.bot, entry.id, day("2026-03-02"))
    found = await figures_of(home.bot, day("2026-03-02"))
    assert [(one.settled, one.overdue) for one in found.payers] == [(0, 1)]
    assert str(found.cash[0].total) == "100.00 EUR"


async def test_each_business_has_figures_of_its_own(home: House) -> None:
    await settled_in(home, anna())
    await settled_in(home, anna(bill("B-1", amount=7), id=2, code="anna2", business="second"))
    assert await businesses(home.bot) == ("second", "studio")
    today = day("2026-03-02")
    totals = [str((await figures_of(home.bot, today, name)).cash[0].total) for name in ("second", "studio")]
    assert totals == ["7.00 EUR", "100.00 EUR"]
    assert str((await figures_of(home.bot, today)).cash[0].total) == "107.00 EUR"
