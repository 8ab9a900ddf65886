"""Amounts of money in running text, as people type them."""

import re
from collections.abc import Iterator
from decimal import Decimal

from mailbot.core.money import Money, exponent

_NUMBER = r"\d{1,3}(?:[ .,'’\u00a0\u202f\u2009]\d{3}){1,3}(?:[.,]\d{1,2})?(?!\d)|\d{1,9}(?:[.,]\d{1,3})?(?!\d)"  # noqa: RUF001 - the Swiss type this apostrophe
_SIGNS = {
    "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "$": "", "us$": "USD", "$us": "USD", "ca$": "CAD", "c$": "CAD", "$ca": "CAD", "$can": "CAD",
    "a$": "AUD", "au$": "AUD", "nz$": "NZD", "hk$": "HKD", "chf": "CHF", "fr.": "CHF", "sfr": "CHF", "eur": "EUR", "euro": "EUR", "euros": "EUR",
    "usd": "USD", "cad": "CAD", "gbp": "GBP", "aud": "AUD", "nzd": "NZD", "jpy": "JPY", "sek": "SEK", "nok": "NOK", "dkk": "DKK", "pln": "PLN",
    "mad": "MAD", "xof": "XOF", "xaf": "XAF", "xpf": "XPF", "fcfa": "XOF", "tnd": "TND", "dollars": "", "dollar": "", "bucks": "", "piastres": "CAD",
    "pounds": "GBP", "quid": "GBP", "balles": "EUR",
}  # fmt: skip
_SIGN = "|".join(re.escape(sign) for sign in sorted(_SIGNS, key=len, reverse=True))
_AMOUNT = re.compile(
    rf"(?<![\w.,])(?P<before>{_SIGN})[ \u00a0\u202f]?(?P<first>{_NUMBER})(?![\w%])"
    rf"|(?<![\w.,€$£/-])(?P<second>{_NUMBER})[ \u00a0\u202f]{{0,2}}(?P<thousand>k)?(?P<after>{_SIGN})(?!\w)(?P<cents>\d\d)?",
    re.IGNORECASE,
)
_HOME_OF_DOLLAR = frozenset({"USD", "CAD", "AUD", "NZD", "HKD", "SGD"})


def amounts_in(text: str, default_currency: str = "") -> tuple[Money, ...]:
    """The amounts that carry a currency, in order and once each. A bare `$` is the default currency where that is a dollar, else USD."""
    return tuple(dict.fromkeys(_found(text[:65_536], default_currency)))


def _found(text: str, default_currency: str) -> Iterator[Money]:
    for match in _AMOUNT.finditer(text):
        sign = (match["before"] or match["after"]).lower()
        currency = _SIGNS[sign] or (default_currency if default_currency in _HOME_OF_DOLLAR else "USD")
        value = number_of(match["first"] or match["second"], currency)
        if match["thousand"]:
            value *= 1000
        yield Money.of(value, currency)


def number_of(text: str, currency: str = "") -> Decimal:
    """A number with separators of any country: the last of two kinds is the decimal mark; one mark before exactly three digits groups."""
    plain = re.sub(r"[ '’\u00a0\u202f\u2009]", "", text)  # noqa: RUF001 - the Swiss type this apostrophe
    marks = [char for char in plain if char in ".,"]
    if not marks:
        return Decimal(plain)
    last = marks[-1]
    tail = len(plain) - plain.rindex(last) - 1
    if len(set(marks)) == 1 and (len(marks) > 1 or (tail == 3 and exponent(currency) != 3)):
        return Decimal(plain.replace(last, ""))
    head, _, decimals = plain.rpartition(last)
    return Decimal(f"{re.sub('[.,]', '', head)}.{decimals}")
