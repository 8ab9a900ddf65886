"""The operator said what a client's mail meant: what followed from the first reading gives way to that (law 4)."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime

from mailbot.core.client import Client, Hold, Invoice, Standing
from mailbot.core.effects import CloseMatters, Decision, Effect, RaiseMatter
from mailbot.core.events import AutoReplied, MeaningTold, ReplyReceived
from mailbot.core.intent import Intent
from mailbot.core.lifting import lifted
from mailbot.core.matter import MatterKind
from mailbot.core.policy import Policy
from mailbot.core.reason import because
from mailbot.core.replies import auto_replied, reply_received


def meaning_told(client: Client, event: MeaningTold, policy: Policy, now: datetime) -> Decision:
    """Lift the holds that this mail brought, then do what its meaning asks for; holds of other mails stay.

    The operator vouches for the sender, so the sender is not doubted. They know already, so nobody is alarmed.
    """
    own = [hold for hold in client.standing_holds if hold.mail_id == event.mail_id]
    free, closing = lifted(_without_misread(client, own, event.sent_on), own, now)
    free = _as_meant(free, own, event.reading.intent)
    said = because("meant", intent=event.reading.intent.value, until=event.reading.until)
    decision = _decided(free, event, policy, now)
    seen = CloseMatters(None, (MatterKind.REPLY, MatterKind.STRANGER), f"mail:{event.mail_id}")
    effects = [*closing, seen, *(_calm(effect) for effect in decision.effects)]
    after = replace(decision.client, answered_at=client.answered_at)
    return Decision(after, tuple(effects), ((None, said), *decision.because))


def _decided(client: Client, event: MeaningTold, policy: Policy, now: datetime) -> Decision:
    reading = event.reading
    if reading.intent is Intent.AUTO_REPLY:
        return auto_replied(client, AutoReplied(reading, event.sender, event.sent_on, event.mail_id), policy, now)
    told = ReplyReceived(reading, event.invoices, event.sender, event.sent_on, event.mail_id)
    return reply_received(client, told, policy, now)


def _without_misread(client: Client, own: Collection[Hold], sent_on: date) -> Client:
    """Undo what the first reading made of the invoices: a promise that was none, a dispute that was none."""
    intents = {hold.intent for hold in own}
    others = [hold for hold in client.standing_holds if hold not in own]
    disputed = {hold.invoice for hold in others if hold.intent is Intent.DISPUTE}

    def mended(invoice: Invoice) -> Invoice:
        if all(hold.invoice not in (None, invoice.number) for hold in own):
            return invoice
        if Intent.PROMISE_TO_PAY in intents:
            kept = tuple(one for one in invoice.promises if one.kept is not None or one.made_on != sent_on)
            invoice = replace(invoice, promises=kept)
        contested = None in disputed or invoice.number in disputed
        if Intent.DISPUTE in intents and invoice.standing is Standing.DISPUTED and not contested:
            invoice = replace(invoice, standing=Standing.OPEN)
        return invoice

    return replace(client, invoices=tuple(mended(invoice) for invoice in client.invoices))


def _as_meant(client: Client, own: Collection[Hold], intent: Intent) -> Client:
    """Holds that were misread had no such reason: the next letter speaks of no hard times that nobody had."""
    misread = {hold.id for hold in own if hold.intent is not intent}
    return replace(
        client, holds=tuple(replace(hold, intent=None) if hold.id in misread else hold for hold in client.holds)
    )


def _calm(effect: Effect) -> Effect:
    return RaiseMatter(replace(effect.matter, urgent=False)) if isinstance(effect, RaiseMatter) else effect
