"""What an SMTP reply means for the letter, and for the account that sent it."""

import re
from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """How far an SMTP transaction had come when a reply was given, or failed to come."""

    CONNECT = "connect"
    LOGIN = "login"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"


class Verdict(StrEnum):
    """What follows for the letter.

    ACCEPTED: the server answers for it now. DEFERRED: it was not taken, try the same octets later. REFUSED: it will
    never be taken as it is. ACCOUNT: the account or the server is at fault, the letter is good and waits until that
    is mended. UNKNOWN: it may have been taken; only evidence may decide (law 2).
    """

    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REFUSED = "refused"
    ACCOUNT = "account"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with the enhanced status code that the reply carried, `""` where there is none (RFC 3463)."""

    verdict: Verdict
    enhanced: str = ""


# RFC 2034 4: the code opens the text. RFC 3463 2: class "." subject "." detail.
_ENHANCED = re.compile(r"\s*([245])\.(\d{1,3})\.(\d{1,3})(?=\s|$)")

# RFC 4954 6 and RFC 4409: authentication required, mechanism too weak, credentials invalid, encryption required.
_LOGIN_CODES = frozenset({530, 534, 535, 538})

# The account's fault in whatever phase it is said. 5.7.8, 5.7.9, 5.7.11: RFC 4954 6. 5.4.5, 5.7.14: Gmail's sending
# quota and web login. 5.1.90, 5.2.252, 5.7.57, 5.7.60, 5.7.139: Exchange Online's quota, send-as and login policy.
_ACCOUNT_STATUSES = frozenset(
    {"5.7.8", "5.7.9", "5.7.11", "5.4.5", "5.7.14", "5.1.90", "5.2.252", "5.7.57", "5.7.60", "5.7.139"}
)

# RFC 3463 3.2 and 3.8: bad sender's address, bad sender's system, delivery not authorized.
_SENDER_STATUSES = frozenset({"5.1.7", "5.1.8", "5.7.1"})

_RELAY = re.compile(r"\brelay", re.IGNORECASE)


def enhanced_status(code: int, text: str) -> str:
    """Read the enhanced status code at the head of a reply's text; `""` where there is none or it contradicts `code`.

    RFC 3463 2 ties the first digit of both together, so a code that disagrees is not believed.
    """
    found = _ENHANCED.match(text)
    if found is None or int(found[1]) != code // 100:
        return ""
    return ".".join(str(int(part)) for part in found.groups())


def judge(phase: Phase, code: int | None, text: str = "") -> Judgement:
    """Judge a reply; `code` is None where no reply came at all. Never raises."""
    if code is None or not 200 <= code <= 599:
        return Judgement(_silence(phase))
    enhanced = enhanced_status(code, text)
    match code // 100:
        case 2:
            return Judgement(Verdict.ACCEPTED, enhanced)
        case 4:  # RFC 5321 4.2.1: transient, the same sequence may succeed later
            return Judgement(Verdict.DEFERRED, enhanced)
        case 5:  # RFC 5321 4.2.1: permanent, the same sequence should not be repeated
            return Judgement(_permanent(phase, code, enhanced, text), enhanced)
        case _:  # a 3yz reply where none belongs: the two sides no longer talk about the same thing
            return Judgement(_silence(phase), enhanced)


def _silence(phase: Phase) -> Verdict:
    """No usable reply: before DATA nothing can have been taken, afterwards it may have been (RFC 5321 6.1)."""
    return Verdict.UNKNOWN if phase is Phase.DATA else Verdict.DEFERRED


def _permanent(phase: Phase, code: int, enhanced: str, text: str) -> Verdict:
    if phase in (Phase.CONNECT, Phase.LOGIN) or code in _LOGIN_CODES or enhanced in _ACCOUNT_STATUSES:
        return Verdict.ACCOUNT
    if phase is Phase.MAIL and (enhanced in _SENDER_STATUSES or (not enhanced and code in (550, 553))):
        return Verdict.ACCOUNT
    if phase is Phase.RCPT and enhanced in ("", "5.7.1") and _RELAY.search(text):
        return Verdict.ACCOUNT  # "Relay access denied" is said to those who are not logged in
    return Verdict.REFUSED
