"""From a draft to the octets of a letter: RFC 5322, MIME, and the headers that keep robots from answering.

The same draft always gives the same octets: boundaries come from the Message-ID, nothing from the clock or chance.
"""

import hashlib
import re
import unicodedata
from binascii import b2a_qp
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage, Message
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache

Mailbox = tuple[str, str]
"""A display name, possibly empty, and an address."""

_POLICY = SMTP.clone(cte_type="7bit")
_LINE = 76
_MESSAGE_ID = re.compile(r"<[!-;=?A-~]{1,200}@[!-;=?A-~]{1,200}>")
_TOKEN = re.compile(r"[!#-'*+\-.0-9A-Z^-~]{1,127}/[!#-'*+\-.0-9A-Z^-~]{1,127}")
_CONTENT_ID = re.compile(r"[A-Za-z0-9._+\-]{1,100}(@[A-Za-z0-9.\-]{1,100})?")
_LETTER_KEY = re.compile(r"[!-~]{1,400}")
_DOMAIN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9\-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9\-]*[A-Za-z0-9])?)*")
# RFC 5892 and UTS 46: IDNA 2003, which the standard library speaks, maps these to another domain than IDNA 2008.
_IDNA_DEVIATIONS = frozenset("ßς\u200c\u200d")
_REFERENCES_KEPT = 20


@dataclass(frozen=True, slots=True)
class FilePart:
    """A file to attach."""

    name: str
    content_type: str
    octets: bytes


@dataclass(frozen=True, slots=True)
class InlineImage:
    """An image that the HTML shows as `cid:...`."""

    cid: str
    content_type: str
    octets: bytes


@dataclass(frozen=True, slots=True)
class Draft:
    """All that a letter is made of. `date` is aware; Message-IDs stand in their angle brackets.

    `bcc` never shows in the octets: it only counts among `recipients`.
    """

    message_id: str
    date: datetime
    sender: Mailbox
    to: tuple[Mailbox, ...]
    subject: str
    text: str
    html: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    letter_key: str = ""
    reply_to: str = ""
    bcc: tuple[Mailbox, ...] = ()
    attachments: tuple[FilePart, ...] = ()
    inline_images: tuple[InlineImage, ...] = ()
    auto_submitted: str = "auto-generated"

    @property
    def recipients(self) -> tuple[str, ...]:
        """The addresses of the envelope, each once, as SMTP wants them."""
        named = [*(("To", one) for one in self.to), *(("Bcc", one) for one in self.bcc)]
        return tuple(dict.fromkeys(ascii_address(email, field) for field, (_, email) in named))


def mint_message_id(letter_key: str, domain: str) -> str:
    """Derive the Message-ID of a letter from its key: a retry can never carry another one (law 1)."""
    digest = hashlib.sha256(letter_key.encode()).hexdigest()[:32]
    return f"<{digest}@{_ascii_domain(domain, 'domain')}>"


@lru_cache(maxsize=4096)
def ascii_address(email: str, field: str = "address") -> str:
    """Write an address as plain SMTP carries it, or raise a ValueError that names the field and the mend.

    An internationalised domain becomes its A-labels (RFC 5890). A local part outside ASCII would need SMTPUTF8 on
    every server on the way (RFC 6531), which most business mailboxes still lack: it is refused.
    """
    _no_control(email, field)
    local, at, domain = email.rpartition("@")
    if not at or not local:
        raise ValueError(f"{field}: {email!r} is not an email address (name@domain)")
    if not local.isascii():
        raise ValueError(
            f"{field}: {email!r} has characters outside ASCII before the @ (SMTPUTF8); ask for a plain address"
        )
    plain = f"{local}@{_ascii_domain(domain, field)}"
    try:
        known = Address(addr_spec=plain).addr_spec
    except Exception:  # noqa: BLE001 - the standard library's parser raises several kinds, IndexError among them
        known = ""
    if known != plain or len(plain) > 254:  # RFC 5321 4.5.3.1.3
        raise ValueError(f"{field}: {email!r} is not an email address (name@domain)")
    return plain


