"""A payment service of our own making: it has keys, writes notices and signs them as the real ones do."""

import base64
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache

import dkim

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
SIGNED = ("from", "to", "subject", "date")


@dataclass(frozen=True)
class Key:
    """An RSA key: `pem` to sign with, `txt` for DNS."""

    pem: bytes
    txt: str


@cache
def key(seed: int = 1, bits: int = 1024) -> Key:
    """A key that is the same each time; good for nothing but tests."""
    dice = random.Random(seed)  # noqa: S311 - the same each time is the point
    p, q = _prime(dice, bits // 2), _prime(dice, bits // 2)
    e = 65537
    d = pow(e, -1, (p - 1) * (q - 1))
    private = _sequence(*map(_integer, (0, p * q, e, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p))))
    algorithm = bytes.fromhex("300d06092a864886f70d0101010500")
    public = _sequence(algorithm, _der(0x03, b"\x00" + _sequence(_integer(p * q), _integer(e))))
    body = base64.b64encode(private)
    pem = b"-----BEGIN RSA PRIVATE KEY-----\n" + body + b"\n-----END RSA PRIVATE KEY-----\n"
    return Key(pem, f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}")


def _prime(dice: random.Random, bits: int) -> int:
    while True:
        number = dice.getrandbits(bits) | 3 << (bits - 2) | 1
        if all(number % small for small in (3, 5, 7, 11, 13, 17, 19, 23, 29, 31)) and _probably(number, dice):
            return number


def _probably(number: int, dice: random.Random) -> bool:
    """Miller and Rabin's test, twelve rounds."""
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for _ in range(12):
        x = pow(dice.randrange(2, number - 2), odd, number)
        if x in (1, number - 1):
            continue
        for _ in range(twos - 1):
            x = x * x % number
            if x == number - 1:
                break
        else:
            return False
    return True


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(octets))) + octets + content


def _integer(number: int) -> bytes:
    return _der(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def _sequence(*parts: bytes) -> bytes:
    return _der(0x30, b"".join(parts))


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
    """The mail with a signature on top; `tags` take the place of those that it would bear."""
    signer = dkim.DKIM(octets, signature_algorithm=algorithm)
    wanted = {"t": f"{NOW.timestamp():.0f}"} | dict(tags or {})
    make = signer.gen_header

    def with_tags(given: list[tuple[bytes, bytes]], *rest: object, **more: object) -> bytes:
        extra = [(name.encode(), value.encode()) for name, value in wanted.items()]
        kept = [pair for pair in given if pair[0].decode() not in wanted]
        return bytes(make(kept[:-1] + extra + kept[-1:], *rest, **more))

    signer.gen_header = with_tags
    line = signer.sign(
        selector.encode(),
        domain.encode(),
        (by or key()).pem,
        canonicalize=(b"relaxed", b"relaxed"),
        include_headers=[field.encode() for field in fields],
        length=length,
    )
    return bytes(line).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") + octets


def records(*domains: str, selector: str = "s1", by: Key | None = None) -> dict[str, str]:
    """The TXT records of these domains."""
    return {f"{selector}._domainkey.{domain}": (by or key()).txt for domain in domains}
