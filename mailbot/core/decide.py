"""The decider: what follows from an event. Pure, total, and closed over the union of events."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from mailbot.core.client import Client, Contact, HeldBy, Hold, Invoice, Reachability, Standing
from mailbot.core.doubted import bank_change_announced, doubted_reply
from mailbot.core.effects import (
    CloseMatters,
    Decision,
    Effect,
    RaiseMatter,
    RecordPayment,
    ReturnLetters,
    SendLetter,
    WithdrawLetters,
)
from mailbot.core.events import (
    AutoReplied,
    BankChangeAnnounced,
    DeliveryFailed,
    Event,
    HoldAsked,
    HoldReleased,
    InvoiceCancelled,
    PaymentReceived,
    ReplyReceived,
    TimePassed,
)
from mailbot.core.intent import Intent
from mailbot.core.ladder import Tone, held_because, recipient
from mailbot.core.leave import stops_courtesies
from mailbot.core.matter import MatterKind, NewMatter
from mailbot.core.policy import Policy
from mailbot.core.reason import Reason, because
from mailbot.core.replies import (
    auto_replied,
    next_hold_id,
    reply_received,
    with_invoice,
    without_idle_promises,
)
from mailbot.core.review import time_passed

# The standing in which the operator's release leaves an invoice.
_RELEASED = {Standing.PROMISED: Standing.OPEN, Standing.DISPUTED: Standing.OPEN}


def decide(client: Client, event: Event, policy: Policy, now: datetime) -> Decision:
    """What follows from an event for this client. Never raises on what can arrive from outside."""
    match event:
        case ReplyReceived(doubt=Reason() as doubt):
            return doubted_reply(client, event, doubt, now)
        case ReplyReceived():
            return reply_received(client, event, policy, now)
        case AutoReplied():
            return auto_replied(client, event, policy, now)
        case BankChangeAnnounced():
            return bank_change_announced(client, event, now)
        case DeliveryFailed():
            return _delivery_failed(client, event, policy, now)
        case PaymentReceived():
            return _payment_received(client, event, policy, now)
        case HoldAsked():
            return _hold_asked(client, event, now)
        case HoldReleased():
            return _hold_released(client, event, now)
        case InvoiceCancelled():
            return _cancelled(client, event, now)
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


def _payment_received(client: Client, event: PaymentReceived, policy: Policy, now: datetime) -> Decision:
    """Proven money: the ledger has it, waiting letters are withdrawn, and a thank-you goes out."""
    invoice = client.invoice(event.invoice)
    if invoice is None or invoice.amount.currency != event.amount.currency:
        return Decision(client, because=((None, because("payment_for_unknown_invoice", number=event.invoice)),))
    paid = replace(invoice, paid=invoice.paid + event.amount)
    settled = paid.balance.amount <= 0
    if settled and invoice.live:
        paid = _settled(paid, event)
    elif not settled and not invoice.live and invoice.standing is Standing.SETTLED:
        paid = replace(paid, standing=Standing.OPEN)
    after, closing = _without_moot_holds(with_invoice(client, paid), invoice.number, now, settled=settled)
    why = because("settled" if settled else "part_paid", amount=event.amount, on=event.paid_on, source=event.source)
    effects: list[Effect] = [RecordPayment(event), WithdrawLetters((invoice.number,), why)]
    effects += closing
    if settled:
        effects.append(CloseMatters((invoice.number,)))
    contact = recipient(after)
    hard_times = any(stops_courtesies(hold) for hold in after.standing_holds)
    if policy.thank and contact and event.amount.amount > 0 and invoice.live and not hard_times:
        effects.append(SendLetter(Tone("thanks"), contact, (invoice.number,), payment=event))
    return Decision(after, tuple(effects), ((invoice.number, why),))


def _without_moot_holds(
    client: Client, number: str, now: datetime, *, settled: bool
) -> tuple[Client, list[CloseMatters]]:
    """Lift what a closed invoice needs no more; once nothing is owed, also words about money for the whole client."""
    owing = any(invoice.live for invoice in client.invoices)
    moot = [
        hold
        for hold in client.standing_holds
        if (hold.invoice == number and (settled or hold.intent is Intent.PAYMENT_CLAIMED))
        or (hold.invoice is None and not owing and hold.intent in (Intent.PAYMENT_CLAIMED, Intent.PROMISE_TO_PAY))
    ]
    return _lifted(client, moot, now)


def _lifted(client: Client, holds: Collection[Hold], now: datetime) -> tuple[Client, list[CloseMatters]]:
    """The client without these holds, and what the operator need not answer any more."""
    gone = {hold.id for hold in holds}
    after = replace(
        client, holds=tuple(replace(hold, lifted_at=now) if hold.id in gone else hold for hold in client.holds)
    )
    waiting = {hold.mail_id for hold in after.standing_holds}
    keys = [f"hold:{hold.id}" for hold in holds if not hold.lapses]
    keys += sorted({f"mail:{hold.mail_id}" for hold in holds if hold.mail_id and hold.mail_id not in waiting})
    return without_idle_promises(after), [CloseMatters(None, (), key) for key in keys]


def _settled(invoice: Invoice, event: PaymentReceived) -> Invoice:
    promises = tuple(
        replace(promise, kept=event.paid_on <= promise.due_on) if promise.kept is None else promise
        for promise in invoice.promises
    )
    return replace(invoice, standing=Standing.SETTLED, promises=promises)


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
    return Decision(
        replace(client, holds=(*client.holds, hold)), (WithdrawLetters(numbers, why),), ((event.invoice, why),)
    )


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
    free, closing = _lifted(client, [hold for hold in client.standing_holds if hold.id in reached], now)
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


def _cancelled(client: Client, event: InvoiceCancelled, now: datetime) -> Decision:
    invoice = client.invoice(event.invoice)
    if invoice is None or not invoice.live:
        return Decision(client, because=((event.invoice, because("nothing_to_cancel")),))
    why = because("cancelled", note=event.note or None)
    gone = with_invoice(client, replace(invoice, standing=Standing.WRITTEN_OFF))
    after, closing = _without_moot_holds(gone, invoice.number, now, settled=True)
    effects: list[Effect] = [WithdrawLetters((invoice.number,), why), CloseMatters((invoice.number,)), *closing]
    return Decision(after, tuple(effects), ((invoice.number, why),))
