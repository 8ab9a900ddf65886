"""Whether a mail is the operator's answer to a letter of ours: who wrote it, what it answers, what the provider found.

A From line proves nothing. What counts is a token that only the reader of our letter knows: it is our Message-ID, so
every reply carries it, and it stands in the subject that a mailto link fills in (RFC 6068 2).
"""

import re
from enum import StrEnum

from mailbot.core.intent import Kind
from mailbot.mail.kind import kind_of
from mailbot.mail.parse import ParsedMail, addresses
from mailbot.mail.thread import LETTER_FIELD

TOKEN_CHARS = 20
_MINTED = re.compile(rf"<mailbot-([a-z2-7]{{{TOKEN_CHARS}}})@([^<>@\s]+)>", re.IGNORECASE)
_TAG = re.compile(rf"\[([a-z2-7]{{{TOKEN_CHARS}}})\]", re.IGNORECASE)
_COMMENT = re.compile(r"\([^()]{0,500}\)")
_RESULT = re.compile(r"\s*(dmarc|dkim|spf)\s*=\s*([a-z]+)", re.IGNORECASE)


class Origin(StrEnum):
    """What speaks against a mail in the operator's name."""

    GOOD = "good"
    SEVERAL = "several"  # more than one From, so nobody knows which one a mail program shows
    MACHINE = "machine"  # an automatic answer, or a letter of our own
    FAILED = "failed"  # the provider's own checks say that the sender's domain did not send it


def minted_id(token: str, domain: str) -> str:
    """The Message-ID of a letter that can be answered."""
    return f"<mailbot-{token}@{domain}>"


def tag(token: str) -> str:
    """The token as it stands in a subject."""
    return f"[{token}]"


def tokens_in(mail: ParsedMail, domain: str) -> tuple[str, ...]:
    """The tokens that a mail carries, nearest first: what it answers, what it refers to, what its subject says."""
    ids = (mail.in_reply_to, *reversed(mail.references))
    found = [match for one in ids if (match := _MINTED.fullmatch(one)) and match[2].lower() == domain.lower()]
    own = _MINTED.fullmatch(mail.message_id)
    named = [match[1].lower() for match in found]
    named += [match[1].lower() for match in _TAG.finditer(mail.subject)]
    return tuple(token for token in dict.fromkeys(named) if own is None or token != own[1].lower())


def origin(mail: ParsedMail, authserv_id: str = "") -> Origin:
    """What is to be thought of the sender of a mail; `authserv_id` is our provider's name (RFC 8601 2.5), or empty."""
    if len(mail.headers.get("from", ())) != 1 or len(addresses(mail.headers, "from")) != 1:
        return Origin.SEVERAL
    if kind_of(mail)[0] is not Kind.REPLY or LETTER_FIELD.lower() in mail.headers:
        return Origin.MACHINE
    return Origin.FAILED if authserv_id and _failed(mail, authserv_id) else Origin.GOOD


def _failed(mail: ParsedMail, authserv_id: str) -> bool:
    """Whether the topmost results, if they are our provider's, say that the sender is none (RFC 8601 2.7, RFC 7489).

    DMARC decides where it was looked at. Else one method that passes is enough: forwarding breaks the other.
    """
    top = _COMMENT.sub(" ", mail.header("authentication-results"))
    name, _, rest = top.partition(";")
    if name.strip().lower().split()[:1] != [authserv_id.lower()]:
        return False
    results: dict[str, set[str]] = {}
    for part in rest.split(";"):
        if found := _RESULT.match(part):
            results.setdefault(found[1].lower(), set()).add(found[2].lower())
    if dmarc := results.get("dmarc", set()) - {"none"}:
        return "pass" not in dmarc and bool(dmarc & {"fail", "permerror"})
    others = results.get("dkim", set()) | results.get("spf", set())
    return "pass" not in others and "fail" in others
