"""What follows when the books change: money that came or went, claims that got smaller, entries that are taken back."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from mailbot.core.client import Client, Invoice, Standing
from mailbot.core.effects import CloseMatters, CorrectThanks, Decision, Effect, Post, SendLetter, WithdrawLetters
from mailbot.core.events import (
    ClaimReduced,
    CreditUsed,
    EntryUndone,
    InvoiceCancelled,
    MoneyReturned,
    PaymentReceived,
)
from mailbot.core.ladder import Tone, recipient
from mailbot.core.leave import rest_unsaid, stops_courtesies
from mailbot.core.ledger import (
    Before,
    Entry,
    EntryKind,
    NewEntry,
    credit_of,
    received,
    reversal,
    sound,
    with_credit,
)
from mailbot.core.lifting import without_moot_holds
from mailbot.core.money import Money
from mailbot.core.policy import Policy
from mailbot.core.reason import Reason, because
from mailbot.core.replies import with_invoice, without_idle_promises

_GIVES_UP = (EntryKind.WRITE_OFF, EntryKind.CANCELLATION, EntryKind.CREDIT_NOTE)
_ASKS_LESS = (*_GIVES_UP, EntryKind.FEE, EntryKind.DISCOUNT)
_THANKED_WITHIN = timedelta(days=31)  # statements come once a month; thanks for older money puzzle


@dataclass(frozen=True, slots=True)
class _Change:
    """An entry in the making: the three amounts and what is known about it."""

    kind: EntryKind
    cash: Money
    paid: Money
    waived: Money
    booked_on: date
    source: str
    reference: str = ""
    note: str = ""


def payment_received(client: Client, event: PaymentReceived, policy: Policy, now: datetime) -> Decision:
    """Proven money: the ledger has it, waiting letters are withdrawn, and a thank-you goes out.

    What an invoice does not ask for any more stays the client's credit.
    """
    invoice = client.invoice(event.invoice)
    if invoice is None or invoice.amount.currency != event.amount.currency:
        return Decision(client, because=((None, because("payment_for_unknown_invoice", number=event.invoice)),))
    if event.amount.amount <= 0:
        back = Money.of(-event.amount.amount, event.amount.currency)
        taken = (EntryKind.CHARGEBACK, event.invoice, back, event.paid_on, event.source, event.reference)
        return money_returned(client, MoneyReturned(*taken), now)
    got = received(invoice, event.amount)
    nothing = Money.of(0, got.currency)
    change = _Change(EntryKind.PAYMENT, event.amount, got, nothing, event.paid_on, event.source, event.reference)
    settled = (invoice.live and got == invoice.balance) or not invoice.live
    why = because("settled" if settled else "part_paid", amount=event.amount, on=event.paid_on, source=event.source)
    reasons = [why]
    if over := event.amount - got:
        reasons.append(because("overpaid", amount=over))
    decision = _booked(client, invoice, change, now, reasons)
    if policy.calendar(client).local_day(now) - event.paid_on > _THANKED_WITHIN:
        return _unthanked(decision, invoice, because("thanks_too_late", on=event.paid_on))
    return _thanked(decision, invoice, policy, event, now) if event.thank else _corrected(decision, invoice)


def _thanked(
    decision: Decision, before: Invoice, policy: Policy, event: PaymentReceived | None, now: datetime
) -> Decision:
    """With a thank-you, unless the invoice was closed before, or the client goes through hard times.

    Thanks for a part tell the rest: not while that is contested, and the reminders wait as after an answer.
    """
    client = decision.client
    contact = recipient(client)
    hard_times = any(stops_courtesies(hold) for hold in client.standing_holds)
    if not policy.thank or contact is None or not before.live or hard_times:
        return decision
    after = client.invoice(before.number)
    if after is not None and rest_unsaid(client, after):
        return _unthanked(decision, before, because("thanks_held"))
    if after is not None and after.live:
        client = replace(client, answered_at=now)
    letter = SendLetter(Tone("thanks"), contact, (before.number,), payment=event)
    return replace(decision, client=client, effects=(*decision.effects, letter))


def _unthanked(decision: Decision, invoice: Invoice, why: Reason) -> Decision:
    """Without a thank-you, and without one that waits and tells another rest."""
    if not invoice.live:
        return decision
    decision = _corrected(decision, invoice, gone=True)
    return replace(decision, because=(*decision.because, (invoice.number, why)))


def _corrected(decision: Decision, invoice: Invoice, *, gone: bool = False) -> Decision:
    """With thanks that still wait put right; `gone`: what they thanked for is there no more."""
    after = decision.client.invoice(invoice.number)
    if not decision.effects or after is None:
        return decision
    keep = not gone and after.paid.amount > 0
    return replace(decision, effects=(*decision.effects, CorrectThanks(invoice.number, keep)))


def claim_reduced(client: Client, event: ClaimReduced, policy: Policy, now: datetime) -> Decision:
    """Less is asked for. A credit note on what was paid already makes the difference the client's credit."""
    invoice = client.invoice(event.invoice)
    if invoice is None or invoice.amount.currency != event.amount.currency:
        return Decision(client, because=((None, because("payment_for_unknown_invoice", number=event.invoice)),))
    room = invoice.amount - invoice.given_up if event.kind is EntryKind.CREDIT_NOTE else invoice.balance
    if not Money.of(0, room.currency) < event.amount or room < event.amount:
        return Decision(client, because=((event.invoice, because("more_than_is_owed", amount=event.amount)),))
    freed = max(event.amount - invoice.balance, Money.of(0, room.currency))
    change = _Change(
        event.kind, Money.of(0, room.currency), Money.of(-freed.amount, room.currency), event.amount,
        event.booked_on, event.source, event.reference, event.note,
    )  # fmt: skip
    why = because(f"booked_{event.kind}", amount=event.amount, note=event.note or None)
    decision = _booked(client, invoice, change, now, [why])
    after = decision.client.invoice(invoice.number)
    small = event.kind in (EntryKind.FEE, EntryKind.DISCOUNT)
    if small and invoice.paid and after is not None and not after.live:
        return _thanked(decision, invoice, policy, None, now)
    return _corrected(decision, invoice)


