"""What clients want on paper: `mailbot payment-slip`, `receipt`, `send-answer`."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from mailbot.cli.session import numbered, with_bot

if TYPE_CHECKING:
    from mailbot.bot import Assembled
    from mailbot.core.client import Invoice
    from mailbot.core.document import Enclosure
    from mailbot.core.payment import Ways

_KINDS = ("png", "svg", "pdf")
_MOST_OCTETS = 10 * 1024 * 1024


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the commands."""
    one = subparsers.add_parser("payment-slip", help="write an invoice's QR code to a file, for a PDF of your own")
    one.add_argument("number")
    one.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="a .png, .svg or .pdf")
    one.set_defaults(run=lambda args: with_bot(args, lambda parts: _slip(parts, args.number, args.output)))
    one = subparsers.add_parser("receipt", help="send the client the receipt of an invoice that is paid")
    one.add_argument("number")
    one.set_defaults(run=lambda args: with_bot(args, lambda parts: _receipt(parts, args.number)))
    one = subparsers.add_parser("send-answer", help="send the answer to a client's request that a digest shows")
    one.add_argument("id", type=numbered, metavar="ID", help="the number that the digest gives with it")
    one.add_argument(
        "--attach", type=Path, action="append", default=[], metavar="FILE", help="a form or a corrected invoice"
    )
    one.set_defaults(run=lambda args: with_bot(args, lambda parts: _answer(parts, args.id, args.attach)))


async def _receipt(parts: "Assembled", number: str) -> int:
    from mailbot.flows.supply import send_receipt

    address = await send_receipt(parts.bot, number)
    print(f"{number}: the receipt leaves to {address} in the client's next office hours")
    return 0


async def _answer(parts: "Assembled", matter_id: int, files: list[Path]) -> int:
    import asyncio

    from mailbot.flows.supply import send_answer

    enclosures = tuple([await asyncio.to_thread(_enclosure, file) for file in files])
    address = await send_answer(parts.bot, matter_id, enclosures)
    print(f"the answer leaves to {address} in the client's next office hours")
    return 0


def _enclosure(file: Path) -> "Enclosure":
    from mimetypes import guess_type

    from mailbot.core.document import Enclosure
    from mailbot.flows.command import CommandFault

    try:
        octets = file.read_bytes()
    except OSError as error:
        raise CommandFault(f"{file} cannot be read: {error.strerror}") from error
    if not octets:
        raise CommandFault(f"{file} is empty")
    if len(octets) > _MOST_OCTETS:
        raise CommandFault(f"{file} is larger than {_MOST_OCTETS // 1024 // 1024} MB, which many mailboxes refuse")
    return Enclosure(file.name, guess_type(file.name)[0] or "application/octet-stream", octets)


async def _slip(parts: "Assembled", number: str, output: Path) -> int:
    import asyncio

    from mailbot.core.payment import epc_payload, in_fours, reference_for
    from mailbot.flows.command import CommandFault, client_owing
    from mailbot.mail.qr import qr_octets

    kind = output.suffix.lower().removeprefix(".")
    if kind not in _KINDS:
        raise CommandFault(f"{output}: a code can be written as .png, .svg or .pdf")
    invoice = (await client_owing(parts.bot, number)).invoice(number)
    assert invoice is not None
    ways = parts.bot.business.paying.ways(invoice.amount.currency)
    payload = epc_payload(ways, invoice.balance, [number])
    if payload is None:
        raise CommandFault(f"{number}: {_why_none(ways, invoice)}")
    try:
        await asyncio.to_thread(output.write_bytes, qr_octets(payload, kind))
    except OSError as error:
        raise CommandFault(f"{output} cannot be written: {error.strerror}") from error
    reference = reference_for(ways, [number])[0]
    print(f"{output}: {invoice.balance} to {ways.holder}, IBAN {in_fours(ways.iban)}, reference {in_fours(reference)}")
    return 0


def _why_none(ways: "Ways", invoice: "Invoice") -> str:
    """Why banks would know no code for this."""
    if invoice.balance.amount <= 0:
        return "nothing is owed any more"
    if invoice.amount.currency != "EUR":
        return f"banking apps read such codes for euros only, and this is in {invoice.amount.currency}"
    if not ways.iban:
        return "there is no iban in [payment] of mailbot.toml"
    if not ways.qr:
        return "qr is switched off in [payment] of mailbot.toml"
    return "an account outside the European Economic Area needs its bic in [payment] of mailbot.toml"
