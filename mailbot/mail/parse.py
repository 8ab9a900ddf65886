"""A message as it came, read into plain values. Never raises: what is broken is named in `faults`."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import getaddresses, parsedate_tz
from types import MappingProxyType

from mailbot.mail import mime
from mailbot.mail.charset import header_text, one_line
from mailbot.mail.hypertext import text_of_html

TEXT_CHARS = 64 * 1024
TEXT_LINES = 2_000
HTML_OCTETS = 512 * 1024
_TEXT_OCTETS = 4 * TEXT_CHARS
_ADDRESSES = 500
_REFERENCES = 100
_REPORTS = ("message/delivery-status", "message/disposition-notification", "message/feedback-report")
_REPORTS_GLOBAL = ("message/global-delivery-status", "message/global-disposition-notification")
_RETURNED = (
    "message/rfc822",
    "text/rfc822-headers",
    "message/global",
    "message/global-headers",
    "message/rfc822-headers",
)

_ID = re.compile(r"<([^<>]{1,998})>")
_SENT_TO = ("x-original-to", "delivered-to", "to", "cc", "envelope-to", "x-envelope-to", "x-delivered-to")
_BARE_ADDRESS = re.compile(r"[^\s<>@,;:\"()\[\]]+@[^\s<>@,;:\"()\[\]]+")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part that is meant to be saved; `size` in octets once decoded."""

    name: str
    content_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Returned:
    """The letter, or its header, that a report brings back. `text` also has whatever followed the header."""

    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    text: str = ""

    @property
    def message_id(self) -> str:
        """The Message-ID of the returned letter, or empty."""
        return next(iter(message_ids(mime.first(self.fields, "message-id"))), "")


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """What a message says about itself and in words.

    Addresses are lower case, Message-IDs carry their angle brackets. `text` is the plain text (or the HTML made
    plain) cut at 64 KiB and 2,000 lines. `sent_at` is UTC; `sent_on` is the day on the sender's own clock.
    `headers` has lower-case names and unfolded values whose encoded words are not decoded. `report` is the
    machine's part of a DSN, MDN or complaint (RFC 3464, 8098, 5965), `returned` the letter that it is about.
    `return_path` is empty for the null sender and None where no server noted one.
    """

    sha256: str
    message_id: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    from_email: str = ""
    from_name: str = ""
    reply_to: str = ""
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    subject: str = ""
    sent_at: datetime | None = None
    sent_on: date | None = None
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    content_type: str = "text/plain"
    text: str = ""
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    return_path: str | None = None
    language: str = ""
    report_type: str = ""
    report: str = ""
    returned: Returned = field(default_factory=Returned)
    faults: tuple[str, ...] = ()

    def header(self, name: str) -> str:
        """First value of a header field (lower-case name), or empty."""
        return mime.first(self.headers, name)

    @property
    def plus_tokens(self) -> tuple[str, ...]:
        """What stands after the plus sign (RFC 5233) of the addresses that this mail was sent to, case kept."""
        found = (
            local.partition("+")[2]
            for name in _SENT_TO
            for _, address in addresses(self.headers, name, fold=False)
            if "+" in (local := address.rpartition("@")[0])
        )
        return tuple(dict.fromkeys(token for token in found if token))


def parse(octets: bytes) -> ParsedMail:
    """Read a message. Linear, capped in parts, nesting and text; bad MIME becomes a fault, never an error."""
    digest = hashlib.sha256(octets).hexdigest()
    try:
        return _parsed(octets, digest)
    except Exception as error:  # noqa: BLE001 - a stored mail that stops the daemon at each start is the worst outcome
        return ParsedMail(digest, faults=(f"could not be read: {type(error).__name__}",))


def _parsed(octets: bytes, digest: str) -> ParsedMail:
    faults: list[str] = []
    octets = octets.lstrip(b"\xef\xbb\xbf\r\n") if octets[:1] in (b"\xef", b"\r", b"\n") else octets
    if b"\n" not in octets and b"\r" in octets:
        faults.append("lines end in CR only")
        octets = octets.replace(b"\r", b"\n")
    headers, body = mime.read_fields(octets, 0, len(octets), faults)
    faults += [
        f"{name} appears twice"
        for name in ("from", "to", "subject", "date", "message-id")
        if len(headers.get(name, ())) > 1
    ]
    from_name, from_email = next(iter(addresses(headers, "from")), ("", ""))
    if not from_email:
        faults.append("no sender")
    sent_at, sent_on = moment(mime.first(headers, "date"))
    if sent_at is None:
        faults.append("no readable date")
    content = _content(octets, mime.leaves(octets, headers, body, faults), faults)
    replied = message_ids(*headers.get("in-reply-to", ()))
    return ParsedMail(
        digest,
        message_id=next(iter(message_ids(mime.first(headers, "message-id"))), ""),
        in_reply_to=replied[0] if replied else "",
        references=message_ids(*headers.get("references", ()), *replied[1:]),
        from_email=from_email,
        from_name=from_name,
        reply_to=next((email for _, email in addresses(headers, "reply-to")), ""),
        to=tuple(email for _, email in addresses(headers, "to")),
        cc=tuple(email for _, email in addresses(headers, "cc")),
        subject=header_text(mime.first(headers, "subject"))[:998],
        sent_at=sent_at,
        sent_on=sent_on,
        headers=MappingProxyType(dict(headers)),
        content_type=mime.content_type(headers),
        text=content.text,
        html=content.html,
        attachments=tuple(content.attachments),
        return_path=_return_path(headers),
        language=one_line(mime.first(headers, "content-language") or mime.first(headers, "accept-language"))[
            :2
        ].lower(),
        report_type=mime.parameter(headers, "content-type", "report-type").lower(),
        report=content.report,
        returned=content.returned,
        faults=tuple(dict.fromkeys(faults)),
    )


