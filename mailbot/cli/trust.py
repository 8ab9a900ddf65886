"""`mailbot trust` and `mailbot distrust`: whose payment notices are believed."""

import argparse
from typing import TYPE_CHECKING

from mailbot.cli.session import Teller, with_bot

if TYPE_CHECKING:
    from mailbot.bot import Assembled


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the commands."""
    parser = subparsers.add_parser(
        "trust",
        help="believe the payment notices of a service or bank, or list those believed",
        description="From then on its notices settle an invoice by themselves where every check holds: a valid "
        "signature, written to you, fresh, never seen, and amount, currency and reference or payer of exactly one "
        "open invoice.",
    )
    parser.add_argument("sender", nargs="?", metavar="SENDER", help='a name like "stripe", or its domain or address')
    parser.set_defaults(run=lambda args: with_bot(args, lambda parts: _trust(parts, args)))
    parser = subparsers.add_parser("distrust", help="believe its payment notices no more")
    parser.add_argument("sender", metavar="SENDER")
    parser.set_defaults(run=lambda args: with_bot(args, lambda parts: _distrust(parts, args)))


async def _trust(parts: "Assembled", args: argparse.Namespace) -> int:
    from mailbot.flows.trust import trust, trusted

    if args.sender is None:
        tell = Teller(parts)
        believed = await trusted(parts.bot)
        for name, at in believed:
            tell.line(f"{name}  since {at[:10]}")
        if not believed:
            print("No sender of payment notices is confirmed yet.")
        return 0
    done = await trust(parts.bot, args.sender)
    print(f"{done.title} is {'confirmed' if done.new else 'confirmed already'} ({', '.join(done.domains)})")
    for number in done.settled:
        print(f"{number} is settled by a notice that had waited for this")
    return 0


async def _distrust(parts: "Assembled", args: argparse.Namespace) -> int:
    from mailbot.flows.trust import distrust

    done = await distrust(parts.bot, args.sender)
    print(f"{args.sender}: {'not believed any more; what it settled stays settled' if done else 'was not believed'}")
    return 0
