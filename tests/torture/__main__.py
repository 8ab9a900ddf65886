"""Torture the daemon and print what arrived: `python -m tests.torture [--minutes 10] [--letters 2000] [--seed N]`."""

import argparse
import asyncio
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.torture.rack import Plan, naive, tortured
from tests.torture.verdict import Figures


def main() -> int:
    """0 if nothing came twice and nothing was lost, 1 otherwise."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description="Kills, faults, and what arrives.")
    parser.add_argument("--minutes", type=float, default=10, help="the longest that the daemon's run may take")
    parser.add_argument("--letters", type=int, default=2000, help="how many letters clients shall get in all")
    parser.add_argument("--kills", type=int, default=100, help="go on until there were so many")
    parser.add_argument("--speed", type=float, default=240, help="how many times as fast the daemon's clock runs")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of the fault script and of the kills")
    parser.add_argument("--embedded", action="store_true", help="the demo's IMAP server even where there is Dovecot")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="leave database and log here")
    args = parser.parse_args()

    def say(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    plan = Plan(args.letters, args.minutes, args.seed, args.speed, kills=args.kills, embedded=args.embedded, say=say)
    print(f"seed {plan.seed}: at least {plan.letters} letters, {plan.clients} replies, {plan.kills} kills", flush=True)
    ours = asyncio.run(tortured(plan, args.keep))
    theirs = asyncio.run(naive(plan))
    _print(ours, theirs)
    for trouble in ours.troubles:
        print(f"torture: {trouble}", file=sys.stderr)
    return 0 if ours.good else 1


def _print(ours: Figures, theirs: Figures) -> None:
    table = Table(title="Torture: SIGKILLs and a faulty network", title_justify="left")
    for title in ("", "mailbot", "retry on exception"):
        table.add_column(title, justify="right" if title else "left")
    rows: list[tuple[str, object, object]] = [
        ("letters wanted", ours.letters, theirs.letters),
        ("  arrived (counted at the far side)", ours.arrived, theirs.arrived),
        ("  twice", ours.twice, theirs.twice),
        ("  lost", ours.lost, theirs.lost),
        ("  refused by 5xx, operator told", ours.refused, "-"),
        ("  in doubt, operator asked", ours.asked, "-"),
        ("stored while the sender never heard of it", ours.swallowed, theirs.swallowed),
        ("replies delivered", ours.replies, "-"),
        ("  stored", ours.replies_stored, "-"),
        ("  lost", ours.replies_lost, "-"),
        ("  acted on twice", ours.acted_twice, "-"),
        ("letters to the operator", ours.to_operator, "-"),
        ("kills (SIGKILL)", ours.kills, theirs.kills),
        ("seconds", f"{ours.took_s:.0f}", f"{theirs.took_s:.0f}"),
    ]
    for what, one, other in rows:
        table.add_row(what, str(one), str(other))
    table.add_section()
    for fault in sorted({*ours.faults, *theirs.faults}):
        table.add_row(f"fault: {fault}", str(ours.faults.get(fault, 0)), str(theirs.faults.get(fault, 0)))
    Console(width=None if sys.stdout.isatty() else 100).print(table)


if __name__ == "__main__":
    sys.exit(main())
