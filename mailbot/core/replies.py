"""What follows from what a client wrote: which hold, on what, until when, and who is told."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from mailbot.core.client import Client, HeldBy, Hold, Invoice, Promise, Reachability, Standing
from mailbot.core.effects import Decision, Effect, RaiseMatter, SendLetter, WithdrawLetters
from mailbot.core.events import AutoReplied, ReplyReceived
from mailbot.core.intent import Intent, Reading, Scope
from mailbot.core.ladder import Tone, held_because, recipient
from mailbot.core.matter import MatterKind, NewMatter
from mailbot.core.policy import Policy
from mailbot.core.reason import because
from mailbot.core.requests import contact_of, document_letter, lapses_on

# A promise further away than this is a wish for new terms, which only the operator can grant.
_LONGEST_PROMISE_DAYS = 45
_URGENT = frozenset({Intent.DISPUTE, Intent.PERSONAL_EMERGENCY, Intent.REFUSAL})
_WHOLE_CLIENT = frozenset({Intent.PERSONAL_EMERGENCY, Intent.ABSENCE, Intent.FINANCIAL_DIFFICULTY})
# About money only: where nothing is owed any more there is nothing to hold.
_ABOUT_MONEY = frozenset({Intent.PROMISE_TO_PAY, Intent.PAYMENT_CLAIMED})
# Beside another intent these need a human all the same; what needs one least comes last.
_GRAVE = (Intent.PERSONAL_EMERGENCY, Intent.DISPUTE, Intent.REFUSAL, Intent.FINANCIAL_DIFFICULTY)
_ASKS = (Intent.EXTENSION_REQUEST, Intent.REDIRECT, Intent.DOCUMENT_REQUEST, Intent.QUESTION)
# These say when the money comes, or that nobody is there until then; other subjects take no such word back.
_WHEN = frozenset({Intent.PROMISE_TO_PAY, Intent.ABSENCE})
_OTHER_SUBJECTS = frozenset(
    {
        Intent.QUESTION, Intent.DOCUMENT_REQUEST, Intent.REDIRECT, Intent.APPROVAL, Intent.ACKNOWLEDGEMENT,
        Intent.OTHER,
    }
)  # fmt: skip
# A return further away than this was misread, or is for the operator to judge; until then the usual wait holds.
_LONGEST_ABSENCE_DAYS = 366


@dataclass(frozen=True, slots=True)
class _Wait:
    """How long a hold lasts and whether it ends by itself."""

    until: date | None = None
    lapses: bool = False


def reply_received(client: Client, event: ReplyReceived, policy: Policy, now: datetime) -> Decision:
    """A person wrote: hold unless it is a confident "got it, thanks" (law 4)."""
    reading = event.reading
    client = _reachable_again(replace(client, answered_at=now), event.sender)
    owing = any(invoice.live for invoice in client.invoices)
    if not reading.hold or (reading.intent in _ABOUT_MONEY and not owing):
        return Decision(
            client, because=((_single(event.invoices), because("reply_noted", intent=reading.intent.value)),)
        )
    targets = held_targets(client, event)
    wait = _wait(reading, client, policy, event.sent_on)
    sending = document_letter(client, event, targets, policy) if reading.intent is Intent.DOCUMENT_REQUEST else None
    if sending is not None:
        wait = _Wait(lapses_on(client, policy, event.sent_on), lapses=True)
        targets = targets if owing else ()
    by = HeldBy.PERSON
    held, reasons = client, []
    for target in targets:
        hold = Hold(
            next_hold_id(held),
            target,
            by,
            reading.intent,
            now,
            wait.until,
            wait.lapses,
            reading.evidence,
            event.mail_id,
        )
        held = replace(held, holds=(*_without_older_word(held.holds, hold, event, now), hold))
        reasons.append((target, held_because(hold)))
    effects: list[Effect] = [WithdrawLetters(_numbers(targets), because("client_wrote", intent=reading.intent.value))]
    if sending is not None:
        effects.append(sending)
        reasons.append((_single(sending.invoices), because("document_sent", template=sending.tone.template)))
    beside = _beside(reading, targets, wait)
    if reading.intent is Intent.PROMISE_TO_PAY:
        held, answer = _promised(held, event, targets, wait, policy)
        effects += [] if any(intent in _GRAVE for intent in beside) else answer
    for intent in (each for each in beside if each in _GRAVE):
        for target in (None,) if intent in _WHOLE_CLIENT else targets:
            grave = Hold(next_hold_id(held), target, by, intent, now, evidence=reading.evidence, mail_id=event.mail_id)
            held = replace(held, holds=(*held.holds, grave))
            reasons.append((target, held_because(grave)))
    if reading.intent is Intent.DISPUTE:
        held = _restand(held, targets, Standing.DISPUTED)
    held = without_idle_promises(held)
    urgent = not _URGENT.isdisjoint((reading.intent, *beside))
    if not wait.lapses and wait.until is None:
        effects.append(RaiseMatter(replace(_matter(client, event, targets, whole=bool(beside)), urgent=urgent)))
    elif beside:
        effects.append(RaiseMatter(replace(_matter(client, event, targets, beside[0], whole=True), urgent=urgent)))
    elif reading.intent is Intent.ABSENCE and reading.redirect_to:
        effects.append(RaiseMatter(_deputy(client, event, reading.redirect_to, now)))
    return Decision(held, tuple(effects), tuple(reasons))


def _beside(reading: Reading, targets: tuple[str | None, ...], wait: _Wait) -> tuple[Intent, ...]:
    """What else the mail says that a human must see, the gravest first, where the wait for its main point is no cover.

    A wait that ends by itself covers nothing; one that waits for a human covers all but what reaches further.
    """
    others = [intent for intent in reading.others if intent is not reading.intent]
    if wait.until is None:
        covered = _WHOLE_CLIENT if None in targets else frozenset[Intent]()
        grave = reading.intent in _GRAVE
        return tuple(i for i in _GRAVE if i in others and i not in covered and (not grave or i in _WHOLE_CLIENT))
    asks = tuple(i for i in _ASKS if i is not Intent.QUESTION or reading.intent is not Intent.PAYMENT_CLAIMED)
    if reading.intent is Intent.DOCUMENT_REQUEST:  # what may stand beside it was judged before it was answered
        asks = ()
    return tuple(intent for intent in (*_GRAVE, *asks) if intent in others)


def _deputy(client: Client, event: ReplyReceived | AutoReplied, address: str, now: datetime) -> NewMatter:
    """Somebody who stands in is proposed to the operator, never adopted."""
    facts = {"address": address, "words": event.reading.evidence, "intent": event.reading.intent.value}
    if event.reading.redirect_name:
        facts["person"] = event.reading.redirect_name
    return NewMatter(MatterKind.REPLY, now, client.id, None, f"deputy:{address}", mail_id=event.mail_id, facts=facts)


def auto_replied(client: Client, event: AutoReplied, policy: Policy, now: datetime) -> Decision:
    """A machine answered: wait for the return that it announces, but never overrule a person (law 4)."""
    reading = event.reading
    grave = next((intent for intent in _GRAVE if intent in reading.others), None)
    if grave is not None and event.doubt is None:  # whoever contests or suffers is listened to, machine or not
        others = tuple(intent for intent in reading.others if intent is not grave)
        meant = replace(reading, intent=grave, hold=True, until=None, others=others, evidence=reading.reply_text[:400])
        told = ReplyReceived(meant, (), event.sender, event.sent_on, event.mail_id)
        return reply_received(client, told, policy, now)
    if not reading.hold:
        return Decision(client, because=((None, because("auto_reply_noted")),))
    wait = _absent_until(reading, client, policy, event.sent_on)
    longer = [hold for hold in client.standing_holds if hold.invoice is None and _outlasts(hold, wait)]
    if longer:
        return Decision(client, because=((None, because("auto_reply_adds_nothing", until=wait.until)),))
    hold = Hold(
        next_hold_id(client),
        None,
        HeldBy.MACHINE,
        Intent.AUTO_REPLY,
        now,
        wait.until,
        True,
        reading.evidence,
        event.mail_id,
    )
    effects: list[Effect] = [WithdrawLetters(None, because("client_absent", until=wait.until))]
    if reading.redirect_to and event.doubt is None:
        effects.append(RaiseMatter(_deputy(client, event, reading.redirect_to, now)))
    return Decision(replace(client, holds=(*client.holds, hold)), tuple(effects), ((None, held_because(hold)),))


def held_targets(client: Client, event: ReplyReceived) -> tuple[str | None, ...]:
    """What the hold is put on: invoices by number, or None for everything."""
    reading = event.reading
    if reading.scope is Scope.CLIENT or reading.intent in _WHOLE_CLIENT:
        return (None,)
    live = {invoice.number for invoice in client.invoices if invoice.live}
    named = tuple(number for number in reading.invoices if number in live)
    tied = tuple(number for number in event.invoices if number in live)
    if named or tied:
        return named or tied
    return tuple(live) if len(live) == 1 else (None,)


def _wait(reading: Reading, client: Client, policy: Policy, sent_on: date) -> _Wait:
    calendar = policy.calendar(client)
    match reading.intent:
        case Intent.PROMISE_TO_PAY:
            if reading.until is None or reading.until < sent_on:
                return _Wait(calendar.add_working_days(sent_on, policy.promise_undated_days), lapses=True)
            if reading.until > sent_on + timedelta(days=_LONGEST_PROMISE_DAYS):
                return _Wait()
            return _Wait(calendar.add_working_days(reading.until, policy.promise_grace_days), lapses=True)
        case Intent.PAYMENT_CLAIMED:
            return _Wait(calendar.add_working_days(sent_on, policy.claim_days))
        case Intent.ABSENCE | Intent.AUTO_REPLY:
            return _absent_until(reading, client, policy, sent_on)
        case _:
            return _Wait()


def _absent_until(reading: Reading, client: Client, policy: Policy, sent_on: date) -> _Wait:
    calendar = policy.calendar(client)
    until = reading.until
    if until is None or until < sent_on or until > sent_on + timedelta(days=_LONGEST_ABSENCE_DAYS):
        return _Wait(calendar.add_working_days(sent_on, policy.absence_days), lapses=True)
    return _Wait(calendar.add_working_days(until, policy.absence_extra_days), lapses=True)


def _promised(
    client: Client, event: ReplyReceived, targets: tuple[str | None, ...], wait: _Wait, policy: Policy
) -> tuple[Client, list[Effect]]:
    """Keep the promise with each invoice it covers, and acknowledge it once."""
    if not wait.lapses or wait.until is None:
        return client, []
    covered = [
        invoice for invoice in client.invoices if invoice.live and (None in targets or invoice.number in targets)
    ]
    named = _day_named(event)
    dated = set[str]()  # said once more without the day that is known already: it stands, and nobody asks for it
    for invoice in covered:
        promises = _before(event.sent_on, invoice, superseded=named is not None)
        if named is None and any(promise.kept is None for promise in promises):
            dated.add(invoice.number)
        if named is not None:  # a day that we chose is none that they can break
            promises = (*promises, Promise(event.sent_on, named))
        client = with_invoice(client, replace(invoice, standing=Standing.PROMISED, promises=promises))
    contact = contact_of(client, event.sender) or recipient(client)
    numbers = tuple(invoice.number for invoice in covered if invoice.number not in dated)
    if not numbers or contact is None or not policy.acknowledge_promises:
        return client, []
    return client, [SendLetter(Tone("promise_ack"), contact, numbers, answer=True, promised_on=named)]


def _day_named(event: ReplyReceived) -> date | None:
    """The day that a promise names; a day gone by promises nothing."""
    named = event.reading.until
    return named if named is not None and named >= event.sent_on else None


def _before(made_on: date, invoice: Invoice, *, superseded: bool) -> tuple[Promise, ...]:
    """The earlier promises: one whose day went by was broken, one whose day is to come gives way to a newer day."""
    return tuple(
        replace(old, kept=False) if old.kept is None and old.due_on < made_on else old
        for old in invoice.promises
        if old.kept is not None or old.due_on < made_on or not superseded
    )


def _matter(
    client: Client,
    event: ReplyReceived,
    targets: tuple[str | None, ...],
    beside: Intent | None = None,
    *,
    whole: bool = False,
) -> NewMatter:
    """What the operator is asked: about the main point of a mail, or what stands `beside` it; the `whole` is shown."""
    reading = event.reading
    facts: dict[str, str | int] = {
        "intent": (beside or reading.intent).value,
        "words": (reading.reply_text[:400] if whole else "") or reading.evidence or reading.reply_text[:400],
    }
    facts |= {"sender": event.sender, "because": reading.because}
    if reading.redirect_to:
        facts["address"] = reading.redirect_to
    if reading.redirect_name:
        facts["person"] = reading.redirect_name
    if event.asked is not None and event.asked.documents:
        facts["asks"] = ",".join(event.asked.documents)
    if reading.until is not None:
        facts["until"] = reading.until.isoformat()
    when = client.answered_at
    assert when is not None
    return NewMatter(
        MatterKind.REPLY,
        when,
        client.id,
        _single(tuple(t for t in targets if t)),
        f"mail:{event.mail_id}",
        mail_id=event.mail_id,
        facts=facts,
    )


def _without_older_word(holds: tuple[Hold, ...], new: Hold, event: ReplyReceived, now: datetime) -> tuple[Hold, ...]:
    """A newer word on the same subject replaces what lapses by itself; what waits for a human stays."""
    vague = new.intent is Intent.PROMISE_TO_PAY and _day_named(event) is None
    return tuple(
        replace(hold, lifted_at=now)
        if hold.lifted_at is None and _replaces(new, hold) and not (vague and _later_promise(hold, new))
        else hold
        for hold in holds
    )


def _later_promise(old: Hold, new: Hold) -> bool:
    """Whether an older promise reaches further than the wait for one that names no day."""
    further = old.until is not None and new.until is not None and old.until > new.until
    return old.intent is Intent.PROMISE_TO_PAY and further


def _replaces(new: Hold, old: Hold) -> bool:
    """Whether a newer word takes an older one's place: being away, or another subject, takes no promise back."""
    if not old.lapses or old.by is HeldBy.OPERATOR or (new.intent in _OTHER_SUBJECTS and old.intent in _WHEN):
        return False
    if new.intent is not old.intent and new.intent in (Intent.ABSENCE, Intent.AUTO_REPLY):
        return old.by is HeldBy.MACHINE and old.invoice is new.invoice
    return old.invoice == new.invoice or (new.invoice is None and new.intent is old.intent)


