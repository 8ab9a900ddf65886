"""Addresses that a writer points to, also when they are spelled out against robots."""

import re

_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}\.)+[A-Za-z]{2,24}(?![\w-])")
_SPELLED = re.compile(
    r"(?<![\w.@])([\w.-]{1,64}(?: (?:point|dot) [\w-]{1,40}){0,3})"
    r" ?(?: |\(|\[)(?:arobase|arobas|at)(?: |\)|\]) ?"
    r"([\w-]{1,63}(?:(?: (?:point|dot) |\.)[\w-]{1,63}){1,4})",
    re.IGNORECASE,
)
_DOT = re.compile(r" (?:point|dot) ", re.IGNORECASE)


def addresses_in(text: str) -> tuple[str, ...]:
    """Every address in a sentence, plain ones first, in small letters."""
    plain = [match[0].lower().rstrip(".") for match in _ADDRESS.finditer(text)]
    spelled = [_written_out(match) for match in _SPELLED.finditer(text)]
    return tuple(dict.fromkeys([*plain, *(address for address in spelled if address)]))


def _written_out(match: re.Match[str]) -> str:
    domain = _DOT.sub(".", match[2]).lower()
    top = domain.rsplit(".", 1)[-1]
    if not (top.isalpha() and 2 <= len(top) <= 24):
        return ""
    return f"{_DOT.sub('.', match[1])}@{domain}".lower()


def address_to_write_to(text: str, sender: str = "") -> str | None:
    """The first address in the sentence that is not the sender's own."""
    return next((address for address in addresses_in(text) if address != sender.strip().lower()), None)
