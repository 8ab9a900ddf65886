"""Commit: one decision becomes one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mailbot.core.client import Client, Climb, Invoice, Leaving
from mailbot.core.effects import (
    ClimbRung,
    CloseMatters,
    CorrectThanks,
    Decision,
    Effect,
    Post,
    RaiseMatter,
    ReturnLetters,
    SendLetter,
    WithdrawLetters,
)
from mailbot.core.ladder import next_look_at
from mailbot.core.ledger import EntryKind
from mailbot.core.matter import MatterKind, NewMatter
from mailbot.core.reason import Reason, because
from mailbot.flows.gather import UNSENT, corrected, gathered, thanked_before, together, with_closed
from mailbot.flows.outbound import LetterState, NewLetter
from mailbot.flows.ports import Bot, StoreUnavailable, Tx
from mailbot.flows.records import JournalEntry
from mailbot.flows.write import write

MODE, DRAFT, LIVE = "mode", "draft", "live"
_LATER = timedelta(hours=1)
# The first reason of each event that writes into the ledger.
_BOOKED = frozenset(("settled", "part_paid", "cancelled", *(f"booked_{kind}" for kind in EntryKind)))


@dataclass(frozen=True, slots=True)
class Plan:
    """A decision whose letters are written, so that the transaction only has to store.

    `unwritten` says that a letter could not be put into words; `superseded` are letters that are withdrawn, and why.
    """

    decision: Decision
    letters: tuple[NewLetter, ...]
    extra: tuple[tuple[str | None, Reason], ...] = ()
    matters: tuple[NewMatter, ...] = ()
    unwritten: bool = False
    superseded: tuple[tuple[str, str], ...] = ()


async def is_live(bot: Bot) -> bool:
    """Whether letters may go to clients; a new installation starts in draft mode."""
    return await bot.store.recall(MODE) == LIVE


async def plan(decision: Decision, bot: Bot, now: datetime) -> Plan:
    """Write the letters that a decision asks for. A letter that cannot be written becomes a matter, never a crash."""
    client = decision.client
    letters: list[NewLetter] = []
    extra: list[tuple[str | None, Reason]] = []
    matters: list[NewMatter] = []
    unwritten = False
    superseded: list[tuple[str, str]] = []
    for effect in together(decision.effects):
        correcting = isinstance(effect, CorrectThanks)
        wanted: Effect | None = effect
        if isinstance(effect, CorrectThanks):
            wanted, stale = await corrected(effect, client, bot)
            superseded += [(key, "thanks_corrected") for key in stale]
        if not isinstance(wanted, SendLetter):
            continue
        effect = wanted  # noqa: PLW2901 - a correction says something in its place, or nothing
        about = effect.invoices[0] if len(effect.invoices) == 1 else None
        if not await is_live(bot):
            extra.append((about, because("draft_mode", template=effect.tone.template)))
            continue
        if effect.answer and (why := await answered_enough(effect.invoices, client, bot, now)):
            extra.append((about, why))
            continue
        try:
            if effect.tone.template == "thanks" and not correcting:
                if await thanked_before(effect, bot):
                    extra.append((about, because("thanked_before")))
                    continue
                effect, waiting = await gathered(effect, client, bot)  # noqa: PLW2901 - one for all
                superseded += [(key, "one_thank_you") for key in waiting]
            letter = await write(effect, await with_closed(effect, client, bot), bot, now)
        except StoreUnavailable:
            raise
        except Exception as fault:  # noqa: BLE001 - a user's template can fail in any way; the ladder must not
            extra.append((about, because("letter_unwritable", template=effect.tone.template, fault=str(fault))))
            facts = {"template": effect.tone.template, "fault": str(fault)}
            key = f"template:{effect.tone.template}"
            matters.append(NewMatter(MatterKind.REFUSED, now, client.id, about, key, urgent=True, facts=facts))
            unwritten = True
            continue
        letters.append(letter)
        if effect.approval:
            facts = {"template": letter.template, "letter": letter.key}
            matters.append(NewMatter(MatterKind.APPROVAL, now, client.id, about, letter.key, facts=facts))
    return Plan(decision, tuple(letters), tuple(extra), tuple(matters), unwritten, tuple(superseded))


async def answered_enough(numbers: Sequence[str], client: Client, bot: Bot, now: datetime) -> Reason | None:
    """At most one automatic answer per client and day, and three per invoice: loops end by construction (FIELD 5)."""
    policy = bot.policy
    if await bot.store.answers_since(client.id, now - timedelta(hours=policy.answer_gap_hours)):
        return because("answered_lately", hours=policy.answer_gap_hours)
    about = [invoice for number in numbers if (invoice := client.invoice(number)) is not None]
    if any(invoice.auto_answers >= policy.answers_per_invoice for invoice in about):
        return because("answered_enough", answers=policy.answers_per_invoice)
    return None


async def commit(tx: Tx, prepared: Plan, bot: Bot, now: datetime) -> None:
    """Store a decision: state, letters, matters, ledger and reasons, together or not at all."""
    decision = prepared.decision
    client = _as_after(decision.client, prepared, now)
    look_at = next_look_at(client, bot.policy, now)
    if look_at is not None and look_at <= now and (prepared.unwritten or not await is_live(bot)):
        look_at = now + _LATER  # what is due could not be written, and will not be a moment later
    await tx.save(client, look_at)
    posted = [await _carry_out(tx, effect, client, now) for effect in decision.effects]
    for key, response in prepared.superseded:
        await tx.move_letter(key, UNSENT, LetterState.WITHDRAWN, at=now, response=response)
    for letter in prepared.letters:
        await tx.enqueue(letter)
    for matter in prepared.matters:
        await tx.raise_matter(matter)
    told = _numbered(decision.because, [number for number in posted if number is not None])
    await tx.journal(_entries(client, (*told, *prepared.extra), now))


async def _carry_out(tx: Tx, effect: Effect, client: Client, now: datetime) -> int | None:
    """Do it; gives the number of an entry that was written into the ledger."""
    match effect:
        case WithdrawLetters():
            for key in await tx.withdraw(client.id, effect.invoices, effect.why):
                await tx.close_matters(now, client_id=client.id, subject_key=key)  # no approval is wanted now
        case ReturnLetters():
            gone = (LetterState.SENT, LetterState.IN_DOUBT)
            for key in effect.keys:
                await tx.move_letter(key, gone, LetterState.REFUSED, at=now, response=str(effect.why))
        case ClimbRung():
            await tx.climb(client.id, effect.invoice, effect.rung, now)
        case RaiseMatter():
            await tx.raise_matter(effect.matter)
        case CloseMatters(invoices, kinds, subject_key):
            await tx.close_matters(now, client_id=client.id, invoices=invoices, kinds=kinds, subject_key=subject_key)
        case Post(entry):
            return await tx.post(client.id, entry, now)
        case SendLetter() | CorrectThanks():
            pass  # written in `plan`, stored by `commit`
    return None


def _numbered(reasons: Sequence[tuple[str | None, Reason]], posted: Sequence[int]) -> list[tuple[str | None, Reason]]:
    """The reasons with the number of the entry that they tell of, by which it can be taken back."""
    numbers = iter(posted)
    return [
        (about, Reason(why.code, {**why.facts, "entry": entry}))
        if why.code in _BOOKED and (entry := next(numbers, None)) is not None
        else (about, why)
        for about, why in reasons
    ]


def _entries(client: Client, reasons: Sequence[tuple[str | None, Reason]], now: datetime) -> list[JournalEntry]:
    return [JournalEntry(now, reason, client.id, invoice) for invoice, reason in reasons]


def _as_after(client: Client, prepared: Plan, now: datetime) -> Client:
    """The client as the transaction will leave it, climbs included, so that the next look is true."""
    climbed: dict[str, list[Climb]] = {}
    for letter in prepared.letters:
        for number, rung in letter.climbs:
            climbed.setdefault(number, []).append(
                Climb(rung, letter.created_at, letter.key, letter.message_id, Leaving.WAITING)
            )
    for effect in prepared.decision.effects:
        if isinstance(effect, ClimbRung):
            climbed.setdefault(effect.invoice, []).append(Climb(effect.rung, now))
    answered = {number for letter in prepared.letters if letter.automatic_answer for number in letter.invoices}
    freed = _withdrawn_keys(client, prepared)

    def after(invoice: Invoice) -> Invoice:
        kept = tuple(c for c in invoice.climbs if not (c.state is Leaving.WAITING and c.letter in freed))
        if kept == invoice.climbs and invoice.number not in climbed and invoice.number not in answered:
            return invoice
        return replace(
            invoice,
            climbs=(*kept, *climbed.get(invoice.number, ())),
            auto_answers=invoice.auto_answers + (invoice.number in answered),
        )

    chased = any(letter.chasing for letter in prepared.letters)
    return replace(
        client,
        invoices=tuple(after(invoice) for invoice in client.invoices),
        chased_at=now if chased else client.chased_at,
    )


def _withdrawn_keys(client: Client, prepared: Plan) -> frozenset[str]:
    """Waiting letters that the decision withdraws; one for several invoices falls with any of them."""
    keys: set[str] = set()
    for effect in prepared.decision.effects:
        if isinstance(effect, WithdrawLetters):
            for invoice in client.invoices:
                if effect.invoices is None or invoice.number in effect.invoices:
                    keys |= {climb.letter for climb in invoice.climbs if climb.state is Leaving.WAITING}
    return frozenset(keys)
