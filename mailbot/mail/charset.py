"""Octets to text where the declared charset may be wrong, unknown or a trap."""

import binascii
import codecs
import contextlib
import re

_NAME = re.compile(r"[A-Za-z0-9][\w.:+-]{0,39}", re.ASCII)
# Text codecs of Python that no mail means: they unescape, are quadratic, or always fail.
_REFUSED = frozenset({"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "mbcs", "oem"})
# What mail programs write, and what they mean (WHATWG Encoding: Latin-1 on the wire is windows-1252).
_MEANT = {
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "ansi_x3.4-1968": "utf-8",
    "utf8": "utf-8",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "iso-8859-8-i": "iso-8859-8",
    "unicode-1-1-utf-7": "utf-7",
    "x-mac-roman": "mac-roman",
    "cp-850": "cp850",
}
_FITS_ANYTHING = frozenset({"cp1252", "windows-1252", "iso-8859-15", "latin-9"})
# A longer text may have been cut, and then in the middle of a character.
_WHOLE_OCTETS = 32 * 1024
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")


def storable(text: str) -> str:
    """Text that every database takes: no NUL, no lone surrogate (UTF-7 and UTF-16 let them through)."""
    return _UNSTORABLE.sub(lambda found: "" if found[0] == "\x00" else "\ufffd", text)


def text_of(octets: bytes, declared: str = "") -> tuple[str, str]:
    """Decode without ever failing; the second value is the fault, or empty.

    An unknown or wrong charset falls back to UTF-8, then to windows-1252. A character cut in half at the end
    is dropped. Latin-1 fits any octets, so what calls itself that and is well-formed UTF-8 is UTF-8.
    """
    name = declared.strip().strip("\"'").lower()
    meant = _MEANT.get(name, name) or "utf-8"
    fault = ""
    if meant in _FITS_ANYTHING and not octets.isascii() and _is_utf8(octets):
        meant, fault = "utf-8", f"charset {name[:40]!r} does not fit"
    for charset in (meant, "utf-8", "cp1252"):
        try:
            return storable(_strictly(octets, charset)), fault
        except (LookupError, UnicodeError, ValueError):
            fault = fault or f"charset {name[:40] or 'missing'!r} does not fit"
    return storable(octets.decode("cp1252", "replace")), fault


def _is_utf8(octets: bytes) -> bool:
    try:
        _strictly(octets, "utf-8")
    except UnicodeError:
        return False
    return True


def _strictly(octets: bytes, charset: str) -> str:
    if not _NAME.fullmatch(charset) or charset.replace("_", "-") in _REFUSED:
        raise LookupError(charset)
    # `bytes.decode` refuses codecs that do not make text (base64, zlib); an incremental decoder does not.
    with contextlib.suppress(UnicodeError):
        b"x".decode(charset)
    whole = len(octets) < _WHOLE_OCTETS
    return codecs.getincrementaldecoder(charset)("strict").decode(octets, final=whole)


def unbase64(octets: bytes) -> bytes:
    """Decode Base64 leniently: foreign characters are skipped, a torn end is dropped (RFC 2045, 6.8)."""
    kept = octets.translate(None, _NOT_BASE64).rstrip(b"=")
    kept = kept.split(b"=", 1)[0]
    if len(kept) % 4 == 1:
        kept = kept[:-1]
    return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))


_NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="))


def header_text(value: str) -> str:
    """Decode the encoded words of a header value (RFC 2047): one line, no control characters.

    Neighbouring words of one charset are joined first: some programs cut a character in half between them.
    """
    pieces: list[str] = []
    pending, charset, end = b"", "", 0
    for word in _ENCODED_WORD.finditer(value):
        between = value[end : word.start()]
        octets = _word_octets(word[2], word[3])
        spoken = word[1].partition("*")[0].lower()
        if pending and not between.strip() and spoken == charset:
            pending += octets
        else:
            pieces += [text_of(pending, charset)[0], "" if pending and not between.strip() else between]
            pending, charset = octets, spoken
        end = word.end()
    pieces += [text_of(pending, charset)[0], value[end:]]
    return one_line("".join(pieces))


def _word_octets(encoding: str, text: str) -> bytes:
    octets = text.encode("utf-8", "replace")
    return unbase64(octets) if encoding in "bB" else binascii.a2b_qp(octets, header=True)


def one_line(text: str) -> str:
    """Put the text on one line: controls, line ends and runs of blanks become one space (law 9)."""
    return " ".join("".join(c if c.isprintable() or c in "\u200d\u200c" else " " for c in storable(text)).split())
