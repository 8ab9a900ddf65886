"""Whether a mail is from the domain that it names: DKIM as we verify it ourselves (RFC 6376), and what it leaves open.

A signature still verifies after a replay to somebody else, with `l=` and text appended, and with a forged second
Subject put on top: so more is asked than that it verifies. Pure: the keys are handed in.
"""

import logging
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mailbot.core.notice import Check
from mailbot.mail.content import read_in_one_way

MUST_SIGN = ("from", "to", "subject", "date")
_ONCE = (*MUST_SIGN, "message-id", "content-type", "content-transfer-encoding", "mime-version", "reply-to", "sender")
_SIGNATURES = 8  # more than any honest mail carries
_LEAST_BITS = 1024  # RFC 8301 3.2
_SLACK_S = 36_000
_FROM = re.compile(
    r'(?:"(?:[^"\\]|\\.){0,200}"|[^<>@,;:"()\\\[\]]{0,200})\s*<(?P<angle>[!#-\'*+/-9=?A-Z^-~.-]{1,64}@[A-Za-z0-9.-]{3,253})>'
    r"|(?P<bare>[!#-'*+/-9=?A-Z^-~.-]{1,64}@[A-Za-z0-9.-]{3,253})"
)
_quiet = logging.getLogger("mailbot.dkim")
_quiet.addHandler(logging.NullHandler())
_quiet.propagate = False

Keys = Mapping[str, str | None]
"""TXT records by name, lower case without the last dot: None where there is none, missing where nobody could say."""


@dataclass(frozen=True, slots=True)
class _Signature:
    index: int
    tags: Mapping[str, str]

    @property
    def domain(self) -> str:
        return self.tags.get("d", "").lower().rstrip(".")

    @property
    def name(self) -> str:
        return f"{self.tags.get('s', '').lower()}._domainkey.{self.domain}"

    @property
    def signed(self) -> list[str]:
        """The names of the fields that it covers, each as often as it stands there."""
        return [name.lower() for name in self.tags.get("h", "").split(":")]


def keys_wanted(octets: bytes, signers: Collection[str]) -> tuple[str, ...]:
    """Names of the TXT records that hold the keys of these domains' signatures; nobody else's server is asked."""
    found = [one.name for one in _signatures(octets) if one.domain in signers]
    return tuple(dict.fromkeys(found))


def authenticity(
    octets: bytes, *, domains: Collection[str], signers: Collection[str], keys: Keys, at: datetime
) -> dict[str, Check]:
    """What can be said of a mail that shows an address of `domains` and should be signed by one of `signers`.

    `at` is when it arrived. Of several signatures the best counts, as all checks must be passed by one of them.
    """
    headers = _headers(octets)
    if headers is None:
        return dict.fromkeys(_ALL, Check.FAIL)
    body = _body(octets)
    counts = {name: sum(1 for field, _ in headers if field == name) for name in _ONCE}
    sender = sender_of(headers)
    domain = sender.rpartition("@")[2]
    common = {
        "single_headers": _check(
            all(counts[name] == 1 for name in MUST_SIGN) and all(counts[name] <= 1 for name in _ONCE)
        ),
        "from_address": _check(bool(sender)),
    }
    found = [one for one in _signatures(octets)[:_SIGNATURES] if "d" in one.tags]
    mine = [one for one in found if one.domain in signers]
    tried = [
        _of_signature(octets, one, counts, keys, at)
        | {"aligned": _check(one in mine and domain in domains)}
        | {"signed_content": _check(read_in_one_way(headers, body, one.signed))}
        for one in mine or found
    ]
    nothing = dict.fromkeys(("dkim", "aligned", "signed_headers", "signed_content"), Check.FAIL)
    best = max(tried, key=_worth, default=dict.fromkeys(_ALL, Check.UNKNOWN) | nothing)
    return best | common


_ALL = (
    *("single_headers", "from_address", "signed_headers", "no_length_limit", "dns", "dkim", "not_expired"),
    *("key_strength", "aligned", "signed_content"),
)


def _worth(checks: Mapping[str, Check]) -> tuple[int, int]:
    results = list(checks.values())
    return -results.count(Check.FAIL), results.count(Check.PASS)


def _check(good: bool) -> Check:
    return Check.PASS if good else Check.FAIL


def sender_of(headers: Collection[tuple[str, str]]) -> str:
    """The one address that the From field shows, lower case; empty where there are several, or anything odd.

    A group, a comment, a second address or an at sign outside quotes in the name: programs disagree about all of them.
    """
    fields = [value for name, value in headers if name == "from"]
    found = _FROM.fullmatch(" ".join(fields[0].split())) if len(fields) == 1 else None
    return (found["angle"] or found["bare"]).lower() if found else ""


def _headers(octets: bytes) -> list[tuple[str, str]] | None:
    """Every field in order, as the verifier sees them; None where it cannot be read."""
    import dkim  # noqa: PLC0415 - loaded when a notice comes

    try:
        fields, _ = dkim.rfc822_parse(_bare(octets))
    except (dkim.DKIMException, IndexError, ValueError):
        return None
    return [(name.decode("latin-1").lower(), value.decode("utf-8", "replace").strip()) for name, value in fields]


