"""`mailbot forget CLIENT`: erase a client's personal data, and say what accounting law keeps."""

import argparse
from typing import TYPE_CHECKING

from mailbot.cli.session import with_bot

if TYPE_CHECKING:
    from mailbot.bot import Assembled


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register `mailbot forget`."""
    parser = subparsers.add_parser("forget", help="erase a client's personal data; invoices and payments are kept")
    parser.add_argument("client", metavar="CLIENT", help="the client's code")
    parser.add_argument("--apply", action="store_true", help="do it; without this nothing is changed")
    parser.set_defaults(run=lambda args: with_bot(args, lambda parts: _forget(parts, args), create=False))


async def _forget(parts: "Assembled", args: argparse.Namespace) -> int:
    from mailbot.config.retention import keeping_of
    from mailbot.flows.forget import forget

    country = parts.bot.business.country
    keeping = keeping_of(country)
    done = await forget(parts.bot, parts.store, args.client, keeping, apply=args.apply)
    erased = done.erased
    say = "Erased" if args.apply else "Would be erased"
    print(
        f"{say}: name and code (now {done.pseudonym}), {erased.contacts} contacts, {erased.mails} mails,"
        f" {erased.letters} letters, {erased.files} attachments, the words of {erased.words} entries in the log;"
        " and the copies of all past mails to you, which quote clients."
    )
    for kept in done.kept:
        until = f"until {kept.until}" if kept.until else "for as long as your law demands"
        print(f"Kept: {kept.number} of {kept.issued_on}, {kept.amount}, paid {kept.paid}, {until}")
    if done.kept and keeping:
        print(f"Why: {keeping.source} (looked up on {keeping.looked_up_on}; ask your accountant).")
    elif done.kept:
        print(f"How long accounting law wants them kept in {country or 'your country'} is not known here.")
    print(
        "Not within reach: your mailbox and its Sent folder, your own accounts, and backups made before"
        f" ({parts.settings.storage.backups}; the daily ones are gone after {parts.settings.storage.keep} days;"
        " if you ever restore one of them, forget again)."
        " Invoices themselves must stay in your accounts: their PDFs are not kept here."
    )
    if not args.apply:
        print(f"Nothing was changed. To do it: mailbot forget {args.client} --apply")
    return 0
