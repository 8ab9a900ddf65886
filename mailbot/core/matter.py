"""A matter: something that only the operator can do or decide."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from mailbot.core.reason import Fact


class MatterKind(StrEnum):
    """What sort of thing waits for the operator."""

    REPLY = "reply"  # a client wrote; the ladder is held
    CALL = "call"  # time to pick up the telephone
    COLLECTIONS = "collections"  # the ladder is at its end
    APPROVAL = "approval"  # a letter waits for a yes
    BOUNCE = "bounce"  # an address does not work
    REFUSED = "refused"  # a server refused a letter
    DOUBT = "doubt"  # nobody knows whether a letter left
    CLAIM = "claim"  # a payment that was announced and has not shown
    STRANGER = "stranger"  # somebody unknown wrote about an invoice, or looks like a client
    DIVERSION = "diversion"  # a mail announces other bank details
    UNREADABLE = "unreadable"  # a message could not be judged
    MAILBOX = "mailbox"  # the mailbox or the mail account does not answer
    RESTORED = "restored"  # an older copy of the database was put back
    BREAKER = "breaker"  # too many automatic mails left within an hour, so everything stopped


@dataclass(frozen=True, slots=True)
class NewMatter:
    """A matter to raise. `subject_key` tells two matters of one kind apart (a hold, a letter, a mail)."""

    kind: MatterKind
    at: datetime
    client_id: int | None = None
    invoice: str | None = None
    subject_key: str = ""
    urgent: bool = False
    mail_id: int | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Matter(NewMatter):
    """A matter as it stands. `alerted_at` says when an urgent mail about it was written."""

    id: int = 0
    closed_at: datetime | None = None
    alerted_at: datetime | None = None