def _body(octets: bytes) -> bytes:
    import dkim  # noqa: PLC0415

    return bytes(dkim.rfc822_parse(_bare(octets))[1])


def _bare(octets: bytes) -> bytes:
    """The mail as the reader of its words takes it: without a byte order mark or blank lines before its header."""
    return octets.lstrip(b"\xef\xbb\xbf\r\n") if octets[:1] in (b"\xef", b"\r", b"\n") else octets


def _signatures(octets: bytes) -> list[_Signature]:
    values = [value for name, value in _headers(octets) or () if name == "dkim-signature"]
    found = []
    for index, value in enumerate(values[:_SIGNATURES]):
        tags = (tag.partition("=") for tag in value.split(";"))
        found.append(_Signature(index, {name.strip().lower(): "".join(text.split()) for name, _, text in tags}))
    return found


def _of_signature(
    octets: bytes, one: _Signature, counts: Mapping[str, int], keys: Keys, at: datetime
) -> dict[str, Check]:
    signed = one.signed
    known = one.name in keys
    verified, bits = _verified(octets, one, keys) if known else (Check.UNKNOWN, 0)
    algorithm = one.tags.get("a", "").lower()
    weak = algorithm == "rsa-sha1" or (algorithm.startswith("rsa") and 0 < bits < _LEAST_BITS)
    return {
        # a field that is signed as often as it stands there cannot have been added to
        "signed_headers": _check(all(signed.count(name) >= max(1, counts[name]) for name in MUST_SIGN)),
        "no_length_limit": _check("l" not in one.tags),
        "dns": _check(True) if known else Check.UNKNOWN,
        "dkim": verified,
        "not_expired": _in_time(one.tags, at),
        "key_strength": Check.FAIL if weak else (Check.PASS if bits else Check.UNKNOWN),
    }


def _in_time(tags: Mapping[str, str], at: datetime) -> Check:
    """RFC 6376 3.5: x= is when the signature ends, t= when it was made; a clock may be off by some hours."""
    ends, made = tags.get("x"), tags.get("t")
    for told in (ends, made):
        if told is not None and not re.fullmatch(r"\d{1,12}", told):
            return Check.FAIL
    good = (ends is None or int(ends) > at.timestamp()) and (made is None or int(made) < at.timestamp() + _SLACK_S)
    return _check(good)


def _key_is_for(record: str, one: _Signature) -> bool:
    """Whether this key may sign this mail (RFC 6376 3.6.1): its version, kind, hashes and service, and `t=`.

    `t=y` says that the key is only tried out, `t=s` that the identity (i=) must be of the very same domain.
    """
    pieces = [tag.partition("=") for tag in record.split(";") if tag.strip()]
    tags = {name.strip(): "".join(text.split()) for name, _, text in pieces}
    algorithm, _, digest = one.tags.get("a", "").lower().partition("-")
    flags = tags.get("t", "").lower().split(":")
    identity = one.tags.get("i", f"@{one.domain}").lower().rstrip(".").rpartition("@")[2]
    return (
        len(tags) == len(pieces)
        and tags.get("v", "DKIM1") == "DKIM1"
        and tags.get("k", "rsa").lower() == algorithm
        and ("h" not in tags or digest in tags["h"].lower().split(":"))
        and bool({"*", "email"} & set(tags.get("s", "*").lower().split(":")))
        and "y" not in flags
        and ("s" not in flags or identity == one.domain)
    )


def _verified(octets: bytes, one: _Signature, keys: Keys) -> tuple[Check, int]:
    """Whether the signature verifies, and with how many bits; its times are looked at by `_in_time`."""
    import dkim  # noqa: PLC0415
    import dkim.util  # noqa: PLC0415

    record = keys[one.name]
    if not record or not _key_is_for(record, one):
        return Check.FAIL, 0
    verifier = dkim.DKIM(_bare(octets), logger=_quiet, minkey=0)
    fields = [(name, value) for name, value in verifier.headers if name.lower() == b"dkim-signature"]

    def txt(name: bytes, timeout: float = 0) -> bytes:
        del name, timeout
        return record.encode("ascii", "ignore")

    try:
        tags: dict[bytes, Any] = dkim.util.parse_tag_value(fields[one.index][1])
        dkim.validate_signature_fields({tag: text for tag, text in tags.items() if tag not in (b"x", b"t")})
        signed = [name.lower() for name in re.split(rb"\s*:\s*", tags[b"h"])]
        good = bool(verifier.verify_sig(tags, signed, fields[one.index], txt))
    except Exception as fault:  # noqa: BLE001 - a library fed by strangers can fail in any way; then nothing is proven
        if "nacl" in type(fault).__name__.lower():
            return Check.UNKNOWN, 0  # ed25519 without its library: another signature may do
        return Check.FAIL, 0
    return _check(good), int(getattr(verifier, "keysize", 0) or 0)
