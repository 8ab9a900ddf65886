"""Lifting holds: what a settled invoice, or the operator, makes pointless."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from mailbot.core.client import Client, Hold
from mailbot.core.effects import CloseMatters
from mailbot.core.intent import Intent
from mailbot.core.replies import without_idle_promises


def without_moot_holds(
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
    return lifted(client, moot, now)


def lifted(client: Client, holds: Collection[Hold], now: datetime) -> tuple[Client, list[CloseMatters]]:
    """The client without these holds, and what the operator need not answer any more."""
    gone = {hold.id for hold in holds}
    after = replace(
        client, holds=tuple(replace(hold, lifted_at=now) if hold.id in gone else hold for hold in client.holds)
    )
    waiting = {hold.mail_id for hold in after.standing_holds}
    keys = [f"hold:{hold.id}" for hold in holds if not hold.lapses]
    keys += sorted({f"mail:{hold.mail_id}" for hold in holds if hold.mail_id and hold.mail_id not in waiting})
    return without_idle_promises(after), [CloseMatters(None, (), key) for key in keys]
