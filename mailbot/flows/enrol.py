"""Invoices and clients come in: a plan is applied whole, in one transaction, or not at all."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from mailbot.core.client import Client, Contact, Invoice, Role, Standing
from mailbot.core.decide import decide
from mailbot.core.effects import CloseMatters, Decision, WithdrawLetters
from mailbot.core.events import Event, InvoiceCancelled, PaymentReceived
from mailbot.core.ledger import EntryKind, NewEntry
from mailbot.core.money import Money
from mailbot.core.reason import because
from mailbot.flows.commit import commit
from mailbot.flows.commit import plan as plan_letters
from mailbot.flows.ports import Bot, Conflict, Tx
from mailbot.flows.records import JournalEntry
from mailbot.intake import Act, ClientRecord, ClientStep, InvoiceRecord, InvoiceStep, Known, Plan, Status

Files = Mapping[str, tuple[str, bytes]]
"""PDFs by the path that the sheet names: the name to attach under, and the octets."""

OPENING = "opening"
"""The source of what was paid before an invoice came here: it counts for the balance, and is no news."""

_FIELDS = ("issued_on", "due_on", "amount", "subject", "pdf")
# A waiting letter that says one of these as it was must not leave.
_LETTER_SAYS = frozenset({"issued_on", "due_on", "amount", "subject"})


class EnrolFault(Exception):
    """A plan that cannot be applied; the message says why."""


async def known(bot: Bot) -> Known:
    """What the database has, for the comparison with a sheet."""
    return Known.of(await bot.store.all_clients(closed_too=True))


async def apply_plan(bot: Bot, plan: Plan, files: Files | None = None) -> None:
    """Apply a plan that is `ok`: clients, invoices, PDFs, what was paid and cancelled. Nothing is half-imported.

    Raises `EnrolFault` for a plan that cannot be applied.
    """
    if not plan.ok:
        raise EnrolFault("the plan has faults or refused rows; nothing was imported")
    while True:
        try:
            await _apply(bot, plan, files or {})
        except Conflict:
            continue  # somebody moved between the look and the commit: compare again
        return


async def _apply(bot: Bot, plan: Plan, files: Files) -> None:
    now = bot.clock.now()
    stored = {client.code: client for client in await bot.store.all_clients(closed_too=True)}
    owners = {invoice.number: code for code, client in stored.items() for invoice in client.invoices}
    wanted = {step.record.code: _client(step, stored.get(step.record.code), bot) for step in plan.clients}
    steps = [step for step in plan.invoices if step.act in (Act.ADD, Act.CHANGE)]
    for step in steps:
        if (owner := owners.get(step.record.number, step.client)) != step.client:
            raise EnrolFault(
                f"invoice {step.record.number} belongs to client {owner}, and the file says {step.client}; "
                f"cancel it with `mailbot cancel {step.record.number}` and import it under a new number; "
                "nothing was imported"
            )
        wanted[step.client] = _with_invoice(wanted.get(step.client) or stored[step.client], step)
    prepared = {
        code: await plan_letters(_decided(client, stored[code], steps, bot, now), bot, now)
        for code, client in wanted.items()
        if code in stored
    }
    async with bot.store.begin() as tx:
        ids = {code: client.id for code, client in stored.items()}
        fresh = [client for code, client in wanted.items() if code not in stored]
        looks = [(client, now if any(invoice.live for invoice in client.invoices) else None) for client in fresh]
        ids |= {client.code: client.id for client in await tx.add_clients(looks)}
        for code, follows in prepared.items():
            if follows.decision != Decision(stored[code]):
                await commit(tx, follows, bot, now)
        for step in steps:
            await _record(tx, ids[step.client], step, files, now)


async def _record(tx: Tx, client_id: int, step: InvoiceStep, files: Files, now: datetime) -> None:
    """The invoice's PDF, what was paid before it came here, and a line in the journal."""
    record = step.record
    if record.pdf and record.pdf in files:
        await tx.attach(client_id, record.number, *files[record.pdf])
    code = "invoice_added" if step.act is Act.ADD else "invoice_changed"
    why = because(code, amount=record.amount, due=record.due_on)
    await tx.journal([JournalEntry(now, why, client_id, record.number)])
    if step.act is Act.ADD and record.paid:
        await tx.post(client_id, _opening(record), now)


def _decided(client: Client, old: Client, steps: Iterable[InvoiceStep], bot: Bot, now: datetime) -> Decision:
    """What follows from changes for a known client: letters that say it wrongly are taken back, money counts."""
    decision = Decision(client)
    for step in steps:
        if step.client != client.code or step.act is not Act.CHANGE:
            continue
        known, number = old.invoice(step.record.number), step.record.number
        if known is not None and _LETTER_SAYS & {change.field for change in step.changes}:
            why = because("invoice_changed", amount=step.record.amount, due=step.record.due_on)
            moot = () if _asks(client, number) else (CloseMatters((number,)),)
            decision = replace(decision, effects=(*decision.effects, WithdrawLetters((number,), why), *moot))
        event = _event(step, known, bot)
        if event is not None:
            then = decide(decision.client, event, bot.policy, now)
            decision = Decision(then.client, (*decision.effects, *then.effects), (*decision.because, *then.because))
    return decision


