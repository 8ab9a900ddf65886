"""`mailbot check`: everything that the daemon needs, one line each, with the mend where something is wrong."""

import argparse
from typing import TYPE_CHECKING

from mailbot.cli.faults import told
from mailbot.cli.session import settings_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from mailbot.bot import Assembled
    from mailbot.config import Settings
    from mailbot.config.settings import ReadingSection

_SKEW_S = 600
_NO_WAYS = "only by what your PDFs say; [payment] would put your account under each letter (optional)"


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register `mailbot check`."""
    parser = subparsers.add_parser(
        "check", help="test configuration, letters, database, SMTP, IMAP, Sent folder, clock"
    )
    parser.add_argument("--probe", action="store_true", help="send one mail to yourself and learn what proves a letter")
    parser.add_argument("--wait", type=int, default=90, metavar="SECONDS", help="how long to watch for it (default 90)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 when everything is well, 1 otherwise."""
    import asyncio

    from mailbot.config import ConfigFaults

    try:
        settings = settings_of(args, need_passwords=True)
    except ConfigFaults as faults:
        for fault in faults.faults:
            _line("configuration", str(fault))
        return 1
    _line("configuration", "", str(settings.file))
    _line("policy", "", f"{settings.policy_file}, {len(settings.policy.ladders)} ladder(s)")
    return asyncio.run(_check(settings, args.wait if args.probe else None))


async def _check(settings: "Settings", probe_s: int | None) -> int:
    from mailbot.bot import assemble
    from mailbot.cli.probing import probe_lines

    well = True
    try:
        async with assemble(settings) as parts:
            async for name, fault, detail in _tests(parts):
                _line(name, fault, detail)
                well = well and not fault
            if well and probe_s is not None:
                async for name, fault, detail in probe_lines(parts, probe_s):
                    _line(name, fault, detail)
                    well = well and not fault
    except Exception as fault:
        words = told(fault)
        if words is None:
            raise
        _line("database", words.removeprefix("mailbot: "))
        return 1
    print("\nAll is well." if well else "\nMend the lines with ✗, then run `mailbot check` again.")
    return 0 if well else 1


async def _tests(parts: "Assembled") -> "AsyncIterator[tuple[str, str, str]]":
    """Each test as (name, fault or empty text, detail)."""
    clients = await parts.bot.store.all_clients()
    open_count = sum(invoice.live for client in clients for invoice in client.invoices)
    yield "database", "", f"{len(clients)} clients, {open_count} open invoices"
    off = await parts.bot.store.out_of_balance()
    mend = "restore a backup (`mailbot backup --list`), or report this"
    yield "books", f"{', '.join(off)}: not what the ledger adds up to; {mend}" if off else "", "all in balance"
    yield "backups", *_backups(parts)
    faults = letter_faults(parts)
    for fault in faults:
        yield "letters", fault, ""
    if not faults:
        yield "letters", "", f"{len(parts.letters.names())} templates written on samples"
    yield "how to pay you", "", paid_how(parts.settings)
    if parts.settings.reading is not None:
        yield "second reader", "", second_reader(parts.settings.reading)
    yield "clock", *await _clock(parts)
    yield "SMTP login", *await _smtp(parts)
    async for line in _imap(parts):
        yield line
    from mailbot.flows.commit import is_live

    yield (
        "mode",
        "",
        "live: letters go to clients" if await is_live(parts.bot) else "draft: nothing goes to clients yet",
    )


def paid_how(settings: "Settings") -> str:
    """What letters tell about paying, account by account; accounts are shortened."""
    from mailbot.core.money import Money
    from mailbot.core.payment import epc_payload
    from mailbot.flows.details import masked

    told = []
    for currency, ways in (("", settings.paying.usual), *settings.paying.by_currency):
        named = (
            ("transfer", ways.transfer),
            ("Interac", ways.interac),
            ("link", ways.link),
            ("cheque", ways.cheque_to),
        )
        words = [word for word, there in named if there]
        if epc_payload(ways, Money.of(1, currency or "EUR"), ["1"]):
            words.append("QR code for euros")
        told += [f"{currency or 'any currency'}: {', '.join(words)}"] if words else []
    if settings.business.payment_lines:
        told.append("payment_lines")
    accounts = masked(settings.paying)
    return f"under each letter ({'; '.join(told)}{f'; {accounts}' if accounts else ''})" if told else _NO_WAYS


