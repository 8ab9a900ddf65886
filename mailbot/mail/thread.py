"""Which letter a mail answers: every tie that it carries, in the order in which ties are to be believed."""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass

from mailbot.mail.parse import ParsedMail, message_ids
from mailbot.mail.report import report_of

LETTER_FIELD = "X-Mailbot-Letter"
_TOKEN_OCTETS = 10
_KEY = re.compile(r"([\w-]{1,40})-([a-z2-7]{16})", re.ASCII | re.IGNORECASE)
_RETURNED_LETTER = re.compile(rf"^[>\s]{{0,6}}{LETTER_FIELD}:[ \t]{{0,4}}(\S{{1,80}})", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ThreadKeys:
    """Ties of a mail to our letters, strongest first.

    `letters` are keys proven by the HMAC of a plus-address token. `message_ids` are what it answers, nearest first
    (also from the letter inside a report). `claimed_letters` stand in `X-Mailbot-Letter`, which anyone can write: like
    the Message-IDs they count only if we know them. `numbers` are known invoice numbers, in the subject and the words.
    Keys that disagree are a question for the operator.
    """

    letters: tuple[str, ...] = ()
    message_ids: tuple[str, ...] = ()
    claimed_letters: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


def mint_token(key: bytes, letter_key: str) -> str:
    """Plus-address token of a letter: `<letter>-<mac>` in lower case, to stand between `+` and `@` (RFC 5233).

    `letter_key` is 1 to 40 letters, digits, `_` or `-`. Mail systems may fold the case, so it must not depend on it.
    Raises ValueError for any other letter key.
    """
    token = f"{letter_key}-{_mac(key, letter_key)}".lower()
    if not _KEY.fullmatch(token):
        raise ValueError(f"a letter key holds 1 to 40 letters, digits, _ or -: {letter_key!r}")
    return token


def verify_token(key: bytes, token: str) -> str | None:
    """Letter key (lower case) of a token that we minted, or None."""
    found = _KEY.fullmatch(token.strip())
    if found is None:
        return None
    letter = found[1].lower()
    return letter if hmac.compare_digest(_mac(key, letter), found[2].lower()) else None


def _mac(key: bytes, letter_key: str) -> str:
    octets = hmac.digest(key, letter_key.lower().encode(), hashlib.sha256)[:_TOKEN_OCTETS]
    return base64.b32encode(octets).decode("ascii").lower()


def thread_keys(mail: ParsedMail, key: bytes = b"", known: Iterable[str] = ()) -> ThreadKeys:
    """Collect the ties of a mail. `key` proves plus-address tokens: none is believed without it."""
    report = report_of(mail)
    returned = mail.returned.fields
    references = tuple(reversed(mail.references))
    ids = message_ids(mail.in_reply_to, *references)
    if report is not None:
        ids = tuple(dict.fromkeys((*report.message_ids, *ids)))
    ids = tuple(dict.fromkeys((*ids, *message_ids(*returned.get("in-reply-to", ()), *returned.get("references", ())))))
    claimed = (
        *mail.headers.get(LETTER_FIELD.lower(), ()),
        *returned.get(LETTER_FIELD.lower(), ()),
        *_RETURNED_LETTER.findall(mail.text if report is not None else ""),
    )
    proven = (verify_token(key, token) for token in mail.plus_tokens) if key else ()
    return ThreadKeys(
        letters=tuple(dict.fromkeys(letter for letter in proven if letter)),
        message_ids=ids,
        claimed_letters=tuple(dict.fromkeys(value.strip()[:80] for value in claimed if value.strip())),
        numbers=numbers_in(f"{mail.subject}\n{mail.text}", known),
    )


def numbers_in(text: str, known: Iterable[str]) -> tuple[str, ...]:
    """Known invoice numbers that stand in a text, in order of appearance; `INV-10` is not in `INV-1042`.

    Case, blanks and the kind of dash do not count (`inv 1042` is `INV-1042`), yet a number of digits only, shorter than
    four, is too common a word to be believed. Linear in the text for any count of known numbers.
    """
    by_shape: dict[str, str] = {}
    for number in known:
        shape = _shape(number)
        if shape and not (shape.isdigit() and len(shape) < 4):
            by_shape.setdefault(shape, number)
    if not by_shape:
        return ()
    words = [_shape(word) for word in _WORD.findall(text.translate(_DASHES))]
    longest = max(len(_WORD.findall(number.translate(_DASHES))) for number in by_shape.values())
    found: dict[str, None] = {}
    for start in range(len(words)):
        joined = ""
        for word in words[start : start + longest]:
            joined += word
            if joined in by_shape:
                found[by_shape[joined]] = None
    return tuple(found)


_WORD = re.compile(r"[^\W_]+")
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212\u00ad", "-"))


def _shape(text: str) -> str:
    return "".join(_WORD.findall(text)).casefold()
