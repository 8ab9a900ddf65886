"""Where a person stops speaking and signs: closing phrase, name, trade, telephone. Only the reading leaves that out."""

import re
import unicodedata
from collections.abc import Iterable

from mailbot.mail import signature_marks as marks


def _any(words: Iterable[str]) -> str:
    """Any of these words; a star stands for the rest of a word."""
    return "|".join(re.escape(word).replace(r"\*", r"\w*") for word in sorted(words, key=len, reverse=True))


_CLOSING = re.compile(rf"^(?:{_any(marks.CLOSINGS)})$")
_POSTSCRIPT = re.compile(rf"(?:{_any(marks.POSTSCRIPTS)})\b")
_SPEAKS = re.compile(rf"^(?:{_any(marks.POSTSCRIPTS)})\b|\bi\b(?! [av] )|\b(?:{_any(marks.SPEAKING)})\b")
_STANDING = re.compile(rf"\b(?:{_any(marks.STANDING)})")
_GREETING = re.compile(rf"^(?:{_any(marks.GREETINGS)})\b")
_WORD = re.compile(r"\w+")
_POINTER = re.compile(
    r"^(?:voir|cf|see|vide|lire|siehe|zie|vedi|ver|tout est dans)(?: \w+){0,2} "
    r"(?:objet|sujet|titre|subject|title|betreff|onderwerp|oggetto|asunto|assunto)(?: (?:above|line|du mail))?$"
)
_REPLY_PREFIX = re.compile(
    r"^(?:\[[^\]]{1,40}\]\s*)?(?:re|rép|rep|aw|antw|sv|vs|ref|rif|res|r|fw|fwd|tr|wg|rv|enc|i|inoltro|doorst)"
    r"\s*(?:\[\d{1,3}\]|\(\d{1,3}\))?\s*[:\uff1a]",
    re.IGNORECASE,
)
_END_OF_MESSAGE = re.compile(r"\s*[\[(<{]\s*(?:eom|n/?t|s/?t|fin|end)\s*[\])>}]$|\s+(?:eom|/eom)$", re.IGNORECASE)
_TELEPHONE = re.compile(r"\+?\d[\d ().-]{7,18}\d")
_SITE = re.compile(r"\b(?:www\.|https?://)\S+")
_RULE = re.compile(r"^\s*[-_=*\u2014]{5,}\s*$")
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,255}")
_NOT_WORDS = re.compile(r"[\W_]+")
_FIRM = re.compile(r"\b(?:inc|ltd|ltee|co|corp|llc|cie|s\.a|bv|dr|e\.i)\.$", re.IGNORECASE)
_TELLS = re.compile(r"\b(?:est|is|was|has|had|sera|etait|ist|war|hat|es|died|passed|here|ici)\b")
_SEGMENT = re.compile(r"[,|/•·:;(]|\s[-\u2013\u2014]\s")
_LONGEST_NAME = 6
_LEAST_OF_A_BLOCK = 3
_LINES = 400


def said(words: str, name: str = "", address: str = "") -> str:
    """The words without the lines that sign them; all of them where nothing else was said.

    A block begins under a closing phrase and a name, at the sender's own `name`, or is the last paragraph where that
    tells a telephone or a site. Lines in it that speak (of money, of somebody else, with a pronoun) are kept, and so
    is a postscript: losing words is worse than keeping too many.
    """
    lines = words.split("\n")
    known = _own_names(name, address)
    begins = _block(lines, known)
    if begins is None:
        return words
    kept = lines[:begins]
    postscript = False
    for line in lines[begins:]:
        plain = _plain(line)
        postscript = bool(plain) and (postscript or bool(_POSTSCRIPT.match(plain)))
        if postscript or _speaks(line, plain, address):
            kept.append(line)
        elif not plain and kept and kept[-1]:
            kept.append("")
    while kept and (not kept[-1].strip() or _RULE.match(kept[-1])):
        kept.pop()
    return "\n".join(kept) if any(_plain(line) for line in lines[:begins]) else words


def says_nothing(words: str, name: str = "", address: str = "") -> bool:
    """Whether there is nothing but a greeting, a closing phrase, the sender's name and "see the subject"."""
    known = _own_names(name, address)
    return all(_is_empty(line, _plain(line), known) for line in words.split("\n", _LINES))


