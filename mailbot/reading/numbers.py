"""Invoice numbers that a message names."""

import re
from collections.abc import Collection

_LIKE_A_NUMBER = re.compile(
    r"(?<![\w@./-])(?:INV|FAC|FACT|FA|FV|F|FC|BILL|RE)[-_ #/]{0,2}\d[\dA-Z]{0,11}(?:[-/_.]\d{1,8}){0,3}(?![\w@])",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"\b(?:factures?|invoices?|inv|fact|bills?|note d.honoraires)\.?\s{0,2}"
    r"(?:(?:num[ée]ro|number|no|n[°ºr]|ref|réf|#)\.?\s{0,2}:?\s{0,2})?#?((?=[A-Z/_.-]{0,8}\d)[A-Z0-9]{1,12}(?:[-/_.][A-Z0-9]{1,12}){0,3})(?![\w@])",
    re.IGNORECASE,
)
_DAY = re.compile(r"^\d{1,2}(?:[/.-]\d{1,2}(?:[/.-]\d{2,4})?|er|st|nd|rd|th|e)?$|^(?:19|20)\d\d$", re.IGNORECASE)


def invoice_numbers(words: str, subject: str = "", known: Collection[str] = ()) -> tuple[str, ...]:
    """The invoices that are named, in order: known numbers as they are; without any known, what plainly is a number."""
    text = f"{subject}\n{words}"[:70_000]
    if known:
        upper = text.upper()
        found = {number: _standing(number.upper(), upper) for number in known if number}
        return tuple(sorted((number for number, at in found.items() if at >= 0), key=lambda number: found[number]))
    spans = {
        match.start(): match[0].upper()
        for match in _LIKE_A_NUMBER.finditer(text)
        if sum(c.isdigit() for c in match[0]) >= 3
    }
    for match in _NAMED.finditer(text):
        if not _DAY.match(match[1]) and sum(c.isdigit() for c in match[1]) >= 2 and not _inside(match.start(1), spans):
            spans[match.start(1)] = match[1].upper().rstrip(".-/_")
    return tuple(dict.fromkeys(spans[at] for at in sorted(spans)))


def _inside(at: int, spans: dict[int, str]) -> bool:
    return any(start <= at < start + len(number) for start, number in spans.items())


def _standing(number: str, text: str) -> int:
    """Where the number stands as a whole word, or -1."""
    at = text.find(number)
    while at >= 0:
        before, after = text[at - 1 : at], text[at + len(number) : at + len(number) + 1]
        if not before.isalnum() and not after.isalnum():
            return at
        at = text.find(number, at + 1)
    return -1
