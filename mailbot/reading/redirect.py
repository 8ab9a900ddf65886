"""Addresses that a writer points to, also when they are spelled out against robots."""

import re

from mailbot.reading.words import folded

_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}\.)+[A-Za-z]{2,24}(?![\w-])")
_POINT = r"(?:point|dot|punkt|punto|ponto|punt)"
_AT = r"(?:arobase|arobas|at|a commercial|arroba|chiocciola|apenstaartje|klammeraffe|@)"
_DASH = r"(?:tiret|dash|hyphen|bindestrich|trattino|guion|streepje|hifen)"
_SPELLED = re.compile(
    rf"(?<![\w.@])([\w.-]{{1,64}}(?: (?:{_POINT}|{_DASH}|underscore) [\w-]{{1,40}}){{0,3}})"
    rf" ?(?: |\(|\[|\{{){_AT}(?: |\)|\]|\}}) ?"
    rf"([\w-]{{1,63}}(?:(?: ?[\[({{]?\b{_POINT}\b[\])}}]? ?| {_DASH} |\.)[\w-]{{1,63}}){{1,5}})",
    re.IGNORECASE,
)
_DOT = re.compile(rf" ?[\[({{]?\b{_POINT}\b[\])}}]? ?", re.IGNORECASE)
_HYPHEN = re.compile(rf" {_DASH} ", re.IGNORECASE)
_UNDERSCORE = re.compile(r" underscore ", re.IGNORECASE)
# An address that stands in copy, or that a machine reports on, is nobody to write to.
_NOT_TO = re.compile(
    r"\b(?:cc|copie|copy|copied|kopie|copia|recipients?|destinataires?|empfanger|destinatari[oa]s?|delivery|delivered|"
    r"delivre|livre|undeliverable|zugestellt|unzustellbar|entregad[oa]|rejected|mailbox|550|554)\b"
)
_LABEL = re.compile(r"^\W*(?:e-?mail|mail|courriel|mel|e|m|correo|correio|posta)\W*$")
_WORD = re.compile(r"[^\W\d_]{2,}")
_TOLD = 3


def addresses_in(text: str) -> tuple[str, ...]:
    """Every address in a sentence, plain ones first, in small letters."""
    plain = [match[0].lower().rstrip(".") for match in _ADDRESS.finditer(text)]
    spelled = [_written_out(match) for match in _SPELLED.finditer(text)]
    return tuple(dict.fromkeys([*plain, *(address for address in spelled if address)]))


def _written_out(match: re.Match[str]) -> str:
    local, domain = (_HYPHEN.sub("-", _DOT.sub(".", part)) for part in (match[1], match[2]))
    top = domain.rsplit(".", 1)[-1]
    if not (top.isalpha() and 2 <= len(top) <= 24):
        return ""
    return f"{_UNDERSCORE.sub('_', local)}@{domain}".lower()


def address_to_write_to(text: str, sender: str = "") -> str | None:
    """The first address in the sentence that is not the sender's own."""
    return next((address for address in addresses_in(text) if address != sender.strip().lower()), None)


def address_told(text: str, sender: str = "") -> str | None:
    """Likewise, of a sentence that says something with it; a line of a signature or of a machine's report does not."""
    address = address_to_write_to(text, sender)
    if address is None:
        return None
    rest = folded(_ADDRESS.sub(" ", text))
    if _NOT_TO.search(rest) or _LABEL.match(rest) or len(_WORD.findall(rest)) < _TOLD:
        return None
    return address
