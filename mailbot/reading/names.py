"""Who is to be written to instead, by name: `voyez avec Mme Leroy`, `Sandra in accounts handles this`.

A name that is not there is worse than one that is missed, so two signs must meet: what looks like a name, and words
(or an address) that point to it.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from mailbot.reading.redirect import addresses_in
from mailbot.reading.words import folded

LONGEST = 6_000
"""Characters that are searched for names."""

_CAPITAL, _SMALL = "A-ZÀ-ÖØ-Þ", "a-zß-öø-ÿ"
_PART = (
    rf"(?:[{_CAPITAL}][{_SMALL}]+(?:['\u2019-][{_CAPITAL}]?[{_SMALL}]+|[{_CAPITAL}][{_SMALL}]+)*"
    rf"|[DLO]['\u2019][{_CAPITAL}][\w-]+)"
)
_PARTICLE = r"(?:de la|de|du|des|van der|van den|van de|van|von|der|da|do|dos|di|del|della|el|ben|bin|le|la|ter|ten)"
_NAME = re.compile(rf"{_PART}(?:[ \u00a0](?:{_PARTICLE}[ \u00a0])?{_PART}){{0,2}}")
_FILLER = (
    r"directement|directly|plutot|instead|rather|now|maintenant|desormais|dorenavant|jetzt|nun|bitte|please|"
    r"mon|ma|notre|votre|nos|le|la|les|l|une?|my|our|the|his|her|their|your|new|nouveau|nouvelle|cher|chere|est|is|are|was|"
    r"c|meine?n?|unsere?n?|ihre?n?|ist|den|die|der|mi|nuestr[oa]|el|su|es|il|lo|mio|mia|nostr[oa]|mijn|onze|het|"
    r"meu|minha|nosso|nossa|o|os|as|e|que|qui|who|principal|principale|financi\w+|comptable|treasurer|ca|ceci|cela|this|that|it"
)
_GREETING = (
    r"bonjour|bonsoir|salut|allo|coucou|hello|hi|hey|dear|chere?s?|hallo|liebe[rs]?|lieve|beste|guten \w+|gruezi|ciao|"
    r"buongiorno|buonasera|hola|estimad[oa]|querid[oa]|ola|oi|bom dia|boa tarde|goedemorgen|dag|good \w+|g'day"
)
_PRESENTING = (
    r"je suis|moi c'est|ici|this is|i am|i'm|my name is|ich bin|soy|sono|ik ben|sou|cordialement|regards|cheers|thanks|"
    r"merci|wrong"
)
_NEVER_BEFORE = re.compile(rf"\b(?:{_GREETING}|{_PRESENTING})[\s,]*$")
_GREETED = re.compile(
    rf"\W*(?:{_GREETING})((?:\s(?:m\.|mr\.?|ms\.?|mrs\.?|dr\.?|[^\W\d_]+)){{1,3}})\s*(?:[,!.:\u2013-]|$)"
)
# A name after one of these is a place's or a firm's.
_OFFICE_BEFORE = re.compile(
    r"\b(?:bureau|siege|agence|regie|cabinet|etude|filiale|succursale|antenne|office|branch|entreprise|societe|maison|"
    r"fiduciaire|banque|ville|commune|mairie|kanzlei|firma|buro|filiale|studio|oficina|sede|kantoor|vestiging|service|pole)"
    r"(?:\s(?:principal|social|central))?(?:\s(?:de|a|au|in|of|at|di|da|do|van|von|te)|\sd')?\s?$"
)
_OFFICE_AFTER = re.compile(r"^\s(?:office|branch|team|desk|department|headquarters|llp|group|sarl)\b|^'s?\b")
_PLACE_BEFORE = re.compile(r"(?:\b(?:a|au|in|at|en|of|di|te|da|to|la|le|the|der|die|das|den|lo|el)|['\u2019])\s?$")
_BEFORE_ADDRESS = re.compile(r"^[\s,:(<\u2013\u2014-]{1,4}(?:at |on |sur |a |unter |en |su |op |em |e-?mail:? ?)?$")
_STAND = 70
_SHORT, _MANY = 3, 3


@dataclass(frozen=True, slots=True)
class _Known:
    title: re.Pattern[str]
    lower_titles: frozenset[str]
    titles: frozenset[str]
    no_name: frozenset[str]
    leads: re.Pattern[str]
    follows: re.Pattern[str]
    gone: re.Pattern[str]


@cache
def _known() -> _Known:
    text = (resources.files("mailbot.reading") / "names.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    languages = [lists for lists in table.values() if isinstance(lists, dict)]
    ask, people, does = (_either(*(lists[key] for lists in languages)) for key in ("ask", "people", "does"))
    return _Known(
        title=re.compile(rf"(?:(?<=\s)|(?<=^)|(?<=[(,:'\u2019]))(?:{_either(table['titles'])})\s?$"),
        lower_titles=_words(table["lower_titles"]),
        titles=_words(table["titles"]),
        no_name=_words(table["no_name"]),
        leads=re.compile(rf"(?<!\w)(?:{ask}|{people})(?:[\s,:(\u2013-]+(?:{_FILLER})(?!\w)'?){{0,3}}[\s,:(\u2013-]*$"),
        follows=re.compile(
            rf"^(?:,?\s?(?:in|from|at|a la|au|du|de la|aux|in der|aus der|von|op|di|da|do|en)\s(?:[\w'-]+\s?){{1,3}})?"
            rf"[\s,(\u2013-]*(?:(?:qui|who|die|der|che|que|quem|c'est (?:lui|elle) qui)\s)?(?:{does})(?!\w)"
        ),
        gone=re.compile(rf"^[\s,]*(?:{_either(table['not_for'])})(?!\w)"),
    )


def _words(row: str) -> frozenset[str]:
    return frozenset(word.strip() for word in row.split(","))


def _either(*rows: str) -> str:
    phrases = {phrase.strip() for row in rows for phrase in row.split(",") if phrase.strip()}
    ordered = sorted(phrases, key=lambda each: (-len(each), each))
    return "|".join(
        re.escape(each.rstrip("*")).replace(r"\ ", r"\s") + (r"\w*" if "*" in each else "") for each in ordered
    )


def name_to_write_to(words: str, address: str | None = None, sender: str = "") -> str | None:
    """The name of the person whom a mail points to, as it is written, or None. Never raises; linear.

    `address` is the one that the mail points to, `sender` the writer's own: whose name it holds is not meant.
    """
    text = words[:LONGEST]
    plain = folded(text)
    own = _own(text, plain, sender)
    best: tuple[int, str] | None = None
    for start, end, titled in _candidates(text, plain):
        parts = {part for part in re.split(r"[\s'-]+", plain[start:end]) if len(part) > 1}
        if parts & own:
            continue
        strength = _strength(plain, start, end, titled=titled, address=address, parts=parts)
        if strength and (best is None or strength > best[0]):
            found = _title_start(plain, start) if titled else start
            best = (strength, " ".join(text[found:end].split()))
    return best[1] if best else None


def _candidates(text: str, plain: str) -> Iterator[tuple[int, int, bool]]:
    """Where something stands that looks like a name, and whether a title leads it."""
    known = _known()
    for match in _NAME.finditer(text):
        start, end = match.span()
        if start and (text[start - 1].isalnum() or text[start - 1] in "@.-_/"):
            continue
        if text[end : end + 1] in {"@", "_"} or re.match(
            r"\s?(?:&|et Cie|Ltd|Inc|LLC|GmbH|SARL|SA\b|Group)", text[end:]
        ):
            continue
        title = known.title.search(plain[max(0, start - 12) : start])
        titled = bool(
            title and (title[0].strip() in known.lower_titles or text[max(0, start - 12) + title.start()].isupper())
        )
        words = re.split(r"\s", plain[start:end])
        if known.titles.issuperset(words):
            continue
        if titled or not known.no_name.intersection(words):
            yield start, end, titled
        elif words[0] in known.no_name and len(words) > 1 and not known.no_name.intersection(words[1:]):
            yield start + len(words[0]) + 1, end, False


def _strength(plain: str, start: int, end: int, *, titled: bool, address: str | None, parts: set[str]) -> int:
    """How surely a name is pointed to, 0 for not at all."""
    known = _known()
    front = _title_start(plain, start) if titled else start
    before, after = plain[max(0, front - _STAND) : front], plain[end : end + _STAND]
    if _NEVER_BEFORE.search(before) or known.gone.match(after) or _OFFICE_AFTER.match(after):
        return 0
    if not titled and _OFFICE_BEFORE.search(before):
        return 0
    before = re.split(r"[.!?\n](?=\s|$)", before)[-1]
    leads, follows = bool(known.leads.search(before)), bool(known.follows.match(after))
    strength = 2 * leads + 2 * follows
    if address:
        local = set(re.split(r"[\W_\d]+", folded(address.partition("@")[0])))
        called = not parts.isdisjoint(local) and len(parts) < _MANY
        called = called or any(len(part) > _SHORT and any(part in each for each in local) for part in parts)
        beside = address in after and bool(_BEFORE_ADDRESS.match(after.partition(address)[0]))
        named = titled or len(parts) > 1 or bool(re.search(r"[,:;(]\s*$", before))
        strength += 3 * called + 2 * (beside and (leads or named) and not _PLACE_BEFORE.search(before))
    return strength + (titled and strength > 0)


def _title_start(plain: str, start: int) -> int:
    """Where the title begins that leads a name."""
    found = _known().title.search(plain[max(0, start - 12) : start])
    return max(0, start - 12) + found.start() if found else start


def _own(text: str, plain: str, sender: str) -> set[str]:
    """The parts of names that are the writer's or the reader's: of the greeting, the signature and the address."""
    lines = [line.span() for line in re.finditer(r"[^\n]+", text) if line[0].strip()]
    found: set[str] = set()
    for start, end in lines[-3:] if len(lines) > 1 else []:
        line = plain[start:end]
        if len(line.split()) <= 4 and not addresses_in(line):
            found |= set(re.findall(r"[^\W\d_]{2,}", line))
    if lines:
        greeting = _GREETED.match(plain[lines[0][0] : lines[0][1]])
        if greeting:
            found |= set(re.findall(r"[^\W\d_]{2,}", greeting[1]))
    local = folded(sender.partition("@")[0])
    return (found | {part for part in re.split(r"[\W_\d]+", local) if len(part) > 2}) - _known().no_name
