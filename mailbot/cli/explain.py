"""`mailbot explain`: what a mail says, what follows and why, without any database."""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from mailbot.core.intent import Intent, Kind

if TYPE_CHECKING:
    from rich.text import Text

    from mailbot.flows.explain import Explanation
    from mailbot.flows.notice import Judged

LARGEST = 64 * 1024 * 1024
"""Octets of a mail that are read; mail servers accept less."""

_FOLLOWS = {
    Intent.PAYMENT_CLAIMED: "Reminders wait while the bank does its work; if no money shows up, you are asked.",
    Intent.PROMISE_TO_PAY: "Reminders wait for that day and a little grace; then the money is looked for.",
    Intent.DISPUTE: "Reminders for this invoice stop, others go on; you are told at once.",
    Intent.PERSONAL_EMERGENCY: "Every reminder to this client stops until you say so; you are told at once.",
    Intent.FINANCIAL_DIFFICULTY: "Every reminder to this client stops; you decide what to offer.",
    Intent.ABSENCE: "Reminders to this client wait until the working day after the return.",
    Intent.EXTENSION_REQUEST: "Reminders for this invoice stop; you answer.",
    Intent.DOCUMENT_REQUEST: "Reminders for this invoice stop until the document is sent.",
    Intent.REDIRECT: "Reminders for this invoice stop; the new contact is proposed to you, never adopted by itself.",
    Intent.REFUSAL: "Reminders for this invoice stop; you are told.",
    Intent.QUESTION: "Reminders for this invoice stop; you answer.",
    Intent.ACKNOWLEDGEMENT: "The reminders go on as planned.",
    Intent.APPROVAL: "The reminders go on as planned.",
    Intent.OTHER: "The reminders go on as planned.",
    Intent.AUTO_REPLY: "A machine answered: the reminders go on as planned.",
}
_ASKED = "Reminders for this invoice wait, and you are asked."
_ABSENT = "Reminders to this client wait until the working day after the return, or a week where none is named."
_DEAD = "Nothing more goes to this address; you are asked for another one."


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
    from mailbot.cli.noticing import judge, reader

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
            explanation = explain_one(octets)
            _show(file, explanation, judge(octets, explanation, args), as_lines=args.json)
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


def _show(file: Path, explanation: "Explanation", judged: "Judged | None", *, as_lines: bool) -> None:
    if as_lines:
        from mailbot.flows.explain import as_json

        # Lone surrogates of broken mails cannot be printed; escaped, they can.
        print(json.dumps(as_json(explanation, str(file), judged)), flush=True)
        return
    from rich.console import Console

    from mailbot.cli.noticing import view

    for part in _view(file, explanation):
        Console().print(part, end="", soft_wrap=True)
    if judged is not None:
        for part in view(judged):
            Console().print(part, end="", soft_wrap=True)


def _view(file: Path, explanation: "Explanation") -> "Iterator[Text]":
    from rich.text import Text

    reading = explanation.reading
    yield Text.assemble(
        (f"{file.name}\n", "bold"),
        (f"{_line(explanation.from_email)}  ", "cyan"),
        (f"{_line(explanation.subject)}\n\n", "dim"),
    )
    words = Text("".join(char for char in reading.reply_text if char.isprintable() or char == "\n").strip() + "\n\n")
    if reading.evidence:
        words.highlight_words([reading.evidence], "bold black on yellow")
    yield words
    yield _row("kind", f"{explanation.kind} ({explanation.kind_because})")
    others = f", also {', '.join(reading.others)}" if reading.others else ""
    yield _row("understood", f"{reading.intent}{others}, confidence {reading.confidence:.0%}")
    for name, value in (
        ("day", reading.until.isoformat() if reading.until else ""),
        ("amounts", ", ".join(str(money) for money in reading.amounts)),
        ("write to", reading.redirect_to or ""),
        ("invoices", ", ".join(reading.invoices)),
    ):
        if value:
            yield _row(name, value)
    yield _row("hold", f"yes, {reading.scope}" if reading.hold else "no", "bold red" if reading.hold else "bold green")
    yield _row("then", what_follows(explanation))
    yield _row("why", reading.because)
    yield Text("\n")


def _row(name: str, value: str, style: str = "") -> "Text":
    from rich.text import Text

    return Text.assemble((f"{name:>12}  ", "bold"), (f"{_line(value)}\n", style))


def _line(text: str) -> str:
    """One printable line: what stands in a mail may not drive the terminal."""
    return "".join(char if char.isprintable() else " " for char in text)


def what_follows(explanation: "Explanation") -> str:
    """What the bot will do, in a sentence."""
    reading = explanation.reading
    if explanation.kind is Kind.BOUNCE and reading.hold:
        return _DEAD
    if reading.hold and reading.intent is Intent.AUTO_REPLY:
        return _ABSENT
    if reading.hold and reading.intent in (Intent.OTHER, Intent.ACKNOWLEDGEMENT, Intent.APPROVAL):
        return _ASKED
    return _FOLLOWS[reading.intent]
