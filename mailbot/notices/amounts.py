"""Amounts in notices: the currency before or behind, and any country's marks."""

import re
from collections.abc import Iterator
from decimal import Decimal

from mailbot.core.money import Money, exponent

_CODES = (
    *("eur", "usd", "cad", "gbp", "chf", "aud", "nzd", "hkd", "sgd", "jpy", "sek", "nok", "dkk", "pln", "czk"),
    *("mad", "tnd", "xof", "xaf", "xpf", "inr", "brl", "mxn", "zar", "huf", "ron", "bgn", "ils", "aed", "thb"),
)
_SIGNS = {
    "€": "EUR", "euros": "EUR", "euro": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "fr.": "CHF", "zł": "PLN",
    "ca$": "CAD", "c$": "CAD", "$ ca": "CAD", "$ca": "CAD", "can$": "CAD", "$ can": "CAD", "$c": "CAD", "cdn$": "CAD",
    "us$": "USD", "$ us": "USD", "$us": "USD", "$ usd": "USD", "$ cad": "CAD", "$usd": "USD", "$cad": "CAD",
    "ca $": "CAD", "cad $": "CAD", "cdn": "CAD", "us $": "USD", "usd $": "USD",
    "a$": "AUD", "au$": "AUD", "nz$": "NZD", "hk$": "HKD", "s$": "SGD", "r$": "BRL", "$": "",
}  # fmt: skip
_UNITS = {code: code.upper() for code in _CODES} | _SIGNS
_UNIT = "|".join(re.escape(unit) for unit in sorted(_UNITS, key=len, reverse=True))
_NUMBER = r"\d{1,3}(?:[ .,']\d{3}){1,3}(?:[.,]\d{1,3})?(?![\d])|\d{1,9}(?:[.,]\d{1,3})?(?![\d])"
_AFTER = rf"(?: ?(?:{_UNIT})(?![a-z0-9]))"
_LATER = rf"(?: ?\((?:{'|'.join(_CODES)})\)|{_AFTER})"
AMOUNT = (
    rf"(?<![\w.,/-])(?:[-+] ?)?(?:(?:{_UNIT}) ?(?:[-+] ?)?(?:{_NUMBER})(?:{_AFTER}{_LATER}?|{_LATER})?"
    rf"|(?:{_NUMBER})(?:{_AFTER}{_LATER}?|{_LATER}))"
)
"""An amount with its currency, in folded text."""
MASK = "\x02"
NUMBER = rf"(?:[-+] ?)?(?:{_NUMBER})"
"""A number alone, as it stands behind a label where the currency stands elsewhere."""
_PARTS = re.compile(
    rf"(?P<minus>-)? ?(?P<before>{_UNIT})? ?(?P<minus2>-)?\+? ?(?P<number>{_NUMBER})(?P<after> ?(?:{_UNIT}))?"
    rf"(?P<last>.*)"
)
_LAST = re.compile(rf"\(?({_UNIT})\)?")
_ANY = re.compile(AMOUNT)
_DOLLARS = frozenset({"USD", "CAD", "AUD", "NZD", "HKD", "SGD"})


def money_in(folded: str, dollar: str) -> Money | None:
    """The amount that a piece of folded text is; None where it names no currency, or two.

    `dollar` says which one a bare `$` means, empty if nobody knows.
    """
    found = _PARTS.match(folded.strip())
    if found is None:
        return None
    last = _LAST.match(found["last"].strip())
    written = [_UNITS[unit.strip()] for unit in (found["before"], found["after"], last and last[1]) if unit]
    if not written:
        return None
    named = {currency for currency in written if currency}
    if len(named) > 1:
        return None
    currency = next(iter(named), dollar)
    if not currency or ("" in written and currency not in _DOLLARS | {"MXN", "BRL"}):
        return None
    value = number_of(found["number"], currency)
    return Money.of(-value if found["minus"] or found["minus2"] else value, currency)


def masked(folded: str) -> str:
    """The text with each amount made a run of `MASK`, so that phrases need not know how amounts are written."""
    return _ANY.sub(lambda found: MASK * len(found[0]), folded)


def currency_named(folded: str) -> str:
    """The currency that a word or a sign is, in small letters; empty for another word, or a bare dollar."""
    return _UNITS.get(folded.split(" ", 1)[0].strip("().,"), "").lower()


def amounts_in(folded: str, dollar: str) -> Iterator[Money]:
    """Every amount with a currency."""
    for found in _ANY.finditer(folded):
        money = money_in(found[0], dollar)
        if money is not None:
            yield money


def dollar_meant(folded: str, ours: str, usual: str) -> str:
    """What a bare `$` means: the only dollar that is named anywhere, else ours, else the provider's usual one."""
    named = {currency for unit, currency in _UNITS.items() if currency in _DOLLARS and _stands(unit, folded)}
    if len(named) == 1:
        return named.pop()
    return ours if ours in _DOLLARS else usual


def _stands(unit: str, folded: str) -> bool:
    return re.search(rf"(?<![a-z$]){re.escape(unit)}(?![a-z])", folded) is not None


def number_of(text: str, currency: str) -> Decimal:
    """A number with the marks of any country: the last of two kinds is the decimal mark.

    A single mark before exactly three digits groups thousands, as notices write money with its decimals.
    """
    plain = text.replace(" ", "").replace("'", "")
    marks = [char for char in plain if char in ".,"]
    if not marks:
        return Decimal(plain)
    last = marks[-1]
    tail = len(plain) - plain.rindex(last) - 1
    if len(set(marks)) == 1 and (len(marks) > 1 or (tail == 3 and exponent(currency) != 3)):
        return Decimal(plain.replace(last, ""))
    head, _, decimals = plain.rpartition(last)
    return Decimal(f"{re.sub('[.,]', '', head)}.{decimals}")