def _asks(client: Client, number: str) -> bool:
    """Whether anything is still asked for."""
    invoice = client.invoice(number)
    return invoice is not None and invoice.live


def _event(step: InvoiceStep, known: Invoice | None, bot: Bot) -> Event | None:
    """What the file says that happened since: the operator's word (law 5)."""
    record = step.record
    if record.status is Status.VOID:
        return InvoiceCancelled(record.number, "void in the imported file", _today(bot))
    if known is None or known.paid.currency != record.paid.currency:
        return None
    paid = min(record.paid, record.amount)  # what is more is the client's credit since the first import
    return PaymentReceived(record.number, paid - known.paid, _today(bot), "import") if known.paid < paid else None


def _client(step: ClientStep, old: Client | None, bot: Bot) -> Client:
    """The client as the file and the database together say."""
    record = step.record
    base = old or Client(0, bot.business.id, record.code, record.name, record.language, record.country, "", "UTC")
    return replace(
        base,
        name=record.name,
        language=record.language,
        country=record.country,
        region=record.region,
        timezone=record.timezone,
        kind=record.kind,
        phone=record.phone,
        pay_day=record.pay_day,
        ladder=record.ladder,
        contacts=contacts_of(record, base.contacts),
    )


def contacts_of(record: ClientRecord, old: Iterable[Contact] = ()) -> tuple[Contact, ...]:
    """The contacts that a record names; what is known of an address (does mail arrive?) stays known."""
    reach = {contact.email: contact.reachability for contact in old}
    named = (
        (record.email, Role.CLIENT, record.first_name, record.contact_name or record.name),
        (record.billing_email, Role.BILLING, "", ""),
        (record.assistant_email, Role.ASSISTANT, "", ""),
    )
    contacts: dict[str, Contact] = {}
    for email, role, first_name, name in named:
        address = email.lower()
        if address and address not in contacts:
            contact = Contact(address, role, first_name, name)
            contacts[address] = replace(contact, reachability=reach.get(address, contact.reachability))
    return tuple(contacts.values())


def _with_invoice(client: Client, step: InvoiceStep) -> Client:
    record = step.record
    old = client.invoice(record.number)
    if old is None:
        return replace(client, invoices=(*client.invoices, invoice_of(record)))
    changed = {change.field for change in step.changes}
    new = replace(old, **{name: getattr(record, name) for name in _FIELDS if name in changed})
    if new.paid.currency != new.amount.currency:
        if new.paid or new.waived:
            raise EnrolFault(f"{new.number} was paid in {new.paid.currency}; its currency cannot change any more")
        new = replace(new, paid=Money.of(0, new.amount.currency))
    if new.balance.amount < 0:
        raise EnrolFault(
            f"{new.number} was booked as {old.amount - old.balance} already, and the file says {new.amount}; "
            f"write a credit note for the difference: mailbot credit-note {new.number} "
            f"--amount {old.amount.amount - new.amount.amount}; nothing was imported"
        )
    if "amount" in changed and new.live and not new.balance:
        new = replace(new, standing=Standing.SETTLED)  # lowered to what came already
    if "sent_on" in changed:
        new = replace(new, delivered_on=record.sent_on)
    return replace(
        client, invoices=tuple(new if invoice.number == new.number else invoice for invoice in client.invoices)
    )


def invoice_of(record: InvoiceRecord) -> Invoice:
    """A new invoice. One that the other program had sent already needs no letter with it (law 7)."""
    was_sent = record.status in (Status.SENT, Status.PAID)
    return Invoice(
        number=record.number,
        issued_on=record.issued_on,
        due_on=record.due_on,
        amount=record.amount,
        paid=Money.of(0, record.amount.currency),
        subject=record.subject,
        standing=Standing.SETTLED if record.paid >= record.amount else Standing.OPEN,
        delivered_on=record.sent_on or (record.issued_on if was_sent else None),
        pdf=record.pdf,
    )


def _opening(record: InvoiceRecord) -> NewEntry:
    """What was paid before the invoice came here; what is too much is the client's credit."""
    nothing = Money.of(0, record.amount.currency)
    got = min(record.paid, record.amount)
    return NewEntry(EntryKind.PAYMENT, record.number, record.paid, got, nothing, record.issued_on, OPENING)


def _today(bot: Bot) -> date:
    return bot.clock.now().astimezone(ZoneInfo(bot.business.operator.timezone)).date()
