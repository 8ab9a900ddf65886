"""The books by hand: credit-note, write-off, refund, chargeback, use-credit, undo, ledger."""

import argparse
import json
from datetime import date
from typing import TYPE_CHECKING

from mailbot.cli.session import Teller, numbered, operator_day, with_bot

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from mailbot.bot import Assembled
    from mailbot.core.ledger import Entry
    from mailbot.core.money import Money
    from mailbot.flows.books import Booked, Slip

_SHORT = {"loss": "write_off", "fee": "fee", "discount": "discount"}


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the commands."""
    one = _parser(subparsers, "credit-note", "ask for less: a credit note on an invoice", _credit_note)
    one.add_argument("number")
    _about(one, "if it is not for all that is open")
    one = _parser(subparsers, "write-off", "give up what is still open, or a part of it", _write_off)
    one.add_argument("number")
    one.add_argument(
        "--as", dest="kind", choices=_SHORT, default="loss", help="why it will not come: bank fees, a discount, a loss"
    )
    _about(one, "if it is not all that is open")
    one = _parser(subparsers, "refund", "record money that you sent back to a client", _refund)
    one.add_argument("subject", metavar="NUMBER|CLIENT")
    _about(one, "how much", required=True)
    one = _parser(subparsers, "chargeback", "record money that the client's bank took back", _chargeback)
    one.add_argument("number")
    _about(one, "if it was not all that was paid")
    one = _parser(subparsers, "use-credit", "pay an invoice from what its client had paid too much", _use_credit)
    one.add_argument("number")
    _about(one, "if not as much as can be")
    one = _parser(subparsers, "undo", "take an entry of the ledger back, and what it did to the reminders", _undo)
    one.add_argument(
        "entries", metavar="ENTRY", type=numbered, nargs="+", help="numbers, as `mailbot ledger` shows them"
    )
    one.add_argument("--note", default="", help="why")
    one = _parser(subparsers, "ledger", "every entry about an invoice or a client, and what they add up to", _ledger)
    one.add_argument("subject", metavar="NUMBER|CLIENT")
    one.add_argument("--json", action="store_true", help="one object a line, for a program")


def _parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    words: str,
    work: "Callable[[Assembled, argparse.Namespace], Awaitable[int]]",
) -> argparse.ArgumentParser:
    parser = subparsers.add_parser(name, help=words)
    parser.set_defaults(run=lambda args: with_bot(args, lambda parts: work(parts, args)))
    return parser


def _about(parser: argparse.ArgumentParser, words: str, *, required: bool = False) -> None:
    parser.add_argument("--amount", help=words, required=required)
    parser.add_argument("--on", type=_day, metavar="DATE", help="when; else today")
    parser.add_argument("--ref", default="", help="a reference, such as the credit note's number")
    parser.add_argument("--note", default="", help="why")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is not a date; write YYYY-MM-DD") from None


async def _credit_note(parts: "Assembled", args: argparse.Namespace) -> int:
    from mailbot.core.ledger import EntryKind

    return await _reduced(parts, args, EntryKind.CREDIT_NOTE)


async def _write_off(parts: "Assembled", args: argparse.Namespace) -> int:
    from mailbot.core.ledger import EntryKind

    return await _reduced(parts, args, EntryKind(_SHORT[args.kind]))


async def _reduced(parts: "Assembled", args: argparse.Namespace, kind: str) -> int:
    from mailbot.core.ledger import EntryKind
    from mailbot.flows import books

    money = await _money(parts, args.number, args.amount)
    return _told(parts, await books.reduce(parts.bot, EntryKind(kind), args.number, money, _slip(parts, args)))


def _slip(parts: "Assembled", args: argparse.Namespace) -> "Slip":
    from mailbot.flows.books import Slip

    return Slip(_booked_on(parts, args), args.ref, args.note)


def _booked_on(parts: "Assembled", args: argparse.Namespace) -> date:
    from mailbot.flows.command import CommandFault

    today = operator_day(parts)
    if args.on is not None and args.on > today:
        raise CommandFault(f"--on: {args.on} is still to come; book it when it is there")
    return args.on or today


async def _refund(parts: "Assembled", args: argparse.Namespace) -> int:
    from mailbot.flows import books

    money = await _money(parts, args.subject, args.amount)
    assert money is not None
    return _told(parts, await books.give_back(parts.bot, args.subject, money, _slip(parts, args)))


async def _chargeback(parts: "Assembled", args: argparse.Namespace) -> int:
    from mailbot.flows import books

    money = await _money(parts, args.number, args.amount)
    return _told(parts, await books.charge_back(parts.bot, args.number, money, _slip(parts, args)))


async def _use_credit(parts: "Assembled", args: argparse.Namespace) -> int:
    from mailbot.flows import books

    money = await _money(parts, args.number, args.amount)
    return _told(parts, await books.use_credit(parts.bot, args.number, money, _booked_on(parts, args)))


async def _undo(parts: "Assembled", args: argparse.Namespace) -> int:
    from mailbot.flows import books

    for entry in args.entries:
        done = await books.undo(parts.bot, entry, operator_day(parts), args.note)
        print(f"entry {entry} is taken back (by entry {done.entry})")
        _state(parts, done)
    return 0


def _told(parts: "Assembled", done: "Booked") -> int:
    _state(parts, done)
    print(f"To take it back: mailbot undo {done.entry}")
    return 0


def _state(parts: "Assembled", done: "Booked") -> None:
    tell = Teller(parts)
    if done.invoice is not None:
        open_ = f"{tell.money(done.invoice.balance)} open" if done.invoice.live else "nothing is open"
        tell.line(f"{done.invoice.number}: {done.invoice.standing.value}, {open_}")
    for credit in done.client.credit:
        tell.line(f"{done.client.name} has a credit of {tell.money(credit)}")


async def _money(parts: "Assembled", subject: str, text: str | None) -> "Money | None":
    """An amount as it was typed, in the currency of the invoice, or of the client's credit."""
    from mailbot.cli.telling import typed_money

    if text is None:
        return None
    bot = parts.bot
    client = await bot.store.client_of_invoice(subject) or await bot.store.client_of_code(bot.business.id, subject)
    invoice = client.invoice(subject) if client else None
    currency = parts.settings.business.currency
    if invoice is not None:
        currency = invoice.amount.currency
    elif client is not None and len(client.credit) == 1:
        currency = client.credit[0].currency
    return typed_money(parts, text, currency)


