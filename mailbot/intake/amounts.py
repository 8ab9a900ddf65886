"""Amounts as people and programs write them: which mark is the decimal one, which currency is meant."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from babel import Locale
from babel.numbers import get_decimal_symbol

from mailbot.core.money import exponent
from mailbot.intake.columns import fold

_DIGITS_MOST = 15  # beyond it nobody wrote an invoice
# spaces, apostrophes and minus signs that word processors and locales put into numbers
_TYPED = {
    **dict.fromkeys(map(ord, "\u00a0\u202f\u2009\u2007\t"), " "),
    **dict.fromkeys(map(ord, "\u2019\u02bc\u00b4`"), "'"),
    **dict.fromkeys(map(ord, "\u2212\u2013"), "-"),
}
_GROUPED = re.compile(r"\d{1,3}(?: \d{3})+")
_LAKHS = re.compile(r"\d{1,2}(?: \d{2})+ \d{3}")  # India: 1,25,000.00
# what a sign may mean where a code is not written: the first is taken only if a column or the defaults name it
_SIGNS = {
    "€": ("EUR",),
    "£": ("GBP",),
    "¥": ("JPY", "CNY"),
    "$": ("CAD", "USD", "AUD", "NZD", "SGD", "HKD", "MXN"),
    "$ca": ("CAD",), "ca$": ("CAD",), "c$": ("CAD",), "$c": ("CAD",), "can$": ("CAD",), "$can": ("CAD",),
    "us$": ("USD",), "$us": ("USD",), "$u": ("USD",),
    "a$": ("AUD",), "au$": ("AUD",), "nz$": ("NZD",),
    "fr": ("CHF",), "sfr": ("CHF",), "fs": ("CHF",),
    "euro": ("EUR",), "euros": ("EUR",),
    "₹": ("INR",), "zł": ("PLN",), "kr": ("SEK", "NOK", "DKK"), "kč": ("CZK",), "₪": ("ILS",), "r$": ("BRL",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parts:
    """A written amount taken apart: sign, digits with their marks, and what stood around them."""

    negative: bool
    digits: str
    unit: str


class NotAnAmountError(ValueError):
    """The text is no amount; the message is a reason that follows the quoted value."""


class AmbiguousAmountError(NotAnAmountError):
    """The text may be a thousand or a unit with three decimals."""


@cache
def currencies() -> frozenset[str]:
    """The ISO 4217 codes that CLDR knows (Babel)."""
    return frozenset(Locale("en").currencies)


def take_apart(text: str) -> Parts:
    """Split `(1 250,00 $ CA)` into sign, digits and unit; raises NotAnAmountError."""
    plain = unicodedata.normalize("NFKC", text.translate(_TYPED)).strip()
    negative = plain.startswith("(") and plain.endswith(")")
    if negative:
        plain = plain[1:-1].strip()
    found = re.search(r"\d(?:[\d.,' ]*\d)?|\d", plain)
    if not found:
        raise NotAnAmountError("is not an amount")
    before = plain[: found.start()].strip()
    after = re.sub(r"[.,]-+$", "", plain[found.end() :].strip())  # the Swiss 100.-
    if before.endswith((".", ",")) and not before.casefold().endswith("fr."):
        raise NotAnAmountError("is not an amount")
    minuses = before.count("-") + after.count("-")
    if minuses > 1 or (minuses and negative):
        raise NotAnAmountError("has more than one minus sign")
    unit = (before.strip("-+ ") + " " + after.strip("-. ")).strip(" .").replace(" ", "").casefold()
    return Parts(negative or minuses == 1, found[0], unit)


def currency_of(unit: str, known: str) -> str | None:
    """The currency that a sign or code names: "" if there is none, None if it cannot be told.

    `known` is what the currency column or the defaults say; it decides what `$` means.
    """
    if not unit:
        return ""
    if unit.upper() in currencies():
        return unit.upper()
    meant = _SIGNS.get(unit)
    if meant is None:
        return None
    if known in meant:
        return known
    return meant[0] if len(meant) == 1 else None


def decimal_mark(values: Iterable[str]) -> str | None:
    """The decimal mark that a column's own values prove: "." or ",", or None if none does or they disagree."""
    proven: set[str] = set()
    for value in values:
        try:
            digits = take_apart(value).digits
        except NotAnAmountError:
            continue
        mark = _proven(digits)
        if mark:
            proven.add(mark)
    return proven.pop() if len(proven) == 1 else None


