"""`mailbot go-live` and `mailbot draft`: whether letters go to clients at all."""

import argparse
from typing import TYPE_CHECKING

from mailbot.cli.session import with_bot

if TYPE_CHECKING:
    from mailbot.bot import Assembled


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the two modes, and the way back after a stop."""
    one = subparsers.add_parser("go-live", help="from now on, letters go to clients")
    one.set_defaults(run=lambda args: with_bot(args, lambda parts: _set(parts, live=True)))
    one = subparsers.add_parser("draft", help="back to draft mode: nothing goes to clients")
    one.set_defaults(run=lambda args: with_bot(args, lambda parts: _set(parts, live=False)))
    one = subparsers.add_parser("resume", help="let letters leave again after too many had left within an hour")
    one.set_defaults(run=lambda args: with_bot(args, _resume))


async def _set(parts: "Assembled", *, live: bool) -> int:
    from mailbot.flows.command import set_mode
    from mailbot.flows.restored import may_go_live, settled

    if live and not await may_go_live(parts.bot):
        print(
            "Not yet: an older copy of the database was put back, and the mailbox has not been read since. Let"
            " `mailbot run` read it (nothing goes to clients meanwhile), look at `mailbot list`, then go live."
        )
        return 1
    if live:
        await settled(parts.bot)
    await set_mode(parts.bot, live=live)
    if live:
        print(
            "Live: letters go to clients from now on. `mailbot next` lists what will go out; `mailbot draft` goes back."
        )
    else:
        print("Draft mode: nothing goes to clients until `mailbot go-live`.")
    return 0


async def _resume(parts: "Assembled") -> int:
    from mailbot.flows.breaker import resume

    if await resume(parts.bot):
        print("Letters leave again. `mailbot next` lists what will go out.")
    else:
        print("Nothing was stopped. `mailbot list` shows how things stand.")
    return 0