@dataclass(slots=True)
class _Content:
    text: str = ""
    html: str = ""
    report: str = ""
    returned: Returned = field(default_factory=Returned)
    attachments: list[Attachment] = field(default_factory=list)


def _content(octets: bytes, leaves: list[mime.Leaf], faults: list[str]) -> _Content:
    content = _Content()
    texts: list[str] = []
    for leaf in leaves:
        if leaf.content_type in (*_REPORTS, *_REPORTS_GLOBAL):
            content.report += mime.leaf_text(octets, leaf, TEXT_CHARS, faults) + "\n"
        elif leaf.content_type in _RETURNED:
            if not content.returned.text:
                content.returned = _returned(octets, leaf, faults)
            content.attachments.append(_attachment(octets, leaf))
        elif leaf.is_attachment or not leaf.content_type.startswith("text/"):
            content.attachments.append(_attachment(octets, leaf))
        elif leaf.content_type == "text/html":
            content.html += mime.leaf_text(octets, leaf, HTML_OCTETS - len(content.html), faults)
        elif leaf.content_type == "text/plain" or not leaf.inside:
            texts.append(mime.leaf_text(octets, leaf, _TEXT_OCTETS, faults))
        else:
            content.attachments.append(_attachment(octets, leaf))
    written = "\n".join(text for text in texts if text.strip())
    content.text = _capped(written or text_of_html(content.html), faults)
    content.html = content.html[:HTML_OCTETS]
    return content


def _capped(text: str, faults: list[str]) -> str:
    lines = text[:TEXT_CHARS].split("\n", TEXT_LINES)
    if len(text) > TEXT_CHARS or len(lines) > TEXT_LINES:
        faults.append("text is too long and was cut")
    return "\n".join(lines[:TEXT_LINES])


def _attachment(octets: bytes, leaf: mime.Leaf) -> Attachment:
    return Attachment(leaf.filename[:255], leaf.content_type, mime.leaf_size(octets, leaf))


def _returned(octets: bytes, leaf: mime.Leaf, faults: list[str]) -> Returned:
    inner = mime.leaf_octets(octets, leaf, TEXT_CHARS).lstrip(b"\r\n")
    fields, body = mime.read_fields(inner, 0, len(inner), [])
    del body
    return Returned(MappingProxyType(dict(fields)), mime.leaf_text(octets, leaf, TEXT_CHARS, faults))


def message_ids(*values: str) -> tuple[str, ...]:
    """Every Message-ID in these values once, in angle brackets, blanks inside removed (RFC 5322, 3.6.4)."""
    found: dict[str, None] = {}
    for value in values:
        inside = _ID.findall(value)
        bare = () if inside else (word for word in value.replace(",", " ").split() if "@" in word)
        for identifier in (*inside, *bare):
            squeezed = "".join(identifier.split()).strip("<>")
            if squeezed:
                found[f"<{squeezed}>"] = None
    ids = tuple(found)
    return ids if len(ids) <= _REFERENCES else (ids[0], *ids[1 - _REFERENCES :])


def addresses(headers: Mapping[str, tuple[str, ...]], name: str, *, fold: bool = True) -> list[tuple[str, str]]:
    """Name and address (lower case if `fold`) of each mailbox in a field; what is no address is left out."""
    value = ", ".join(headers.get(name, ()))[: mime.VALUE_CHARS]
    pairs: list[tuple[str, str]] = []
    if value.count("(") < 20 and value.count("[") < 20:  # the standard library recurses into each bracket
        try:
            pairs = [(header_text(label), _address(email)) for label, email in getaddresses([value])]
        except (ValueError, IndexError, TypeError, AttributeError):
            pairs = []
    pairs = [pair for pair in pairs if pair[1]]
    if not pairs:
        pairs = [("", _address(email)) for email in _BARE_ADDRESS.findall(header_text(value))]
    return [(label, email.lower() if fold else email) for label, email in pairs if email][:_ADDRESSES]


def _address(email: str) -> str:
    cleaned = one_line(header_text(email)).strip("<>'\" ")
    return cleaned if len(cleaned) <= 320 and cleaned.count("@") == 1 and " " not in cleaned else ""


def _return_path(headers: Mapping[str, tuple[str, ...]]) -> str | None:
    """Envelope sender that the last server noted: empty for the null sender, None when nobody noted it."""
    if "return-path" not in headers:
        return None
    return next((email for _, email in addresses(headers, "return-path")), "")


def moment(value: str) -> tuple[datetime | None, date | None]:
    """Date header as a UTC moment and as the day on the writer's clock (RFC 5322, 3.3), or two Nones."""
    try:
        parsed = parsedate_tz(value[:200])
        if parsed is None:
            local = datetime.fromisoformat(value.strip())
            local = local if local.tzinfo else local.replace(tzinfo=UTC)
        else:
            offset = parsed[9] or 0
            zone = timezone(timedelta(seconds=offset)) if abs(offset) < 86_400 else UTC
            local = datetime(*parsed[:5], min(parsed[5], 59), tzinfo=zone)
        return local.astimezone(UTC), local.date()
    except (ValueError, OverflowError, TypeError, IndexError, AttributeError):
        return None, None
