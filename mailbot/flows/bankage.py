"""How old the bank's word is: told in the digest, and where the operator wants it, firmer rungs wait for newer data."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from mailbot.core.client import Client
from mailbot.core.ladder import is_firmer
from mailbot.core.reason import Reason, because
from mailbot.flows.outbound import Letter
from mailbot.flows.ports import Bot

KEY = "bank.data_on"
"""The fact that holds the last day of which a statement told anything; it is missing where none was ever read."""

LOOK_AGAIN = timedelta(minutes=10)


async def data_on(bot: Bot) -> date | None:
    """The last day of which the bank told anything, or None if it never did."""
    told = await bot.store.recall(KEY)
    return date.fromisoformat(told) if told else None


async def note_day(bot: Bot, days: Iterable[date | None]) -> None:
    """The bank told of these days; those to come tell nothing. Letters that waited for it are looked at again."""
    now_on = today(bot, bot.clock.now())
    before = await data_on(bot)
    newest = max((day for day in days if day is not None and day <= now_on), default=None)
    if newest is None or (before is not None and newest <= before):
        return
    async with bot.store.begin() as tx:
        await tx.remember(KEY, newest.isoformat())
    if bot.business.bank_holds_firmer:
        await bot.store.look_at_all(bot.clock.now())


def old_data(bot: Bot, told_on: date | None, now: datetime) -> Reason | None:
    """That bank data are older than they should be; None where they are not, or where none were ever read."""
    if told_on is None:
        return None
    days = (today(bot, now) - told_on).days
    if days <= bot.business.bank_stale_days:
        return None
    return because("bank_data_too_old" if bot.business.bank_holds_firmer else "bank_data_old", days=days)


async def knowing(bot: Bot) -> Bot:
    """The bot for a look at the ladder just now: its policy knows whether the firmer rungs wait for the bank."""
    if not bot.business.bank_holds_firmer:
        return bot
    why = old_data(bot, await data_on(bot), bot.clock.now())
    return replace(bot, policy=replace(bot.policy, firmer_waits=why))


def stops(bot: Bot, letter: Letter, client: Client, facts: Mapping[str, str], now: datetime) -> Reason | None:
    """Why a letter that was decided on fresher data waits after all, or None; `facts` were read just now."""
    rungs = {rung.name: rung for rung in bot.policy.ladder(client.ladder)}
    firmer = any(name in rungs and is_firmer(tuple(rungs.values()), rungs[name]) for _, name in letter.climbs)
    if not bot.business.bank_holds_firmer or not firmer:
        return None
    return old_data(bot, date.fromisoformat(facts[KEY]) if facts.get(KEY) else None, now)


def today(bot: Bot, now: datetime) -> date:
    """The operator's day."""
    return now.astimezone(ZoneInfo(bot.business.operator.timezone)).date()
