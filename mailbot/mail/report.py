"""What a delivery report says: which address, for good or for now, and about which letter."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from email import message_from_string
from enum import StrEnum

from flufl.bounce import all_failures

from mailbot.mail import report_loose as loose
from mailbot.mail import report_marks as marks
from mailbot.mail.parse import ParsedMail

_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<![\d.])([45])\d\d(?=[ -])")
_ADDRESS = re.compile(r"[^\s<>@;,:\"]{1,128}@[^\s<>@;,:\"]{1,253}")
_FLUFL_CHARS = 64 * 1024


class Outcome(StrEnum):
    """What became of the letter (RFC 3464 section 2.3.3)."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """One report, all its recipients together.

    `permanent` follows Action and Status: 5.x.x is for good, 4.x.x may work tomorrow. `dead` says that the
    address itself is the trouble (nobody there, no such domain), and not a full mailbox, a filter or a policy.
    `original_recipients` are the addresses that we wrote to (ORCPT) where the far side had rewritten them. `tokens`
    are the plus or VERP parts of the addresses that the report was sent to. `standard` marks RFC 3464.
    """

    outcome: Outcome
    permanent: bool
    dead: bool = False
    recipients: tuple[str, ...] = ()
    original_recipients: tuple[str, ...] = ()
    status: str = ""
    diagnostic: str = ""
    message_ids: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()
    standard: bool = False


def report_of(mail: ParsedMail) -> DeliveryReport | None:
    """Delivery report that this mail is, or None: RFC 3464 first, then servers' own words, then flufl.bounce."""
    if mail.report_type in ("disposition-notification", "feedback-report") or "feedback-type:" in mail.report.lower():
        return None
    return _standard(mail) or _loose(mail) or _by_flufl(mail)


def _standard(mail: ParsedMail) -> DeliveryReport | None:
    machine_part = mail.report
    if "final-recipient" not in machine_part.lower() and mail.content_type.startswith("multipart/"):
        machine_part = mail.text if "\nfinal-recipient:" in mail.text.lower() else machine_part
    groups = [_fields(group) for group in re.split(r"\n[ \t]*\n", machine_part)]
    told = [group for group in groups if "action" in group or "final-recipient" in group]
    if not told:
        return None
    worst = min(told, key=lambda group: _SEVERITY.get(_word(group.get("action", "")), 1))
    diagnostic = worst.get("diagnostic-code", "")
    status = _status(worst.get("status", ""), diagnostic)
    known = _OUTCOMES.get(_word(worst.get("action", "")))
    outcome = known or (Outcome.FAILED if status.startswith("5") else Outcome.DELAYED)
    words = loose.told_by(mail)
    return DeliveryReport(
        outcome,
        outcome is Outcome.FAILED and not status.startswith("4"),
        outcome is Outcome.FAILED and _is_dead(status, diagnostic or words.head),
        recipients=_addresses(group.get("final-recipient", "") for group in told) or loose.recipients(mail, words),
        original_recipients=_addresses(group.get("original-recipient", "") for group in told),
        status=status,
        diagnostic=diagnostic[:500],
        message_ids=loose.returned_ids(mail, words),
        tokens=mail.plus_tokens,
        standard=True,
    )


def _loose(mail: ParsedMail) -> DeliveryReport | None:
    told = loose.told_by(mail)
    if not loose.sounds_like_report(mail, told):
        return None
    delayed = loose.is_delay(mail, told)
    status = told.status
    return DeliveryReport(
        Outcome.DELAYED if delayed else Outcome.FAILED,
        not delayed and not status.startswith("4"),
        not delayed and _is_dead(status, told.head),
        recipients=loose.recipients(mail, told),
        status=status,
        diagnostic=told.diagnostic,
        message_ids=loose.returned_ids(mail, told),
        tokens=mail.plus_tokens,
    )


def _by_flufl(mail: ParsedMail) -> DeliveryReport | None:
    """Ask flufl.bounce, only where a server seems to have written, and in a guard: it raises on odd mail."""
    if mail.return_path != "" and not mail.from_email.startswith(marks.DAEMONS):
        return None
    letter = f"From: {mail.from_email or 'x@invalid'}\nSubject: {mail.subject}\n\n{mail.text[:_FLUFL_CHARS]}"
    try:
        for_now, for_good = all_failures(message_from_string(letter))
        failed = _addresses(octets.decode("ascii", "replace") for octets in sorted({*for_now, *for_good}))
    except Exception:  # noqa: BLE001 - a library that is known to raise; without it there is simply no report
        return None
    if not failed:
        return None
    told = loose.told_by(mail)
    return DeliveryReport(
        Outcome.FAILED if for_good else Outcome.DELAYED,
        bool(for_good) and not told.status.startswith("4"),
        bool(for_good) and _is_dead(told.status, told.head),
        recipients=failed,
        status=told.status,
        diagnostic=told.diagnostic,
        message_ids=loose.returned_ids(mail, told),
        tokens=mail.plus_tokens,
    )


def _is_dead(status: str, words: str) -> bool:
    said = words.lower()
    if status.startswith("4") or any(phrase in said for phrase in (*marks.SENDER_PHRASES, *marks.FULL_PHRASES)):
        return False
    if status in marks.DEAD_STATUS:
        return True
    alive = any(phrase in said for phrase in marks.ALIVE_PHRASES)
    return not alive and any(phrase in said for phrase in marks.DEAD_PHRASES)


_SEVERITY = {"failed": 0, "delayed": 1, "relayed": 2, "delivered": 2, "expanded": 2}
_OUTCOMES = {
    "failed": Outcome.FAILED,
    "failure": Outcome.FAILED,
    "delayed": Outcome.DELAYED,
    "delivered": Outcome.DELIVERED,
    "deliverable": Outcome.DELIVERED,  # Postfix, asked by `sendmail -bv`
    "relayed": Outcome.DELIVERED,
    "expanded": Outcome.DELIVERED,
}


def _status(field: str, diagnostic: str) -> str:
    """Status of a recipient; the diagnostic knows better where the field says only `5.0.0` (RFC 3463)."""
    found = _STATUS.search(field)
    closer = _STATUS.search(diagnostic)
    reply = _REPLY.search(diagnostic)
    if closer and (not found or found[0].endswith(".0.0")):
        return closer[0]
    return found[0] if found else (f"{reply[1]}.0.0" if reply else "")


def _word(value: str) -> str:
    return re.split(r"[\s(;]", value.strip().lower(), maxsplit=1)[0]


def _fields(group: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    name = ""
    for line in group.split("\n")[:200]:
        if line[:1] in (" ", "\t") and name:
            fields[name] = f"{fields[name]} {line.strip()}"[:2_000]
        else:
            name, colon, value = line.partition(":")
            name = name.strip().lower() if colon else ""
            if name:
                fields.setdefault(name, value.strip())
    return fields


def _addresses(values: Iterable[str]) -> tuple[str, ...]:
    """Addresses of `rfc822; ada@example.net` values, lower case, each once."""
    found = (_ADDRESS.search(value.partition(";")[2] or value) for value in values)
    return tuple(dict.fromkeys(address[0].lower() for address in found if address))
