"""A payment service: it has a key in this world's DNS, and signs its notices as the real ones do."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from random import Random

SIGNED = ("from", "to", "subject", "date", "message-id")
SELECTOR = "s1"
_E = 65537
_SMALL = (3, 5, 7, 11, 13, 17, 19, 23, 29, 31)
_ROUNDS = 12


@dataclass(frozen=True, slots=True)
class Key:
    """An RSA key: `pem` to sign with, `txt` for DNS."""

    pem: bytes
    txt: str


@cache
def key(seed: int = 1, bits: int = 1024) -> Key:
    """A key that is the same each time; good for nothing but a play."""
    dice = Random(seed)  # noqa: S311 - the same each time is the point
    p, q = _prime(dice, bits // 2), _prime(dice, bits // 2)
    d = pow(_E, -1, (p - 1) * (q - 1))
    private = _sequence(*map(_integer, (0, p * q, _E, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p))))
    algorithm = bytes.fromhex("300d06092a864886f70d0101010500")  # rsaEncryption (RFC 8017, appendix C)
    public = _sequence(algorithm, _der(0x03, b"\x00" + _sequence(_integer(p * q), _integer(_E))))
    body = base64.b64encode(private)
    pem = b"-----BEGIN RSA PRIVATE KEY-----\n" + body + b"\n-----END RSA PRIVATE KEY-----\n"
    return Key(pem, f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}")


def records(*domains: str, selector: str = SELECTOR, by: Key | None = None) -> dict[str, str]:
    """The TXT records of these domains."""
    return {f"{selector}._domainkey.{domain}": (by or key()).txt for domain in domains}


def signed(
    octets: bytes,
    domain: str,
    at: datetime,
    *,
    selector: str = SELECTOR,
    by: Key | None = None,
    fields: Sequence[str] = SIGNED,
    length: bool = False,
    algorithm: bytes = b"rsa-sha256",
    tags: Mapping[str, str] | None = None,
) -> bytes:
    """The mail with a signature of `at` on top; `tags` take the place of those that it would bear."""
    import dkim  # noqa: PLC0415 - loaded when somebody signs

    signer = dkim.DKIM(octets, signature_algorithm=algorithm)
    wanted = {"t": f"{at.timestamp():.0f}"} | dict(tags or {})
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


def _prime(dice: Random, bits: int) -> int:
    while True:
        number = dice.getrandbits(bits) | 3 << (bits - 2) | 1
        if all(number % small for small in _SMALL) and _probably(number, dice):
            return number


def _probably(number: int, dice: Random) -> bool:
    """Miller and Rabin's test."""
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for _ in range(_ROUNDS):
        x = pow(dice.randrange(2, number - 2), odd, number)
        if x in (1, number - 1):
            continue
        if number - 1 not in [x := x * x % number for _ in range(twos - 1)]:
            return False
    return True


def _der(tag: int, content: bytes) -> bytes:
    """One value in DER (X.690)."""
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(octets))) + octets + content


def _integer(number: int) -> bytes:
    return _der(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def _sequence(*parts: bytes) -> bytes:
    return _der(0x30, b"".join(parts))
