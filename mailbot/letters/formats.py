"""Amounts, days and lists as the reader writes them, and French typography."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_currency

NBSP = "\u00a0"
NARROW_NBSP = "\u202f"


def reader_locale(language: str, locale: str) -> Locale:
    """Join the language of the words with the territory of the reader: English words for Germany are `en_DE`."""
    words = language.replace("-", "_").partition("_")[0]
    for territory in (locale.replace("-", "_").partition("_")[2], language.partition("_")[2]):
        try:
            return Locale.parse(f"{words}_{territory}" if territory else words)
        except (UnknownLocaleError, ValueError):
            continue
    try:
        return Locale.parse(words)
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def money_in(locale: Locale, amount: object) -> str:
    """Write `{value, currency}` in the reader's form, never broken over two lines: `1 250,00 €`."""
    if not isinstance(amount, Mapping) or not {"value", "currency"} <= amount.keys():
        raise ValueError("money wants an amount with its value and its currency")
    try:
        value = Decimal(str(amount["value"]))
    except InvalidOperation:
        raise ValueError(f"{amount['value']!r} is no amount") from None
    written = format_currency(value, str(amount["currency"]), locale=locale)
    return re.sub(r"(?<=[A-Z])(?=\d)", NBSP, written).replace(" ", NBSP)


def day_in(locale: Locale, day: object, *, article: bool = True, year: bool = True) -> str:
    """Write a date: `le 3 décembre 2026`, `le 1er`, `3 December 2026`, `December 3, 2026`.

    `article=False` leaves out the French "le", for "au 3 décembre" or "du 3 décembre".
    """
    if not isinstance(day, date):
        raise TypeError(f"day wants a date, not {day!r}")
    written = format_date(day, format="long", locale=locale)
    if not year:
        written = written.replace(f", {day.year}", "").replace(f" {day.year}", "")
    if locale.language != "fr":
        return written
    if day.day == 1:
        written = re.sub(r"^1\b", "1er", written)
    return f"le {written}" if article else written


def weekday_in(locale: Locale, day: object) -> str:
    """Name the day of the week: `jeudi`, `Thursday`."""
    if not isinstance(day, date):
        raise TypeError(f"weekday wants a date, not {day!r}")
    return format_date(day, format="EEEE", locale=locale)


def listed_in(locale: Locale, items: Iterable[object]) -> str:
    """Join as the language does: `1042, 1043 et 1050`."""
    return format_list([str(item) for item in items], style="standard", locale=locale)


def typographic(text: str, language: str) -> str:
    """Bind French high punctuation to its word: U+202F before ; ? ! and U+00A0 before : and inside « ».

    Templates are typed with plain spaces; nobody sees in an editor which space is which. Works on text and on HTML.
    """
    if language.partition("_")[0] != "fr":
        return text
    text = re.sub(r"(?<=\S)[ \u00a0]([;?!])(?=[\s<)»]|$)", NARROW_NBSP + r"\1", text)
    text = re.sub(r"(?<=\S) :(?=[\s<]|$)", NBSP + ":", text)
    return text.replace("« ", "«" + NBSP).replace(" »", NBSP + "»")
