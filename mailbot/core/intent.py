"""What a client's message means, and what follows from it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mailbot.core.money import Money


class Kind(StrEnum):
    """What sort of mail this is, whatever its words say."""

    REPLY = "reply"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    DELAY = "delay"
    RECEIPT = "receipt"
    BULK = "bulk"
    PAYMENT_NOTICE = "payment_notice"
    COMMAND = "command"


class Intent(StrEnum):
    """What the writer says or wants; one mail may hold several, one is primary."""

    PAYMENT_CLAIMED = "payment_claimed"
    PROMISE_TO_PAY = "promise_to_pay"
    DISPUTE = "dispute"
    PERSONAL_EMERGENCY = "personal_emergency"
    FINANCIAL_DIFFICULTY = "financial_difficulty"
    ABSENCE = "absence"
    EXTENSION_REQUEST = "extension_request"
    DOCUMENT_REQUEST = "document_request"
    REDIRECT = "redirect"
    REFUSAL = "refusal"
    ACKNOWLEDGEMENT = "acknowledgement"
    APPROVAL = "approval"
    QUESTION = "question"
    OTHER = "other"
    AUTO_REPLY = "auto_reply"


class Scope(StrEnum):
    """How far a hold reaches."""

    INVOICE = "invoice"
    CLIENT = "client"


class Role(StrEnum):
    """What a client says of an amount."""

    PAID = "paid"
    CONTESTED = "contested"
    OFFERED = "offered"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood of one message's new words.

    `until` is the day that the writer names: the promised day, the return, the asked-for new date. `evidence` holds the
    writer's own words, verbatim. `confidence` runs from 0 to 1. `roles` says of each of the `amounts` what it is for.
    `redirect_to` and `redirect_name` are the address and the name of whom to write to instead; either may be alone.
    """

    intent: Intent
    hold: bool
    scope: Scope
    until: date | None = None
    amounts: tuple[Money, ...] = ()
    redirect_to: str | None = None
    invoices: tuple[str, ...] = ()
    reply_text: str = ""
    evidence: str = ""
    confidence: float = 0.0
    because: str = ""
    others: tuple[Intent, ...] = ()
    roles: tuple[Role, ...] = ()
    redirect_name: str | None = None
