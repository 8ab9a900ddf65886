"""Invoices and clients come in: a plan is applied whole, in one transaction, or not at all."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime

from mailbot.core.client import Client, Contact, Invoice, Role, Standing
from mailbot.core.events import InvoiceCancelled, PaymentReceived
from mailbot.core.money import Money
from mailbot.core.reason import because
from mailbot.flows.ports import Bot, JournalEntry, Payment, Tx
from mailbot.flows.review import happen
from mailbot.intake import Act, ClientRecord, ClientStep, InvoiceRecord, InvoiceStep, Known, Plan, Status

Files = Mapping[str, tuple[str, bytes]]
"""PDFs by the path that the sheet names: the name to attach under, and the octets."""

_DATES = ("issued_on", "due_on", "amount", "subject", "pdf")


class EnrolFault(Exception):
    """A plan that cannot be applied; the message says why."""


async def known(bot: Bot) -> Known:
    """What the database has, for the comparison with a sheet."""
    return Known.of(await bot.store.all_clients(closed_too=True))


async def apply_plan(bot: Bot, plan: Plan, files: Files | None = None) -> None:
    """Apply a plan that is `ok`: clients, invoices, PDFs, what was paid and cancelled. Nothing is half-imported."""
    if not plan.ok:
        raise EnrolFault("the plan has faults or refused rows; nothing was imported")
    now = bot.clock.now()
    stored = {client.code: client for client in await bot.store.all_clients(closed_too=True)}
    wanted = {step.record.code: _client(step, stored.get(step.record.code), bot) for step in plan.clients}
    for step in plan.invoices:
        if step.act in (Act.ADD, Act.CHANGE):
            client = wanted.get(step.client) or stored[step.client]
            wanted[step.client] = _with_invoice(client, step)
    cancelled: list[tuple[Client, InvoiceStep]] = []
    async with bot.store.begin() as tx:
        for code, client in wanted.items():
            old = stored.get(code)
            if old == client:
                continue
            look_at = now if any(invoice.live for invoice in client.invoices) else None
            if old is None:
                client = await tx.add_client(client, look_at)  # noqa: PLW2901 - now with its id
            else:
                await tx.save(client, look_at)
            stored[code] = client
        for step in plan.invoices:
            if step.act in (Act.ADD, Act.CHANGE):
                client = stored[step.client]
                await _record(tx, client, step, files or {}, now)
                if step.record.status is Status.VOID:
                    cancelled.append((client, step))
    for client, step in cancelled:
        event = InvoiceCancelled(step.record.number, "void in the imported file")
        await happen(bot, client.id, event, also=(step.record.number,))
    await _settle(bot, stored, plan)


async def _record(tx: Tx, client: Client, step: InvoiceStep, files: Files, now: datetime) -> None:
    """The invoice's PDF and a line in the journal."""
    record = step.record
    if record.pdf and record.pdf in files:
        await tx.attach(client.id, record.number, *files[record.pdf])
    code = "invoice_added" if step.act is Act.ADD else "invoice_changed"
    why = because(code, amount=record.amount, due=record.due_on)
    await tx.journal([JournalEntry(now, why, client.id, record.number)])
    if step.act is Act.ADD and record.paid:
        await tx.pay(client.id, Payment(record.number, record.paid, record.issued_on, "import", "", now))


async def _settle(bot: Bot, stored: Mapping[str, Client], plan: Plan) -> None:
    """What a file says was paid since is the operator's word (law 5)."""
    for step in plan.invoices:
        record = step.record
        if step.act is not Act.CHANGE or record.status is Status.VOID or not record.paid:
            continue
        client = await bot.store.client(stored[step.client].id, also=[record.number])
        invoice = client.invoice(record.number)
        if invoice is None or record.paid <= invoice.paid:
            continue
        event = PaymentReceived(record.number, record.paid - invoice.paid, _today(bot), "import")
        await happen(bot, client.id, event, also=(record.number,))


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
    new = replace(old, **{name: getattr(record, name) for name in _DATES if name in changed})
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


def _today(bot: Bot) -> date:
    return bot.clock.now().date()