def _is_empty(line: str, plain: str, known: frozenset[str]) -> bool:
    if not plain or _CLOSING.match(plain) or _POINTER.match(plain) or _is_own_name(line, known):
        return True
    greets = _GREETING.match(plain)
    named = _WORD.findall(line)[len(greets[0].split()) :] if greets else []
    return bool(greets) and len(named) < _LONGEST_NAME and all(word[:1].isupper() for word in named)


def subject_in_own_words(subject: str) -> str:
    """The subject, where the writer worded it: empty where it begins as an answer or a forward does."""
    bare = subject.strip()
    if _REPLY_PREFIX.match(bare):
        return ""
    return _END_OF_MESSAGE.sub("", bare).strip()


def _block(lines: list[str], known: frozenset[str]) -> int | None:
    """The first line of the block that signs, or None."""
    first = max(0, len(lines) - _LINES)
    spoken = any(_plain(line) for line in lines[:first])
    for at in range(first, len(lines)):
        plain = _plain(lines[at])
        if not plain:
            continue
        if spoken and _is_own_name(lines[at], known):
            return at
        if spoken and _CLOSING.match(plain):
            following = next((later for later in range(at + 1, min(at + 4, len(lines))) if _plain(lines[later])), None)
            if following is not None and _is_a_name(lines[following]):
                return following
        spoken = spoken or not _CLOSING.match(plain)
    return _card(lines, first)


def _card(lines: list[str], first: int) -> int | None:
    """Where the last paragraph begins, if it is a visiting card and words stand above it that do not lead to it."""
    end = len(lines)
    while end > first and not _plain(lines[end - 1]):
        end -= 1
    begins = end
    while begins > first and _plain(lines[begins - 1]):
        begins -= 1
    block = lines[begins:end]
    above = next((line.strip() for line in reversed(lines[first:begins]) if _plain(line)), "")
    ruled = begins > first and bool(_RULE.match(lines[begins - 1]))
    if (len(block) < _LEAST_OF_A_BLOCK and not ruled) or not above or above.endswith((":", "\uff1a")):
        return None
    told = any(_TELEPHONE.search(line) or _SITE.search(line) for line in block)
    speaks = any(_speaks(line, _plain(line), "") for line in block)
    begun = ruled or not block[0].rstrip().endswith((".", "!", ":"))
    return begins if told and not speaks and begun else None


def _speaks(line: str, plain: str, address: str) -> bool:
    if any(found.lower() != address.lower() for found in _ADDRESS.findall(line)):
        return True
    return bool(_SPEAKS.search(plain) or line.rstrip().endswith("?")) and not _STANDING.search(plain)


def _own_names(name: str, address: str) -> frozenset[str]:
    from_address = re.split(r"[._+-]", address.partition("@")[0])
    return frozenset(word for word in (*_plain(name).split(), *map(_plain, from_address)) if len(word) > 1)


def _is_own_name(line: str, known: frozenset[str]) -> bool:
    """Whether a line is the sender's name, alone or before a comma, a bar or a dash and no sentence."""
    ends = line.rstrip().endswith((".", "!", "?", "\u2026")) and not _FIRM.search(line)
    if ends or _TELLS.search(_plain(line)):
        return False
    words = [word for word in _plain(_SEGMENT.split(line, maxsplit=1)[0]).split() if word not in marks.TITLES]
    ours = [word for word in words if word in known]
    rest = [word for word in words if word not in known and word not in marks.PARTICLES]
    return 0 < len(words) <= _LONGEST_NAME and any(len(word) > 2 for word in ours) and not rest


def _is_a_name(line: str) -> bool:
    """Whether a line may be anybody's name: few words, each with a capital, nothing that speaks."""
    bare = _SEGMENT.split(line.strip(" *_>"), maxsplit=1)[0].strip()
    words = bare.split()
    if not words or len(words) > _LONGEST_NAME or any(character.isdigit() for character in bare):
        return False
    small = marks.PARTICLES | marks.TITLES
    if not (words[0][:1].isupper() or _plain(words[0]) in marks.TITLES) or _SPEAKS.search(_plain(line)):
        return False
    return all(word[:1].isupper() or _plain(word) in small for word in words)


def _plain(text: str) -> str:
    """Small letters without accents or signs, apart by single spaces."""
    folded = unicodedata.normalize("NFKD", text[:400].replace("ß", "ss").lower())
    return _NOT_WORDS.sub(" ", "".join(each for each in folded if not unicodedata.combining(each))).strip()
