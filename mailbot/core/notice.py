"""A payment notice: what a payment service or a bank says happened, and how far it can be believed (law 5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from mailbot.core.money import Money


class NoticeEvent(StrEnum):
    """What a notice tells of. Only `received` is money that is there."""

    RECEIVED = "received"
    PENDING = "pending"  # it was sent, and waits for somebody or something
    REQUEST = "request"  # somebody asks for money
    INVOICE_SENT = "invoice_sent"  # the service sent an invoice for us
    PAYOUT = "payout"  # the service moves our own money to our bank
    SENT = "sent"  # money that we sent
    REFUND = "refund"
    CHARGEBACK = "chargeback"
    FAILED = "failed"


ALARMING = frozenset({NoticeEvent.REFUND, NoticeEvent.CHARGEBACK, NoticeEvent.FAILED})
"""Money that goes back or never came: the operator is told at once."""
PROMISING = frozenset({NoticeEvent.RECEIVED, NoticeEvent.PENDING})
"""Money that came or is on its way: the ladder waits."""


class Check(StrEnum):
    """How a check ended; what could not be looked at is unknown, and settles nothing."""

    PASS = "pass"  # noqa: S105 - no password
    FAIL = "fail"
    UNKNOWN = "unknown"


CHECKS = (
    "single_headers",
    "from_address",
    "signed_headers",
    "signed_content",
    "no_length_limit",
    "dns",
    "dkim",
    "not_expired",
    "key_strength",
    "aligned",
    "authentication_results",
    "to_us",
    "fresh",
    "parts_agree",
    "event_received",
    "amount_read",
    "unseen",
    "sender_confirmed",
    "fits_one_invoice",
)
"""Every check by name, in the order in which they are told."""

OPTIONAL = frozenset({"authentication_results"})
"""Checks that may stay unknown where nothing is configured for them; failing them still counts."""

FORGERY = frozenset(
    {"single_headers", "from_address", "no_length_limit", "dkim", "not_expired", "aligned", "authentication_results"}
)
"""Checks that a genuine notice passes: one that fails them may be anybody's."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What a notice says. `event` is None where no template reads it; `amount` is the gross amount.

    `detail` holds the payer's own words about what is paid, `clear` says that every part tells the same amount.
    """

    provider: str
    event: NoticeEvent | None = None
    amount: Money | None = None
    reference: str = ""
    transaction_id: str = ""
    payer: str = ""
    detail: str = ""
    clear: bool = True


Checks = Mapping[str, Check]


def suspicious(checks: Checks) -> bool:
    """Whether the mail fails what a genuine one passes."""
    return any(checks.get(name) is Check.FAIL for name in FORGERY)


def lacking(checks: Checks, *, configured: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The checks that stand in the way of settling, in order; those of `configured` may not stay unknown."""
    return tuple(
        name
        for name in CHECKS
        if (result := checks.get(name, Check.UNKNOWN)) is not Check.PASS
        and not (result is Check.UNKNOWN and name in OPTIONAL and name not in configured)
    )