def compose(draft: Draft) -> bytes:
    """Write the octets: CRLF, 7-bit safe, no line over 998 (RFC 5322 2.1.1). Raises ValueError naming the field."""
    if draft.date.tzinfo is None:
        raise ValueError("date: a letter's date needs a time zone")
    if not draft.to:
        raise ValueError("to: a letter needs a recipient")
    if not draft.text.strip():
        raise ValueError("text: a letter needs words in plain text")
    for field, value in (("message_id", draft.message_id), ("in_reply_to", draft.in_reply_to)):
        if value or field == "message_id":
            _check(_MESSAGE_ID, value, field, "a Message-ID such as <id@domain>")
    if draft.letter_key:
        _check(_LETTER_KEY, draft.letter_key, "letter_key", "printable ASCII without spaces")
    _check(re.compile(r"no|auto-generated|auto-replied"), draft.auto_submitted, "auto_submitted", "RFC 3834 5's words")
    lines = [f"{name}: {value}\r\n" for name, value in _headers(draft)]
    plain = draft.html and not draft.inline_images and not draft.attachments
    return "".join(lines).encode("ascii") + (_two_texts(draft) if plain else _body(draft).as_bytes(policy=_POLICY))


def _headers(draft: Draft) -> list[tuple[str, str]]:
    headers = [
        ("From", _mailbox(draft.sender, "From")),
        ("To", ",\r\n ".join(_mailbox(one, "To") for one in draft.to)),
    ]
    if draft.reply_to:
        headers.append(("Reply-To", ascii_address(draft.reply_to, "Reply-To")))
    headers += [
        ("Subject", _words(draft.subject, "Subject")),
        ("Date", format_datetime(draft.date)),
        ("Message-ID", draft.message_id),
    ]
    if draft.in_reply_to:
        headers.append(("In-Reply-To", draft.in_reply_to))
    headers += [
        ("References", "\r\n ".join(_references(draft))),
        ("Auto-Submitted", draft.auto_submitted),
        # MS-OXCMAIL 2.1.3.2.20: no out-of-office and no automatic reply; delivery and read reports stay welcome.
        ("X-Auto-Response-Suppress", "OOF, AutoReply"),
    ]
    if draft.letter_key:
        headers.append(("X-Mailbot-Letter", draft.letter_key))
    headers.append(("MIME-Version", "1.0"))
    return headers


def _references(draft: Draft) -> list[str]:
    """The thread (RFC 5322 3.6.4), and this letter itself: some providers rewrite Message-ID but leave References."""
    for known in draft.references:
        _check(_MESSAGE_ID, known, "references", "Message-IDs such as <id@domain>")
    thread = list(dict.fromkeys([*draft.references, draft.in_reply_to]))
    thread = [known for known in thread if known and known != draft.message_id]
    if len(thread) > _REFERENCES_KEPT:  # the first opens the thread, the last are answered; RFC 1036 2.2.5
        thread = [thread[0], *thread[1 - _REFERENCES_KEPT :]]
    return [*thread, draft.message_id]


def _two_texts(draft: Draft) -> bytes:
    """The words and their HTML (RFC 2046 5.1.4), as most letters are: written straight, which is four times as fast."""
    mark = _boundary("alternative", draft)
    parts = [("plain", _encoded_text(draft.text, "text")), ("html", _encoded_text(draft.html, "html"))]
    written = b"".join(
        f'--{mark}\r\nContent-Type: text/{subtype}; charset="utf-8"\r\n'
        f"Content-Transfer-Encoding: {encoding}\r\n\r\n".encode("ascii")
        + octets
        + b"\r\n"
        for subtype, (encoding, octets) in parts
    )
    head = f'Content-Type: multipart/alternative;\r\n boundary="{mark}"\r\n\r\n'
    return head.encode("ascii") + written + f"--{mark}--\r\n".encode("ascii")


