"""The business that is owed money, and the operator who looks after it."""

from dataclasses import dataclass, field

from mailbot.core.payment import Paying


@dataclass(frozen=True, slots=True)
class Operator:
    """Who gets the digest: the freelancer, or the assistant. `digest_at` is wall time, `HH:MM`, in `timezone`.

    `digest_figures` is weekly, daily or never.
    """

    name: str
    emails: tuple[str, ...]
    language: str
    timezone: str
    country: str
    region: str = ""
    digest_at: str = "07:30"
    digest_when_empty: str = "line"
    digest_figures: str = "weekly"


@dataclass(frozen=True, slots=True)
class Business:
    """In whose name letters leave. `id` names it in the database; `signer_*` belong to an assistant, if one signs.

    With `bcc_self`, the envelope of each letter to a client names our own address too: the copy proves that it left.
    Bank data are old after `bank_stale_days`; with `bank_holds_firmer` the firmer rungs then wait for newer ones.
    """

    id: str
    name: str
    email: str
    operator: Operator
    address_lines: tuple[str, ...] = ()
    phone: str = ""
    website: str = ""
    registration_lines: tuple[str, ...] = ()
    payment_lines: tuple[str, ...] = ()
    paying: Paying = field(default_factory=Paying)
    signer_name: str = ""
    signer_role: str = ""
    language: str = "en"
    country: str = ""
    lookback_days: int = 14
    bcc_self: bool = False
    bank_stale_days: int = 7
    bank_holds_firmer: bool = False

    @property
    def own_accounts(self) -> tuple[str, ...]:
        """Lines that hold our own accounts."""
        return (*self.payment_lines, *self.paying.own_accounts)