def invoice_cancelled(client: Client, event: InvoiceCancelled, policy: Policy, now: datetime) -> Decision:
    """The claim is given up, or it was never due."""
    invoice = client.invoice(event.invoice)
    if invoice is None or not invoice.live:
        return Decision(client, because=((event.invoice, because("nothing_to_cancel")),))
    nothing = Money.of(0, invoice.amount.currency)
    on = event.booked_on or policy.calendar(client).local_day(now)
    change = _Change(EntryKind.CANCELLATION, nothing, nothing, invoice.balance, on, "operator", note=event.note)
    return _corrected(_booked(client, invoice, change, now, [because("cancelled", note=event.note or None)]), invoice)


def money_returned(client: Client, event: MoneyReturned, now: datetime) -> Decision:
    """A refund is paid from the client's credit; a chargeback opens the invoice again for what that does not cover."""
    invoice = client.invoice(event.invoice) if event.invoice else None
    credit = credit_of(client, event.amount.currency)
    nothing = Money.of(0, event.amount.currency)
    if event.amount <= nothing or (invoice is not None and invoice.amount.currency != event.amount.currency):
        return Decision(client, because=((event.invoice, because("more_than_was_paid", amount=event.amount)),))
    from_invoice = nothing
    if event.kind is EntryKind.CHARGEBACK and invoice is not None:
        from_invoice = min(max(event.amount - credit, nothing), invoice.paid)
    if credit + from_invoice < event.amount:
        code = "more_than_credit" if event.kind is EntryKind.REFUND else "more_than_was_paid"
        return Decision(client, because=((event.invoice, because(code, amount=event.amount, credit=credit)),))
    change = _Change(
        event.kind, Money.of(-event.amount.amount, nothing.currency), Money.of(-from_invoice.amount, nothing.currency),
        nothing, event.booked_on, event.source, event.reference, event.note,
    )  # fmt: skip
    why = because(f"booked_{event.kind}", amount=event.amount, on=event.booked_on, note=event.note or None)
    decision = _booked(client, invoice, change, now, [why])
    return _corrected(decision, invoice, gone=True) if invoice is not None else decision


def credit_used(client: Client, event: CreditUsed, policy: Policy, now: datetime) -> Decision:
    """Money that the client had paid too much pays another invoice."""
    invoice = client.invoice(event.invoice)
    if invoice is None or invoice.amount.currency != event.amount.currency:
        return Decision(client, because=((None, because("payment_for_unknown_invoice", number=event.invoice)),))
    nothing = Money.of(0, event.amount.currency)
    room = min(invoice.balance, credit_of(client, event.amount.currency)) if invoice.live else nothing
    if event.amount <= nothing or room < event.amount:
        return Decision(client, because=((event.invoice, because("more_than_credit", amount=event.amount)),))
    change = _Change(EntryKind.CREDIT_USED, nothing, event.amount, nothing, event.booked_on, event.source)
    decision = _booked(client, invoice, change, now, [because("booked_credit_used", amount=event.amount)])
    told = _thanked(decision, invoice, policy, None, now)
    effects = tuple(replace(one, credit=event.amount) if isinstance(one, SendLetter) else one for one in told.effects)
    return replace(told, effects=effects)


