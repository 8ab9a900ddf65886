"""A payment service of our own making: it has keys, writes notices and signs them as the real ones do."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime

from mailbot.demo import provider
from mailbot.demo.provider import Key, key, records

__all__ = ["NOW", "Key", "key", "records", "signed", "written"]

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
SIGNED = ("from", "to", "subject", "date")


def written(
    sender: str,
    subject: str,
    text: str = "",
    html: str = "",
    *,
    to: str = "bot@studio.example",
    at: datetime = NOW,
    **headers: str,
) -> bytes:
    """A mail without a signature; an empty header is left out."""
    message = EmailMessage()
    plain = {"From": sender, "To": to, "Subject": subject, "Date": format_datetime(at)}
    plain |= {"Message-ID": f"<{abs(hash((sender, subject, text, html)))}@provider.example>"}
    for name, value in (plain | {name.replace("_", "-"): value for name, value in headers.items()}).items():
        if value:
            message[name] = value
    if text or not html:
        message.set_content(text)
    if html and text:
        message.add_alternative(html, subtype="html")
    elif html:
        message.set_content(html, subtype="html")
    return bytes(message).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def signed(
    octets: bytes,
    domain: str,
    *,
    selector: str = "s1",
    by: Key | None = None,
    fields: Sequence[str] = SIGNED,
    length: bool = False,
    algorithm: bytes = b"rsa-sha256",
    tags: Mapping[str, str] | None = None,
) -> bytes:
    """The mail with a signature of now on top; `tags` take the place of those that it would bear."""
    return provider.signed(
        octets, domain, NOW, selector=selector, by=by, fields=fields, length=length, algorithm=algorithm, tags=tags
    )
