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


@dataclass(frozen=True, slots=True)
class Told:
    """Money for an invoice that was recorded without the bank: the operator's word, a notice. `entry` is its number."""

    entry: int
    number: str
    client: int
    amount: Money
    paid_on: date
    source: str


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
    """What to do with an entry. `held` says that the named invoices wait until the operator has answered.

    `covers` are payments on record that this entry is the bank's side of; `short` says that what is missing looks like
    fees or a discount, which is for the operator to accept.
    """

    verdict: Verdict
    because: Reason
    shares: tuple[Share, ...] = ()
    held: bool = False
    covers: tuple[int, ...] = ()
    short: bool = False
