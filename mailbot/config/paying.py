"""`[payment]` in `mailbot.toml`: how clients pay, checked digit by digit before a letter says it."""

import re
from urllib.parse import urlsplit

from mailbot.config.sections import EMAIL
from mailbot.config.settings import Business
from mailbot.config.table import Table
from mailbot.core.payment import LONGEST_HOLDER, Paying, Ways

_CURRENCY = re.compile(r"[A-Z]{3}\Z")
# ISO 13616: country, check digits, at most 30 letters and digits
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}\Z")
_PLACEHOLDERS = frozenset({"{number}", "{amount}", "{currency}"})
_REFERENCES = {"rf": True, "number": False}


def payment(table: Table, owner: Business) -> Paying:
    """`[payment]` holds for every currency that has no section of its own, such as `[payment.CAD]`."""
    currencies = [key for key in table.keys() if _CURRENCY.match(key)]  # noqa: SIM118 - no dict, a Table
    others = tuple((currency, _ways(table.table(currency), owner, currency)) for currency in currencies)
    return Paying(_ways(table, owner, ""), others)


def _ways(table: Table, owner: Business, currency: str) -> Ways:
    iban = _iban(table)
    fields = _fields(table)
    if iban and fields:
        table.note("account", "an IBAN and other account details would be two answers to one question; keep one")
    ways = Ways(
        holder=table.text("holder", owner.name if iban or fields else ""),
        iban=iban,
        bic=_bic(table),
        bank=table.text("bank", ""),
        fields=fields,
        interac=_interac(table, currency),
        link=_link(table),
        cheque_to=table.text("cheque_to", ""),
        cheque_lines=table.texts("cheque_address"),
        rf=table.choice("reference", _REFERENCES, default=True),
        qr=table.flag("qr", default=True),
    )
    if ways.iban and len(ways.holder) > LONGEST_HOLDER:
        table.note("holder", f"banks know at most {LONGEST_HOLDER} characters of a name; shorten it")
    for key, given in (
        ("bic", ways.bic),
        ("bank", ways.bank),
        ("holder", table.has("holder") and table.text("holder", "")),
    ):
        if given and not ways.transfer:
            table.note(key, "says nothing without an iban, or an account")
    if ways.cheque_lines and not ways.cheque_to:
        table.note("cheque_to", "is missing: to whom are cheques made out?")
    table.close()
    return ways


def _iban(table: Table) -> str:
    value = table.text("iban", "")
    if not value:
        return ""
    from stdnum import iban  # noqa: PLC0415 - only who has an IBAN waits for it
    from stdnum.exceptions import InvalidChecksum, ValidationError  # noqa: PLC0415

    try:
        if _IBAN.match(iban.compact(value)):
            return str(iban.validate(value))
    except InvalidChecksum:
        table.note("iban", "its check digits do not fit: a digit is wrong, missing or swapped; copy it from your bank")
        return ""
    except ValidationError:
        pass
    table.note("iban", 'is no IBAN (like "FR76 3000 6000 0112 3456 7890 189"); other accounts go into "account"')
    return ""


def _bic(table: Table) -> str:
    value = table.text("bic", "")
    if not value:
        return ""
    from stdnum import bic  # noqa: PLC0415
    from stdnum.exceptions import ValidationError  # noqa: PLC0415

    try:
        return str(bic.validate(value))
    except ValidationError:
        table.note("bic", f'must be 8 or 11 letters and digits, like "AGRIFRPP", but is "{value}"')
    return ""


def _fields(table: Table) -> tuple[tuple[str, str], ...]:
    """`account`: what accounts are known by elsewhere, under the names that clients know."""
    inner = table.table("account")
    found = tuple((label.strip(), inner.text(label)) for label in inner.keys())  # noqa: SIM118
    if table.has("account") and not found:
        table.note("account", 'must name its parts, like { "Sort code" = "20-00-00", "Account number" = "55779911" }')
    return found


def _interac(table: Table, currency: str) -> str:
    value = table.text("interac", "")
    if value and not EMAIL.match(value):
        table.note("interac", f'must be the email address that Interac knows you by, but is "{value}"')
        return ""
    if value and currency not in ("", "CAD"):
        table.note("interac", f"Interac moves Canadian dollars, not {currency}; put it into [payment.CAD]")
    return value


def _link(table: Table) -> str:
    value = table.text("link", "")
    if not value:
        return ""
    bare = re.sub(r"\{[^{}]*\}", "", value)
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
    except ValueError:
        parts, host = None, ""
    if parts is None or parts.scheme != "https" or not host or "@" in parts.netloc or "{" in parts.netloc:
        table.note("link", 'must begin with "https://" and the name of your payment page')
        return ""
    if re.search(r"""[\s<>"'{}\\]""", bare) or not value.isascii():
        table.note("link", "holds a sign that no link may hold; copy it from your payment page")
        return ""
    unknown = sorted(set(re.findall(r"\{[^{}]*\}", value)) - _PLACEHOLDERS)
    if unknown:
        table.note("link", f"knows {{number}}, {{amount}} and {{currency}}, not {', '.join(unknown)}")
        return ""
    return value