def second_reader(section: "ReadingSection") -> str:
    """Where the text of mails goes besides this machine."""
    where = f"{section.endpoint}, model {section.model}"
    if not section.remote:
        return f"the words of mails go to {where}, on this machine"
    warning = "" if section.encrypted else "; WARNING: not encrypted, anybody on the way can read them: use https"
    return f"the words of mails leave this machine for {where}{warning}"


def _backups(parts: "Assembled") -> tuple[str, str]:
    """The folder must take a file, and the last daily copy must be there."""
    import tempfile

    from mailbot.store.engine import sqlite_file

    storage = parts.settings.storage
    if sqlite_file(storage.database) is None:
        return "", "not by mailbot: PostgreSQL has its own pg_dump"
    try:
        storage.backups.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=storage.backups) as probe:
            probe.write(b"mailbot")
    except OSError as fault:
        return f"{storage.backups} takes no file ({fault.strerror}); mend the folder, or name another in [storage]", ""
    copies = sorted(path.name for path in storage.backups.glob("mailbot-*.db"))
    return "", f"{storage.backups}, {len(copies)} kept" + (f", the newest is {copies[-1]}" if copies else "")


def letter_faults(parts: "Assembled") -> list[str]:
    """What keeps a letter from being written: templates that fail on samples, and rungs whose template is missing."""
    there = {name for name, _ in parts.letters.names()}
    return [str(fault) for fault in parts.letters.check()] + [
        f"{parts.settings.policy_file}: rung {rung.name} of ladder {ladder} wants the template {rung.template}, "
        f"which is in no templates folder; write it, or name one of: {', '.join(sorted(there))}"
        for ladder, rungs in parts.settings.policy.ladders.items()
        for rung in rungs
        if rung.template and rung.template not in there
    ]


async def _clock(parts: "Assembled") -> tuple[str, str]:
    """The clock must not stand before what was already written down."""
    now = parts.bot.clock.now()
    entries = await parts.bot.store.journal_of(limit=1)
    if entries and (entries[-1].at - now).total_seconds() > _SKEW_S:
        return (
            f"it says {now:%Y-%m-%d %H:%M} UTC, before the last entry of the journal; set the system's clock (NTP)",
            "",
        )
    return "", f"{now:%Y-%m-%d %H:%M} UTC"


async def _smtp(parts: "Assembled") -> tuple[str, str]:
    from mailbot.bot import smtp_account
    from mailbot.wire.smtp import Submission
    from mailbot.wire.smtp_errors import SmtpError

    account = smtp_account(parts.settings)
    post = Submission(account)
    try:
        await post.check_login()
    except SmtpError as fault:
        return str(fault), ""
    finally:
        await post.close()
    return "", f"{account.where}, {account.security}"


async def _imap(parts: "Assembled") -> "AsyncIterator[tuple[str, str, str]]":
    from mailbot.wire.imap_errors import ImapError

    wire = parts.mailbox.wire
    try:
        await wire.connect()
        yield "IMAP login", "", f"{wire.account.where}, {wire.account.security}"
        folders = await wire.folders()
        yield "inbox", "", ", ".join(folder for folder in (folders.inbox, folders.junk) if folder)
        if folders.sent:
            yield "Sent folder", "", folders.sent
        elif wire.account.sent_folder:
            mend = 'name it in [imap] sent_folder, or set it to "" if your provider files copies by itself'
            yield "Sent folder", f"none was found; {mend}", ""
        else:
            yield "Sent folder", "", "not used (sent_folder is empty)"
    except ImapError as fault:
        yield "IMAP", str(fault), ""


def _line(name: str, fault: str, detail: str = "") -> None:
    from rich.console import Console
    from rich.text import Text

    mark = Text("✗ ", style="red") if fault else Text("✓ ", style="green")
    Console(highlight=False, soft_wrap=True).print(mark + Text(f"{name}: {fault or detail}"))
