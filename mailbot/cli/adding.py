"""`mailbot invoice add`, `mailbot client add`, `mailbot client contact`: one at a time, checked as an import is."""

import argparse
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from mailbot.cli.importing import defaults_of, read_pdf
from mailbot.cli.session import days_in, operator_day, with_bot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailbot.bot import Assembled
    from mailbot.intake import Fault, Plan

_CLIENT_OPTIONS = (
    ("name", "the client's name"),
    ("email", "where letters go"),
    ("first-name", "for the greeting"),
    ("contact-name", "the person's full name"),
    ("billing-email", "the desk that pays; letters go there first"),
    ("assistant-email", "an assistant"),
    ("language", "fr or en"),
    ("country", "FR, CA ..."),
    ("region", "QC, 57 ...: for public holidays"),
    ("timezone", "Europe/Paris ..."),
    ("kind", "business or consumer: the law differs"),
    ("phone", "for the day when a call helps more than a letter"),
    ("pay-day", "day of the month on which this client pays"),
    ("ladder", "a ladder of policy.toml"),
)


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register `mailbot invoice` and `mailbot client`."""
    invoice = subparsers.add_parser("invoice", help="add one invoice")
    under = invoice.add_subparsers(dest="what", metavar="add", required=True)
    one = under.add_parser("add", help="add one invoice")
    one.add_argument("number")
    one.add_argument("--client", required=True, help="the client's code, name or address")
    one.add_argument("--amount", required=True, help="1250.00, or '1 250,00 €'")
    one.add_argument("--currency", help="EUR, CAD ...; else the business's own")
    one.add_argument("--issued-on", metavar="DATE", help="else today")
    one.add_argument("--due-on", metavar="DATE", help="else --terms days later")
    one.add_argument("--terms", type=days_in, default=30, metavar="DAYS")
    one.add_argument("--subject", help="what it is for")
    one.add_argument("--sent-on", metavar="DATE", help="if the client has it already; else mailbot sends it")
    one.add_argument("--pdf", type=Path, help="the invoice itself, to attach")
    one.set_defaults(run=_run_invoice)
    client = subparsers.add_parser("client", help="add a client, or change how to reach one")
    under = client.add_subparsers(dest="what", metavar="add|contact", required=True)
    one = under.add_parser("add", help="add one client")
    one.add_argument("code", help="a short name of your own for this client")
    for name, meaning in _CLIENT_OPTIONS:
        one.add_argument(f"--{name}", required=name in ("name", "email", "kind"), help=meaning)
    one.set_defaults(run=_run_client)
    one = under.add_parser("contact", help="change a client's addresses; what is not named stays")
    one.add_argument("code")
    for name in ("email", "billing-email", "assistant-email", "first-name", "contact-name", "phone"):
        one.add_argument(f"--{name}", help=dict(_CLIENT_OPTIONS)[name])
    one.set_defaults(run=_run_contact)


def _run_invoice(args: argparse.Namespace) -> int:
    return with_bot(args, lambda parts: _add_invoice(parts, args))


async def _add_invoice(parts: "Assembled", args: argparse.Namespace) -> int:
    from mailbot.flows.command import CommandFault
    from mailbot.flows.enrol import known
    from mailbot.intake import Sheet, one_invoice, plan

    today = operator_day(parts)
    record, faults = one_invoice(
        today=today,
        defaults=defaults_of(parts, terms_days=args.terms),
        number=args.number,
        client=args.client,
        amount=args.amount,
        currency=args.currency,
        issued_on=args.issued_on or today.isoformat(),
        due_on=args.due_on or (None if args.issued_on else (today + timedelta(days=args.terms)).isoformat()),
        subject=args.subject,
        sent_on=args.sent_on,
        pdf=str(args.pdf) if args.pdf else None,
    )
    _refuse(faults)
    assert record is not None
    files: dict[str, tuple[str, bytes]] = {}
    if args.pdf:
        found = read_pdf(args.pdf)
        if isinstance(found, str):
            raise CommandFault(f"--pdf: {found}")
        files[record.pdf] = found
    return await _apply(parts, plan(Sheet((record,)), None, await known(parts.bot)), files)


def _run_client(args: argparse.Namespace) -> int:
    return with_bot(args, lambda parts: _add_client(parts, args, {"kind": args.kind}))


def _run_contact(args: argparse.Namespace) -> int:
    return with_bot(args, lambda parts: _change_contact(parts, args))


async def _add_client(parts: "Assembled", args: argparse.Namespace, extra: dict[str, str]) -> int:
    from mailbot.flows.command import CommandFault
    from mailbot.flows.enrol import known
    from mailbot.intake import Sheet, one_client, plan

    before = await known(parts.bot)
    known_as = next((code for code in before.clients if code.casefold() == args.code.casefold()), None)
    if known_as is not None:
        raise CommandFault(
            f"there is a client {known_as} already; `mailbot client contact {known_as}` changes addresses"
        )
    options = {name.replace("-", "_"): getattr(args, name.replace("-", "_")) for name, _ in _CLIENT_OPTIONS}
    record, faults = one_client(defaults=defaults_of(parts), code=args.code, **(options | extra))
    _refuse(faults)
    assert record is not None
    return await _apply(parts, plan(None, Sheet((record,)), before), {})


async def _change_contact(parts: "Assembled", args: argparse.Namespace) -> int:
    """Change addresses; a hold that a bounce brought is the operator's to release."""
    from mailbot.flows.command import CommandFault
    from mailbot.flows.enrol import known
    from mailbot.intake import Sheet, one_client, plan

    before = await known(parts.bot)
    old = before.clients.get(args.code)
    if old is None:
        raise CommandFault(f"there is no client {args.code}; `mailbot list` shows those there are")
    names = ("email", "billing_email", "assistant_email", "first_name", "contact_name", "phone")
    given = {name: getattr(args, name) for name in names if getattr(args, name) is not None}
    if not given:
        raise CommandFault("name what changes: --email, --billing-email, --assistant-email, --first-name ...")
    record, faults = one_client(
        defaults=defaults_of(parts), code=old.code, name=old.name, **({"email": old.email} | given)
    )
    _refuse(faults)
    assert record is not None
    wanted = replace(old, **{name: getattr(record, name) for name in given}, given=frozenset(given))
    code = await _apply(parts, plan(None, Sheet((wanted,)), before), {})
    print(f"If the ladder was held because mail did not arrive: mailbot release {args.code}")
    return code


async def _apply(parts: "Assembled", wanted: "Plan", files: dict[str, tuple[str, bytes]]) -> int:
    from mailbot.flows.command import CommandFault
    from mailbot.flows.enrol import apply_plan

    refused = [row for row in wanted.rows() if row["act"] == "refuse"]
    _refuse(wanted.faults)
    if refused:
        raise CommandFault(f"{refused[0]['key']} {refused[0]['detail']}")
    if wanted.idle:
        print("Nothing to change: it is known already.")
        return 0
    await apply_plan(parts.bot, wanted, files)
    for row in wanted.rows():
        if row["act"] in ("add", "change"):
            done = "added" if row["act"] == "add" else "changed"
            print(f"{done}: {row['what']} {row['key']} ({row['name']}) {row['detail']}".rstrip())
    return 0


def _refuse(faults: "Sequence[Fault]") -> None:
    from mailbot.flows.command import CommandFault

    if faults:
        raise CommandFault("; ".join(str(fault) for fault in faults))
