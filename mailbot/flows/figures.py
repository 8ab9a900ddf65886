"""The figures of a business, out of its clients and its ledger."""

import asyncio
from collections.abc import Iterable
from datetime import date

from mailbot.core.client import Standing
from mailbot.core.figures import Figures, figures
from mailbot.core.habit import Bill
from mailbot.core.ledger import Entry, EntryKind
from mailbot.core.money import Money
from mailbot.flows.enrol import OPENING
from mailbot.flows.ports import Bot

LAST_FIGURES = "last_figures_on"
"""The fact that says in which digest the figures stood last."""

_NEVER_EARNED = (EntryKind.CREDIT_NOTE, EntryKind.CANCELLATION)


async def figures_of(bot: Bot, today: date, business: str | None = None) -> Figures:
    """All figures as of the operator's day `today`; those of one business, or of all that are kept here."""
    bills = await _bills(bot, business)
    return await asyncio.to_thread(figures, bills, bot.policy, today)  # a large ledger takes a second or two


async def figures_due(bot: Bot, today: date) -> bool:
    """Whether the digest of this day shows figures: those of a new week, unless told otherwise."""
    often = bot.business.operator.digest_figures
    if often != "weekly":
        return often == "daily"
    last = await bot.store.recall(LAST_FIGURES)
    return last is None or date.fromisoformat(last).isocalendar()[:2] != today.isocalendar()[:2]


async def businesses(bot: Bot) -> tuple[str, ...]:
    """The ids of the businesses that are kept here."""
    kept = {client.business for client in await bot.store.all_clients(closed_too=True)}
    return tuple(sorted({bot.business.id, *kept}))


async def _bills(bot: Bot, business: str | None) -> tuple[Bill, ...]:
    by_invoice: dict[tuple[int, str], list[Entry]] = {}
    for entry in await bot.store.entries():
        if entry.stands and entry.invoice is not None:
            by_invoice.setdefault((entry.client, entry.invoice), []).append(entry)
    bills = []
    for client in await bot.store.all_clients(closed_too=True):
        if business not in (None, client.business):
            continue
        for invoice in client.invoices:
            entries = by_invoice.get((client.id, invoice.number), [])
            settled_on = _settled_on(entries) if invoice.standing is Standing.SETTLED else None
            bills.append(Bill(client, invoice, settled_on, _reduced(entries, invoice.amount.currency)))
    return tuple(bills)


def _settled_on(entries: Iterable[Entry]) -> date | None:
    """The day of the last money; what was paid before an invoice came here has no day that is known."""
    return max((e.booked_on for e in entries if e.paid.amount > 0 and e.source != OPENING), default=None)


def _reduced(entries: Iterable[Entry], currency: str) -> Money:
    given_up = (e.waived for e in entries if e.kind in _NEVER_EARNED and e.waived.currency == currency)
    return sum(given_up, Money.of(0, currency))