def entry_undone(client: Client, event: EntryUndone) -> Decision:
    """An entry is taken back, and with it what it changed: standing, promises, holds. Climbs were never touched.

    What was decided meanwhile stays: holds that came later, letters that left.
    """
    entry = event.entry
    invoice = client.invoice(entry.invoice) if entry.invoice else None
    back = reversal(entry, event.booked_on, event.source, event.note)
    after = None if invoice is None else _with_amounts(invoice, back)
    credit = credit_of(client, entry.cash.currency) + back.credit
    if not entry.stands or not sound(after, credit) or (entry.invoice and invoice is None):
        return Decision(client, because=((entry.invoice, because("not_undone", entry=entry.id)),))
    why = because("undone", amount=entry.amount, entry=entry.id, note=event.note or None)
    if after is not None:
        after = replace(after, standing=_standing_again(after, entry))
        if entry.before is not None:
            open_again = set(entry.before.promises)
            promises = tuple(
                replace(p, kept=None) if (p.made_on, p.due_on) in open_again else p for p in after.promises
            )
            after = replace(after, promises=promises)
        client = with_invoice(client, after)
        client = without_idle_promises(_with_holds_again(client, entry))
        if entry.before is not None and client.answered_at == entry.recorded_at:
            client = replace(client, answered_at=entry.before.answered_at)
    client = replace(client, credit=with_credit(client.credit, back.credit))
    effects: list[Effect] = [Post(back)]
    if after is not None and not after.live:
        effects += [WithdrawLetters((after.number,), why), CloseMatters((after.number,))]
    decision = Decision(client, tuple(effects), ((entry.invoice, why),))
    return decision if after is None else _corrected(decision, after, gone=entry.kind not in _ASKS_LESS)


def _standing_again(after: Invoice, entry: Entry) -> Standing:
    before = entry.before.standing if entry.before else Standing.OPEN
    closed = (Standing.SETTLED, Standing.WRITTEN_OFF)
    if after.balance.amount <= 0:
        return after.standing if not after.live else before if before in closed else Standing.SETTLED
    if after.live:
        return after.standing
    return Standing.OPEN if before in closed else before


def _with_holds_again(client: Client, entry: Entry) -> Client:
    lifted = entry.before.holds if entry.before else ()
    return replace(
        client,
        holds=tuple(
            replace(hold, lifted_at=None) if hold.id in lifted and hold.lifted_at == entry.recorded_at else hold
            for hold in client.holds
        ),
    )


def _booked(client: Client, invoice: Invoice | None, change: _Change, now: datetime, reasons: list[Reason]) -> Decision:
    """The client with the entry, and what follows for the ladder."""
    number = invoice.number if invoice else None
    entry = NewEntry(
        change.kind, number, change.cash, change.paid, change.waived,
        change.booked_on, change.source, change.reference, change.note,
    )  # fmt: skip
    after = replace(client, credit=with_credit(client.credit, entry.credit))
    closing: list[CloseMatters] = []
    if invoice is not None:
        changed = _restanding(_with_amounts(invoice, entry), change)
        settled = not changed.live
        after, closing = without_moot_holds(with_invoice(after, changed), invoice.number, now, settled=settled)
        if settled:
            closing.append(CloseMatters((invoice.number,)))
        entry = replace(entry, before=_before(client, after, invoice))
    effects: list[Effect] = [Post(entry)]
    if invoice is not None:
        effects.append(WithdrawLetters((invoice.number,), reasons[0]))
    return Decision(after, (*effects, *closing), tuple((number, reason) for reason in reasons))


def _with_amounts(invoice: Invoice, entry: NewEntry) -> Invoice:
    waived = invoice.given_up + entry.waived
    return replace(invoice, paid=invoice.paid + entry.paid, waived=waived or None)


def _restanding(invoice: Invoice, change: _Change) -> Invoice:
    """Closed once nothing is owed, open again once something is."""
    if invoice.balance.amount > 0:
        return invoice if invoice.live else replace(invoice, standing=Standing.OPEN)
    if not invoice.live:
        return invoice
    given_up = change.kind in (EntryKind.WRITE_OFF, EntryKind.CANCELLATION)
    given_up = given_up or (change.kind in _GIVES_UP and not invoice.paid)
    promises = tuple(
        replace(promise, kept=change.booked_on <= promise.due_on) if promise.kept is None and not given_up else promise
        for promise in invoice.promises
    )
    return replace(invoice, standing=Standing.WRITTEN_OFF if given_up else Standing.SETTLED, promises=promises)


def _before(client: Client, after: Client, invoice: Invoice) -> Before:
    """What must be put back if this is undone."""
    now = after.invoice(invoice.number)
    decided = {(p.made_on, p.due_on) for p in now.promises if p.kept is not None} if now else set()
    still = {hold.id for hold in after.standing_holds}
    return Before(
        invoice.standing,
        tuple((p.made_on, p.due_on) for p in invoice.promises if p.kept is None and (p.made_on, p.due_on) in decided),
        tuple(hold.id for hold in client.standing_holds if hold.id not in still),
        client.answered_at,
    )
