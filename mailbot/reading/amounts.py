"""Amounts of money in running text, as people type them."""

import re
from collections.abc import Iterator
from decimal import Decimal

from mailbot.core.money import Money, exponent

# Digits in threes with any country's separator (the Swiss type an apostrophe, Babel a narrow space), or plain.
_GAP = " \u00a0\u202f\u2009"
_NUMBER = rf"\d{{1,3}}(?:[{_GAP}.,'\u2019]\d{{3}}){{1,3}}(?:[.,]\d{{1,2}})?(?!\d)|\d{{1,9}}(?:[.,]\d{{1,3}})?(?!\d)"
_NAMES = {
    "EUR": "€ eur euro euros balles",
    "USD": "us$ $us usd",
    "CAD": "ca$ c$ $ca $can cad piastres",
    "GBP": "£ gbp pounds quid",
    "CHF": "chf sfr fr.",
    "AUD": "a$ au$ aud",
    "NZD": "nz$ nzd",
    "HKD": "hk$ hkd",
    "JPY": "¥ jpy",
    "INR": "₹ inr",
    "XOF": "xof fcfa",
    "": "$ dollar dollars bucks",
} | {code: code.lower() for code in ("SEK", "NOK", "DKK", "PLN", "CZK", "MAD", "TND", "XAF", "XPF")}
_SIGNS = {sign: currency for currency, signs in _NAMES.items() for sign in signs.split()}
_SIGN = "|".join(re.escape(sign) for sign in sorted(_SIGNS, key=len, reverse=True))
_AMOUNT = re.compile(
    rf"(?<![\w.,])(?P<before>{_SIGN})[{_GAP}]?(?P<first>{_NUMBER})(?![\w%])"
    rf"|(?<![\w.,€$£/-])(?P<second>{_NUMBER})[{_GAP}]{{0,2}}(?P<thousand>k)?(?P<after>{_SIGN})(?!\w)(?P<cents>\d\d)?",
    re.IGNORECASE,
)
_HOME_OF_DOLLAR = frozenset({"USD", "CAD", "AUD", "NZD", "HKD", "SGD"})


def amounts_in(text: str, default_currency: str = "") -> tuple[Money, ...]:
    """The amounts that carry a currency, in order and once each.

    A bare `$` is the default currency where that is some dollar, else the American one.
    """
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
    """A number with the separators of any country.

    Of two kinds of mark the last one is the decimal mark; a single mark before exactly three digits groups thousands.
    """
    plain = re.sub(rf"[{_GAP}'\u2019]", "", text)
    marks = [char for char in plain if char in ".,"]
    if not marks:
        return Decimal(plain)
    last = marks[-1]
    tail = len(plain) - plain.rindex(last) - 1
    if len(set(marks)) == 1 and (len(marks) > 1 or (tail == 3 and exponent(currency) != 3)):
        return Decimal(plain.replace(last, ""))
    head, _, decimals = plain.rpartition(last)
    return Decimal(f"{re.sub('[.,]', '', head)}.{decimals}")
