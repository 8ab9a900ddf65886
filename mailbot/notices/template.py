"""Templates of notices: how a provider is known, what it says for each event, and under which labels facts stand.

A phrase is plain words with slots: `{amount}`, `{payer}`, `{reference}`, `{id}`, and `*` for a few words that do not
matter. `(one|another)` is a choice, `[this ]` may be left out. A `~` in front: these words alone do not say it clearly.
Case, accents and line breaks do not count. Every slot is bounded and nothing repeats, so that reading stays linear.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from mailbot.core.notice import NoticeEvent
from mailbot.notices.amounts import MASK
from mailbot.notices.lines import fold

FIELDS = ("amount", "currency", "total", "fee", "net", "payer", "reference", "id", "note")
"""What labels may stand for. `total` is believed where there is no `amount`; `note` holds the payer's own words."""
SLOTS = ("amount", "payer", "reference", "id")
LONGEST_PHRASE = 300
_SLOT = re.compile(r"\{(\w+)\}|(\*)|\s+|(?P<sign>[()|\[\]])")
_SIGNS = {"(": "(?:", "|": "|", ")": ")", "[": "(?:", "]": ")?"}
_SHORTENED = r"(?:(?:inc|ltd|co|corp|ltee|cie)\.)?"
_END = (
    r"(?=[ ]*(?:\n|$|[.!;,:](?:[ \n]|$)|[(<]| - )| (?:le|on|du|at) [0-9]| (?:via|using|by card|par carte)\b"
    r"| (?:for|pour) (?:the |your |la |votre )?(?:invoice|facture))"
)
_BODY = {
    "payer": rf"[^\n,:;!?(<>{MASK}]{{1,80}}?",
    "reference": r"[#]?(?=[a-z0-9/_.#-]{0,39}[0-9])[a-z0-9][a-z0-9/_.#-]{0,38}[a-z0-9]",
    "id": r"[#]?(?=[a-z0-9_-]{0,63}[0-9])[a-z0-9][a-z0-9_-]{3,63}",
    "amount": f"{MASK}+",
}
_FIRST_PAYER = rf"(?:(?<=\n)|(?<=[,:;!?] )|(?<=^))[^\n,:;!?<>{MASK}]{{1,80}}?"


class ProviderFault(ValueError):
    """A phrase or a table that cannot be used; the message says why and what to write."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words of a template and the pattern that finds them in folded text whose amounts are masked."""

    words: str
    source: str
    weak: bool = False

    @property
    def pattern(self) -> re.Pattern[str]:
        """Compiled when it is first looked for: most providers never write."""
        return _compiled(self.source)


@lru_cache(maxsize=2048)
def _compiled(source: str) -> re.Pattern[str]:
    return re.compile(source)


