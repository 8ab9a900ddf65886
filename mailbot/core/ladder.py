"""The ladder: which rung of an invoice is due, when, and why not earlier. The rung is computed, never stepped."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from mailbot.core.calendar import WorkCalendar
from mailbot.core.client import Client, Contact, HeldBy, Hold, Invoice, Leaving, Reachability, Role, Standing
from mailbot.core.intent import Intent
from mailbot.core.policy import Act, Anchor, Policy, Rung
from mailbot.core.reason import Reason, because

# While these hold, the client's time runs on: they said themselves when the money comes.
_CLOCK_RUNS = frozenset({Intent.PROMISE_TO_PAY, Intent.PAYMENT_CLAIMED})
# After these the next letter is the softest one, whatever its rung.
_HARD_TIMES = frozenset({Intent.PERSONAL_EMERGENCY, Intent.FINANCIAL_DIFFICULTY})


@dataclass(frozen=True, slots=True)
class Outlook:
    """What comes next for one invoice. `at` is the earliest instant, or None where a human or nothing is awaited."""

    invoice: str
    rung: Rung | None
    at: datetime | None
    why: Reason

    def ready(self, now: datetime) -> bool:
        """Whether the rung may be climbed now."""
        return self.at is not None and self.at <= now


@dataclass(frozen=True, slots=True)
class Tone:
    """How a letter sounds: its template, a promise to mention, if hard times lie behind, if a document went out."""

    template: str
    broken_promise_on: date | None = None
    after_hold: bool = False
    after_documents: bool = False


def recipient(client: Client) -> Contact | None:
    """Who is written to: the billing desk if there is one, else the client, else an assistant; dead addresses never."""
    alive = [contact for contact in client.contacts if contact.reachability is not Reachability.DEAD]
    ranked = sorted(alive, key=lambda contact: (Role.BILLING, Role.CLIENT, Role.ASSISTANT).index(contact.role))
    return ranked[0] if ranked else None


def blocking_holds(client: Client, invoice: Invoice) -> tuple[Hold, ...]:
    """The standing holds that reach this invoice, those of people first."""
    reaching = [hold for hold in client.standing_holds if hold.invoice in (None, invoice.number)]
    return tuple(sorted(reaching, key=lambda hold: (hold.lapses, hold.since)))


def next_rung(client: Client, invoice: Invoice, policy: Policy) -> Rung | None:
    """The first rung that was not climbed; an invoice delivered by other means needs no invoice letter (law 7)."""
    for rung in policy.ladder(client.ladder):
        if rung.anchor is Anchor.ISSUED and invoice.delivered_on is not None:
            continue
        if invoice.climb(rung.name) is None:
            return rung
    return None


def outlook(client: Client, invoice: Invoice, policy: Policy, now: datetime) -> Outlook:
    """What comes next for this invoice, when, and why (laws 2, 4, 7, 8). Pure: same inputs, same answer."""
    number = invoice.number
    if not invoice.live:
        return Outlook(number, None, None, because(f"closed_{invoice.standing}"))
    rung = next_rung(client, invoice, policy)
    if rung is None:
        return Outlook(number, None, None, because("ladder_done"))
    moving = next((climb for climb in invoice.climbs if climb.state is not Leaving.GONE), None)
    if moving is not None:
        return Outlook(number, rung, None, because(f"letter_{moving.state}", rung=moving.rung))
    holds = blocking_holds(client, invoice)
    open_end = next((hold for hold in holds if not hold.lapses), None)
    if open_end is not None:
        return Outlook(number, rung, None, held_because(open_end))
    if invoice.standing is Standing.DISPUTED:
        return Outlook(number, rung, None, because("held_dispute"))
    if rung.act is Act.LETTER and recipient(client) is None:
        return Outlook(number, rung, None, because("no_address"))
    if rung.chasing and _letters_spent(client, invoice, policy):
        return Outlook(number, rung, None, because("budget_spent", rung=rung.name, letters=policy.budget_letters))
    day, why = _earliest_day(client, invoice, rung, policy)
    for hold in holds:
        if hold.until is not None and hold.until > day:
            day, why = hold.until, held_because(hold)
    calendar = policy.calendar(client)
    opening = calendar.opening_on(day)
    if opening <= now:
        return _ripe(client, Outlook(number, rung, opening, why), policy, now)
    if closed := calendar.closed(day):
        why = because("closed_day", rung=rung.name, day=day, closed=closed, on=calendar.local_day(opening))
    return Outlook(number, rung, opening, why)


def _ripe(client: Client, view: Outlook, policy: Policy, now: datetime) -> Outlook:
    """A rung whose day has come: now, in the next business hours, or looked at again the next day."""
    rung, calendar = view.rung, policy.calendar(client)
    if rung is not None and policy.firmer_waits is not None and is_firmer(policy.ladder(client.ladder), rung):
        tomorrow = calendar.local_day(now) + timedelta(days=1)
        return replace(view, at=calendar.opening_on(tomorrow), why=policy.firmer_waits)
    opening = calendar.opening_from(now)
    if rung is not None and opening > now:
        return replace(view, at=opening, why=because("outside_hours", rung=rung.name, opens=opening))
    return replace(view, at=opening)


def is_firmer(rungs: Sequence[Rung], rung: Rung) -> bool:
    """Whether a rung comes after the first one past the due date: the personal note and up, in the usual ladder."""
    late = [each.name for each in rungs if each.anchor is Anchor.DUE and each.offset_days > 0]
    return rung.name in late[1:]


def held_because(hold: Hold) -> Reason:
    """A hold, put as a reason."""
    code = f"held_{hold.intent}" if hold.intent is not None else "held"
    if hold.intent is Intent.PAYMENT_CLAIMED and hold.by is HeldBy.MACHINE:
        code = "held_payment_reported"  # no word of the client's
    return because(code, by=hold.by.value, until=hold.until, words=hold.evidence or None)


def expected_on(client: Client, invoice: Invoice) -> date:
    """When money can be expected: the due date, or the client's own pay day if that falls later (by up to a month)."""
    if client.pay_day is None:
        return invoice.due_on
    month = invoice.due_on.replace(day=1)
    while True:
        last = (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        day = last.replace(day=min(client.pay_day, last.day))
        if day >= invoice.due_on:
            return day
        month = last + timedelta(days=1)


def _anchor(client: Client, invoice: Invoice, rung: Rung) -> date:
    if rung.anchor is Anchor.ISSUED:
        return invoice.issued_on
    return invoice.due_on if rung.offset_days < 0 else expected_on(client, invoice)


def _earliest_day(client: Client, invoice: Invoice, rung: Rung, policy: Policy) -> tuple[date, Reason]:
    """The first day on which every rule but hours and working days lets this rung go, and the rule that decided it."""
    calendar = policy.calendar(client)
    anchor = _anchor(client, invoice, rung)
    day = anchor + timedelta(days=rung.offset_days)
    on_due_date = "rung_due" if anchor == invoice.due_on else "rung_pay_day"
    code = "rung_issued" if rung.anchor is Anchor.ISSUED else on_due_date
    why = because(code, rung=rung.name, on=day, due=anchor, offset=rung.offset_days)
    previous = _last_day(invoice, calendar)
    if previous is not None:
        gap = calendar.add_working_days(previous, rung.gap_days)
        if gap > day:
            day, why = gap, because("rung_gap", rung=rung.name, on=gap, gap=rung.gap_days, previous=previous)
    if (
        rung.offset_days >= 0
        and (waited := _pushed_by_holds(client, invoice, max(anchor, previous or anchor), day, calendar)) > day
    ):
        day, why = waited, because("rung_after_hold", rung=rung.name, on=waited)
    for limit, reason in _attention(client, rung, policy, calendar):
        if limit > day:
            day, why = limit, reason
    return day, why


def _attention(client: Client, rung: Rung, policy: Policy, calendar: WorkCalendar) -> Iterator[tuple[date, Reason]]:
    """The limits that law 8 sets to letters that chase."""
    if not rung.chasing:
        return
    if client.chased_at is not None:
        chased_on = calendar.local_day(client.chased_at)
        until = calendar.add_working_days(chased_on, policy.budget_gap_days)
        yield until, because("budget", rung=rung.name, on=until, previous=chased_on, gap=policy.budget_gap_days)
    if client.answered_at is not None:
        until = calendar.add_working_days(calendar.local_day(client.answered_at), policy.reply_gap_days)
        yield until, because("just_answered", rung=rung.name, on=until)


def _letters_spent(client: Client, invoice: Invoice, policy: Policy) -> bool:
    """Whether this invoice has had all the chasing letters that it may have (law 8)."""
    chasing = {step.name for step in policy.ladder(client.ladder) if step.chasing}
    return sum(climb.rung in chasing for climb in invoice.climbs) >= policy.budget_letters


def _last_day(invoice: Invoice, calendar: WorkCalendar) -> date | None:
    days = [calendar.local_day(climb.at) for climb in invoice.climbs]
    if invoice.delivered_on is not None:
        days.append(invoice.delivered_on)
    return max(days, default=None)


def _pushed_by_holds(client: Client, invoice: Invoice, start: date, day: date, calendar: WorkCalendar) -> date:
    """`day` moved on by the days since `start` that were spent on hold: a held day does not use up a rung's wait."""
    spans = sorted(
        (calendar.local_day(hold.since), calendar.local_day(hold.lifted_at) if hold.lifted_at else hold.until or day)
        for hold in client.holds
        if hold.invoice in (None, invoice.number) and hold.intent not in _CLOCK_RUNS
    )
    reached = start
    for first, last in spans:
        begins = max(first, reached)
        if last > begins and begins <= day:
            day += last - begins
            reached = last
    return day


def tone(client: Client, invoice: Invoice, rung: Rung) -> Tone:
    """How this rung's letter sounds to this client, given what was said since the last letter."""
    letters = [climb.at for climb in invoice.climbs]
    last = max(letters, default=datetime.min.replace(tzinfo=UTC))
    if not letters and invoice.delivered_on is not None:  # what was over when the bill came is no matter of this bill
        last = datetime.combine(invoice.delivered_on, time.min, UTC)
    hard = any(
        hold.intent in _HARD_TIMES and hold.lifted_at is not None and hold.lifted_at >= last
        for hold in client.holds
        if hold.invoice in (None, invoice.number)
    )
    if hard and rung.chasing:
        return Tone("courtesy", after_hold=True)
    served = any(
        hold.intent is Intent.DOCUMENT_REQUEST and hold.lapses and hold.lifted_at is not None and hold.lifted_at >= last
        for hold in client.holds
        if hold.invoice in (None, invoice.number)
    )
    if served and rung.chasing:  # they asked for something so as to pay, and have it
        return Tone("courtesy", after_documents=True)
    broken = [promise.due_on for promise in invoice.promises if promise.kept is False and promise.due_on >= last.date()]
    return Tone(rung.template, broken_promise_on=max(broken, default=None))


def hold_ends_at(client: Client, hold: Hold, policy: Policy) -> datetime | None:
    """The instant at which a hold runs out: midnight of its `until` at the client's, or None."""
    if hold.until is None or hold.lifted_at is not None:
        return None
    zone = policy.calendar(client).zone
    return datetime.combine(hold.until, time.min, zone).astimezone(UTC)


def next_look_at(client: Client, policy: Policy, now: datetime) -> datetime | None:
    """When time alone may next change anything for this client; None while only people can."""
    moments = [view.at for invoice in client.invoices if (view := outlook(client, invoice, policy, now)).at]
    moments += [end for hold in client.standing_holds if (end := hold_ends_at(client, hold, policy)) is not None]
    return min(moments, default=None)
