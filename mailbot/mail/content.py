"""Whether a signed body can be read in one way only: DKIM covers its octets, and only the fields it names (RFC 6376).

Where the signature leaves out Content-Type or Content-Transfer-Encoding, a replay can change them: what was quoted in a
plain text becomes a part of its own, and the mail still verifies. Then the body itself must show what it is.
"""

import re
from collections.abc import Collection, Sequence

from mailbot.mail import mime

_IDENTITY = ("", "7bit", "8bit", "binary")
_UTF8 = ("", "utf-8", "us-ascii", "ascii", "utf8")
_HTML_BEGINS = re.compile(rb"\s*<(?:!doctype html|html)[\s>]", re.IGNORECASE)
_HTML_ENDS = re.compile(rb"</html>\s*\Z", re.IGNORECASE)
_MARKUP = re.compile(rb"</?[a-z!][^>\n]{0,200}>", re.IGNORECASE)
_ESCAPE = re.compile(rb"=(?:\r?\n|[0-9A-F]{2})")
_LINE = 78  # RFC 2045 section 6.7 allows 76
_DELIMITER = re.compile(rb"^--\S[^\n]{0,90}\n(?:content-[a-z-]{1,40}\s*:|\r?\n)", re.IGNORECASE | re.MULTILINE)
_BASE64 = re.compile(rb"(?:[A-Za-z0-9+/]{4,998}\r?\n)*[A-Za-z0-9+/]{2,998}={0,2}\s*")


def read_in_one_way(headers: Collection[tuple[str, str]], body: bytes, signed: Sequence[str]) -> bool:
    """Whether nobody can have changed how the signed body is read.

    `headers` are all fields, `signed` the names that the signature covers. MIME-Version changes nothing: we read
    without it.
    """
    fields: dict[str, tuple[str, ...]] = {}
    for name, value in headers:
        fields[name] = (*fields.get(name, ()), value)
    kind = mime.content_type(fields)
    encoding = mime.first(fields, "content-transfer-encoding").strip().lower()
    type_signed, encoding_signed = (
        signed.count(name) >= max(1, len(fields.get(name, ())))
        for name in ("content-type", "content-transfer-encoding")
    )
    whole = kind.startswith("multipart/")
    if type_signed and (encoding_signed or (whole and encoding in _IDENTITY)):
        return True
    if encoding not in (*_IDENTITY, "quoted-printable") or (whole and encoding not in _IDENTITY):
        return False
    if whole:
        return _is_multipart(body, mime.parameter(fields, "content-type", "boundary"))
    if not type_signed and mime.parameter(fields, "content-type", "charset").lower() not in _UTF8:
        return False
    coded = _is_quoted_printable(body)
    if kind == "text/html" and _HTML_BEGINS.match(body) and _HTML_ENDS.search(body):
        return coded == (encoding == "quoted-printable")
    if kind != "text/plain" or _MARKUP.search(body) or _DELIMITER.search(body):
        return False
    return coded if encoding == "quoted-printable" else _is_plain(body)


def _is_multipart(body: bytes, boundary: str) -> bool:
    """Begins and ends with the boundary: one that somebody put into the words of another mail does neither."""
    mark = b"--" + boundary.encode("utf-8", "replace")
    lines = body.strip().splitlines()
    return bool(boundary) and len(lines) > 1 and lines[0].rstrip() == mark and lines[-1].rstrip() == mark + b"--"


def _is_quoted_printable(body: bytes) -> bool:
    """Each equals sign is an escape (RFC 2045 section 6.7), and there is one: a page in clear has others."""
    lines = body.splitlines()
    escapes = len(_ESCAPE.findall(body))
    return body.isascii() and 0 < escapes == body.count(b"=") and max(map(len, lines)) <= _LINE


def _is_plain(body: bytes) -> bool:
    """Words as they stand, and no encoding that was taken away."""
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return not (_ESCAPE.search(body) or _BASE64.fullmatch(body.strip() + b"\n"))
