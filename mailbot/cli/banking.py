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
    from mailbot.bank.headers import Columns
    from mailbot.bot import Assembled
    from mailbot.flows.remit import Remittance

_COLOURS = {"settle": "green", "ask": "yellow", "ignore": "dim"}
_NAMES = {
    "date": "booked_on", "amount": "amount", "debit": "debit", "credit": "credit", "direction": "direction",
    "balance": "balance", "currency": "currency", "payer": "payer", "iban": "payer_iban", "text": "text",
    "reference": "reference", "id": "id",
}  # fmt: skip
_MANY = ("text", "reference")


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
    parser.add_argument(
        "--columns",
        type=_columns,
        metavar="NAME=N,...",
        help=f"which column of a CSV holds what, counted from 1 (date=1,text=3+4,amount=5): {', '.join(_NAMES)}",
    )
    parser.set_defaults(run=lambda args: with_bot(args, lambda parts: import_statements(parts, args)))


def _columns(text: str) -> "Columns":
    """`date=1,text=3+4,amount=5` as columns counted from nought; raises ArgumentTypeError."""
    found: dict[str, tuple[int, ...]] = {}
    for part in text.split(","):
        name, _, numbers = part.strip().partition("=")
        wanted = numbers.split("+")
        if name not in _NAMES or not all(number.isdecimal() and int(number) > 0 for number in wanted):
            raise argparse.ArgumentTypeError(
                f"'{part}' is no NAME=N; names are {', '.join(_NAMES)}, columns count from 1"
            )
        if len(wanted) > 1 and name not in _MANY:
            raise argparse.ArgumentTypeError(f"'{part}': only {' and '.join(_MANY)} may have several columns")
        found[_NAMES[name]] = tuple(int(number) - 1 for number in wanted)
    if "booked_on" not in found or not {"amount", "debit", "credit"} & set(found):
        raise argparse.ArgumentTypeError("date and amount (or debit and credit) are needed at least")
    return found


async def import_statements(parts: "Assembled", args: argparse.Namespace) -> int:
    """0 when all was read; 1 when lines or files were left out, or the operator said no; 2 when nothing was read."""
    from mailbot.flows.bankage import note_day
    from mailbot.flows.banked import layouts
    from mailbot.flows.remit import propose, settle

    loaded, unread = await _loaded(parts, args.files, args.columns)
    if not loaded:
        return 2
    found = await propose(parts.bot, loaded)
    tell = Teller(parts)
    for file, statement in loaded:
        for fault in statement.faults:
            print(f"{tell.plain(file)}: {fault}", file=sys.stderr)
    whole = not unread and not any(statement.faults for _, statement in loaded)
    if args.json:
        for one in found:
            print(json.dumps(one.plain(tell.say(one.proposal.because)), ensure_ascii=False))
    else:
        _show(tell, loaded, found, set(await layouts(parts.bot)))
    if args.dry_run:
        if not args.json:
            print("\nThis was a dry run: nothing was written.")
        return 0 if whole else 1
    if all(one.known for one in found):
        await settle(parts.bot, [], [statement for _, statement in loaded] if args.yes else [])
        await note_day(parts.bot, [statement.until for _, statement in loaded])
        print("\nNothing new.", file=sys.stderr if args.json else sys.stdout)
        return 0 if whole else 1
    if not args.yes and (why := await _not_agreed(parts, loaded, found)):
        print(f"\n{why}", file=sys.stderr)
        return 1
    done = await settle(parts.bot, found, [statement for _, statement in loaded])
    if not args.json:
        count = len(done.entries)
        print(f"\nRecorded: {count} payment{'s' if count != 1 else ''}. To answer: {done.asked}; see `mailbot list`.")
        for number, entry in done.entries:
            tell.line(f"  {number}; to take it back: mailbot undo {entry}")
    return 0 if whole else 1


async def _loaded(
    parts: "Assembled", paths: "Sequence[Path]", columns: "Columns | None"
) -> "tuple[list[tuple[str, Statement]], int]":
    """Every file that can be read; those that cannot are told, and counted."""
    from mailbot.bank import StatementFault
    from mailbot.flows.remit import read

    loaded: list[tuple[str, Statement]] = []
    unread = 0
    for path in paths:
        try:
            octets = path.read_bytes()
            loaded.append((str(path), await read(parts.bot, octets, parts.settings.business.currency, columns)))
        except OSError as fault:
            print(f"mailbot: {path} cannot be read: {fault.strerror}", file=sys.stderr)
            unread += 1
        except StatementFault as fault:
            print(f"mailbot: {path}: {fault}; nothing of it was imported", file=sys.stderr)
            unread += 1
    return loaded, unread


async def _not_agreed(
    parts: "Assembled", loaded: "Sequence[tuple[str, Statement]]", found: "Sequence[Remittance]"
) -> str:
    """Why nothing is recorded: nobody said yes, or the books changed since this was shown; empty where it is."""
    from mailbot.flows.remit import propose

    if not _confirmed():
        return "Nothing was recorded. Answer yes, or give --yes, to record it."
    if await propose(parts.bot, loaded) != found:
        return "The books changed while you looked: nothing was recorded. Type it again."
    return ""


def _confirmed() -> bool:
    """Ask at a terminal; silence, or no terminal, is a no."""
    if not sys.stdin.isatty():
        return False
    try:
        return input("\nRecord this? [y/N] ").strip().casefold() in ("y", "yes", "o", "oui")
    except EOFError:
        return False


def _show(
    tell: Teller,
    loaded: "Sequence[tuple[str, Statement]]",
    found: "Sequence[Remittance]",
    confirmed: set[str],
) -> None:
    from rich.table import Table
    from rich.text import Text

    for file, statement in loaded:
        columns = "".join(f", {name} = {tell.plain(head)}" for name, head in statement.columns)
        tell.line(f"{file}: {statement.format}, {len(statement.entries)} entries{columns}")
        if statement.layout and statement.layout not in confirmed:
            tell.line(
                "  The columns are a guess until you say yes, once; if they are wrong: --columns date=1,amount=4,..."
            )
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
        table.add_row(Text(verdict, style=_COLOURS[verdict]), f"{one.entry.booked_on}", *map(Text, cells))
    if shown:
        tell.console.print(table)
    known = sum(one.known for one in found)
    counts = {name: sum(one.proposal.verdict == name for one in found) for name in _COLOURS}
    tell.line(
        f"{counts['settle']} to settle, {counts['ask']} to ask, {counts['ignore'] - known} not about invoices, "
        f"{known} known"
    )
