"""Whether a sender is a contact that we know, merely looks like one, or wants the answer to go elsewhere.

Pure tables of strings. A From line proves nothing, so all that follows from here is more care, never less.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from mailbot.core.reason import Reason, because

# Letters that a reader takes for Latin ones (a small part of Unicode UTS 39 confusables.txt: those seen in fraud).
_SEEN_AS = (
    "\u0430a \u0435e \u043eo \u0440p \u0441c \u0443y \u0445x \u0456i \u0458j \u0455s \u04bbh \u0501d \u051bq \u051dw "
    "\u043ak \u043cm \u0442t \u0432b \u043dh \u03bfo \u03b1a \u03bdv \u03c1p \u03b9i \u03bak \u03c4t \u03c5u \u03c7x "
    "\u0131i \u0261g \u026ai \u1d0fo \u0585o \u0578n \u057du \u0581g \u04cfl \u0142l \u00f8o"
)
_CONFUSABLE = str.maketrans({pair[0]: pair[1] for pair in _SEEN_AS.split()})
_DIGITS = str.maketrans("01345", "oleas")
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("i", "l"))
_WORD = re.compile(r"[^\W_]+")
# Where anybody can open a mailbox: the domain says nothing about who it is.
_FREE = """
gmail.com googlemail.com outlook.com outlook.fr hotmail.com hotmail.fr hotmail.ca live.com live.fr live.ca msn.com
yahoo.com yahoo.fr yahoo.ca ymail.com icloud.com me.com mac.com aol.com gmx.com gmx.fr gmx.net gmx.de web.de
proton.me protonmail.com pm.me orange.fr wanadoo.fr free.fr sfr.fr neuf.fr laposte.net bbox.fr numericable.fr
videotron.ca sympatico.ca bell.net rogers.com cogeco.ca mail.com zoho.com fastmail.com tutanota.com hey.com
"""
FREE_DOMAINS = frozenset(_FREE.split())
_UNDER_COUNTRIES = "co com org net gov gouv ac edu asso nom qc on bc ab"
_SECOND_LEVEL = frozenset(_UNDER_COUNTRIES.split())
_SHARED = """
info contact hello bonjour billing accounts accounting compta comptabilite facturation factures invoices admin office
support sales finance service
"""
_DESKS = frozenset(_SHARED.split())
_LEAST_NAME = 5
_LEAST_LABEL = 4
# The sender is compared with each contact: what was worked out about it once need not be worked out again.
_remembered = lru_cache(maxsize=64)


@dataclass(frozen=True, slots=True)
class Known:
    """A contact as the address book has it; `names` are the person's and the company's."""

    email: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Likeness:
    """Which contact a stranger resembles, and how; `why` names the contact in its facts."""

    contact: Known
    why: Reason


def likeness(email: str, name: str, known: Iterable[Known]) -> Likeness | None:
    """What is alike between a sender who is in no address book and the contacts there, the worst likeness first."""
    found = [
        (weight, Likeness(contact, why))
        for contact in known
        if contact.email != email
        for weight, why in _likenesses(email.lower(), name, contact)
    ]
    return max(found, key=lambda each: each[0])[1] if found else None


def answers_elsewhere(from_email: str, reply_to: str, known: Iterable[str]) -> bool:
    """Whether an answer would go to another house than the sender's, and to nobody we know (RFC 5322 3.6.2)."""
    if not reply_to or reply_to == from_email or reply_to in set(known):
        return False
    theirs, ours = (address.rpartition("@")[2] for address in (reply_to, from_email))
    return theirs in FREE_DOMAINS or _house(theirs) != _house(ours)


def _likenesses(email: str, name: str, contact: Known) -> Iterable[tuple[int, Reason]]:
    local, _, domain = email.rpartition("@")
    their_local, _, their_domain = contact.email.rpartition("@")
    if contact.email in name.lower():
        yield 9, because("sender_address_in_name", contact=contact.email)
    shape = _domain_likeness(domain, their_domain)
    if shape is not None and (their_domain not in FREE_DOMAINS or _nearly(local, their_local)):
        yield shape[0], shape[1](contact.email)
    if domain == their_domain and domain in FREE_DOMAINS and local != their_local and _nearly(local, their_local):
        yield 6, because("sender_address_nearly", contact=contact.email)
    same_house = domain not in FREE_DOMAINS and _house(domain) == _house(their_domain)
    if same_house:
        return
    if any(_same_name(name, theirs) for theirs in contact.names):
        yield 5, because("sender_has_name", contact=contact.email)
    if domain != their_domain and local == their_local and len(local) > _LEAST_NAME and local not in _DESKS:
        yield 3, because("sender_other_account", contact=contact.email)


