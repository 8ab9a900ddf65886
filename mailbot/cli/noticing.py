"""The payment notices of `mailbot explain`: what was checked, against your invoices where there are any at hand."""

import argparse
import asyncio
import json
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.text import Text

    from mailbot.config import Settings
    from mailbot.flows.concern import Concerned
    from mailbot.flows.desk import Desk, TxtRecords
    from mailbot.flows.explain import Explanation
    from mailbot.flows.notice import Found, Judged
    from mailbot.mail.parse import ParsedMail

_COLOURS = {"pass": "green", "fail": "bold red", "unknown": "yellow"}


def reader(args: argparse.Namespace) -> "Callable[[bytes], Explanation]":
    """What explains one mail, as the command line asks for it."""
    from mailbot.flows.explain import explain

    args.desk = desk = _desk(args)
    return lambda octets: explain(octets, known_numbers=args.invoice, country=args.country, desk=desk)


def in_the_books(explanation: "Explanation", args: argparse.Namespace) -> "tuple[Explanation, Concerned]":
    """The explanation as the service comes to it, knowing the client and what was learnt, and whom it concerns."""
    settings = configured(args)
    if settings is None or explanation.mail is None:
        return explanation, ()
    return asyncio.run(_in_the_books(explanation, settings, args))


async def _in_the_books(
    explanation: "Explanation", settings: "Settings", args: argparse.Namespace
) -> "tuple[Explanation, Concerned]":
    from mailbot.bot import assemble
    from mailbot.flows.concern import explained_of
    from mailbot.store.fault import StoreFault

    try:
        async with assemble(settings, create=False) as parts:
            return await explained_of(explanation, parts.bot, country=args.country, known_numbers=args.invoice)
    except StoreFault as fault:
        _told(f"goes on without your books: {fault}")
        return explanation, ()


def judge(octets: bytes, explanation: "Explanation", args: argparse.Namespace) -> "Judged | None":
    """The notice in a mail with its checks; None where it is none. The books are opened for a notice only."""
    if explanation.found is None or explanation.mail is None:
        return None
    return asyncio.run(_judged(octets, explanation.mail, explanation.found, args))


async def _judged(octets: bytes, mail: "ParsedMail", found: "Found", args: argparse.Namespace) -> "Judged":
    from dataclasses import replace

    from mailbot.flows.notice import compare, desk_at, examine

    desk, now = args.desk, datetime.now(UTC)
    settings = configured(args)
    if settings is not None:
        from mailbot.bot import assemble
        from mailbot.store.fault import StoreFault

        try:
            async with assemble(settings, create=False) as parts:
                here = replace(desk, authserv_id=(await desk_at(parts.bot)).authserv_id)
                return await compare(await examine(octets, mail, found, here, now), mail, parts.bot)
        except StoreFault as fault:
            _told(f"the invoices could not be read: {fault}")
    return await examine(octets, mail, found, desk, now)


@cache
def _told(words: str) -> None:
    """Say something once."""
    print(f"mailbot explain: {words}", file=sys.stderr)


def _desk(args: argparse.Namespace) -> "Desk":
    from dataclasses import replace

    from mailbot.config.notices import load_catalogue
    from mailbot.flows.desk import Desk

    settings = configured(args)
    if settings is not None:
        from mailbot.bot import desk_of

        desk = desk_of(settings, _records(args.dns))
    else:
        desk = Desk(load=cache(lambda: load_catalogue(None, [])), records=_records(args.dns))
    mine = tuple(address.lower() for address in args.to)
    return replace(desk, addresses=(*desk.addresses, *mine)) if mine else desk


@cache
def _records(file: Path | None) -> "TxtRecords":
    """What stands in for DNS: the file, or DNS itself."""
    if file is None:
        from mailbot.wire.dns import DnsRecords

        return DnsRecords()
    from mailbot.flows.command import CommandFault
    from mailbot.flows.desk import GivenRecords

    try:
        values = json.loads(file.read_text("utf-8"))
    except OSError as fault:
        raise CommandFault(f"--dns: {file} cannot be read: {fault.strerror}") from fault
    except ValueError as fault:
        raise CommandFault(f"--dns: {file} is no JSON: {fault}") from fault
    if not isinstance(values, dict):
        raise CommandFault(f'--dns: {file} must hold an object, like {{"s1._domainkey.example.com": "v=DKIM1; p=..."}}')
    return GivenRecords({str(name): _text(value, file) for name, value in values.items()})


def _text(value: object, file: Path) -> str | None:
    """A record: a text, the strings that it is cut into, or null for none."""
    from mailbot.flows.command import CommandFault

    if isinstance(value, list) and all(isinstance(piece, str) for piece in value):
        return "".join(value)
    if isinstance(value, str) and value.lstrip().startswith('"'):  # as a zone file writes it
        return "".join(value.split('"')[1::2]) or None
    if value is None or isinstance(value, str):
        return value or None
    raise CommandFault(f"--dns: {file} must give each name a text, or null where there is none")


def configured(args: argparse.Namespace) -> "Settings | None":
    """The configuration, if there is one: mails are explained without it too."""
    return _settings_of(getattr(args, "config", None))


@cache
def _settings_of(config: Path | None) -> "Settings | None":
    from mailbot.cli.session import settings_of
    from mailbot.config import ConfigFaults

    try:
        return settings_of(argparse.Namespace(config=config))
    except ConfigFaults as faults:
        import os

        if config is not None or os.environ.get("MAILBOT_CONFIG"):
            raise
        if any(fault.key for fault in faults.faults):
            _told(f"goes on without your configuration: {faults}")
        return None


def view(judged: "Judged") -> "Iterator[Text]":
    """The notice, its checks, and whether it settles."""
    from rich.text import Text

    from mailbot.core.notice import lacking

    notice = judged.notice
    for name, value in (
        ("notice of", judged.provider.title),
        ("event", notice.event or "no template reads it"),
        ("amount", notice.amount),
        ("payer", notice.payer),
        ("reference", notice.reference),
        ("transaction", notice.transaction_id),
    ):
        if value:
            yield Text.assemble((f"{name:>12}  ", "bold"), f"{_line(str(value))}\n")
    for name, result in judged.checks.items():
        yield Text.assemble((f"{'check':>12}  ", "bold"), (f"{result:<8}", _COLOURS[result]), f"{name}\n")
    missing = lacking(judged.checks)
    words = f"yes: {judged.invoice}" if judged.settles else f"no: {', '.join(missing) or 'nothing to settle'}"
    colour = "bold green" if judged.settles else "bold red"
    yield Text.assemble((f"{'settles':>12}  ", "bold"), (f"{words}\n", colour))
    if not judged.settles and missing == ("sender_confirmed",):
        yield Text.assemble((f"{'then':>12}  ", "bold"), f"mailbot trust {judged.provider.name}\n")
    yield Text("\n")


def _line(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)
