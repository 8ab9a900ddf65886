"""The tree of a message, found without copying it: linear, capped, sound on broken input (RFC 5322, 2045, 2046)."""

import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message

from mailbot.mail.charset import header_text, storable, text_of, unbase64

HEADER_OCTETS = 256 * 1024
VALUE_CHARS = 16 * 1024
FIELDS = 2_000
PARTS = 500
DEPTH = 20
BOUNDARY_LINES = 100_000

_BLANK_LINE = re.compile(rb"\n\r?\n")
_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:[ \t]*(.*)", re.DOTALL)
_TYPE = re.compile(r"\s*([\w!#$&^.+-]+/[\w!#$&^.+-]+)", re.ASCII)

Fields = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Leaf:
    """A part that holds no further parts; its body lies between `start` and `end` of the message."""

    fields: Fields
    content_type: str
    start: int
    end: int
    inside: tuple[str, ...] = ()

    @property
    def encoding(self) -> str:
        """The transfer encoding, lower case (RFC 2045 section 6)."""
        return first(self.fields, "content-transfer-encoding").strip().lower()

    @property
    def filename(self) -> str:
        """The name the sender gave the part, or empty."""
        return parameter(self.fields, "content-disposition", "filename") or parameter(
            self.fields, "content-type", "name"
        )

    @property
    def is_attachment(self) -> bool:
        """Whether the part is meant to be saved and not read (RFC 2183)."""
        disposition = first(self.fields, "content-disposition").strip().lower()
        return disposition.startswith("attachment") or bool(self.filename)


def first(fields: Fields, name: str) -> str:
    """First value of a header field, or empty."""
    values = fields.get(name, ())
    return values[0] if values else ""


def parameter(fields: Fields, field: str, name: str) -> str:
    """Parameter of a structured field, decoded (RFC 2045 section 5.1, RFC 2231), or empty."""
    value = first(fields, field)[:4096]
    if ";" not in value:
        return ""
    holder = Message()
    holder["x"] = " ".join(value.split())
    try:
        found = holder.get_param(name, header="x")
    except (
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
    ):  # the standard library on odd RFC 2231 values
        return ""
    if isinstance(found, tuple):
        return header_text(text_of(str(found[2]).encode("latin-1", "replace"), str(found[0] or ""))[0])
    return header_text(str(found or ""))


def read_fields(octets: bytes, start: int, end: int, faults: list[str]) -> tuple[Fields, int]:
    """Header fields between `start` and `end`, and where the body starts.

    Values are unfolded and not decoded. A line that is no field is skipped if a field follows it, else the body
    starts there.
    """
    if octets[start : start + 1] in (b"\n", b"\r"):
        return {}, start + (2 if octets[start : start + 2] == b"\r\n" else 1)
    limit = min(end, start + HEADER_OCTETS)
    blank = _BLANK_LINE.search(octets, start, limit)
    stop, body = (blank.start() + 1, blank.end()) if blank else (limit, limit)
    if not blank and limit < end:
        faults.append("header is too long")
    lines = octets[start:stop].split(b"\n")
    raw: list[tuple[str, list[bytes]]] = []
    place = start
    for index, line in enumerate(lines):
        found = _FIELD.match(line)
        if line[:1] in (b" ", b"\t") and raw:
            raw[-1][1].append(line)
        elif found:
            raw.append((found[1].decode("ascii").lower(), [found[2]]))
        elif line.strip() and not (index == 0 and line.startswith((b"From ", b">From "))):
            faults.append("a header line is no field")
            if not (index + 1 < len(lines) and _FIELD.match(lines[index + 1])):
                body = place
                break
        place += len(line) + 1
    return _gathered(raw, faults), body


def _gathered(raw: list[tuple[str, list[bytes]]], faults: list[str]) -> Fields:
    if len(raw) > FIELDS:
        faults.append("too many header fields")
    values: dict[str, list[str]] = {}
    for name, pieces in raw[:FIELDS]:
        unfolded = b" ".join(piece.strip() for piece in pieces).strip()
        values.setdefault(name, []).append(text_of(unfolded[:VALUE_CHARS])[0])
    return {name: tuple(all_values) for name, all_values in values.items()}


def content_type(fields: Fields, default: str = "text/plain") -> str:
    """Media type in lower case; what cannot be understood is text/plain (RFC 2045 section 5.2)."""
    found = _TYPE.match(first(fields, "content-type"))
    return found[1].lower() if found else default


