"""What the operator is told: the digest and its parts, as values. `letters` puts them into words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mailbot.core.matter import MatterKind
from mailbot.core.money import Money, totals
from mailbot.core.reason import Reason


class Bucket(StrEnum):
    """How long money has been owed, in days past the due date."""

    NOT_DUE = "not_due"
    TO_30 = "to_30"
    TO_60 = "to_60"
    TO_90 = "to_90"
    OLDER = "older"


_LAST_DAYS = ((Bucket.NOT_DUE, 0), (Bucket.TO_30, 30), (Bucket.TO_60, 60), (Bucket.TO_90, 90))


def bucket_of(due_on: date, today: date) -> Bucket:
    """The aging bucket of an invoice: due today is not yet late."""
    late_days = (today - due_on).days
    return next((bucket for bucket, last in _LAST_DAYS if late_days <= last), Bucket.OLDER)


@dataclass(frozen=True, slots=True)
class AgingRow:
    """One bucket: how much, in how many invoices; `share` is its part of the largest bucket, 0 to 100, for the bar."""

    bucket: Bucket
    amount: Money
    count: int
    share: int


@dataclass(frozen=True, slots=True)
class Aging:
    """What is owed in one currency, by age; always all five buckets, youngest first."""

    currency: str
    total: Money
    rows: tuple[AgingRow, ...]


def aging(owed: Iterable[tuple[date, Money]], today: date) -> tuple[Aging, ...]:
    """Sort balances by due date into buckets, per currency in alphabetical order; currencies are never added."""
    balances = [(bucket_of(due_on, today), balance) for due_on, balance in owed if balance.amount > 0]
    return tuple(
        _aging_of(total, [(bucket, money) for bucket, money in balances if money.currency == total.currency])
        for total in totals(money for _, money in balances)
    )


def _aging_of(total: Money, balances: list[tuple[Bucket, Money]]) -> Aging:
    sums = {bucket: Money.of(0, total.currency) for bucket in Bucket}
    counts = dict.fromkeys(Bucket, 0)
    for bucket, money in balances:
        sums[bucket] += money
        counts[bucket] += 1
    most = max(money.amount for money in sums.values())
    rows = tuple(
        AgingRow(bucket, sums[bucket], counts[bucket], _share(sums[bucket], Money(most, total.currency)))
        for bucket in Bucket
    )
    return Aging(total.currency, total, rows)


def _share(part: Money, whole: Money) -> int:
    """Per cent, but at least 2 for what is not nothing: a bar that cannot be seen tells a lie."""
    return max(2, int(100 * part.amount / whole.amount)) if part.amount > 0 else 0


@dataclass(frozen=True, slots=True)
class Owed:
    """An invoice as the operator sees it at a glance."""

    number: str
    balance: Money
    due_on: date
    days_past_due: int = 0
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """A command line that answers a matter; `does` names its meaning (`[command]` in phrases.toml)."""

    line: str
    does: str


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened on a day."""

    on: date
    what: Reason
    client: str = ""
    invoice: str = ""


@dataclass(frozen=True, slots=True)
class Need:
    """One matter that needs the operator: a held reply, a call to make, a letter to approve, a dead address, ...

    `words` are the client's own (or a server's); `intent` is what was understood of them; `would` says what the bot
    does without an answer, `warning` and `doubt` what to beware of. `language` is the client's, for the sentences to
    say on the telephone. `whole_client` is False where the matter stops one invoice and not all letters. `history` is
    oldest first. `letter_subject` belongs to a letter that waits for approval, was refused or is in doubt.
    """

    kind: MatterKind
    on: date
    client: str = ""
    contact: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""
    invoices: tuple[Owed, ...] = ()
    whole_client: bool = True
    owed: tuple[Money, ...] = ()
    intent: str = ""
    words: str = ""
    until: date | None = None
    address: str = ""
    letter_subject: str = ""
    would: Reason | None = None
    warning: Reason | None = None
    doubt: Reason | None = None
    commands: tuple[Command, ...] = ()
    history: tuple[Happening, ...] = ()


@dataclass(frozen=True, slots=True)
class Coming:
    """A letter or task that is due soon, and why then."""

    on: date
    client: str
    invoices: tuple[str, ...]
    rung: str
    why: Reason
    to: str = ""


@dataclass(frozen=True, slots=True)
class Digest:
    """A working morning's mail to the operator. `since`: the day of the last digest; `notes`: about the bot itself."""

    on: date
    since: date | None = None
    needs_you: tuple[Need, ...] = ()
    received: tuple[Money, ...] = ()
    aging: tuple[Aging, ...] = ()
    coming: tuple[Coming, ...] = ()
    happened: tuple[Happening, ...] = ()
    notes: tuple[Reason, ...] = ()
    draft_mode: bool = False

    @property
    def empty(self) -> bool:
        """Whether there is nothing to say; money that is merely owed is no news."""
        return not (self.needs_you or self.received or self.coming or self.happened or self.notes)
