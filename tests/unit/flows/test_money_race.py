"""Money that arrives between decision and sending withdraws the letter, whoever knows of the money."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from mailbot.bank import read_statement
from mailbot.core.client import Standing
from mailbot.flows.books import undo
from mailbot.flows.command import paid
from mailbot.flows.dispatch import dispatch
from mailbot.flows.freshness import was_read
from mailbot.flows.outbound import Letter, LetterState
from mailbot.flows.receive import sync
from mailbot.flows.remit import propose, settle
from mailbot.flows.review import review
from mailbot.flows.trust import trust
from tests.fakes.far_side import House
from tests.fakes.people import anna, bill, day, eur
from tests.unit.flows.scene import codes, letters, settled_in
from tests.unit.flows.test_notices import desk, notice

COLUMNS = "date;label;amount;currency\n"


async def by_operator(home: House) -> None:
    await paid(home.bot, "F-2026-900", eur(100), day("2026-03-02"))


async def by_bank(home: House) -> None:
    await statement(home, "VIR ANNA INC F-2026-900;100,00")


async def by_notice(home: House) -> None:
    text = "You received a payment of €100.00 from Anna inc.\nInvoice: F-2026-900\nPayment ID: pi_3Pabcdefgh0001\n"
    home.mailbox.deliver(notice(home, text, "Payment of €100.00 from Anna inc. for invoice F-2026-900"))
    await sync(home.bot)


async def statement(home: House, line: str, on: str = "2026-03-02") -> None:
    """The bank's CSV with one line."""
    octets = f"{COLUMNS}{on};{line};EUR\n".encode()
    await settle(home.bot, await propose(home.bot, [("march.csv", read_statement(octets, "EUR"))]))


async def courtesy(home: House) -> Letter:
    """The letter that was decided before the money came."""
    return next(letter for letter in await letters(home) if letter.template == "courtesy")


@pytest.fixture
async def decided(home: House) -> House:
    """A courtesy letter waits in the outbox."""
    long_ago = day("2026-01-20")
    desk(home)
    await settled_in(home, anna(bill("F-2026-900", "2026-02-20", issued_on=long_ago, delivered_on=long_ago)))
    await trust(home.bot, "stripe")
    await review(home.bot)
    assert (await courtesy(home)).state is LetterState.QUEUED
    return home


SOURCES = pytest.mark.parametrize(
    "money",
    [
        pytest.param(by_operator, id="told by the operator"),
        pytest.param(by_bank, id="in a bank statement"),
        pytest.param(by_notice, id="in a notice of a confirmed sender"),
    ],
)


@SOURCES
async def test_money_between_decision_and_sending_withdraws_the_letter(
    decided: House, money: Callable[[House], Awaitable[None]]
) -> None:
    await money(decided)
    await was_read(decided.bot, decided.clock.now())
    await dispatch(decided.bot)
    assert (await courtesy(decided)).state is LetterState.WITHDRAWN
    assert [key for key in decided.post.tried if "courtesy" in key] == []
    assert "settled" in await codes(decided)
    invoice = (await decided.store.client(1, also=["F-2026-900"])).invoice("F-2026-900")
    assert invoice is not None
    assert invoice.standing is Standing.SETTLED
    assert [climb.rung for climb in invoice.climbs] == []  # its rung is free: what was not sent was not climbed


@SOURCES
async def test_money_between_the_last_look_and_the_claim_keeps_the_letter_here(
    decided: House, monkeypatch: pytest.MonkeyPatch, money: Callable[[House], Awaitable[None]]
) -> None:
    count: Any = decided.store.departures_since

    async def in_between(since: datetime) -> int:
        left: int = await count(since)
        monkeypatch.undo()
        await money(decided)
        return left

    await was_read(decided.bot, decided.clock.now())
    monkeypatch.setattr(decided.store, "departures_since", in_between)  # the last question before the claim
    await dispatch(decided.bot)
    assert [key for key in decided.post.tried if "courtesy" in key] == []
    assert (await courtesy(decided)).state is LetterState.WITHDRAWN


async def test_a_payment_that_the_operator_is_asked_about_keeps_the_letter_here_too(decided: House) -> None:
    """It may be the money: nobody is reminded before the operator has looked."""
    await statement(decided, "VIR ZEBULON SARL F-2026-900;137,00")
    await was_read(decided.bot, decided.clock.now())
    await dispatch(decided.bot)
    (matter,) = await decided.store.matters()
    assert matter.kind == "claim"
    assert (await courtesy(decided)).state is LetterState.WITHDRAWN
    assert [key for key in decided.post.tried if "courtesy" in key] == []


async def test_a_line_that_the_operator_booked_stands_for_no_second_transfer(decided: House) -> None:
    """The operator said what it paid: the next one of the same amount is other money, and asked about."""
    await statement(decided, "VIR ZEBULON SARL F-2026-900;137,00")
    await paid(decided.bot, "F-2026-900", eur(137), day("2026-03-02"))
    decided.clock.advance(timedelta(days=2))
    await statement(decided, "VIR ZEBULON SARL F-2026-900 ENCORE;137,00", "2026-03-04")
    (matter,) = await decided.store.matters()
    assert (matter.kind, matter.invoice) == ("claim", "F-2026-900")


async def test_a_part_that_the_bank_told_is_asked_about_once_and_again_when_it_is_taken_back(decided: House) -> None:
    await statement(decided, "VIR ZEBULON SARL F-2026-900;60,00")
    (asked,) = await decided.store.matters()
    decided.clock.advance(timedelta(minutes=5))
    await paid(decided.bot, "F-2026-900", eur(60), day("2026-03-02"))
    assert await decided.store.matters() == []
    (entry,) = await decided.store.entries(invoice="F-2026-900")
    await undo(decided.bot, entry.id, day("2026-03-02"))
    assert [matter.subject_key for matter in await decided.store.matters()] == [asked.subject_key]


async def test_a_line_that_two_imports_read_at_once_is_recorded_once(
    decided: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The watched folder and a mail bring the same statement: both were matched before either was recorded."""
    octets = f"{COLUMNS}2026-03-02;VIR ANNA INC F-2026-900;100,00;EUR\n".encode()
    one, other = [await propose(decided.bot, [(name, read_statement(octets, "EUR"))]) for name in ("a.csv", "b.csv")]
    known: Any = decided.store.payments

    async def in_between(**about: Any) -> Any:
        found = await known(**about)
        monkeypatch.undo()
        await settle(decided.bot, other)
        return found

    monkeypatch.setattr(decided.store, "payments", in_between)  # what is recorded is asked for once
    await settle(decided.bot, one)
    assert [str(one.amount) for one in await decided.store.payments()] == ["100.00 EUR"]
