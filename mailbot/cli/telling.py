"""What the operator tells the bot: paid, hold, release, cancel, note, approve, doubt."""

import argparse
from datetime import date
from typing import TYPE_CHECKING

from mailbot.cli.session import operator_day, with_bot

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from mailbot.bot import Assembled
    from mailbot.core.money import Money

_SUBJECT = "an invoice number, or a client's code for all of theirs"


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the commands."""
    one = subparsers.add_parser("paid", help="record money that you saw arrive")
    one.add_argument("number")
    one.add_argument("--amount", help="if it was not all that was owed")
    one.add_argument("--on", type=_day, metavar="DATE", help="when it arrived; else today")
    one.add_argument("--ref", default="", help="the bank's reference")
    one.set_defaults(run=_run(_paid))
    one = subparsers.add_parser("hold", help="write nothing about an invoice, or to a client, for now")
    one.add_argument("subject", metavar="NUMBER|CLIENT", help=_SUBJECT)
    one.add_argument(
        "--until", type=_day, metavar="DATE", help="the ladder may go on from this day; else: until you say so"
    )
    one.add_argument("--note", default="", help="why")
    one.set_defaults(run=_run(_hold))
    one = subparsers.add_parser("release", help="let the ladder go on")
    one.add_argument("subject", metavar="NUMBER|CLIENT", help=_SUBJECT)
    one.add_argument("--note", default="")
    one.set_defaults(run=_run(_release))
    one = subparsers.add_parser("cancel", help="give a claim up, or take back an invoice")
    one.add_argument("number")
    one.add_argument("--note", default="", help="why")
    one.set_defaults(run=_run(_cancel))
    one = subparsers.add_parser("note", help="write something down; closes a call prompt")
    one.add_argument("subject", metavar="NUMBER|CLIENT", help=_SUBJECT)
    one.add_argument("words")
    one.set_defaults(run=_run(_note))
    one = subparsers.add_parser("approve", help="let a letter that waits for your yes go out")
    one.add_argument("number")
    one.set_defaults(run=_run(_approve))
    one = subparsers.add_parser("doubt", help="say what became of a letter that nobody knows about")
    one.add_argument("number")
    fate = one.add_mutually_exclusive_group(required=True)
    fate.add_argument("--arrived", action="store_true", help="it is in your Sent folder, or the client has it")
    fate.add_argument("--resend", action="store_true", help="it never left: send the same letter again")
    one.set_defaults(run=_run(_doubt))


def _run(
    work: "Callable[[Assembled, argparse.Namespace], Awaitable[int]]",
) -> "Callable[[argparse.Namespace], int]":
    return lambda args: with_bot(args, lambda parts: work(parts, args))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is not a date; write YYYY-MM-DD") from None


async def _paid(parts: "Assembled", args: argparse.Namespace) -> int:
    from mailbot.flows import command

    client = await command.client_owing(parts.bot, args.number)
    invoice = client.invoice(args.number)
    assert invoice is not None
    money = None if args.amount is None else typed_money(parts, args.amount, invoice.amount.currency)
    today = operator_day(parts)
    paid_on = args.on or today
    if paid_on > today:
        raise command.CommandFault(f"--on: {paid_on} is still to come; record the money when it is there")
    owner = await command.paid(parts.bot, args.number, money, paid_on, args.ref)
    after = owner.invoice(args.number)
    assert after is not None
    if after.balance.amount > 0:
        print(f"{args.number}: {after.paid} received, {after.balance} still open")
    else:
        print(f"{args.number} is settled")
    if over := [money for money in owner.credit if money not in client.credit]:
        print(f"{over[0]} is more than was asked for; it stays the client's credit (`mailbot ledger {args.number}`)")
    print(f"To take it back: mailbot undo {(await parts.bot.store.entries(client_id=owner.id))[-1].id}")
    return 0


def typed_money(parts: "Assembled", text: str, currency: str) -> "Money":
    """An amount as the operator types it; raises `CommandFault` on what is none."""
    from mailbot.core.money import Money
    from mailbot.flows.command import CommandFault
    from mailbot.intake import AmbiguousAmountError, NotAnAmountError, typed_amount

    own = parts.settings.business
    try:
        return Money.of(typed_amount(text, currency, own.language, own.country), currency)
    except AmbiguousAmountError as fault:
        raise CommandFault(f"--amount: '{text}' {fault}; write 1250.00 or 1.25") from fault
    except NotAnAmountError as fault:
        raise CommandFault(f"--amount: '{text}' {fault}; write 1250.00") from fault


async def _hold(parts: "Assembled", args: argparse.Namespace) -> int:
    from mailbot.flows import command

    await command.hold(parts.bot, args.subject, args.until, args.note)
    print(f"{args.subject}: nothing goes out {f'before {args.until}' if args.until else 'until you release it'}")
    return 0


async def _release(parts: "Assembled", args: argparse.Namespace) -> int:
    from mailbot.flows import command

    done = await command.release(parts.bot, args.subject, args.note)
    print(f"{args.subject}: {'the ladder may go on' if done.lifted else 'nothing was held'}; `mailbot next` says when")
    for number in done.too:
        print(f"{number} was held for a reason of its own and goes on too; if it shall not: mailbot hold {number}")
    return 0


async def _cancel(parts: "Assembled", args: argparse.Namespace) -> int:
    from mailbot.flows import command

    if await command.cancel(parts.bot, args.number, args.note):
        print(f"{args.number} is cancelled; nothing more goes out about it")
    else:
        print(f"{args.number} owes nothing any more; nothing was cancelled (`mailbot show {args.number}`)")
    return 0


async def _note(parts: "Assembled", args: argparse.Namespace) -> int:
    from mailbot.flows import command

    await command.note(parts.bot, args.subject, args.words)
    print(f"{args.subject}: noted")
    return 0


async def _approve(parts: "Assembled", args: argparse.Namespace) -> int:
    from mailbot.flows import command

    count = await command.approve(parts.bot, args.number)
    what = "one letter leaves" if count == 1 else f"{count} letters leave"
    print(f"{args.number}: {what} in the client's next office hours")
    return 0


async def _doubt(parts: "Assembled", args: argparse.Namespace) -> int:
    from mailbot.flows import command

    await command.resolve_doubt(parts.bot, args.number, arrived=args.arrived)
    print(f"{args.number}: {'taken as sent' if args.arrived else 'the same letter leaves again'}")
    return 0
