"""`mailbot import`: invoices and clients from CSV; a dry run unless `--apply` is given."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from mailbot.cli.session import days_in, operator_day, with_bot

if TYPE_CHECKING:
    from mailbot.bot import Assembled
    from mailbot.intake import Defaults, InvoiceRecord, Plan, Sheet

_PDF_LIMIT = 10 * 1024 * 1024
_COLOURS = {"add": "green", "change": "yellow", "refuse": "red", "skip": "dim", "unchanged": "dim"}


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register `mailbot import`."""
    parser = subparsers.add_parser(
        "import",
        help="read invoices (and clients) from CSV; shows what would change, --apply does it",
        description="Columns: see the README, or --columns. Exports of Invoice Ninja, Stripe, QuickBooks, FreshBooks "
        "and badcop are recognised. Importing a file twice changes nothing the second time.",
    )
    parser.add_argument("invoices", nargs="?", type=Path, metavar="invoices.csv")
    parser.add_argument("clients", nargs="?", type=Path, metavar="clients.csv")
    parser.add_argument("--apply", action="store_true", help="write it into the database")
    parser.add_argument("--dates", choices=("dmy", "mdy"), help="how 03/04/2026 is meant, where the file cannot tell")
    parser.add_argument(
        "--terms", type=days_in, default=30, metavar="DAYS", help="due after so many days, where no date is given"
    )
    parser.add_argument("--columns", action="store_true", help="list the columns and leave")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 when all is well, 1 when the files have faults; nothing is half-imported."""
    if args.columns:
        return _columns()
    if args.invoices is None:
        print("mailbot import: name the file with the invoices (and then, if you have one, that with the clients)")
        return 2
    return with_bot(args, lambda parts: import_files(parts, args))


async def import_files(parts: "Assembled", args: argparse.Namespace) -> int:
    """Read, compare, show; apply if asked to."""
    from mailbot.flows.command import CommandFault
    from mailbot.flows.enrol import apply_plan, known
    from mailbot.intake import plan, read_clients, read_invoices

    defaults = defaults_of(parts, terms_days=args.terms, dates=args.dates)
    today = operator_day(parts)
    invoices = read_invoices(_octets(args.invoices), file=str(args.invoices), today=today, defaults=defaults)
    clients = None
    if args.clients:
        clients = read_clients(_octets(args.clients), file=str(args.clients), defaults=defaults)
    wanted = plan(invoices, clients, await known(parts.bot))
    files, missing = _pdfs(invoices, args.invoices.parent)
    _show(wanted, invoices)
    for fault in missing:
        print(f"  ✗ {fault}")
    if missing or not wanted.ok:
        print("\nNothing was imported. Mend the lines above and run the same command again.")
        return 1
    if wanted.idle:
        print("\nNothing to change.")
        return 0
    if not args.apply:
        print("\nThis was a dry run: nothing was written. Run the same command with --apply to import.")
        return 0
    try:
        await apply_plan(parts.bot, wanted, files)
    except ValueError as fault:
        raise CommandFault(f"{args.invoices}: {fault}; nothing was imported") from fault
    print("\nImported. `mailbot next` shows what will go out, and why.")
    return 0


def defaults_of(parts: "Assembled", *, terms_days: int | None = 30, dates: str | None = None) -> "Defaults":
    """What holds where a file says nothing: the business's own place."""
    from mailbot.intake import DateOrder, Defaults

    own = parts.settings.business
    return Defaults(
        currency=own.currency,
        country=own.country,
        region=own.region,
        language=own.language,
        timezone=own.timezone,
        terms_days=terms_days,
        dates=DateOrder(dates) if dates else None,
        ladders=frozenset(parts.settings.policy.ladders),
    )


def _octets(path: Path) -> bytes:
    from mailbot.flows.command import CommandFault

    try:
        return path.read_bytes()
    except OSError as fault:
        raise CommandFault(f"{path} cannot be read: {fault.strerror}") from fault


def _pdfs(sheet: "Sheet[InvoiceRecord]", base: Path) -> tuple[dict[str, tuple[str, bytes]], list[str]]:
    files: dict[str, tuple[str, bytes]] = {}
    faults: list[str] = []
    for record in sheet.records:
        if not record.pdf:
            continue
        found = read_pdf(base / record.pdf)
        if isinstance(found, str):
            faults.append(f"{sheet.file} line {record.line}, column pdf: {found}")
        else:
            files[record.pdf] = found
    return files, faults


def read_pdf(path: Path) -> tuple[str, bytes] | str:
    """The name and octets of a PDF, or what is wrong with it."""
    try:
        if path.stat().st_size > _PDF_LIMIT:
            return f"{path} is larger than 10 MB; mail servers refuse such letters, make it smaller"
        octets = path.read_bytes()
    except OSError as fault:
        return f"{path} cannot be read: {fault.strerror}"
    if b"%PDF-" not in octets[:1024]:
        return f"{path} is not a PDF"
    return path.name, octets


def _show(wanted: "Plan", sheet: "Sheet[InvoiceRecord]") -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(highlight=False)
    kind = f", an export of {sheet.profile}" if sheet.profile else ""
    read_as = ", ".join(part for part in (sheet.dialect, sheet.encoding) if part)
    console.print(f"{escape(sheet.file)}: {read_as}{escape(kind)}", style="dim")
    for note in wanted.notes:
        console.print(f"  note: {escape(str(note))}", style="dim")
    for fault in wanted.faults:
        console.print(f"  [red]✗[/red] {escape(str(fault))}")
    rows = [row for row in wanted.rows() if row["act"] != "unchanged"]
    if rows:
        table = Table(box=None, pad_edge=False)
        for title in ("", "", "", "", "line"):
            table.add_column(title, overflow="fold", justify="right" if title == "line" else "left")
        for row in rows:
            colour = _COLOURS[row["act"]]
            what = f"{row['name']}  {row['detail']}".rstrip()
            table.add_row(
                f"[{colour}]{row['act']}[/{colour}]", row["what"], escape(row["key"]), escape(what), row["line"]
            )
        console.print(table)
    counts = ", ".join(
        f"{sum(r['act'] == act for r in wanted.rows())} to {act}" for act in ("add", "change", "skip", "refuse")
    )
    console.print(f"{counts}, {sum(r['act'] == 'unchanged' for r in wanted.rows())} unchanged")


def _columns() -> int:
    from rich.console import Console
    from rich.table import Table

    from mailbot.intake import CLIENT_COLUMNS, INVOICE_COLUMNS

    console = Console(highlight=False)
    for title, columns in (("invoices.csv", INVOICE_COLUMNS), ("clients.csv", CLIENT_COLUMNS)):
        table = Table(title=title, title_justify="left", box=None)
        table.add_column("column", style="bold")
        table.add_column("meaning", overflow="fold")
        for column in columns:
            table.add_row(column.name, column.meaning)
        console.print(table)
    return 0