def _encoded_text(text: str, field: str) -> tuple[str, bytes]:
    """The transfer encoding and the octets: as they are where every line is short and plain, else quoted-printable."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")
    if text.isascii() and all(len(line) <= _LINE and (line.isprintable() or not line) for line in lines):
        return "7bit", "\r\n".join([*lines, ""]).encode("ascii")
    try:
        octets = "\r\n".join([*lines, ""]).encode()
    except UnicodeEncodeError:
        raise ValueError(f"{field}: the words hold half a character (a lone surrogate)") from None
    return "quoted-printable", b2a_qp(octets)


def _body(draft: Draft) -> EmailMessage:
    text = _text_part(draft.text, "plain", "text")
    body = text
    if draft.html:
        page = _text_part(draft.html, "html", "html")
        if draft.inline_images:
            page = _multipart("related", draft, [page, *(_image(image) for image in draft.inline_images)])
            page.set_param("type", "text/html")
        body = _multipart("alternative", draft, [text, page])
    elif draft.inline_images:
        raise ValueError("inline_images: images need html to stand in")
    if draft.attachments:
        body = _multipart("mixed", draft, [body, *(_file(file) for file in draft.attachments)])
    return body


def _multipart(kind: str, draft: Draft, parts: list[EmailMessage]) -> EmailMessage:
    whole = EmailMessage(policy=_POLICY)
    whole["Content-Type"] = f"multipart/{kind}"
    whole.set_boundary(_boundary(kind, draft))
    for part in parts:
        del part["MIME-Version"]
    whole.set_payload(list[Message | str](parts))
    return whole


def _boundary(kind: str, draft: Draft) -> str:
    """What stands between parts.

    "=_" cannot occur in quoted-printable or base64 (RFC 2045 6.7), and the digest not by chance in plain text.
    """
    return f"=_{hashlib.sha256(f'{kind} {draft.message_id}'.encode()).hexdigest()[:32]}"


def _text_part(text: str, subtype: str, field: str) -> EmailMessage:
    part = EmailMessage(policy=_POLICY)
    try:
        part.set_content(text.replace("\r\n", "\n").replace("\r", "\n"), subtype=subtype, charset="utf-8")
    except UnicodeEncodeError:
        raise ValueError(f"{field}: the words hold half a character (a lone surrogate)") from None
    del part["MIME-Version"]
    return part


def _image(image: InlineImage) -> EmailMessage:
    _check(_CONTENT_ID, image.cid, "inline_images", "a Content-ID of letters, digits, dots and dashes")
    part = _binary(image.content_type, image.octets, "inline_images")
    part["Content-Disposition"] = "inline"
    part["Content-ID"] = f"<{image.cid}>"
    return part


def _file(file: FilePart) -> EmailMessage:
    _no_control(file.name, "attachments")
    if not file.name.strip() or any(mark in file.name for mark in "/\\") or len(file.name) > 200:
        raise ValueError(f"attachments: {file.name!r} is not a plain file name")
    part = _binary(file.content_type, file.octets, "attachments")
    part.add_header("Content-Disposition", "attachment", filename=file.name)
    return part


def _binary(content_type: str, octets: bytes, field: str) -> EmailMessage:
    _check(_TOKEN, content_type, field, "a media type such as application/pdf")
    main, _, sub = content_type.partition("/")
    if main.lower() in ("multipart", "message"):
        raise ValueError(f"{field}: {content_type} cannot be attached as a file")
    part = EmailMessage(policy=_POLICY)
    part.set_content(octets, main, sub, cte="base64")
    del part["MIME-Version"]
    return part


@lru_cache(maxsize=1024)
def _mailbox(mailbox: Mailbox, field: str) -> str:
    name, email = mailbox
    address = ascii_address(email, field)
    _no_control(name, field)
    name = _single_spaced(name)
    if not name:
        return address
    if not name.isascii() or "=?" in name or len(name) > 60:
        return f"{_encoded(name, field)}\r\n <{address}>"
    return str(Address(display_name=name, addr_spec=address))


def _words(value: str, field: str) -> str:
    """Unstructured words: as they are where ASCII can hold them, else as encoded words (RFC 2047)."""
    _no_control(value, field)
    value = _single_spaced(value)
    if not value.isascii() or "=?" in value or any(len(word) > 60 for word in value.split(" ")):
        return _encoded(value, field)
    lines, room = [""], _LINE - len(field) - 2
    for word in value.split(" "):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > room:
            lines.append("")
            room = _LINE - 1
        lines[-1] += f" {word}" if lines[-1] else word
    return "\r\n ".join(lines)


def _encoded(value: str, field: str) -> str:
    try:
        return Header(value, "utf-8", maxlinelen=_LINE, header_name=field).encode(linesep="\r\n")
    except UnicodeEncodeError:
        raise ValueError(f"{field}: the words hold half a character (a lone surrogate)") from None


def _single_spaced(value: str) -> str:
    return " ".join(word for word in value.split(" ") if word)


def _ascii_domain(domain: str, field: str) -> str:
    plain = domain
    if not domain.isascii():
        if _IDNA_DEVIATIONS & set(domain.lower()):
            raise ValueError(f"{field}: write the domain {domain!r} in its ASCII form (xn--...)")
        try:
            plain = domain.encode("idna").decode("ascii")
        except UnicodeError:
            plain = ""
    if not _DOMAIN.fullmatch(plain) or len(plain) > 253:
        raise ValueError(f"{field}: {domain!r} is not a domain name")
    return plain


def _no_control(value: str, field: str) -> None:
    """Refuse what could end a header line and open another (law 9): control characters and line separators."""
    bad = next((char for char in value if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp")), None)
    if bad is not None:
        raise ValueError(f"{field}: holds the control character U+{ord(bad):04X}; take it out")


def _check(pattern: re.Pattern[str], value: str, field: str, wanted: str) -> None:
    _no_control(value, field)
    if not pattern.fullmatch(value):
        raise ValueError(f"{field}: {value[:80]!r} is not {wanted}")
