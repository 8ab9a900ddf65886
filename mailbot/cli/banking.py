"""`mailbot import-bank`: what the bank says came in; settles what is certain and asks about the rest."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mailbot.cli.session import Teller, with_bot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailbot.bank import Statement
    from mailbot.bot import Assembled
    from mailbot.flows.remit import Remittance

_COLOURS = {"settle": "green", "ask": "yellow", "ignore": "dim"}


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register `mailbot import-bank`."""
    parser = subparsers.add_parser(
        "import-bank",
        help="read bank statements (CAMT.053/.054, MT940, OFX, CSV) and record what was paid",
        description="What is certain settles its invoices once you say yes; what is not becomes a question. "
        "Importing a statement twice, or one that overlaps, changes nothing the second time.",
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--dry-run", action="store_true", help="show what would be done, and write nothing")
    parser.add_argument("--json", action="store_true", help="one object a line, for a program")
    parser.add_argument("--yes", action="store_true", help="do not ask before recording")
    parser.set_defaults(run=lambda args: with_bot(args, lambda parts: import_statements(parts, args)))


async def import_statements(parts: "Assembled", args: argparse.Namespace) -> int:
    """0 when all was read; 1 when lines had to be left out, or the operator said no."""
    from mailbot.flows.remit import propose, settle

    loaded = _loaded(args.files, parts.settings.business.currency)
    found = await propose(parts.bot, loaded)
    tell = Teller(parts)
    for file, statement in loaded:
        for fault in statement.faults:
            print(f"{tell.plain(file)}: {fault}", file=sys.stderr)
    whole = not any(statement.faults for _, statement in loaded)
    if args.json:
        for one in found:
            print(json.dumps(one.plain(tell.say(one.proposal.because)), ensure_ascii=False))
    else:
        _show(tell, loaded, found)
    if args.dry_run:
        if not args.json:
            print("\nThis was a dry run: nothing was written.")
        return 0 if whole else 1
    if all(one.known for one in found):
        print("\nNothing new.", file=sys.stderr if args.json else sys.stdout)
        return 0 if whole else 1
    if not args.yes and not _confirmed():
        print("\nNothing was recorded. Answer yes, or give --yes, to record it.", file=sys.stderr)
        return 1
    count = await settle(parts.bot, found)
    if not args.json:
        asked = sum(one.proposal.verdict == "ask" for one in found)
        print(f"\nRecorded: {count} payment{'s' if count != 1 else ''}. To answer: {asked}; see `mailbot list`.")
    return 0 if whole else 1


def _loaded(paths: "Sequence[Path]", currency: str) -> "list[tuple[str, Statement]]":
    """Read every file before anything is decided: one bad file stops all."""
    from mailbot.bank import StatementFault, read_statement
    from mailbot.flows.command import CommandFault

    loaded: list[tuple[str, Statement]] = []
    for path in paths:
        try:
            loaded.append((str(path), read_statement(path.read_bytes(), currency)))
        except OSError as fault:
            raise CommandFault(f"{path} cannot be read: {fault.strerror}") from fault
        except StatementFault as fault:
            raise CommandFault(f"{path}: {fault}; nothing was imported") from fault
    return loaded


def _confirmed() -> bool:
    """Ask at a terminal; silence, or no terminal, is a no."""
    if not sys.stdin.isatty():
        return False
    try:
        return input("\nRecord this? [y/N] ").strip().casefold() in ("y", "yes", "o", "oui")
    except EOFError:
        return False


def _show(tell: Teller, loaded: "Sequence[tuple[str, Statement]]", found: "Sequence[Remittance]") -> None:
    from rich.markup import escape
    from rich.table import Table

    for file, statement in loaded:
        columns = "".join(f", {name} = {tell.plain(head)}" for name, head in statement.columns)
        tell.line(f"{file}: {statement.format}, {len(statement.entries)} entries{columns}")
    table = Table(box=None, pad_edge=False)
    for title in ("", "day", "amount", "payer", "invoices", "why"):
        table.add_column(title, overflow="fold", justify="right" if title == "amount" else "left")
    shown = [one for one in found if one.proposal.verdict != "ignore"]
    for one in shown:
        verdict = one.proposal.verdict.value
        cells = (
            tell.money(one.entry.amount),
            tell.plain(one.entry.payer or one.entry.text[:40]),
            ", ".join(f"{share.number} {tell.money(share.amount)}" for share in one.proposal.shares),
            tell.plain(tell.say(one.proposal.because)),
        )
        colour = _COLOURS[verdict]
        table.add_row(f"[{colour}]{verdict}[/{colour}]", f"{one.entry.booked_on}", *map(escape, cells))
    if shown:
        tell.console.print(table)
    known = sum(one.known for one in found)
    counts = {name: sum(one.proposal.verdict == name for one in found) for name in _COLOURS}
    tell.line(
        f"{counts['settle']} to settle, {counts['ask']} to ask, {counts['ignore'] - known} not about invoices, "
        f"{known} known"
    )
