"""Whatever the operator books, no money is lost or created, and what is taken back leaves no trace but its entries."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from mailbot.core.client import Client
from mailbot.core.events import HoldAsked, InvoiceCancelled
from mailbot.core.intent import Intent
from mailbot.core.ledger import EntryKind
from mailbot.core.money import Money, totals
from mailbot.flows import books, command
from mailbot.flows.books import Slip
from mailbot.flows.command import CommandFault
from mailbot.flows.review import happen
from tests.fakes.far_side import House, live_house
from tests.fakes.people import anna, at, bill, said

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

ON = date(2026, 3, 5)
NUMBERS = ("F-1", "F-2")
REDUCTIONS = (EntryKind.CREDIT_NOTE, EntryKind.WRITE_OFF, EntryKind.FEE, EntryKind.DISCOUNT)

numbers = st.sampled_from(NUMBERS)
amounts = st.integers(1, 15000).map(lambda minor: Money.from_minor(minor, "EUR"))
some = st.one_of(st.none(), amounts)
deeds = st.one_of(
    st.tuples(st.just("paid"), numbers, some),
    st.tuples(st.just("reduce"), numbers, some, st.sampled_from(REDUCTIONS)),
    st.tuples(st.just("refund"), numbers, amounts),
    st.tuples(st.just("chargeback"), numbers, some),
    st.tuples(st.just("credit"), numbers, some),
    st.tuples(st.just("cancel"), numbers),
    st.tuples(st.just("hold"), numbers),
    st.tuples(st.just("promise"), numbers),
    st.tuples(st.just("undo"), st.integers(1, 12)),
)


async def do(home: House, deed: tuple[Any, ...]) -> bool:
    """Book it; False where it cannot be."""
    bot, slip = home.bot, Slip(ON)
    ways: dict[str, Callable[[], Awaitable[object]]] = {
        "paid": lambda: command.paid(bot, deed[1], deed[2], ON),
        "reduce": lambda: books.reduce(bot, deed[3], deed[1], deed[2], slip),
        "refund": lambda: books.give_back(bot, deed[1], deed[2], slip),
        "chargeback": lambda: books.charge_back(bot, deed[1], deed[2], slip),
        "credit": lambda: books.use_credit(bot, deed[1], deed[2], ON),
        "cancel": lambda: happen(bot, 1, InvoiceCancelled(deed[1]), also=(deed[1],)),
        "hold": lambda: happen(bot, 1, HoldAsked(deed[1], ON + timedelta(days=9)), also=(deed[1],)),
        "promise": lambda: happen(bot, 1, said(Intent.PROMISE_TO_PAY, "2026-03-05", "2026-03-12", about=(deed[1],))),
        "undo": lambda: books.undo(bot, deed[1], ON),
    }
    try:
        await ways[deed[0]]()
    except CommandFault:
        return False
    return True


async def seen(home: House) -> Client:
    return await home.store.client(1, also=NUMBERS)


def money_of(client: Client) -> object:
    return client.credit, [(i.number, i.paid, i.given_up, i.balance, i.standing) for i in client.invoices]


async def check(home: House) -> None:
    client, entries = await seen(home), await home.store.entries()
    assert await home.store.out_of_balance() == []
    for invoice in client.invoices:
        assert invoice.paid + invoice.given_up + invoice.balance == invoice.amount
        assert min(invoice.paid.amount, invoice.given_up.amount, invoice.balance.amount) >= 0
        assert invoice.live == (invoice.balance.amount > 0)
    came = [money for money in totals(entry.cash for entry in entries) if money]
    kept = [money for money in totals([*(invoice.paid for invoice in client.invoices), *client.credit]) if money]
    assert came == kept, "money was lost or created"
    assert all(credit.amount > 0 for credit in client.credit)


async def open_house() -> House:
    home = await live_house(at("2026-03-05"))
    async with home.store.begin() as tx:
        await tx.add_client(anna(*(bill(number) for number in NUMBERS)), None)
    return home


@settings(max_examples=150)
@given(st.lists(deeds, max_size=12))
@example(
    [("paid", "F-1", Money.from_minor(15000, "EUR")), ("credit", "F-2", None), ("undo", 1), ("undo", 2), ("undo", 1)]
)
@example([("paid", "F-1", None), ("reduce", "F-1", Money.from_minor(4000, "EUR"), EntryKind.CREDIT_NOTE), ("undo", 1)])
@example([("cancel", "F-1"), ("paid", "F-1", Money.from_minor(100, "EUR")), ("undo", 1), ("credit", "F-1", None)])
def test_no_booking_loses_or_creates_money(story: list[tuple[Any, ...]]) -> None:
    async def lived() -> None:
        home = await open_house()
        for deed in story:
            await do(home, deed)
            await check(home)

    asyncio.run(lived())


@settings(max_examples=150)
@given(st.lists(deeds, max_size=6), deeds.filter(lambda deed: deed[0] not in ("hold", "promise", "undo")))
def test_what_is_taken_back_at_once_leaves_everything_as_it_was(
    story: list[tuple[Any, ...]], last: tuple[Any, ...]
) -> None:
    """Balances, credit, standing, promises and holds; a second time it cannot be taken back."""

    async def lived() -> None:
        home = await open_house()
        for deed in story:
            await do(home, deed)
        before, count = await seen(home), len(await home.store.entries())
        home.clock.set(home.clock.now() + timedelta(minutes=1))
        await do(home, last)
        entries = await home.store.entries()
        if len(entries) == count:
            return
        assert await do(home, ("undo", entries[-1].id))
        after = await seen(home)
        assert replace(after, version=before.version) == before
        assert not await do(home, ("undo", entries[-1].id))
        await check(home)

    asyncio.run(lived())
