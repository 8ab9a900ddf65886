"""Money is said to have come, and it is not proven: the ladder waits, the operator decides (law 5)."""

from dataclasses import replace
from datetime import datetime, timedelta

from mailbot.core.client import Client, HeldBy, Hold
from mailbot.core.effects import Decision, Effect, RaiseMatter, WithdrawLetters
from mailbot.core.events import PaymentReported
from mailbot.core.intent import Intent
from mailbot.core.ladder import held_because
from mailbot.core.matter import MatterKind, NewMatter
from mailbot.core.policy import Policy
from mailbot.core.reason import Reason, because
from mailbot.core.replies import next_hold_id

# A forged report may stop an invoice once in this time, and never again and again.
_DOUBT_AGAIN = timedelta(days=60)


def payment_reported(client: Client, event: PaymentReported, policy: Policy, now: datetime) -> Decision:
    """Hold what the report names. A doubtful one holds for the bank's time and then lapses, as words of anybody do."""
    held = client
    reasons: list[tuple[str | None, Reason]] = []
    stopped: list[str] = []
    calendar = policy.calendar(client)
    until = calendar.add_working_days(calendar.local_day(now), policy.claim_days) if event.doubtful else None
    for number in event.invoices:
        invoice = client.invoice(number)
        if invoice is None or not invoice.live or _known(held, event, number, now):
            continue
        hold = Hold(next_hold_id(held), number, HeldBy.MACHINE, Intent.PAYMENT_CLAIMED, now, until)
        hold = replace(hold, lapses=event.doubtful, evidence=event.words, mail_id=event.mail_id)
        held = replace(held, holds=(*held.holds, hold))
        stopped.append(number)
        reasons.append((number, held_because(hold)))
    effects: list[Effect] = []
    if stopped:
        effects.append(WithdrawLetters(tuple(stopped), because("payment_reported", words=event.words)))
    if event.key:
        about = event.invoices[0] if len(event.invoices) == 1 else None
        facts = event.facts | {"words": event.words}
        if until is not None and stopped:
            facts |= {"lapses_on": until.isoformat()}
        matter = NewMatter(
            MatterKind.CLAIM, now, client.id, about, event.key, event.urgent, mail_id=event.mail_id, facts=facts
        )
        effects.append(RaiseMatter(matter))
    if not reasons:
        reasons.append((None, because("payment_reported", words=event.words)))
    return Decision(held, tuple(effects), tuple(reasons))


def _known(client: Client, event: PaymentReported, number: str, now: datetime) -> bool:
    """Whether this report holds already, or a doubtful one has held this invoice lately."""
    for hold in client.holds:
        if hold.invoice != number or hold.by is not HeldBy.MACHINE or hold.intent is not Intent.PAYMENT_CLAIMED:
            continue
        if hold.lifted_at is None and hold.evidence == event.words:
            return True
        if event.doubtful and (hold.lifted_at is None or now - hold.since < _DOUBT_AGAIN):
            return True
    return False
