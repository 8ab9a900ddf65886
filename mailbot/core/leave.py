"""Whether a letter may leave now: the last look before the door (law 6)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailbot.core.client import Client, HeldBy, Hold, Invoice, Standing
from mailbot.core.ladder import blocking_holds, held_because
from mailbot.core.policy import Policy
from mailbot.core.reason import Reason, because

_LOOK_AGAIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Go:
    """It may leave."""


@dataclass(frozen=True, slots=True)
class Wait:
    """It may not leave before `until`."""

    until: datetime
    why: Reason


@dataclass(frozen=True, slots=True)
class Withdraw:
    """It must not leave any more; the ladder will write a fresh one when its time comes."""

    why: Reason


Leave = Go | Wait | Withdraw


def stops_courtesies(hold: Hold) -> bool:
    """Whether even thanks and acknowledgements would hurt: the whole client is held until a human has looked."""
    return hold.invoice is None and not hold.lapses


def rest_unsaid(client: Client, invoice: Invoice) -> bool:
    """Whether nobody shall speak of what is open: it is contested, or a human has to look first (law 4)."""
    if not invoice.live:
        return False
    holds = blocking_holds(client, invoice)
    return invoice.standing is Standing.DISPUTED or any(not h.lapses or h.by is HeldBy.OPERATOR for h in holds)


def _unkind(client: Client, invoices: Collection[str], decided_at: datetime, *, thanking: bool) -> Reason | None:
    """Why a letter that climbs nothing would hurt after all."""
    grave = next((h for h in client.standing_holds if h.since > decided_at and stops_courtesies(h)), None)
    if grave is not None:
        return held_because(grave)
    unsaid = thanking and any(rest_unsaid(client, i) for i in client.invoices if i.number in invoices)
    return because("thanks_held") if unsaid else None


def may_leave(
    client: Client,
    invoices: Collection[str],
    policy: Policy,
    now: datetime,
    *,
    climbing: bool,
    chasing: bool,
    read_at: datetime | None,
    expires_at: datetime | None,
    decided_at: datetime,
    thanking: bool = False,
) -> Leave:
    """Judge a letter with the freshest knowledge there is; `read_at` is when the inbox was last read to its end.

    A letter that climbs a rung yields to any hold, settlement or dispute. One that chases also wants a fresh inbox,
    and keeps its distance from another that was decided or sent since `decided_at` (law 8). One that thanks tells what
    is still open, and does not where that is contested meanwhile.
    """
    if expires_at is not None and expires_at <= now:
        return Withdraw(because("expired", at=expires_at))
    if climbing:
        for number in invoices:
            invoice = client.invoice(number)
            if invoice is None:
                return Withdraw(because("invoice_gone"))
            if not invoice.live:
                return Withdraw(because(f"closed_{invoice.standing}"))
            if holds := blocking_holds(client, invoice):
                return Withdraw(held_because(holds[0]))
            if invoice.standing is Standing.DISPUTED:
                return Withdraw(because("held_dispute"))
    elif unkind := _unkind(client, invoices, decided_at, thanking=thanking):
        return Withdraw(unkind)
    calendar = policy.calendar(client)
    opening = calendar.opening_from(now)
    if chasing and client.chased_at is not None and client.chased_at > decided_at:
        chased_on = calendar.local_day(client.chased_at)
        free = calendar.opening_on(calendar.add_working_days(chased_on, policy.budget_gap_days))
        if free > now:
            gap = policy.budget_gap_days
            return Wait(free, because("budget", on=calendar.local_day(free), previous=chased_on, gap=gap))
    if opening > now:
        return Wait(opening, because("outside_hours", opens=opening))
    # A reading in the future was stamped before the clock was put back: nobody knows how old it is.
    if chasing and (read_at is None or abs(now - read_at) > timedelta(minutes=policy.freshness_minutes)):
        return Wait(now + _LOOK_AGAIN, because("inbox_stale", read=read_at))
    return Go()
