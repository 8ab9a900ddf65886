"""Amounts of money in running text, as people type them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from mailbot.core.money import Money, exponent
from mailbot.reading.amount_words import Said, factor_of, written_out
from mailbot.reading.currencies import SIGNS, currency_of, currency_of_sign, dollar_of
from mailbot.reading.no_money import GAP, no_money

LONGEST = 16_000
"""Characters that are searched for amounts."""

MOST = 40
"""Amounts that are looked at."""

__all__ = ["Amount", "amounts_at", "amounts_in", "currency_of", "number_of"]

# Digits in threes with any country's separator (the Swiss type an apostrophe, Babel a narrow space), in twos before
# the last three (India), or plain.
_NUMBER = (
    rf"\d{{1,2}}(?:,\d\d){{1,3}},\d{{3}}(?:\.\d{{1,2}})?(?!\d)"
    rf"|\d{{1,3}}(?:[{GAP}.,'\u2019]\d{{3}}){{1,3}}(?:[.,]\d{{1,2}})?(?!\d)|\d{{1,9}}(?:[.,]\d{{1,3}})?(?!\d)"
)
_THOUSAND = (
    r"k|mil|mille|thousand|tsd|tausend|duizend|mila|lakhs?|lacs?|crores?|millions?|mio|mln|millones|milhoes|milhões"
)
_WHOSE = (
    r"(?-i:CAD|CAN|CA|USD|US|AUD|AU|NZD|NZ|MXN|HKD|SGD)"
    r"|canadiens?|canadian|americains?|américains?|american|australiens?|australian|us(?=\W*$)"
)
_WORDS = frozenset(sign for sign in SIGNS if sign.isalpha() and len(sign) > 2)
_SIGN = "|".join(re.escape(sign) for sign in sorted(SIGNS, key=len, reverse=True))
_BEGINS = r"(?:(?<![\w.,€$£/-])|(?<=\b\d[x\u00d7])|(?<=\b\d\d\d-))"
_AMOUNT = re.compile(
    rf"(?<![\w.,])(?P<before>{_SIGN})[{GAP}]?(?P<first>{_NUMBER})(?:[{GAP}]?(?P<thousands>{_THOUSAND}|m)\b)?(?![\w%])"
    rf"(?:[.,][-\u2013])?(?:[{GAP}](?P<whose>{_WHOSE})\b)?"
    rf"|{_BEGINS}(?P<second>{_NUMBER})(?:[.,][-\u2013])?[{GAP}]{{0,2}}(?:(?P<thousand>{_THOUSAND})\.?[{GAP}]?(?:(?:de|d'|of)[{GAP}]?)?)?"
    rf"(?P<after>{_SIGN})(?:(?P<cents>\d\d)(?!\d)|(?!\w)|(?=(?:ttc|ht|tvac|htva)\b))"
    rf"(?:[{GAP}]?(?P<of>{_WHOSE})\b)?"
    rf"(?:[{GAP}](?:(?:et|and|y|e|und|en)[{GAP}])?(?P<small>\d\d)(?:[{GAP}](?:cent\w*|pence)|(?=\s*(?:[.,;!?)]\s|[.,;!?)]?$))))?",
    re.IGNORECASE | re.MULTILINE,
)
# A number that carries no currency; dashes stand for nil cents in Switzerland and the Netherlands.
_BARE = re.compile(
    rf"(?:(?<![\w.,€$£/:+#°-])|(?<=\b\d[x\u00d7]))(?P<number>{_NUMBER})(?P<nil>[.,][-\u2013])?"
    rf"(?:[{GAP}]?(?P<thousand>{_THOUSAND})\b|(?=/(?:mo|sem|week|wk|woche|mes\b|maand))|(?![\w%/:°€$£@]))(?!-\d)",
    re.IGNORECASE,
)
_PADDED = re.compile(r"0\d")
_LEAST, _MOST = 10, 10_000_000


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount and where it stands; `named` where a currency stands beside it, else it may be any number."""

    money: Money
    start: int
    end: int
    named: bool
    shape: str = ""


def amounts_in(text: str, default_currency: str = "") -> tuple[Money, ...]:
    """The amounts that carry a currency, in order and once each.

    A bare `$` is the default currency where that is some dollar, else the American one.
    """
    return tuple(dict.fromkeys(each.money for each in amounts_at(text, default_currency) if each.named))


def amounts_at(text: str, default_currency: str = "") -> list[Amount]:
    """The amounts that carry a currency and, where there is a default one, every number that might be an amount."""
    text = text[:LONGEST]
    taken = bytearray(len(text))
    words = list(written_out(text, _WORDS))
    found = [each for each in islice(_named(text, words, default_currency), MOST) if _take(each, taken)]
    if default_currency:
        for start, end in no_money(text):
            taken[start:end] = b"x" * (end - start)
        bare = (each for each in _bare(text, words, default_currency) if _take(each, taken))
        found += islice(bare, MOST)
    return sorted(found, key=lambda each: each.start)


def _take(each: Amount, taken: bytearray) -> bool:
    """Whether its place is free; it is taken then."""
    if any(taken[each.start : each.end]):
        return False
    taken[each.start : each.end] = b"x" * (each.end - each.start)
    return True


def _named(text: str, words: Sequence[Said], default_currency: str) -> Iterator[Amount]:
    for match in _AMOUNT.finditer(text):
        sign = (match["before"] or match["after"]).lower()
        currency = dollar_of(match["whose"] or match["of"] or "", currency_of_sign(sign, default_currency))
        if not currency:
            continue
        value = number_of(match["first"] or match["second"], currency)
        value *= factor_of(match["thousands"] or match["thousand"] or sign)
        cents = match["cents"] or match["small"]
        if cents and value == int(value):
            value += Decimal(cents) / 100
        yield Amount(Money.of(value, currency), *match.span(), named=True)
    for said in words:
        currency = currency_of_sign(said.sign, default_currency)
        if said.value and said.named and currency:
            yield Amount(Money.of(said.value, currency), said.start, said.end, named=True)


def _bare(text: str, words: Sequence[Said], currency: str) -> Iterator[Amount]:
    for match in _BARE.finditer(text):
        value = number_of(match["number"], currency) * factor_of(match["thousand"] or "")
        if _LEAST <= value < _MOST and not _PADDED.match(match["number"]):
            money, nil = Money.of(value, currency), match["nil"] is not None
            yield Amount(money, *match.span(), named=nil, shape=_shape(match))
    for said in words:
        if not said.named and said.hundreds:
            yield Amount(Money.of(said.value, currency), said.start, said.end, named=False, shape="words")


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
    plain = re.sub(rf"[{GAP}'\u2019]", "", text)
    marks = [char for char in plain if char in ".,"]
    if not marks:
        return Decimal(plain)
    last = marks[-1]
    tail = len(plain) - plain.rindex(last) - 1
    if len(set(marks)) == 1 and (len(marks) > 1 or (tail == 3 and exponent(currency) != 3)):
        return Decimal(plain.replace(last, ""))
    head, _, decimals = plain.rpartition(last)
    return Decimal(f"{re.sub('[.,]', '', head)}.{decimals}")
