"""`mailbot run`: the daemon."""

import argparse
import os
import sys
from typing import TYPE_CHECKING

from mailbot.cli.session import settings_of

if TYPE_CHECKING:
    from mailbot.config import Settings


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register `mailbot run`."""
    parser = subparsers.add_parser("run", help="the daemon: watch the inbox, write, remind, report")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run until SIGTERM; 0 when asked to stop, 1 when a task died, 2 when it refused to start."""
    import asyncio

    from mailbot.log import set_up

    settings = settings_of(args, need_passwords=True)
    set_up(os.environ, secrets=settings.secrets, verbose=args.verbose)
    return asyncio.run(_run(settings))


async def _run(settings: "Settings") -> int:
    from mailbot.bot import assemble
    from mailbot.cli.check import letter_faults
    from mailbot.daemon.supervisor import supervise
    from mailbot.store.alone import NotAlone, alone

    try:
        async with alone(settings.storage.database), assemble(settings) as parts:
            faults = letter_faults(parts)
            if faults:
                print("mailbot does not start: a letter cannot be written.", file=sys.stderr)
                for fault in faults:
                    print(f"  {fault}", file=sys.stderr)
                return 2
            return await supervise(parts, os.environ)
    except NotAlone as fault:
        print(f"mailbot: {fault}", file=sys.stderr)
        return 2