def leaves(octets: bytes, fields: Fields, body: int, faults: list[str]) -> list[Leaf]:
    """Leaves of the tree in reading order. An attached message is a leaf: its words are someone else's."""
    found: list[Leaf] = []
    waiting: list[tuple[Fields, int, int, str, tuple[str, ...]]] = [(fields, body, len(octets), "text/plain", ())]
    while waiting:
        part, start, end, default, path = waiting.pop()
        kind = content_type(part, default)
        if kind.startswith("multipart/") and len(path) < DEPTH:
            room = PARTS - len(found) - len(waiting)
            cuts = _cut(octets, start, end, parameter(part, "content-type", "boundary"), room)
            if cuts:
                if len(cuts) >= room:
                    faults.append("too many parts")
                inner = "message/rfc822" if kind == "multipart/digest" else "text/plain"
                for piece_start, piece_end in reversed(cuts):
                    inner_fields, inner_body = read_fields(octets, piece_start, piece_end, faults)
                    waiting.append((inner_fields, inner_body, piece_end, inner, (*path, kind)))
                continue
            faults.append("a multipart has no parts")
            kind = "text/plain"
        elif kind.startswith("multipart/"):
            faults.append("parts are nested too deep")
            kind = "application/octet-stream"
        found.append(Leaf(part, kind, start, max(start, end), path))
    return found


def _cut(octets: bytes, start: int, end: int, boundary: str, room: int) -> list[tuple[int, int]]:
    """Where the parts of a multipart lie; without a closing boundary, up to the end (RFC 2046, 5.1.1)."""
    if not boundary:
        return []
    mark = b"--" + boundary.encode("utf-8", "replace")
    cuts: list[tuple[int, int]] = []
    opened = -1
    at = start if octets.startswith(mark, start) else _next_line(octets, mark, max(0, start - 1), end)
    for _ in range(BOUNDARY_LINES):
        if at < 0 or len(cuts) >= room:
            break
        line_end = octets.find(b"\n", at, end)
        line_end = end if line_end < 0 else line_end
        tail = octets[at + len(mark) : min(line_end, at + len(mark) + 80)].strip()
        if tail in (b"", b"--"):  # else it is another boundary that begins like this one
            if opened >= 0:
                before = at - 1 - (octets[at - 2 : at - 1] == b"\r")
                cuts.append((opened, max(opened, before)))
            opened = -1 if tail else min(line_end + 1, end)
            if tail:
                break
        at = _next_line(octets, mark, line_end, end)
    return [*cuts, (opened, end)] if opened >= 0 and len(cuts) < room else cuts


def _next_line(octets: bytes, mark: bytes, start: int, end: int) -> int:
    found = octets.find(b"\n" + mark, start, end)
    return found + 1 if found >= 0 else -1


def leaf_octets(octets: bytes, leaf: Leaf, limit: int) -> bytes:
    """About the first `limit` octets of a leaf, transfer decoding undone."""
    if leaf.encoding == "base64":
        return unbase64(octets[leaf.start : min(leaf.end, leaf.start + limit * 3 // 2)])[:limit]
    if leaf.encoding == "quoted-printable":
        return binascii.a2b_qp(octets[leaf.start : min(leaf.end, leaf.start + limit * 3)])[:limit]
    return octets[leaf.start : min(leaf.end, leaf.start + limit)]


def leaf_text(octets: bytes, leaf: Leaf, limit: int, faults: list[str]) -> str:
    """Text of a leaf with LF line ends, at most about `limit` octets of it."""
    text, fault = text_of(leaf_octets(octets, leaf, limit), parameter(leaf.fields, "content-type", "charset"))
    if fault:
        faults.append(fault)
    return storable(text.replace("\r\n", "\n").replace("\r", "\n"))


def leaf_size(octets: bytes, leaf: Leaf) -> int:
    """Octets of the decoded leaf; for Base64 worked out from its length."""
    size = leaf.end - leaf.start
    if leaf.encoding != "base64":
        return size
    line_ends = octets.count(b"\n", leaf.start, leaf.end) + octets.count(b"\r", leaf.start, leaf.end)
    padding = octets[max(leaf.start, leaf.end - 6) : leaf.end].count(b"=")
    return max(0, (size - line_ends) * 3 // 4 - padding)
