"""Trust on first use: the operator confirms a sender of payment notices once, and may take it back."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailbot.core.intent import Kind
from mailbot.core.matter import Matter
from mailbot.core.reason import because
from mailbot.flows.command import CommandFault
from mailbot.flows.inbound import RawMail
from mailbot.flows.notice import TRUSTED, find, trusted_senders
from mailbot.flows.noticed import AGAIN, Noticed, noticed
from mailbot.flows.ports import Bot, Replay, Tx
from mailbot.flows.records import JournalEntry
from mailbot.flows.review import happen
from mailbot.mail.parse import parse
from mailbot.notices import Provider

_LAST = "notice.again_at"
_EVERY = timedelta(hours=1)
_OLDEST = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Trusted:
    """A sender that is confirmed now, and the invoices that notices waiting for it have settled."""

    provider: str
    title: str
    domains: tuple[str, ...]
    settled: tuple[str, ...] = ()
    new: bool = True


async def trust(bot: Bot, sender: str) -> Trusted:
    """Believe this provider's notices from now on, where every other check holds; raises `CommandFault`.

    `sender` is its name, a domain of its, or an address. Notices that only waited for this are judged anew.
    """
    provider = _provider(bot, sender)
    now = bot.clock.now()
    async with bot.store.begin() as tx:
        known = json.loads((await tx.facts(TRUSTED)).get(TRUSTED, "{}"))
        new = provider.name not in known
        if new:
            await tx.remember(TRUSTED, json.dumps(known | {provider.name: now.isoformat()}))
            await tx.journal([JournalEntry(now, because("sender_trusted", provider=provider.title))])
    settled = await reconsider(bot, provider.name)
    return Trusted(provider.name, provider.title, tuple(sorted(provider.domains)), tuple(settled), new)


async def distrust(bot: Bot, sender: str) -> bool:
    """Believe this provider's notices no more; what they settled stays settled. False where it was not believed."""
    provider = _provider(bot, sender)
    now = bot.clock.now()
    async with bot.store.begin() as tx:
        known = json.loads((await tx.facts(TRUSTED)).get(TRUSTED, "{}"))
        if known.pop(provider.name, None) is None:
            return False
        await tx.remember(TRUSTED, json.dumps(known))
        await tx.journal([JournalEntry(now, because("sender_distrusted", provider=provider.title))])
    return True


async def trusted(bot: Bot) -> Sequence[tuple[str, str]]:
    """The providers that are believed, each with the moment of the confirmation."""
    return sorted((await trusted_senders(bot)).items())


def _provider(bot: Bot, sender: str) -> Provider:
    provider = bot.desk.load().named(sender)
    if provider is None:
        known = ", ".join(sorted(one.name for one in bot.desk.load().providers))
        raise CommandFault(f"{sender} is no sender of payment notices that mailbot knows; it knows {known}")
    return provider


async def reconsider_hourly(bot: Bot) -> None:
    """Once an hour, judge notices anew whose keys could not be looked up."""
    now = bot.clock.now()
    last = await bot.store.recall(_LAST)
    if last is not None and last > (now - _EVERY).isoformat():
        return
    async with bot.store.begin() as tx:
        await tx.remember(_LAST, now.isoformat())
    await reconsider(bot)


async def reconsider(bot: Bot, provider: str = "") -> list[str]:
    """Judge the notices anew that wait for their keys, or for this provider's confirmation; gives what they settled."""
    settled: list[str] = []
    oldest = bot.clock.now() - _OLDEST
    for matter in await bot.store.matters():
        waits = matter.facts.get(AGAIN)
        wanted = matter.facts.get("trust") == provider if provider else waits == "keys"
        if not waits or not wanted or matter.mail_id is None or matter.at < oldest:
            continue
        number = await _again(bot, matter)
        if number:
            settled.append(number)
    return settled


async def _again(bot: Bot, matter: Matter) -> str:
    """Judge one stored notice anew; it is settled, or reported as what it turned out to be."""
    assert matter.mail_id is not None
    try:
        octets = await bot.store.mail_octets(matter.mail_id)
    except LookupError:
        return ""
    mail = parse(octets)
    found = find(mail, Kind.PAYMENT_NOTICE, bot.desk.load(), bot.desk.currency)
    if found is None:
        return ""
    raw = RawMail("", "", 0, 0, octets, datetime.fromisoformat(str(matter.facts["arrived"])))
    result = await noticed(found, mail, raw, bot)
    if result.facts is not None and result.facts.get("notice") == matter.facts.get("notice"):
        return ""
    return await _carry_out(bot, result, matter)


async def _carry_out(bot: Bot, result: Noticed, matter: Matter) -> str:
    mail_id = matter.mail_id
    assert mail_id is not None

    async def once(tx: Tx) -> None:
        if not await result.remember(tx, mail_id, bot.clock.now()):
            raise Replay

    for client, numbers in result.concerned:
        event = result.event(numbers, mail_id)
        if event is not None and not await happen(bot, client.id, event, also=numbers, along=once):
            return ""
    if not result.judged.settles and not result.judged.known:
        return ""
    async with bot.store.begin() as tx:
        await tx.close_matters(bot.clock.now(), subject_key=matter.subject_key)
    return result.judged.invoice if result.judged.settles else ""
