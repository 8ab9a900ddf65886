"""Amounts of money in running text, as people type them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from mailbot.core.money import Money, exponent
from mailbot.reading.amount_words import written_out

LONGEST = 16_000
"""Characters that are searched for amounts."""

MOST = 40
"""Amounts that are looked at."""

# Digits in threes with any country's separator (the Swiss type an apostrophe, Babel a narrow space), or plain.
_GAP = " \u00a0\u202f\u2009"
_NUMBER = rf"\d{{1,3}}(?:[{_GAP}.,'\u2019]\d{{3}}){{1,3}}(?:[.,]\d{{1,2}})?(?!\d)|\d{{1,9}}(?:[.,]\d{{1,3}})?(?!\d)"
_NAMES = {
    "EUR": "€ eur euro euros",
    "USD": "us$ $us usd",
    "CAD": "ca$ c$ $ca $can cad piastres piasses",
    "GBP": "£ gbp pounds quid",
    "CHF": "chf sfr fr. franken stutz",
    "MXN": "mx$ mxn",
    "BRL": "r$ brl reais",
    "AUD": "a$ au$ aud",
    "NZD": "nz$ nzd",
    "HKD": "hk$ hkd",
    "JPY": "¥ jpy",
    "INR": "₹ inr rs rs.",
    "XOF": "xof fcfa",
    "$": "$ dollar dollars bucks pesos",
    "": "balles francs franchi dinars",
} | {code: code.lower() for code in ("SEK", "NOK", "DKK", "PLN", "CZK", "MAD", "TND", "XAF", "XPF")}
_SIGNS = {sign: currency for currency, signs in _NAMES.items() for sign in signs.split()}
_WORDS = frozenset(sign for sign in _SIGNS if sign.isalpha())
_SIGN = "|".join(re.escape(sign) for sign in sorted(_SIGNS, key=len, reverse=True))
_AMOUNT = re.compile(
    rf"(?<![\w.,])(?P<before>{_SIGN})[{_GAP}]?(?P<first>{_NUMBER})(?P<thousands>k)?(?![\w%])"
    rf"|(?<![\w.,€$£/-])(?P<second>{_NUMBER})[{_GAP}]{{0,2}}(?P<thousand>k[{_GAP}]?)?(?P<after>{_SIGN})(?!\w)(?P<cents>\d\d)?",
    re.IGNORECASE,
)
_HOME_OF_DOLLAR = frozenset({"USD", "CAD", "AUD", "NZD", "HKD", "SGD", "MXN", "ARS", "CLP", "COP"})
# A number that carries no currency; dashes stand for nil cents in Switzerland and the Netherlands.
_BARE = re.compile(
    rf"(?<![\w.,€$£/:+#°-])(?P<number>{_NUMBER})(?P<nil>[.,][-\u2013])?(?P<thousand>k)?(?![\w%/:°€$£@])(?! ?%)(?!-\d)",
    re.IGNORECASE,
)
_LEAST, _MOST = 10, 10_000_000
_CURRENCY_OF = {
    "CA": "CAD", "US": "USD", "GB": "GBP", "CH": "CHF", "LI": "CHF", "AU": "AUD", "NZ": "NZD", "MX": "MXN", "BR": "BRL",
    "IN": "INR", "TN": "TND", "MA": "MAD", "SN": "XOF", "CI": "XOF", "HK": "HKD", "SE": "SEK", "NO": "NOK", "DK": "DKK",
    "PL": "PLN", "CZ": "CZK", "JP": "JPY", "AR": "ARS", "CL": "CLP", "CO": "COP", "ZA": "ZAR",
}  # fmt: skip
_EURO = frozenset(
    {
        "FR",
        "BE",
        "DE",
        "AT",
        "ES",
        "IT",
        "NL",
        "PT",
        "IE",
        "LU",
        "FI",
        "GR",
        "SK",
        "SI",
        "EE",
        "LV",
        "LT",
        "MT",
        "CY",
        "HR",
        "MC",
    }
)


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount and where it stands; `named` where a currency stands beside it, else it may be any number."""

    money: Money
    start: int
    end: int
    named: bool
    shape: str = ""


def currency_of(country: str) -> str:
    """The currency of a country (ISO 3166 to ISO 4217), or empty where it is not known."""
    return "EUR" if country.upper() in _EURO else _CURRENCY_OF.get(country.upper(), "")


def amounts_in(text: str, default_currency: str = "") -> tuple[Money, ...]:
    """The amounts that carry a currency, in order and once each.

    A bare `$` is the default currency where that is some dollar, else the American one.
    """
    return tuple(dict.fromkeys(each.money for each in _named(text[:LONGEST], default_currency)))


def amounts_at(text: str, default_currency: str = "") -> list[Amount]:
    """The amounts that carry a currency and, where there is a default one, every number that might be an amount."""
    text = text[:LONGEST]
    found = list(islice(_named(text, default_currency), MOST))
    taken = bytearray(len(text))
    for each in found:
        taken[each.start : each.end] = b"x" * (each.end - each.start)
    if default_currency:
        bare = (each for each in _bare(text, default_currency) if not any(taken[each.start : each.end]))
        found += islice(bare, MOST)
    return sorted(found, key=lambda each: each.start)


def _named(text: str, default_currency: str) -> Iterator[Amount]:
    for match in _AMOUNT.finditer(text):
        sign = (match["before"] or match["after"]).lower()
        currency = _currency(sign, default_currency)
        value = number_of(match["first"] or match["second"], currency)
        if match["thousand"] or match["thousands"]:
            value *= 1000
        yield Amount(Money.of(value, currency), *match.span(), named=True)
    for count, sign, start, end in written_out(text, _WORDS):
        if count:
            yield Amount(Money.of(Decimal(count), _currency(sign, default_currency)), start, end, named=True)


def _currency(sign: str, default_currency: str) -> str:
    """The currency of a sign: a dollar is the default one where that is some dollar, slang is of any currency."""
    found = _SIGNS.get(sign, "")
    if found == "$":
        return default_currency if default_currency in _HOME_OF_DOLLAR else "USD"
    return found or default_currency or "EUR"


def _bare(text: str, currency: str) -> Iterator[Amount]:
    for match in _BARE.finditer(text):
        value = number_of(match["number"], currency) * (1000 if match["thousand"] else 1)
        if _LEAST <= value < _MOST:
            yield Amount(Money.of(value, currency), *match.span(), named=False, shape=_shape(match))


def _shape(match: re.Match[str]) -> str:
    """How a number is typed: with cents, in groups of three, like a year, or so many digits."""
    number = match["number"]
    if match["nil"] or match["thousand"]:
        return "nil"
    if re.search(r"[.,]\d\d$", number):
        return "cents"
    if re.search(r"\D", number):
        return "groups"
    return "year" if re.fullmatch(r"20[1-3]\d", number) else str(len(number))


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
