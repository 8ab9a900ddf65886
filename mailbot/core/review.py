"""Time passed: holds that ran out, promises that were broken, rungs that are due."""

from dataclasses import replace
from datetime import datetime

from mailbot.core.client import Client, Contact, Hold, Invoice
from mailbot.core.effects import ClimbRung, Decision, Effect, RaiseMatter, SendLetter
from mailbot.core.intent import Intent
from mailbot.core.ladder import Outlook, Tone, hold_ends_at, outlook, recipient, tone
from mailbot.core.matter import MatterKind, NewMatter
from mailbot.core.policy import Act, Policy, Rung
from mailbot.core.reason import Reason, because
from mailbot.core.replies import with_invoice, without_idle_promises

_SOFTEST_FIRST = ("courtesy", "friendly", "personal")


def time_passed(client: Client, policy: Policy, now: datetime, *, silent: bool = False) -> Decision:
    """Look at one client: lift what lapsed, ask about what did not, and climb what is due."""
    client, effects, reasons = _run_out(client, policy, now)
    if silent:
        return Decision(client, tuple(effects), tuple(reasons))
    due = [view for invoice in client.invoices if (view := outlook(client, invoice, policy, now)).ready(now)]
    letters = [view for view in due if view.rung is not None and view.rung.act is Act.LETTER]
    contact = recipient(client)
    chasing = [view for view in letters if view.rung is not None and view.rung.chasing]
    if contact is not None:
        for view in letters:
            if view not in chasing:
                effects.append(_letter(client, [view], contact))
        if chasing:
            effects.append(_letter(client, chasing, contact))
    for view in due:
        if view not in letters:
            effects += _task(client, view, now)
    for view in due:
        if view.rung is not None:
            reasons += [(view.invoice, view.why), (view.invoice, because("climbed", rung=view.rung.name))]
    return Decision(client, tuple(effects), tuple(reasons))


def _run_out(
    client: Client, policy: Policy, now: datetime
) -> tuple[Client, list[Effect], list[tuple[str | None, Reason]]]:
    """Holds whose last day has come: some lapse, the others become a question to the operator."""
    effects: list[Effect] = []
    reasons: list[tuple[str | None, Reason]] = []
    for hold in client.standing_holds:
        ends_at = hold_ends_at(client, hold, policy)
        if ends_at is None or ends_at > now:
            continue
        if hold.lapses:
            client = _with_hold(client, replace(hold, lifted_at=now))
            after = _broken(client, hold)
            code = "promise_broken" if after is not client else "hold_lapsed"
            reasons.append((hold.invoice, because(code, until=hold.until, words=hold.evidence or None)))
            client = without_idle_promises(after)
            continue
        client = _with_hold(client, replace(hold, until=None))
        kind = MatterKind.CLAIM if hold.intent is Intent.PAYMENT_CLAIMED else MatterKind.REPLY
        facts = {
            "intent": hold.intent.value if hold.intent else "",
            "words": hold.evidence,
            "since": hold.since.isoformat(),
        }
        matter = NewMatter(kind, now, client.id, hold.invoice, f"hold:{hold.id}", mail_id=hold.mail_id, facts=facts)
        effects.append(RaiseMatter(matter))
        reasons.append((hold.invoice, because("hold_wants_an_answer", until=hold.until)))
    return client, effects, reasons


def _broken(client: Client, hold: Hold) -> Client:
    """The client with the promises that this hold waited for broken; the same client if there is none."""
    until = hold.until
    if hold.intent is not Intent.PROMISE_TO_PAY or until is None:
        return client
    for invoice in client.invoices:
        promises = tuple(
            replace(p, kept=False) if p.kept is None and p.due_on <= until else p for p in invoice.promises
        )
        if hold.invoice in (None, invoice.number) and invoice.live and promises != invoice.promises:
            client = with_invoice(client, replace(invoice, promises=promises))
    return client


def _with_hold(client: Client, hold: Hold) -> Client:
    return replace(client, holds=tuple(hold if h.id == hold.id else h for h in client.holds))


def _letter(client: Client, views: list[Outlook], contact: Contact) -> SendLetter:
    """One letter for all the rungs that are due together, in the gentlest of their tones."""
    steps: list[tuple[Invoice, Rung]] = []
    for view in views:
        invoice = client.invoice(view.invoice)
        if invoice is not None and view.rung is not None:
            steps.append((invoice, view.rung))
    tones = [tone(client, invoice, rung) for invoice, rung in steps]
    gentlest = min(zip(tones, steps, strict=True), key=lambda pair: _firmness(pair[0], pair[1][1]))[0]
    return SendLetter(
        tone=Tone(
            gentlest.template,
            next((t.broken_promise_on for t in tones if t.broken_promise_on), None),
            any(t.after_hold for t in tones),
            any(t.after_documents for t in tones),
        ),
        contact=contact,
        invoices=tuple(invoice.number for invoice, _ in steps),
        climbs=tuple((invoice.number, rung.name) for invoice, rung in steps),
        chasing=steps[0][1].chasing,
        approval=any(rung.approval for _, rung in steps),
    )


def _firmness(tone: Tone, rung: Rung) -> tuple[int, int]:
    """How firm a letter sounds; a template of the user's own is firmer than ours, the more so the later it comes."""
    if tone.template in _SOFTEST_FIRST:
        return _SOFTEST_FIRST.index(tone.template), 0
    return len(_SOFTEST_FIRST), rung.offset_days


def _task(client: Client, view: Outlook, now: datetime) -> list[Effect]:
    assert view.rung is not None
    kind = MatterKind.CALL if view.rung.act is Act.CALL else MatterKind.COLLECTIONS
    matter = NewMatter(
        kind, now, client.id, view.invoice, f"{view.rung.name}:{view.invoice}", facts={"rung": view.rung.name}
    )
    return [ClimbRung(view.invoice, view.rung.name), RaiseMatter(matter)]
