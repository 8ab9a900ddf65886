"""What a delivery report says: which address, for good or for now, and about which letter."""

import re
from dataclasses import dataclass
from enum import StrEnum

from mailbot.mail.parse import ParsedMail, message_ids

_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")


class Outcome(StrEnum):
    """What became of the letter (RFC 3464 section 2.3.3)."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """One report, all its recipients together.

    `permanent` tells a dead address (5.x.x) from one that may work tomorrow (4.x.x). `original_recipients` are
    the addresses that we wrote to (ORCPT) where the far side had rewritten them. `standard` marks RFC 3464.
    """

    outcome: Outcome
    permanent: bool
    recipients: tuple[str, ...] = ()
    original_recipients: tuple[str, ...] = ()
    status: str = ""
    diagnostic: str = ""
    message_ids: tuple[str, ...] = ()
    standard: bool = False


def report_of(mail: ParsedMail) -> DeliveryReport | None:
    """Delivery report that this mail is, or None."""
    return _standard(mail)


def _standard(mail: ParsedMail) -> DeliveryReport | None:
    groups = [_fields(group) for group in re.split(r"\n\s*\n", mail.report)]
    told = [group for group in groups if "action" in group or "final-recipient" in group]
    if not told:
        return None
    worst = min(told, key=lambda group: _SEVERITY.get(_word(group.get("action", "")), 1))
    action = _word(worst.get("action", ""))
    found = _STATUS.search(worst.get("status", "")) or _STATUS.search(worst.get("diagnostic-code", ""))
    status = found[0] if found else ""
    outcome = _OUTCOMES.get(action, Outcome.FAILED if status.startswith("5") else Outcome.DELAYED)
    return DeliveryReport(
        outcome,
        outcome is Outcome.FAILED and not status.startswith("4"),
        recipients=tuple(dict.fromkeys(a for group in told if (a := _address(group.get("final-recipient", ""))))),
        original_recipients=tuple(
            dict.fromkeys(a for group in told if (a := _address(group.get("original-recipient", ""))))
        ),
        status=status,
        diagnostic=worst.get("diagnostic-code", "")[:500],
        message_ids=message_ids(mail.returned.message_id),
        standard=True,
    )


_SEVERITY = {"failed": 0, "delayed": 1, "relayed": 2, "delivered": 2, "expanded": 2}
_OUTCOMES = {
    "failed": Outcome.FAILED,
    "delayed": Outcome.DELAYED,
    "delivered": Outcome.DELIVERED,
    "relayed": Outcome.DELIVERED,
    "expanded": Outcome.DELIVERED,
}


def _word(value: str) -> str:
    return value.strip().partition(" ")[0].lower()


def _fields(group: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    name = ""
    for line in group.split("\n"):
        if line[:1] in (" ", "\t") and name:
            fields[name] += " " + line.strip()
        else:
            name, colon, value = line.partition(":")
            name = name.strip().lower() if colon else ""
            if name:
                fields.setdefault(name, value.strip())
    return fields


def _address(value: str) -> str:
    """Address of an `rfc822; ada@example.net` value, lower case, or empty."""
    return value.rpartition(";")[2].strip().strip("<>").lower()
