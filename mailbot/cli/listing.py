"""`mailbot list` and `mailbot show`: what is owed, and everything about one invoice or client."""

import argparse
from typing import TYPE_CHECKING

from mailbot.cli.session import Teller, with_bot

if TYPE_CHECKING:
    from mailbot.bot import Assembled
    from mailbot.core.client import Client, Invoice


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register both."""
    parser = subparsers.add_parser("list", help="what is owed, by client")
    parser.add_argument("--all", action="store_true", help="settled and cancelled invoices too")
    parser.set_defaults(run=lambda args: with_bot(args, lambda parts: _list(parts, everything=args.all)))
    parser = subparsers.add_parser("show", help="everything about an invoice, or a client")
    parser.add_argument("subject", metavar="NUMBER|CLIENT")
    parser.set_defaults(run=lambda args: with_bot(args, lambda parts: _show(parts, args.subject)))


async def _list(parts: "Assembled", *, everything: bool) -> int:
    from rich.table import Table

    from mailbot.core.ladder import outlook
    from mailbot.core.money import totals
    from mailbot.flows.bankage import knowing

    tell = Teller(parts)
    bot = parts.bot
    clients, policy = await bot.store.all_clients(closed_too=everything), (await knowing(bot)).policy
    table = Table(box=None, pad_edge=False)
    for title, right in (
        ("client", False),
        ("invoice", False),
        ("due", False),
        ("open", True),
        ("standing", False),
        ("next", False),
    ):
        table.add_column(title, justify="right" if right else "left", overflow="fold")
    shown = [(c, i) for c in clients for i in c.invoices if everything or i.live]
    for client, invoice in shown:
        view = outlook(client, invoice, policy, bot.clock.now())
        coming = (
            f"{tell.day(view.at)} {tell.word(view.rung.name, 'rung')}" if view.at and view.rung else tell.say(view.why)
        )
        table.add_row(
            tell.plain(f"{client.name} ({client.code})"), tell.plain(invoice.number), invoice.due_on.isoformat(),
            tell.money(invoice.balance), invoice.standing.value, tell.plain(coming),
        )  # fmt: skip
    if not shown:
        print("Nothing is owed. `mailbot import invoices.csv` brings invoices in.")
        return 0
    tell.console.print(table)
    sums = totals(invoice.balance for _, invoice in shown if invoice.live)
    for client in clients:
        for credit in client.credit:
            tell.line(f"{client.name} has a credit of {tell.money(credit)} (`mailbot ledger {client.code}`)")
    tell.console.print("open: " + ", ".join(tell.money(total) for total in sums), style="bold")
    await tell.mode()
    return 0


async def _show(parts: "Assembled", subject: str) -> int:
    from mailbot.flows.command import CommandFault

    tell = Teller(parts)
    store = parts.bot.store
    client = await store.client_of_invoice(subject)
    number = subject if client else None
    if client is None:
        client = await store.client_of_code(parts.bot.business.id, subject)
    if client is None:
        raise CommandFault(f"{subject} is neither an invoice number nor a client's code; see `mailbot list`")
    _head(tell, client)
    for invoice in client.invoices:
        if number in (None, invoice.number):
            _invoice(tell, invoice)
    for hold in client.standing_holds:
        if hold.invoice in (None, number) or number is None:
            until = f" until {hold.until}" if hold.until else ""
            tell.line(
                f"  held ({hold.invoice or 'everything'}) by {hold.by}{until}: {hold.evidence or hold.intent or ''}"
            )
    tell.console.print("\nWhat happened", style="bold")
    for entry in await store.journal_of(client_id=client.id, invoice=number):
        about = f"{entry.invoice}: " if entry.invoice and number is None else ""
        tell.line(f"  {tell.moment(entry.at)}  {about}{tell.say(entry.reason)}")
    mails = [
        mail
        for mail in await store.mails(client_id=client.id)
        if number is None or not mail.invoices or number in mail.invoices
    ]
    if mails:
        tell.console.print("\nWhat the client wrote", style="bold")
    for mail in mails:
        tell.line(f"  {tell.moment(mail.received_at)}  mail {mail.id}: {mail.kind} {mail.intent}")
        for line in mail.reply_text.splitlines()[:12]:
            tell.line(f"      {line}")
    return 0


def _head(tell: Teller, client: "Client") -> None:
    kind = f", {client.kind}" if client.kind else ""
    place = ", ".join(part for part in (client.region, client.country) if part)
    tell.console.print(tell.plain(f"{client.name} ({client.code}){kind}"), style="bold")
    tell.line(
        f"  {place}, {client.timezone}, writes {client.language}{f', phone {client.phone}' if client.phone else ''}"
    )
    for contact in client.contacts:
        name = f" {contact.name}" if contact.name else ""
        tell.line(f"  {contact.role}: {contact.email}{name}, mail arrives: {contact.reachability}")


def _invoice(tell: Teller, invoice: "Invoice") -> None:
    tell.console.print(tell.plain(f"\n{invoice.number} {invoice.subject}".rstrip()), style="bold")
    tell.line(f"  issued {invoice.issued_on}, due {invoice.due_on}, {invoice.standing}")
    tell.line(
        f"  {tell.money(invoice.amount)}, paid {tell.money(invoice.paid)}, "
        f"{f'given up {tell.money(invoice.given_up)}, ' if invoice.given_up else ''}open {tell.money(invoice.balance)}"
    )
    for climb in invoice.climbs:
        tell.line(f"  {tell.moment(climb.at)}  {tell.word(climb.rung, 'rung')} ({climb.state})")
    for promise in invoice.promises:
        kept = {None: "open", True: "kept", False: "broken"}[promise.kept]
        tell.line(f"  promised on {promise.made_on} for {promise.due_on}: {kept}")