def _domain_likeness(domain: str, known: str) -> tuple[int, Callable[[str], Reason]] | None:
    """How a domain imitates another: weight and reason. None where they are one house or nothing is alike."""
    shown, ours = _shown(domain), _shown(known)
    if domain == known or _house(domain) == _house(known):
        return None
    base, our_base = _base(shown), _base(ours)
    if len(our_base) < _LEAST_LABEL:
        return None
    if base == our_base and shown.isascii():
        return (4, _ending)
    if _skeleton(base) == _skeleton(our_base):
        return (8, _looks)
    if _one_edit(_skeleton(base), _skeleton(our_base)) or _one_edit(base, our_base):
        return (7, _letter)
    parts, our_parts = base.split("-"), our_base.split("-")
    holds = any(parts[at : at + len(our_parts)] == our_parts for at in range(len(parts)))
    glued = len(our_base) > _LEAST_LABEL and base.startswith(our_base) | base.endswith(our_base)
    if holds or glued:
        return (7, _words)
    if our_base in shown.split(".")[:-1]:
        return (7, _inside)
    return None


def _looks(contact: str) -> Reason:
    return because("sender_domain_looks", contact=contact)


def _letter(contact: str) -> Reason:
    return because("sender_domain_letter", contact=contact)


def _words(contact: str) -> Reason:
    return because("sender_domain_words", contact=contact)


def _inside(contact: str) -> Reason:
    return because("sender_domain_inside", contact=contact)


def _ending(contact: str) -> Reason:
    return because("sender_domain_ending", contact=contact)


@_remembered
def _shown(domain: str) -> str:
    """The domain as a mail program shows it: A-labels written out (RFC 5890), small letters."""
    return ".".join(map(_unicode_label, domain.lower().strip(".").split(".")))


def _unicode_label(label: str) -> str:
    if not label.startswith("xn--") or len(label) > 63:
        return label
    try:
        return label[4:].encode("ascii").decode("punycode").lower()
    except (UnicodeError, ValueError, OverflowError):
        return label


@_remembered
def _house(domain: str) -> str:
    """The part of a domain that was bought, by the shape of its ending; no list of suffixes is at hand."""
    labels = domain.lower().strip(".").split(".")
    kept = 3 if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL else 2
    return ".".join(labels[-kept:])


def _base(shown: str) -> str:
    return _house(shown).partition(".")[0]


@_remembered
def _skeleton(text: str) -> str:
    """What a hasty eye sees: accents, foreign look-alikes, digits for letters and `rn` for `m` folded."""
    folded = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    folded = folded.translate(_CONFUSABLE).translate(_DIGITS)
    for seen, meant in _PAIRS:
        folded = folded.replace(seen, meant)
    return folded


def _nearly(local: str, known: str) -> bool:
    return _skeleton(local) == _skeleton(known) or (len(known) >= _LEAST_NAME and _one_edit(local, known))


def _one_edit(one: str, other: str) -> bool:
    """Whether one letter was changed, added, dropped, or swapped with its neighbour (Damerau 1964). Linear."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    left, right = one[at:], other[at:]
    swapped = left[:2] == right[1::-1] and left[2:] == right[2:] and len(left) > 1
    return left[1:] == right[1:] or left[1:] == right or left == right[1:] or swapped


def _same_name(name: str, known: str) -> bool:
    """Whether two display names are made of the same words; one short word is no name."""
    ours = _words_of(known)
    alone = len(ours) < 2 and len("".join(ours)) <= _LEAST_NAME
    return not alone and _words_of(name) == ours


@_remembered
def _words_of(name: str) -> tuple[str, ...]:
    return tuple(sorted(_WORD.findall(_skeleton(name))))