def local_mark(language: str, country: str) -> str | None:
    """The decimal mark of a place, from CLDR, or None where the place is not known."""
    if not language:
        return None
    for name in (f"{language}_{country}", language):
        try:
            symbol = get_decimal_symbol(Locale.parse(name))
        except (ValueError, LookupError):
            continue
        return symbol if symbol in (".", ",") else None
    return None


def number(digits: str, mark: str | None, local: str | None, decimals: int) -> Decimal:
    """Read digits with their marks; raises NotAnAmountError.

    `mark` is the decimal mark that the column proves, `local` that of the user's place, `decimals` how many digits the
    currency has. The place alone never turns `1,250` into 1.25: it may only confirm that it is a thousand.
    """
    dots, commas = digits.count("."), digits.count(",")
    if dots and commas:
        decimal = max(".", ",", key=digits.rfind)
        return _value(digits, decimal, decimals)
    if not dots and not commas:
        return _value(digits, ".", decimals)
    other = "," if dots else "."
    proven = _proven(digits)
    if proven:
        return _value(digits, proven, decimals)
    if mark or decimals == 0:
        return _value(digits, mark or other, decimals)
    if local == other and decimals != 3:
        return _value(digits, other, decimals)
    raise AmbiguousAmountError("may be a thousand or three decimals")


def typed_amount(text: str, currency: str, language: str, country: str) -> Decimal:
    """An amount that somebody typed about money in a known currency, a refund below zero.

    Raises NotAnAmountError: also for another currency, for more decimals than the currency has, and for `1,250`, which
    may be a thousand or a unit.
    """
    parts = take_apart(text)
    named = currency_of(parts.unit, currency)
    if named is None:
        raise NotAnAmountError("is not an amount")
    if named not in ("", currency):
        raise NotAnAmountError(f"is not in {currency}, the currency of the invoice")
    value = number(parts.digits, None, local_mark(language, country), exponent(currency))
    if not value:
        raise NotAnAmountError("is nothing")
    return -value if parts.negative else value


def _proven(digits: str) -> str | None:
    """The decimal mark that one value proves by itself."""
    marks = [c for c in digits if c in ".,"]
    if not marks:
        return None
    if len(set(marks)) == 2:
        return max(".", ",", key=digits.rfind)
    mark = marks[0]
    if len(marks) > 1:
        return "," if mark == "." else "."
    whole, _, rest = digits.partition(mark)
    if len(rest) != 3 or whole.startswith("0") or " " in whole or "'" in whole or len(whole) > 3:
        return mark
    return None


def _value(digits: str, decimal: str, decimals: int) -> Decimal:
    grouping = "," if decimal == "." else "."
    whole, _, rest = digits.partition(decimal)
    if decimal in rest or grouping in rest or re.search(r"[ ']", rest):
        raise NotAnAmountError("is not an amount")
    plain = whole.replace(grouping, " ").replace("'", " ")
    if " " in plain and not (_GROUPED.fullmatch(plain) or _LAKHS.fullmatch(plain)):
        raise NotAnAmountError("has thousands that are not groups of three digits")
    if len(plain) + len(rest) > _DIGITS_MOST * 2 or len(plain.replace(" ", "")) > _DIGITS_MOST:
        raise NotAnAmountError("is too large to be an amount")
    value = Decimal(f"{plain.replace(' ', '')}.{rest or '0'}")
    if value != value.quantize(Decimal(1).scaleb(-decimals)):
        raise NotAnAmountError(f"has more than {decimals} decimals")
    return value


def currency_named(text: str) -> str | None:
    """The ISO code of a code in any case, a sign with one meaning, or a plain name; None if unknown."""
    plain = text.strip().casefold().replace(" ", "").rstrip(".")
    if plain.upper() in currencies():
        return plain.upper()
    meant = _SIGNS.get(plain, ())
    if len(meant) == 1:
        return meant[0]
    return _currency_names().get(fold(text))


@cache
def _currency_names() -> dict[str, str]:
    names: dict[str, str] = {}
    for language in ("en", "fr"):
        for code, name in Locale(language).currencies.items():
            names.setdefault(fold(name), code)
    return names
