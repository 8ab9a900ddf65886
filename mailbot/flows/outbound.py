"""What leaves: letters as they stand in the outbox."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class LetterState(StrEnum):
    """Where a letter stands. It is claimed under a lease, and `sending` is committed after RCPT and before DATA."""

    PROPOSED = "proposed"
    QUEUED = "queued"
    CLAIMED = "claimed"
    SENDING = "sending"
    SENT = "sent"
    DEFERRED = "deferred"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    IN_DOUBT = "in_doubt"


@dataclass(frozen=True, slots=True)
class NewLetter:
    """A letter to put into the outbox: rendered, with its Message-ID, before any connection is opened (law 1).

    `key` is unique for ever. `climbs` are the (invoice number, rung) pairs that this letter climbs, `invoices` those
    it is about. `client_id` is None for mail to the operator. `chasing` letters want a fresh inbox (law 6).
    """

    key: str
    business: str
    client_id: int | None
    template: str
    invoices: tuple[str, ...]
    climbs: tuple[tuple[str, str], ...]
    chasing: bool
    automatic_answer: bool
    subject: str
    envelope_from: str
    recipients: tuple[str, ...]
    message_id: str
    octets: bytes
    created_at: datetime
    not_before: datetime
    expires_at: datetime | None
    state: LetterState = LetterState.QUEUED


@dataclass(frozen=True, slots=True)
class Letter(NewLetter):
    """A letter in the outbox. `response` is the server's last word; `filed_at`: when its copy was put into Sent."""

    attempts: int = 0
    claimed_by: str = ""
    claimed_until: datetime | None = None
    response: str = ""
    state_at: datetime | None = None
    sent_at: datetime | None = None
    filed_at: datetime | None = None
