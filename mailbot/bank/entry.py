"""A line of a bank statement, and the id by which it is known again."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from mailbot.bank.fold import compact
from mailbot.core.money import Money

DIGEST = "x-"
"""How an id begins that we made ourselves, because the bank gave none."""


_ANY_TRANSFER = frozenset(
    """
    VIREMENT VIREMENTS INSTANTANE SEPA RECU RECUE FAVEUR VOTRE FACTURE FACTURES FACT PAIEMENT MERCI SOLDE ACOMPTE MARS
    TRANSFER TRANSFERT PAYMENT INVOICE INVOICES CREDIT DEPOSIT DEPOT DIRECT INTERAC ETRANSFER FROM THANK BANK REFERENCE
    GUTSCHRIFT UEBERWEISUNG UBERWEISUNG RECHNUNG SARL GMBH SASU EURL LIMITED LTEE SOCIETE MONSIEUR MADAME NOTPROVIDED
    """.split()  # noqa: SIM905 - it is read as words
)
# A short number counts the lines of one export, and names another line in the next.
_COUNTER = re.compile(r"\d{1,6}")
_YEAR = re.compile(r"(?:19|20)\d\d")


class StatementFault(ValueError):
    """A file that is no statement we can read; `line` is 0 where no line is to blame, `mend` says what to do."""

    def __init__(self, problem: str, mend: str, line: int = 0) -> None:
        super().__init__(f"{f'line {line}: ' if line else ''}{problem}; {mend}")
        self.line = line
        self.mend = mend


@dataclass(frozen=True, slots=True)
class Entry:
    """Money that came (`amount` above zero) or went. `id` is the bank's own, or a digest that begins with `x-`.

    `reference` is what the payer or the bank gave as a reference; `text` all other words; `reversal` marks money that
    the bank took back; `purpose` is the code of ISO 20022 for what the money is, where the payer gave one.
    """

    id: str
    booked_on: date
    amount: Money
    payer: str = ""
    payer_iban: str = ""
    reference: str = ""
    text: str = ""
    reversal: bool = False
    purpose: str = ""

    @property
    def credit(self) -> bool:
        """Whether money came in."""
        return self.amount.amount > 0

    @property
    def movement(self) -> str:
        """What two formats of one movement agree on: day and amount."""
        return f"{self.booked_on}|{self.amount.amount}|{self.amount.currency}"

    @property
    def words(self) -> frozenset[str]:
        """What two formats of one movement have in common, however they cut it up: not what any transfer says."""
        said = f"{self.payer} {self.reference} {self.text}".split()
        words = {compact(word) for word in said} - _ANY_TRANSFER
        return frozenset(word for word in words if len(word) > 3 and not _YEAR.fullmatch(word))


@dataclass(frozen=True, slots=True)
class Statement:
    """The entries of one file, oldest first.

    `columns` says how a table was understood, for a person to confirm; `layout` is the mark of tables of that shape,
    and `where` the columns by which they are read, counted from nought. `until` is the last day of which it tells
    everything, where it says so.
    """

    format: str
    entries: tuple[Entry, ...]
    columns: tuple[tuple[str, str], ...] = ()
    faults: tuple[str, ...] = field(default=())
    layout: str = ""
    where: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    until: date | None = None


def written(amount: str, currency: str) -> Money:
    """Plain digits with a point; raises ValueError on all else that Decimal would take, such as NaN and 1E9."""
    plain = amount.strip()
    if not re.fullmatch(r"[+-]?\d{1,15}(?:\.\d{0,6})?|[+-]?\.\d{1,6}", plain):
        raise ValueError(plain)
    return Money.of(plain, currency)


def identified(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Give an id to each entry that has none; stable where exports overlap, as banks export whole days."""
    same: Counter[str] = Counter()
    given: Counter[str] = Counter()
    found: list[Entry] = []
    for entry in sorted(entries, key=lambda entry: entry.booked_on):
        own = "" if _COUNTER.fullmatch(entry.id) else entry.id
        given[own] += 1
        if not own or given[own] > 1:  # a bank that numbers a batch once has not named its parts
            text = compact(f"{entry.payer}{entry.payer_iban}{entry.reference}{entry.text}")
            seed = f"{entry.movement}|{own}|{text}"
            same[seed] += 1
            own = DIGEST + hashlib.sha256(f"{seed}|{same[seed]}".encode()).hexdigest()[:24]
        found.append(replace(entry, id=own))
    return tuple(found)
