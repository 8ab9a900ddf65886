"""What money can be for, and what is proposed about an entry."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mailbot.core.money import Money
from mailbot.core.reason import Reason


@dataclass(frozen=True, slots=True)
class Claim:
    """An invoice as a payment meets it. A settled one is here too, so that a second payment is known for what it is.

    `names` are the client's own and those from which it paid before; `ibans` are accounts from which it paid before.
    """

    number: str
    client: int
    amount: Money
    balance: Money
    names: tuple[str, ...]
    people: tuple[str, ...] = ()
    ibans: frozenset[str] = frozenset()
    issued_on: date = date.min
    paid_on: date | None = None
    live: bool = True

    @property
    def open(self) -> bool:
        """Whether money is still owed."""
        return self.live and self.balance.amount > 0


class Verdict(StrEnum):
    """What becomes of an entry: only what is certain settles."""

    SETTLE = "settle"
    ASK = "ask"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class Share:
    """The part of an entry that belongs to an invoice, or may."""

    number: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Proposal:
    """What to do with an entry. `held` says that the named invoices wait until the operator has answered."""

    verdict: Verdict
    because: Reason
    shares: tuple[Share, ...] = ()
    held: bool = False