async def _ledger(parts: "Assembled", args: argparse.Namespace) -> int:
    from rich.table import Table

    from mailbot.bank.entry import DIGEST
    from mailbot.core.ledger import credit_of
    from mailbot.core.money import totals
    from mailbot.flows.command import CommandFault

    bot, tell = parts.bot, Teller(parts)
    client = await bot.store.client_of_invoice(args.subject)
    number = args.subject if client else None
    client = client or next(
        (one for one in await bot.store.all_clients(closed_too=True) if one.code == args.subject), None
    )
    if client is None:
        raise CommandFault(f"{args.subject} is neither an invoice number nor a client's code; see `mailbot list`")
    entries = await bot.store.entries(client_id=client.id, invoice=number)
    if args.json:
        for entry in entries:
            print(json.dumps(_plain(entry), ensure_ascii=False))
        return 0
    table = Table(box=None, pad_edge=False)
    for title in ("entry", "day", "what", "amount", "invoice", "known by", "written"):
        table.add_column(title, overflow="fold", justify="right" if title in ("entry", "amount") else "left")
    for entry in entries:
        what = entry.kind.value.replace("_", " ")
        what += f", takes back {entry.undoes}" if entry.undoes else ""
        what += f", taken back by {entry.undone_by}" if entry.undone_by else ""
        given = "" if entry.reference.startswith(DIGEST) else entry.reference  # one that we made tells nobody anything
        by = " ".join(part for part in (entry.source, given, entry.note) if part)
        table.add_row(
            str(entry.id), f"{entry.booked_on}", what, tell.money(entry.amount), tell.plain(entry.invoice or ""),
            tell.plain(by), tell.moment(entry.recorded_at), style="dim" if not entry.stands else "",
        )  # fmt: skip
    if entries:
        tell.console.print(table)
    if number is not None and (invoice := client.invoice(number)) is not None:
        parts_ = (("invoiced", invoice.amount), ("paid", invoice.paid), ("given up", invoice.given_up))
        tell.line(", ".join(f"{name} {tell.money(money)}" for name, money in parts_))
        tell.line(f"open {tell.money(invoice.balance)}")
    sums = totals(entry.cash for entry in entries)
    for came in sums:
        tell.line(f"received {tell.money(came)}, of which credit {tell.money(credit_of(client, came.currency))}")
    return 0


def _plain(entry: "Entry") -> dict[str, object]:
    return {
        "entry": entry.id,
        "kind": entry.kind.value,
        "invoice": entry.invoice,
        "currency": entry.cash.currency,
        "cash": str(entry.cash.amount),
        "paid": str(entry.paid.amount),
        "waived": str(entry.waived.amount),
        "booked_on": entry.booked_on.isoformat(),
        "source": entry.source,
        "reference": entry.reference,
        "note": entry.note,
        "recorded_at": entry.recorded_at.isoformat(),
        "undoes": entry.undoes,
        "undone_by": entry.undone_by,
    }
