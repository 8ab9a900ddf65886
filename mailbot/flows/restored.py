"""An older database was put back: what left meanwhile is written down again, and nothing leaves until a person agrees.

Letters that left since are taken from the track beside the database, so that no rung is climbed twice (law 2). What
else happened since (money, holds, promises) only the mailbox and the operator know: the mailbox is read again in draft
mode, in which nothing is answered, and the operator is told at once.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mailbot.core.client import Client
from mailbot.core.ladder import next_look_at
from mailbot.core.matter import MatterKind, NewMatter
from mailbot.core.reason import Fact, because
from mailbot.flows.commit import DRAFT, LIVE, MODE
from mailbot.flows.freshness import KEY as READ_AT
from mailbot.flows.outbound import LetterState
from mailbot.flows.ports import Bot, Conflict, Replay
from mailbot.flows.records import JournalEntry

log = logging.getLogger(__name__)

RESTORED_AT = "restored_at"
_SUBJECT = "restored"
_WAITING = (LetterState.PROPOSED, LetterState.QUEUED, LetterState.DEFERRED, LetterState.CLAIMED)


@dataclass(frozen=True, slots=True)
class Departure:
    """A letter to a client that began to leave: all that must be known of it for it not to leave again."""

    letter: str
    at: datetime
    client_id: int
    climbs: tuple[tuple[str, str], ...] = ()
    chasing: bool = False


@dataclass(frozen=True, slots=True)
class Restored:
    """The database is older than its track. `departures` left since; `untracked`: there is no track to tell."""

    departures: tuple[Departure, ...] = ()
    untracked: bool = False


async def take_note(bot: Bot, restored: Restored) -> None:
    """Go to draft mode, write down again what left since, tell the operator. Doing it twice changes nothing more."""
    while True:
        try:
            await _take_note(bot, restored)
        except (Conflict, Replay):
            continue  # another process takes note of it too
        return


async def _take_note(bot: Bot, restored: Restored) -> None:
    now = bot.clock.now()
    was_live = await bot.store.recall(MODE) == LIVE
    clients: dict[int, Client] = {}
    missing: list[tuple[Departure, str, str]] = []
    unknown: list[str] = []
    moved: list[tuple[Departure, LetterState]] = []
    for departure in restored.departures:
        letter = await bot.store.letter(departure.letter)
        if letter is not None and letter.state in (*_WAITING, LetterState.SENDING):
            moved.append((departure, letter.state))
            owner = await bot.store.client(departure.client_id)
            clients[owner.id] = _chased(clients.get(owner.id, owner), departure)
            continue
        for number, rung in departure.climbs:
            client = await bot.store.client_of_invoice(number)
            if client is None:
                unknown.append(number)
            elif _needs(client, number, rung, missing):
                missing.append((departure, number, rung))
                clients[client.id] = _chased(clients.get(client.id, client), departure)
    async with bot.store.begin() as tx:
        for departure, state in moved:
            await tx.move_letter(departure.letter, [state], LetterState.SENT, at=departure.at, response="restored")
        for departure, number, rung in missing:
            client = await _owner(bot, number)
            await tx.climb(client.id, number, rung, departure.at)
            entry = because("restored_climb", rung=rung, at=departure.at)
            await tx.journal([JournalEntry(now, entry, client.id, number)])
        await tx.remember(MODE, DRAFT)
        await tx.remember(RESTORED_AT, now.isoformat())
        await tx.remember(READ_AT, "")  # what the older database calls fresh is not
        facts: dict[str, Fact] = {
            "letters": len(restored.departures),
            "unknown": ", ".join(dict.fromkeys(unknown))[:300],
            "untracked": int(restored.untracked),
            "was_live": int(was_live),
        }
        await tx.raise_matter(NewMatter(MatterKind.RESTORED, now, subject_key=_SUBJECT, urgent=True, facts=facts))
        why = because("restored_untracked") if restored.untracked else because("restored", letters=facts["letters"])
        await tx.journal([JournalEntry(now, why)])
    log.critical("an older copy of the database was put back: draft mode until somebody goes live again")
    await _chase_no_sooner(bot, clients)
    await bot.store.look_at_all(now)


def _needs(client: Client, number: str, rung: str, missing: Sequence[tuple[Departure, str, str]]) -> bool:
    invoice = client.invoice(number)
    listed = any((known, climbed) == (number, rung) for _, known, climbed in missing)
    return invoice is not None and invoice.climb(rung) is None and not listed


async def _owner(bot: Bot, number: str) -> Client:
    client = await bot.store.client_of_invoice(number)
    if client is None:
        raise Conflict(f"invoice {number} is gone")
    return client


def _chased(client: Client, departure: Departure) -> Client:
    if departure.chasing and (client.chased_at is None or client.chased_at < departure.at):
        return replace(client, chased_at=departure.at)
    return client


async def _chase_no_sooner(bot: Bot, clients: dict[int, Client]) -> None:
    """Letters that left since the copy spend the client's attention as any other (law 8)."""
    for client_id, seen in clients.items():
        client = await bot.store.client(client_id)
        after = replace(client, chased_at=seen.chased_at)
        async with bot.store.begin() as tx:
            await tx.save(after, next_look_at(after, bot.policy, bot.clock.now()))


async def may_go_live(bot: Bot) -> bool:
    """Whether the mailbox was read to its end since an older database was put back: what came meanwhile counts."""
    facts = await bot.store.facts(RESTORED_AT, READ_AT)
    if not facts.get(RESTORED_AT):
        return True
    read = facts.get(READ_AT)
    return bool(read) and datetime.fromisoformat(str(read)) >= datetime.fromisoformat(facts[RESTORED_AT])


async def settled(bot: Bot) -> None:
    """The operator has looked and goes on."""
    async with bot.store.begin() as tx:
        await tx.remember(RESTORED_AT, "")
        await tx.close_matters(bot.clock.now(), subject_key=_SUBJECT)
