"""`mailbot explain`: what a mail says, what follows and why, with the books where there are any."""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailbot.flows.concern import Concerned
    from mailbot.flows.explain import Explanation
    from mailbot.flows.notice import Judged

LARGEST = 64 * 1024 * 1024
"""Octets of a mail that are read; mail servers accept less."""


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register `mailbot explain`."""
    parser = subparsers.add_parser("explain", help="say what a mail means, what follows and why")
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="FILE.eml|FOLDER", help="mails, or folders with .eml files"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--country", default="", help="country of the writers (FR, CA, US ...); guessed where left out")
    parser.add_argument(
        "--invoice", action="append", default=[], metavar="NUMBER", help="an invoice number to look for"
    )
    parser.add_argument("--dns", type=Path, metavar="FILE", help="DNS records for payment notices: JSON, name to TXT")
    parser.add_argument(
        "--to", action="append", default=[], metavar="ADDRESS", help="an address of yours, for payment notices"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Explain every mail; 1 where a path could not be read, and the others are still explained."""
    from mailbot.cli.noticing import in_the_books, judge, reader

    explain_one = reader(args)
    faults = 0
    for path in args.paths:
        try:
            files = list(_mails(path))
        except OSError as error:
            faults += _fault(path, error)
            continue
        if not files:
            faults += _fault(path, "holds no .eml file")
        for file in files:
            try:
                with file.open("rb") as source:
                    octets = source.read(LARGEST)
            except OSError as error:
                faults += _fault(file, error)
                continue
            explanation, clients = in_the_books(explain_one(octets), args)
            _show(args, file, explanation, clients, judge(octets, explanation, args))
    return 1 if faults else 0


def _mails(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from sorted(found for found in path.rglob("*.eml") if found.is_file())
    else:
        yield path


def _fault(path: Path, fault: OSError | str) -> int:
    why = fault if isinstance(fault, str) else (fault.strerror or "cannot be read")
    print(f"mailbot explain: {path}: {why}", file=sys.stderr)
    return 1


def _show(
    args: argparse.Namespace, file: Path, explanation: "Explanation", clients: "Concerned", judged: "Judged | None"
) -> None:
    if args.json:
        from mailbot.flows.explain import as_json

        # Lone surrogates of broken mails cannot be printed; escaped, they can.
        print(json.dumps(as_json(explanation, str(file), judged)), flush=True)
        return
    from mailbot.cli.explaining import Words, show
    from mailbot.cli.noticing import configured, view

    settings = configured(args)
    words = Words.of(settings)
    console = show(file, explanation, settings, clients, words)
    if judged is not None:
        for part in view(judged):
            console.print(part, end="", soft_wrap=True)
