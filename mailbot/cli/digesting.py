"""`mailbot digest`: the digest as it would be written now, on the terminal."""

import argparse
from typing import TYPE_CHECKING

from mailbot.cli.session import with_bot

if TYPE_CHECKING:
    from mailbot.bot import Assembled


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register `mailbot digest`."""
    parser = subparsers.add_parser("digest", help="show the digest as it would be written now")
    parser.set_defaults(run=lambda args: with_bot(args, _show))


async def _show(parts: "Assembled") -> int:
    from mailbot.flows.report import digest_now, operator_context, operator_locale

    bot = parts.bot
    digest = await digest_now(bot)
    words = bot.writer.render("digest", operator_locale(bot), operator_context(bot) | {"digest": digest})
    print(f"{words.subject}\n\n{words.text}")
    return 0
