"""The decider: what follows from an event. Pure, total, and closed over the union of events."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from mailbot.core.books import (
    claim_reduced,
    credit_used,
    entry_undone,
    invoice_cancelled,
    money_returned,
    payment_received,
)
from mailbot.core.client import Client, Contact, HeldBy, Hold, Reachability, Standing
from mailbot.core.doubted import bank_change_announced, doubted_reply
from mailbot.core.effects import (
    CloseMatters,
    Decision,
    RaiseMatter,
    ReturnLetters,
    WithdrawLetters,
)
from mailbot.core.events import (
    AutoReplied,
    BankChangeAnnounced,
    ClaimReduced,
    CreditUsed,
    DeliveryFailed,
    EntryUndone,
    Event,
    HoldAsked,
    HoldReleased,
    InvoiceCancelled,
    MeaningTold,
    MoneyReturned,
    PaymentReceived,
    PaymentReported,
    ReplyReceived,
    RequestAnswered,
    TimePassed,
)
from mailbot.core.intent import Intent
from mailbot.core.ladder import held_because
from mailbot.core.lifting import lifted
from mailbot.core.matter import MatterKind, NewMatter
from mailbot.core.meant import meaning_told
from mailbot.core.policy import Policy
from mailbot.core.reason import Reason, because
from mailbot.core.replies import (
    auto_replied,
    next_hold_id,
    reply_received,
)
from mailbot.core.reported import payment_reported
from mailbot.core.requests import request_answered
from mailbot.core.review import time_passed

# The standing in which the operator's release leaves an invoice.
_RELEASED = {Standing.PROMISED: Standing.OPEN, Standing.DISPUTED: Standing.OPEN}


def decide(  # noqa: C901, PLR0911, PLR0912 - one match over the union of events, one line each
    client: Client, event: Event, policy: Policy, now: datetime
) -> Decision:
    """What follows from an event for this client. Never raises on what can arrive from outside."""
    match event:
        case ReplyReceived(doubt=Reason() as doubt):
            return doubted_reply(client, event, doubt, now)
        case ReplyReceived():
            return reply_received(client, event, policy, now)
        case AutoReplied():
            return auto_replied(client, event, policy, now)
        case MeaningTold():
            return meaning_told(client, event, policy, now)
        case BankChangeAnnounced():
            return bank_change_announced(client, event, now)
        case DeliveryFailed():
            return _delivery_failed(client, event, policy, now)
        case PaymentReceived():
            return payment_received(client, event, policy, now)
        case ClaimReduced():
            return claim_reduced(client, event, policy, now)
        case MoneyReturned():
            return money_returned(client, event, now)
        case CreditUsed():
            return credit_used(client, event, policy, now)
        case EntryUndone():
            return entry_undone(client, event)
        case PaymentReported():
            return payment_reported(client, event, policy, now)
        case HoldAsked():
            return _hold_asked(client, event, now)
        case HoldReleased():
            return _hold_released(client, event, now)
        case InvoiceCancelled():
            return invoice_cancelled(client, event, policy, now)
        case RequestAnswered():
            return request_answered(client, event, policy, now)
        case TimePassed():
            return time_passed(client, policy, now, silent=event.silent)
        case _:
            assert_never(event)


def _delivery_failed(client: Client, event: DeliveryFailed, policy: Policy, now: datetime) -> Decision:
    """A bounce. Hard: the address is dead and the operator is told. Temporary: wait, and say so."""
    if event.temporary:
        contacts = _with_reach(client, event.address, Reachability.DOUBTFUL)
        until = policy.calendar(client).add_working_days(policy.calendar(client).local_day(now), policy.delay_days)
        hold = Hold(next_hold_id(client), None, HeldBy.MACHINE, None, now, until, True, event.diagnostic, event.mail_id)
        held = replace(client, contacts=contacts, holds=(*client.holds, hold))
        return Decision(held, because=((None, because("delivery_delayed", until=until)),))
    reach = Reachability.DEAD if event.dead else Reachability.DOUBTFUL
    dead = replace(client, contacts=_with_reach(client, event.address, reach))
    other = next(
        (c for c in dead.contacts if c.email != event.address and c.reachability is not Reachability.DEAD), None
    )
    facts = {"address": event.address, "diagnostic": event.diagnostic, "other": other.email if other else ""}
    matter = NewMatter(
        MatterKind.BOUNCE, now, client.id, event.invoices[0] if len(event.invoices) == 1 else None,
        f"address:{event.address}", mail_id=event.mail_id, facts=facts,
    )  # fmt: skip
    hold = Hold(next_hold_id(client), None, HeldBy.MACHINE, None, now, None, False, event.diagnostic, event.mail_id)
    dead = replace(dead, holds=(*dead.holds, hold))
    if all(contact.email != event.address for contact in client.contacts):
        why = because("bounce_of_unknown_address")
    else:
        why = because("address_dead" if event.dead else "letter_returned", words=event.diagnostic or None)
    came_back = {c.letter for i in dead.invoices for c in i.climbs if c.letter and c.message_id in event.message_ids}
    effects = (WithdrawLetters(None, why), ReturnLetters(tuple(sorted(came_back)), why), RaiseMatter(matter))
    return Decision(_without_climbs(dead, came_back), effects, ((None, why),))


def _without_climbs(client: Client, letters: Collection[str]) -> Client:
    """A rung whose letter nobody got was not climbed."""
    return replace(
        client,
        invoices=tuple(
            replace(invoice, climbs=tuple(climb for climb in invoice.climbs if climb.letter not in letters))
            for invoice in client.invoices
        ),
    )


def _with_reach(client: Client, address: str, reach: Reachability) -> tuple[Contact, ...]:
    return tuple(replace(c, reachability=reach) if c.email == address else c for c in client.contacts)


def _hold_asked(client: Client, event: HoldAsked, now: datetime) -> Decision:
    hold = Hold(
        next_hold_id(client),
        event.invoice,
        HeldBy.OPERATOR,
        None,
        now,
        event.until,
        event.until is not None,
        event.note,
    )
    numbers = None if event.invoice is None else (event.invoice,)
    why = held_because(hold)
    dated = [] if event.until is None else [each for each in client.standing_holds if _takes_a_day(each, event)]
    holds = tuple(replace(each, until=event.until, lapses=True) if each in dated else each for each in client.holds)
    keys = sorted({f"hold:{each.id}" for each in dated} | {f"mail:{each.mail_id}" for each in dated if each.mail_id})
    closing = (CloseMatters(None, (), key) for key in keys)
    return Decision(
        replace(client, holds=(*holds, hold)), (WithdrawLetters(numbers, why), *closing), ((event.invoice, why),)
    )


def _takes_a_day(hold: Hold, asked: HoldAsked) -> bool:
    """Whether a hold that waits for a human ends on the day that the operator sets: one of a client's words.

    A dispute is settled by a word of its own, and so are announced bank details and an address that is dead.
    """
    reached = asked.invoice is None or hold.invoice == asked.invoice
    return reached and not hold.lapses and hold.by is HeldBy.PERSON and hold.intent not in (None, Intent.DISPUTE)


def _hold_released(client: Client, event: HoldReleased, now: datetime) -> Decision:
    """A human lifts holds: those that stop the invoice, the client's own among them.

    Without an invoice: the client's own holds, and a dispute of one invoice stays; where there are none, all.
    """
    wide = event.invoice is None and any(hold.invoice is None for hold in client.standing_holds)
    if event.invoice is None and not wide:
        reached = {hold.id for hold in client.standing_holds}
    else:
        reached = {hold.id for hold in client.standing_holds if hold.invoice in (None, event.invoice)}
    if not reached and not any(i.standing in _RELEASED for i in client.invoices if event.invoice in (None, i.number)):
        asked = CloseMatters(None if event.invoice is None else (event.invoice,), (MatterKind.CLAIM,))
        seen = CloseMatters(None, (MatterKind.STRANGER,))
        return Decision(client, (seen, asked), ((event.invoice, because("nothing_was_held")),))
    free, closing = lifted(client, [hold for hold in client.standing_holds if hold.id in reached], now)
    stopped = {hold.invoice for hold in free.standing_holds}
    invoices = tuple(
        replace(invoice, standing=_RELEASED.get(invoice.standing, invoice.standing))
        if event.invoice in (None, invoice.number) and invoice.number not in stopped
        else invoice
        for invoice in free.invoices
    )
    numbers: tuple[str, ...] | None = None if event.invoice is None or not free.standing_holds else (event.invoice,)
    if wide and free.standing_holds:
        numbers = ()  # what the client's own holds asked is closed by its key; the rest still waits for an answer
    kinds = (MatterKind.REPLY, MatterKind.CLAIM, MatterKind.BOUNCE, MatterKind.REFUSED, MatterKind.DIVERSION)
    return Decision(
        replace(free, invoices=invoices),
        (
            CloseMatters(numbers, kinds),
            CloseMatters(None, (MatterKind.STRANGER,)),
            *closing,
            *_bounces_seen(client.standing_holds, reached),
        ),
        ((event.invoice, because("released", note=event.note or None)),),
    )


def _bounces_seen(holds: Collection[Hold], reached: Collection[int]) -> list[CloseMatters]:
    """The operator who lifts a bounce's hold has dealt with the address."""
    seen = any(h.id in reached and h.by is HeldBy.MACHINE and h.intent is None and not h.lapses for h in holds)
    return [CloseMatters(None, (MatterKind.BOUNCE,))] if seen else []