@dataclass(frozen=True, slots=True)
class Provider:
    """A payment service or a bank.

    `domains` are exact domains of its From addresses, `signers` those that its signatures name (d=). `people` says that
    persons write from there too: then only what a template reads is a notice. `dollar` is what a bare `$` means.
    """

    name: str
    title: str
    domains: frozenset[str]
    signers: frozenset[str]
    says: Mapping[NoticeEvent, tuple[Phrase, ...]] = field(default_factory=dict)
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ids: tuple[re.Pattern[str], ...] = ()
    dollar: str = ""
    people: bool = False

    def with_common(self, common: "Provider") -> "Provider":
        """Its own words, with the words that all providers use behind them."""
        says = {event: (*self.says.get(event, ()), *common.says.get(event, ())) for event in NoticeEvent}
        labels = {name: (*self.labels.get(name, ()), *common.labels.get(name, ())) for name in FIELDS}
        return Provider(
            self.name, self.title, self.domains, self.signers, says, labels, self.ids, self.dollar, self.people
        )


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every provider that is known."""

    providers: tuple[Provider, ...] = ()

    def of_domain(self, domain: str) -> Provider | None:
        """The provider that writes from exactly this domain."""
        return next((one for one in self.providers if domain in one.domains), None)

    def named(self, name: str) -> Provider | None:
        """The provider of this name, title, domain or address."""
        wanted = fold(name.strip()).rpartition("@")[2]
        return next(
            (one for one in self.providers if wanted in (one.name, fold(one.title)) or wanted in one.domains), None
        )

    def resembled(self, domain: str, shown: str) -> Provider | None:
        """The provider that a sender who is none of them wants to be taken for, by the name shown or by the domain."""
        words = set(re.findall(r"[a-z0-9]+", fold(shown)))
        looks = _looks(domain)
        labels = set(re.split(r"[^a-z0-9]+", looks))
        for one in self.providers:
            told = set(re.findall(r"[a-z0-9]+", fold(one.title)))
            brand = re.sub(r"[^a-z0-9]", "", fold(one.title))
            hidden = len(brand) >= _LONG_BRAND and brand in re.sub(r"[^a-z0-9]", "", looks)
            if (told <= words and words - told <= _BESIDE_A_BRAND) or brand in labels or hidden:
                return one
        return None


# What stands beside a brand in a sender's name; beside other words it may be a person's name, like Mollie Smith.
_BESIDE_A_BRAND = frozenset(
    """
    payments payment paiements paiement service services support team equipe notification notifications notify alerts
    alert alerte alertes billing business inc ltd corp bank banque canada france com fr ca net noreply no reply info e
    transfer transfers virement virements virement online secure via on behalf of the le la de du client clients
    """.split()  # noqa: SIM905 - it is read as words
)
_LONG_BRAND = 6  # a shorter one is found inside honest words: likewise, otherwise
# Digits, and Cyrillic and Latin letters, with what they resemble.
_LOOKALIKES = str.maketrans(
    {"0": "o", "1": "l", "3": "e", "5": "s", "$": "s", "\u0456": "i", "\u0430": "a", "\u0435": "e", "\u043e": "o"}
    | {"\u0440": "p", "\u0441": "c", "\u0443": "y", "\u0455": "s", "\u0501": "d", "\u0261": "g", "\u0131": "i"}
    | {"\u0442": "t", "\u043a": "k", "\u043c": "m", "\u043d": "h", "\u0432": "b", "\u04cf": "l", "\u03bf": "o"}
)


def _looks(domain: str) -> str:
    """A domain as it looks to a hasty reader: punycode shown, digits and foreign letters as what they resemble."""
    try:
        shown = domain.encode("ascii").decode("idna") if "xn--" in domain else domain
    except (UnicodeError, ValueError):
        shown = domain
    return fold(shown.lower().translate(_LOOKALIKES)).replace("rn", "m").replace("vv", "w")


def provider_of(table: Mapping[str, object], name: str, *, needs_domains: bool = True) -> Provider:
    """Build a provider from the values of its file; raises ProviderFault with the key and what is wrong."""
    says: dict[NoticeEvent, tuple[Phrase, ...]] = {}
    for key, phrases in _inner(table, "says").items():
        if key not in list(NoticeEvent):
            raise ProviderFault(f"says.{key}: is no event; write one of {', '.join(NoticeEvent)}")
        says[NoticeEvent(key)] = tuple(phrase_of(words, f"says.{key}") for words in _texts(phrases, f"says.{key}"))
    labels: dict[str, tuple[str, ...]] = {}
    for key, words in _inner(table, "labels").items():
        if key not in FIELDS:
            raise ProviderFault(f"labels.{key}: is not known here; write one of {', '.join(FIELDS)}")
        labels[key] = tuple(fold(word.strip()) for word in _texts(words, f"labels.{key}"))
    domains = frozenset(one.lower() for one in _texts(table.get("domains", []), "domains"))
    signers = frozenset(one.lower() for one in _texts(table.get("signers", []), "signers")) or domains
    for key, values in (("domains", domains), ("signers", signers)):
        for value in values:
            if not re.fullmatch(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+", value):
                raise ProviderFault(f'{key}: "{value}" is no domain; write it like "stripe.com", without an at sign')
    if needs_domains and not domains:
        raise ProviderFault('domains: is missing; from which domains does it write? Like ["stripe.com"]')
    unknown = table.keys() - {"title", "domains", "signers", "says", "labels", "ids", "dollar", "people"}
    if unknown:
        raise ProviderFault(f"{min(unknown)}: is not known here")
    dollar, people = table.get("dollar", ""), table.get("people", False)
    if not isinstance(dollar, str) or (dollar and not re.fullmatch("[A-Z]{3}", dollar)):
        raise ProviderFault('dollar: must be a currency of three letters, like "CAD"')
    if not isinstance(people, bool):
        raise ProviderFault("people: must be true or false")
    title = table.get("title", name)
    if not isinstance(title, str) or not title.strip():
        raise ProviderFault('title: must be a name, like "Stripe"')
    ids = tuple(_shape(one) for one in _texts(table.get("ids", []), "ids"))
    return Provider(name, title.strip(), domains, signers, says, labels, ids, dollar, people)


def phrase_of(words: str, key: str) -> Phrase:
    """Turn a phrase into a pattern; raises ProviderFault."""
    weak = words.startswith("~")
    plain = words.lstrip("~").strip()
    if not 4 <= len(plain) <= LONGEST_PHRASE:
        raise ProviderFault(f'{key}: "{plain}" must have from 4 to {LONGEST_PHRASE} letters')
    named = [found[1] for found in _SLOT.finditer(plain) if found[1]]
    for slot in named:
        if slot not in SLOTS or named.count(slot) > 1:
            raise ProviderFault(f"{key}: {{{slot}}} must be one of {', '.join(SLOTS)}, each once")
    if not re.search(r"\w{3}", _SLOT.sub(" ", plain)) or re.search(r"\}\s*(?:\{|\*)|\*\s*(?:\{|\*)", plain):
        raise ProviderFault(f'{key}: "{plain}" needs words of its own, also between two slots')
    depth = 0
    for sign in re.findall(r"[()\[\]]", plain):
        depth += 1 if sign in "([" else -1
        if depth not in (0, 1, 2):
            break
    if depth:
        raise ProviderFault(f'{key}: "{plain}" has a bracket that is not closed, or three inside each other')
    return Phrase(plain, _pattern(plain), weak)


def _pattern(plain: str) -> str:
    pieces: list[str] = []
    at = 0
    for found in _SLOT.finditer(plain):
        pieces.append(re.escape(fold(plain[at : found.start()])))
        at = found.end()
        if found[1]:
            last = not plain[at:].strip("])")
            body = _FIRST_PAYER if found[1] == "payer" and not found.start() else _BODY[found[1]]
            body, end = (body + _SHORTENED, _END) if last and found[1] == "payer" else (body, "")
            pieces.append(f"(?P<{found[1]}>{body}){end}")
        elif found["sign"]:
            pieces.append(_SIGNS[found["sign"]])
        elif found[2]:
            pieces.append(r"[^\n]{0,60}?")
        else:
            pieces.append(r"[ \n]{1,2}")
    pieces.append(re.escape(fold(plain[at:])))
    starts = "" if plain.startswith("{") else r"(?<![a-z0-9])"
    ends = "" if plain.rstrip("])").endswith("}") else r"(?![a-z0-9])"
    return f"{starts}{''.join(pieces)}{ends}"


def _shape(text: str) -> re.Pattern[str]:
    """The shape of an id: letters and digits as they stand, `9` a digit, `X` a letter or digit, `*` more of them."""
    if not re.fullmatch(r"[A-Za-z0-9_#-]{1,60}\*?", text):
        raise ProviderFault(f'ids: "{text}" must be letters and digits, like "ch_*" or "PM99999*"')
    body = "".join(
        "[0-9]" if c == "9" else "[A-Z0-9]" if c == "X" else "[A-Za-z0-9]{4,60}" if c == "*" else re.escape(c)
        for c in text
    )
    return re.compile(rf"(?<![A-Za-z0-9_]){body}(?![A-Za-z0-9_])")


def _inner(table: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = table.get(key, {})
    if not isinstance(value, dict):
        raise ProviderFault(f"{key}: must be a section [{key}]")
    return value


def _texts(value: object, key: str) -> Sequence[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
        raise ProviderFault(f'{key}: must be a list of texts, like ["one", "two"]')
    return value
