"""What a person wrote anew, apart from quoted letters, signatures and small print.

Losing words is worse than keeping too many: what might be a person is kept.
"""

import itertools
import re
from collections.abc import Iterable

from mailbot.mail import quote_marks as marks
from mailbot.mail.furniture import points_to_html, without_armour, without_notices
from mailbot.mail.hypertext import text_of_html
from mailbot.mail.quote_html import own_text

TEXT_CHARS = 64 * 1024
TEXT_LINES = 2_000
_ANNOUNCED_LINES = 6
_ANNOUNCED_CHARS = 400
_LONG_LINE = 60


def _any_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(set(words), key=len, reverse=True))


_OPENERS = _any_of(word for words in marks.OPENERS.values() for word in words)
_DAYS = _any_of(marks.DAYS_AND_MONTHS)
_WROTE = re.compile(
    rf"(?:^|[\s,>)\"])(?:{_any_of(word for words in marks.WROTE.values() for word in words)})(?=$|[\s:\uff1a,-])"
)
_DATE = rf"(?:(?:{_DAYS})(?=[\s.,])|\d)"
_OPENING = re.compile(rf"(?:^|(?<=[\s-]))(?:{_OPENERS})\s+(?={_DATE})")
_DATED = re.compile(_DATE)
_CLOCK = re.compile(r"\d{1,2}\s?[:.h]\s?\d\d")
_WRITER = re.compile(
    r"[<(][^\s<>()@]{1,80}@[^\s<>()@]{1,80}[>)]{1,3}\s?[^\s:\uff1a]{1,16}(?: [^\s:]{1,12})?\s?[:\uff1a]$"
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
# "Ada schreef op 2026-03-09 07:14:": the name first, the day last.
_NAME_FIRST = re.compile(
    rf"^\S.{{0,120}}?\s(?:{_any_of(word for words in marks.WROTE.values() for word in words)})\s"
    rf"(?:(?:{_OPENERS})\s+|\()(?={_DATE}).{{4,60}}[:\uff1a]$"
)
_NAMES = {name: meaning for meaning, names in marks.HEADER_NAMES.items() for name in names}
_FIELD = re.compile(r"^[\s*_]{0,8}([^\s:*\uff1a][^:*\uff1a]{0,18}?)\s{0,3}\*{0,2}\s{0,3}[:\uff1a]")
_RULE = re.compile(r"^[\s*]{0,4}[-_=\u2010-\u2015*~]{2,}[\s*]*$")
_DASHED = re.compile(r"^[\s*>]{0,4}[-_=\u2010-\u2015]{2,}[\s>]*(.{3,200}?)[\s<]*[-_=\u2010-\u2015]{2,}\s*$")
_OF_THIS_LETTER = re.compile(
    r"^(?:(?:the|all|any|les|toutes?) \w+ (?:of|in|contained in|contenues? dans|de) )?"
    r"(?:this|ce|cet|cette|le present|le présent|diese|dieses|este|questa?|dit|deze|esta)(?: \w+)? ?"
    r"(?:e-?mail|message|mail|courriel|communication|transmission|nachricht|correo|mensaje|messaggio|bericht|mensagem)s?\b"
)
_CITED = re.compile(r"^(?:quoting|zitat von|citando|selon|citeren)\s[^@:]{0,80}<?[^\s@<]{1,80}@[^\s@>]{1,80}>?\s?:$")
# Lotus Notes: "Ada ---03/11/2026 10:02:11---Bonjour", or the name and address and, below it, nothing but the time.
_NOTES = re.compile(r"^\S.{1,80} ---\d\d?[/.-]\d\d?[/.-]\d{2,4} \d\d?:\d\d[^-]{0,9}---")
_MAILBOX = re.compile(r"^[^@:]{0,80}<[^\s@<>]{1,80}@[^\s@<>]{1,80}>$")
_MOMENT = re.compile(r"^\d\d?[/.-]\d\d?[/.-]\d{2,4} \d\d?:\d\d(?::\d\d)?(?: ?[ap]m)?$", re.IGNORECASE)
_NAME = re.compile(r"^(?:[^\W\d_][\w.'\u2019-]{0,30}\s?){1,4},?$")
_ORANGE = re.compile(r"^message du \d\d?/\d\d?/\d\d")
_LINK = re.compile(r"^[(<\[]?https?://\S+[)>\]]?\s*>?$")
_BANNERS = tuple(banner.lstrip("[") for banner in marks.BANNERS)
_TAG = re.compile(r"^\s*\[[^\]]{1,40}\]")
_ADDRESS = re.compile(r"[<(\[]?https?://\S*")
_APOLOGY = re.compile(
    r"[.,;\s-]*\b(?:please|veuillez|merci d|pardon\w*|excus\w*|d[ée]sol\w*|sorry|bitte)\b[^.]{0,50}"
    r"\b(?:brevity|bri[èe]vet[ée]|typos?|fautes?|frappe|concision|spelling|tippfehler|k[üu]rze|short\w*)\b[^.]{0,20}\.?$"
)
_SENTENCE = re.compile(
    r"[.!?]$|[,;]\s|\b(?:hier|ce matin|yesterday|today|this morning|facture|invoice|virement|payment)\b"
)
_INVISIBLE = str.maketrans(
    {
        **dict.fromkeys("\u200b\u200e\u200f\u202a\u202b\u202c\u2060\ufeff", ""),
        **dict.fromkeys("\u00a0\u202f\u2007", " "),
        "\x00": "",
    }
)


def new_words(text: str, html: str = "", *, keep_signature: bool = False) -> str:
    """Words that the person wrote anew.

    Cues in the HTML are believed first, since programs write them and people do not. Linear; capped at 64 KiB and
    2,000 lines. Where a letter seems to be all quoted without a mark (no words before the cut), its words are kept.
    """
    shown = own_text(html) if html else ""
    words = _own_lines(shown, keep_signature) if shown else ""
    return words or _own_lines(text_of_html(html) if html and points_to_html(text) else text, keep_signature)


def _own_lines(text: str, keep_signature: bool) -> str:
    plain = text[:TEXT_CHARS].translate(_INVISIBLE).replace("\r\n", "\n").replace("\r", "\n")
    lines = without_armour([line.rstrip() for line in plain.split("\n", TEXT_LINES)[:TEXT_LINES]])
    own = _without_quotes(without_notices(lines))
    if not keep_signature:
        own = _without_signature(own)
    return "\n".join(_without_small_print(own)).strip("\n")


def _without_quotes(lines: list[str]) -> list[str]:
    own: list[str] = []
    index = 0
    while index < len(lines):
        line = lines[index]
        if _is_quoted(line) or _is_torn_quote(lines, index):
            index += 1
            continue
        end, before = _announcement(lines, index)
        if end:
            if before:
                own.append(before)
            if not _quoted_next(lines, end) and _has_words(own):
                break
            index = end
            continue
        end = _quoted_header(lines, index) or _separator(lines, index)
        if end:
            if _has_words(own):
                break
            index = end
            continue
        own.append(line)
        index += 1
    while own and (not own[-1] or _RULE.match(own[-1])):
        own.pop()
    return own


def _has_words(lines: list[str]) -> bool:
    return any(line.strip() and not _RULE.match(line) for line in lines)


def _is_quoted(line: str) -> bool:
    start = line.lstrip()
    return start.startswith((">", "&gt;")) and not start.endswith("<<<")


def _is_torn_quote(lines: list[str], index: int) -> bool:
    """Whether a line is the end of a quoted line that a mail program wrapped without marking it."""
    if not 0 < index < len(lines) - 1 or not (_is_quoted(lines[index - 1]) and _is_quoted(lines[index + 1])):
        return False
    above = lines[index - 1].lstrip("> ")
    unclosed = above.count("(") > above.count(")") or above.count("<") > above.count(">")
    wrapped = len(above) >= _LONG_LINE and above[-1] not in ".?!:;"
    return bool(lines[index].strip()) and (unclosed or wrapped or bool(_LINK.match(lines[index].strip())))


def _quoted_next(lines: list[str], index: int) -> bool:
    return _is_quoted(next((line for line in lines[index : index + 6] if line.strip()), ""))


def _announcement(lines: list[str], index: int) -> tuple[int, str]:
    """Where "On ... wrote:", begun on this line, ends (0: it is none), and the words that stand before it."""
    whole = lines[index][:_ANNOUNCED_CHARS]
    bare = whole.strip().lower()
    if (_NAME_FIRST.match(bare) and _CLOCK.search(whole)) or _CITED.match(bare) or _NOTES.match(bare):
        return index + 1, ""
    if _MAILBOX.match(bare) and index + 1 < len(lines) and _MOMENT.match(lines[index + 1].strip()):
        return index + 2, ""
    if _names_a_writer(whole) and _is_quoted(next((line for line in lines[index + 1 : index + 3] if line.strip()), "")):
        return index + 1, ""
    openings = [opening.start() for opening in _OPENING.finditer(whole.lower())]
    start = openings[-1] if openings and whole[: openings[0]].strip(" -*_") else 0
    if _announces(whole[start:], quoted_next=not start and _quoted_next(lines, index + 1)):
        before = lines[index][:start].rstrip(" -")
        return index + 1, "" if before.endswith(",") and _NAME.match(before) and before.istitle() else before
    if not _leads(whole):
        return 0, ""
    joined = whole
    for end in range(index + 1, min(len(lines), index + _ANNOUNCED_LINES)):
        line = lines[end]
        wrapped = (
            next((later for later in lines[end : end + 3] if later.strip()), "").lstrip().startswith(("<", "mailto"))
        )
        if (not line.strip() and not wrapped) or _leads(line) or len(joined) + len(line) > _ANNOUNCED_CHARS:
            break
        if _is_quoted(line) and line.strip() != ">:" and not _WROTE.search(line.lower()):
            break
        joined = f"{joined} {line.strip()}"
        if _announces(joined, quoted_next=_quoted_next(lines, end + 1)):
            return end + 1, ""
    return 0, ""


def _names_a_writer(line: str) -> bool:
    """Whether a line is a name and "wrote:", and nothing else."""
    verb = next(iter(_WROTE.finditer(line.lower())), None)
    name = line[: verb.start()].strip() if verb else ""
    return bool(name) and line.rstrip().endswith((":", "\uff1a")) and bool(_NAME.match(name)) and name.istitle()


def _leads(line: str) -> bool:
    """Whether an announcement that goes on over the next lines may begin with this one."""
    bare = line.lower().strip(" -*_\t")
    opening = _OPENING.match(bare)
    return bool(opening) or (bool(_DATED.match(bare)) and bool(_CLOCK.search(bare) or _YEAR.search(bare)))


def _announces(words: str, *, quoted_next: bool) -> bool:
    line = words.lower().strip(" -*_\t")
    closed = line.endswith((":", "\uff1a"))
    opened = bool(_OPENING.match(line))
    dated = bool(_DATED.match(line)) and bool(_YEAR.search(line) or _CLOCK.search(line))
    verbs = [verb.end() for verb in _WROTE.finditer(line)]
    if verbs:
        tied = "@" in line or bool(_CLOCK.search(line)) or quoted_next
        ends = closed or verbs[-1] >= len(line)
        return ends and ((tied and (opened or dated)) or bool(_WRITER.search(line)))
    return "@" in line and dated and (closed or (quoted_next and line.endswith(">")))


def _quoted_header(lines: list[str], index: int) -> int:
    """Where a copied header (From, Sent, To, Subject in some language), begun on this line, ends, or 0."""
    first = _FIELD.match(lines[index])
    if not first or _NAMES.get(first[1].strip().lower()) not in ("from", "date"):
        return 0
    found: set[str] = set()
    strays = 0
    end = place = index
    while place < min(len(lines), index + 14) and strays < 2:
        field = _FIELD.match(lines[place])
        meaning = _NAMES.get(field[1].strip().lower()) if field else None
        if meaning:
            found.add(meaning)
            strays, end = 0, place + 1
        elif lines[place].strip() and _FIELD.match(lines[place]) and "mailto" not in lines[place]:
            break
        elif lines[place].strip() or len(found) > 2:
            strays += 1
        place += 1
    address = any("@" in line for line in lines[index:place])
    # A pasted transfer order has De, À and Date as well, but neither an address nor a subject.
    tied = address or ("subject" in found and "from" in found)
    return end if tied and len(found) >= 2 else 0


def _separator(lines: list[str], index: int) -> int:
    dashed = _DASHED.match(lines[index])
    bare = lines[index].strip(" -_=*:>").lower()
    if dashed:
        inner = dashed[1].strip(" *:").lower()
        verb = _WROTE.search(inner)
        if inner.startswith(marks.SEPARATORS) or (verb and verb.end() == len(inner)):
            return index + 1
    if _ORANGE.match(bare) and index + 1 < len(lines) and _quoted_header(lines, index + 1):
        return index + 1
    alone = len(bare) < 50 and bare.startswith(("begin forwarded message", "début du message", "anfang der weiter"))
    return index + 1 if alone else 0


def _without_signature(lines: list[str]) -> list[str]:
    for index, line in enumerate(lines):
        bare = line.strip().lower().lstrip("*[( -\u2013\u2014")
        dashes = line.strip() in ("--", "\u2014", "\u2013\u2013", "__")
        device = _signs_a_device(bare)
        if (dashes or device) and _has_words(lines[:index]):
            return lines[:index]
    return lines


def signs_alone(text: str) -> bool:
    """Whether a device has signed and nobody wrote a word."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return bool(lines) and all(_signs_a_device(line.lower().lstrip("*[( -\u2013\u2014")) for line in lines)


def _signs_a_device(line: str) -> bool:
    if not line.startswith(marks.DEVICE_SIGNATURES):
        return False
    line = _APOLOGY.sub("", _ADDRESS.sub("", line)).replace("verizon, ", "").rstrip(" .!")
    return len(line) <= 70 and any(device in line for device in marks.DEVICES) and not _SENTENCE.search(line)


def _without_small_print(lines: list[str]) -> list[str]:
    """Drop the warnings of a server, the paragraphs of legal small print, and rules left at the end."""
    kept: list[str] = []
    dropping = False
    for index, line in enumerate(lines):
        bare = line.strip().lower().replace("\u2019", "'").lstrip("*[(_ -")
        begins = index == 0 or not lines[index - 1].strip() or bool(_RULE.match(lines[index - 1]))
        dropping = (dropping and bool(line.strip())) or (begins and _is_small_print(lines, index, bare))
        if dropping or (not line and kept[-2:] == ["", ""]):
            continue
        if bare.startswith(_BANNERS) and any(word in bare for word in marks.BANNER_WORDS):
            kept.append(_TAG.sub("", line).strip() if _TAG.match(line) else "")
            continue
        kept.append(line)
    while kept and (not kept[-1] or _RULE.match(kept[-1])):
        kept.pop()
    return kept if _has_words(kept) else lines


def _is_small_print(lines: list[str], index: int, bare: str) -> bool:
    known = bare.startswith(marks.DISCLAIMERS)
    if not known and not _OF_THIS_LETTER.match(bare):
        return False
    paragraph = itertools.takewhile(str.strip, lines[index : index + 40])
    words = " ".join(paragraph).lower()
    return any(word in words for word in (marks.SMALL_PRINT_WORDS if known else marks.SECRET_WORDS))
