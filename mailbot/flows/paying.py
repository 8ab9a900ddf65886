"""What a letter says about paying: the ways for its invoices, with their references, links and QR codes."""

import hashlib
from collections.abc import Sequence

from mailbot.core.client import Invoice
from mailbot.core.money import Money, totals
from mailbot.core.payment import Paying, Ways, epc_payload, in_fours, link_for, reference_for
from mailbot.mail.compose import InlineImage
from mailbot.mail.qr import qr_image

_INTERAC_CURRENCY = "CAD"

Told = tuple[tuple[dict[str, object], ...], tuple[InlineImage, ...]]
"""What the templates see, one entry for each currency, and the images that the HTML names."""


def ways_to_pay(invoices: Sequence[Invoice], paying: Paying, key: str) -> Told:
    """The ways to pay these invoices; `key` is the letter's, so that a retry names its images alike (law 1)."""
    owed = [invoice for invoice in invoices if invoice.balance.amount > 0]
    told: list[dict[str, object]] = []
    images: list[InlineImage] = []
    for total in totals(invoice.balance for invoice in owed):
        here = [invoice for invoice in owed if invoice.amount.currency == total.currency]
        ways = paying.ways(total.currency)
        if not _offered(ways, total.currency):
            continue
        payload = epc_payload(ways, total, [invoice.number for invoice in here])
        cid = f"pay{len(images)}.{hashlib.sha256(key.encode()).hexdigest()[:16]}" if payload else ""
        if payload:
            images.append(qr_image(payload, cid))
        told.append(_told(ways, here, total, cid))
    return tuple(told), tuple(images)


def _offered(ways: Ways, currency: str) -> bool:
    others = ways.transfer or ways.link or ways.cheque_to
    return bool(others or (ways.interac and currency == _INTERAC_CURRENCY))


def _told(ways: Ways, invoices: Sequence[Invoice], total: Money, cid: str) -> dict[str, object]:
    numbers = tuple(invoice.number for invoice in invoices)
    reference, structured = reference_for(ways, numbers)
    interac = ways.interac if total.currency == _INTERAC_CURRENCY else ""
    return {
        "amount": {"value": total.amount, "currency": total.currency},
        "numbers": numbers,
        "transfer": ways.transfer,
        "holder": ways.holder,
        "iban": in_fours(ways.iban),
        "bic": ways.bic,
        "bank": ways.bank,
        "fields": tuple({"label": label, "value": value} for label, value in ways.fields),
        "reference": in_fours(reference) if structured else reference,
        "interac": interac,
        "links": tuple({"number": i.number, "url": link_for(ways, i.number, i.balance)} for i in invoices)
        if ways.link
        else (),
        "cheque_to": ways.cheque_to,
        "cheque_lines": ways.cheque_lines,
        "several": sum(map(bool, (ways.transfer, interac, ways.link, ways.cheque_to))) > 1,
        "qr": cid,
    }