def without_idle_promises(client: Client) -> Client:
    """An invoice stands as promised only while a promise holds it."""
    holding = [hold.invoice for hold in client.standing_holds if hold.intent is Intent.PROMISE_TO_PAY]
    if None in holding or all(invoice.standing is not Standing.PROMISED for invoice in client.invoices):
        return client
    return replace(
        client,
        invoices=tuple(
            replace(invoice, standing=Standing.OPEN)
            if invoice.standing is Standing.PROMISED and invoice.number not in holding
            else invoice
            for invoice in client.invoices
        ),
    )


def _outlasts(hold: Hold, wait: _Wait) -> bool:
    return hold.until is None or (wait.until is not None and hold.until >= wait.until)


def _reachable_again(client: Client, sender: str) -> Client:
    contacts = tuple(
        replace(contact, reachability=Reachability.GOOD) if contact.email == sender else contact
        for contact in client.contacts
    )
    return replace(client, contacts=contacts)


def _restand(client: Client, targets: Iterable[str | None], standing: Standing) -> Client:
    for target in targets:
        for invoice in client.invoices:
            if invoice.live and target in (None, invoice.number):
                client = with_invoice(client, replace(invoice, standing=standing))
    return client


def with_invoice(client: Client, invoice: Invoice) -> Client:
    """The client with one of its invoices replaced."""
    return replace(client, invoices=tuple(invoice if i.number == invoice.number else i for i in client.invoices))


def next_hold_id(client: Client) -> int:
    """A hold id that this client has not used."""
    return max((hold.id for hold in client.holds), default=0) + 1


def _numbers(targets: tuple[str | None, ...]) -> tuple[str, ...] | None:
    return None if None in targets else tuple(target for target in targets if target)


def _single(numbers: tuple[str, ...]) -> str | None:
    return numbers[0] if len(numbers) == 1 else None
