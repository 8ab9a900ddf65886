"""The decider: what follows from an event. Pure, total, and closed over the union of events."""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from mailbot.core.client import Client, Contact, HeldBy, Hold, Invoice, Reachability, Standing
from mailbot.core.effects import (
    CloseMatters,
    Decision,
    Effect,
    RaiseMatter,
    RecordPayment,
    SendLetter,
    WithdrawLetters,
)
from mailbot.core.events import (
    AutoReplied,
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
from mailbot.core.matter import MatterKind, NewMatter
from mailbot.core.policy import Policy
from mailbot.core.reason import because
from mailbot.core.replies import auto_replied, next_hold_id, reply_received, with_invoice
from mailbot.core.review import time_passed

# The standing in which the operator's release leaves an invoice.
_RELEASED = {Standing.PROMISED: Standing.OPEN, Standing.DISPUTED: Standing.OPEN}


def decide(client: Client, event: Event, policy: Policy, now: datetime) -> Decision:
    """What follows from an event for this client. Never raises on what can arrive from outside."""
    match event:
        case ReplyReceived():
            return reply_received(client, event, policy, now)
        case AutoReplied():
            return auto_replied(client, event, policy, now)
        case DeliveryFailed():
            return _delivery_failed(client, event, policy, now)
        case PaymentReceived():
            return _payment_received(client, event, policy, now)
        case HoldAsked():
            return _hold_asked(client, event, now)
        case HoldReleased():
            return _hold_released(client, event, now)
        case InvoiceCancelled():
            return _cancelled(client, event)
        case TimePassed():
            return time_passed(client, policy, now, silent=event.silent)
        case _:
            assert_never(event)


def _delivery_failed(client: Client, event: DeliveryFailed, policy: Policy, now: datetime) -> Decision:
    """A bounce. Hard: the address is dead and the operator is told. Temporary: wait, and say so."""
    known = [contact for contact in client.contacts if contact.email == event.address]
    if not known:
        return Decision(client, because=((None, because("bounce_of_unknown_address")),))
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
    why = because("address_dead" if event.dead else "letter_returned", words=event.diagnostic or None)
    return Decision(dead, (WithdrawLetters(None, why), RaiseMatter(matter)), ((None, why),))


def _with_reach(client: Client, address: str, reach: Reachability) -> tuple[Contact, ...]:
    return tuple(replace(c, reachability=reach) if c.email == address else c for c in client.contacts)


def _payment_received(client: Client, event: PaymentReceived, policy: Policy, now: datetime) -> Decision:
    """Proven money: the ledger has it, waiting letters are withdrawn, and a thank-you goes out."""
    invoice = client.invoice(event.invoice)
    if invoice is None:
        return Decision(client, because=((None, because("payment_for_unknown_invoice", number=event.invoice)),))
    paid = replace(invoice, paid=invoice.paid + event.amount)
    settled = paid.balance.amount <= 0
    if settled and invoice.live:
        paid = _settled(paid, event)
    elif not settled and not invoice.live and invoice.standing is Standing.SETTLED:
        paid = replace(paid, standing=Standing.OPEN)
    lifted = tuple(
        replace(hold, lifted_at=now)
        if hold.lifted_at is None and _ends_with_money(hold, invoice.number, settled)
        else hold
        for hold in client.holds
    )
    after = replace(with_invoice(client, paid), holds=lifted)
    why = because("settled" if settled else "part_paid", amount=event.amount, on=event.paid_on, source=event.source)
    effects: list[Effect] = [RecordPayment(event), WithdrawLetters((invoice.number,), why)]
    if settled:
        effects.append(CloseMatters((invoice.number,)))
    contact = recipient(after)
    hard_times = any(hold.invoice is None and not hold.lapses for hold in after.standing_holds)
    if policy.thank and contact and event.amount.amount > 0 and invoice.live and not hard_times:
        effects.append(SendLetter(Tone("thanks"), contact, (invoice.number,), payment=event))
    return Decision(after, tuple(effects), ((invoice.number, why),))


def _ends_with_money(hold: Hold, number: str, settled: bool) -> bool:
    if hold.invoice == number:
        return settled or hold.intent is Intent.PAYMENT_CLAIMED
    return False


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
    """A human lifts holds: those that stop the invoice, the client's own among them; without an invoice, all."""
    reached = {
        hold.id for hold in client.standing_holds if event.invoice is None or hold.invoice in (None, event.invoice)
    }
    if not reached and not any(i.standing in _RELEASED for i in client.invoices if event.invoice in (None, i.number)):
        return Decision(client, because=((event.invoice, because("nothing_was_held")),))
    holds = tuple(replace(hold, lifted_at=now) if hold.id in reached else hold for hold in client.holds)
    invoices = tuple(
        replace(invoice, standing=_RELEASED.get(invoice.standing, invoice.standing))
        if event.invoice in (None, invoice.number)
        else invoice
        for invoice in client.invoices
    )
    numbers = None if event.invoice is None else (event.invoice,)
    kinds = (MatterKind.REPLY, MatterKind.CLAIM, MatterKind.BOUNCE)
    return Decision(
        replace(client, holds=holds, invoices=invoices),
        (CloseMatters(numbers, kinds),),
        ((event.invoice, because("released", note=event.note or None)),),
    )


def _cancelled(client: Client, event: InvoiceCancelled) -> Decision:
    invoice = client.invoice(event.invoice)
    if invoice is None or not invoice.live:
        return Decision(client, because=((event.invoice, because("nothing_to_cancel")),))
    why = because("cancelled", note=event.note or None)
    after = with_invoice(client, replace(invoice, standing=Standing.WRITTEN_OFF))
    return Decision(
        after, (WithdrawLetters((invoice.number,), why), CloseMatters((invoice.number,))), ((invoice.number, why),)
    )
