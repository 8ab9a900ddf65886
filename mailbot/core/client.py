"""The client: one aggregate, one lock, one version. Its invoices, contacts, holds and promises hang off it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from mailbot.core.intent import Intent, Scope
from mailbot.core.money import Money


class Role(StrEnum):
    """What a contact does for the client."""

    CLIENT = "client"
    BILLING = "billing"
    ASSISTANT = "assistant"


class Reachability(StrEnum):
    """Whether mail to a contact arrives."""

    GOOD = "good"
    DOUBTFUL = "doubtful"
    DEAD = "dead"


class Standing(StrEnum):
    """Where an invoice stands."""

    OPEN = "open"
    PROMISED = "promised"
    DISPUTED = "disputed"
    SETTLED = "settled"
    WRITTEN_OFF = "written_off"


class ClientKind(StrEnum):
    """Business or consumer; the law differs, so it is asked for and never guessed."""

    BUSINESS = "business"
    CONSUMER = "consumer"


class HeldBy(StrEnum):
    """Who asked for a hold. A machine never lifts what a person holds (law 4)."""

    PERSON = "person"
    MACHINE = "machine"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Contact:
    """A person or desk at the client."""

    email: str
    role: Role = Role.CLIENT
    first_name: str = ""
    name: str = ""
    reachability: Reachability = Reachability.GOOD


class Leaving(StrEnum):
    """How far a climbed rung's letter has got."""

    WAITING = "waiting"  # in the outbox; may still be withdrawn
    LEAVING = "leaving"  # claimed by the dispatcher, or its fate is unknown; can no longer be withdrawn
    GONE = "gone"  # accepted by a server, or a task that was handed to the operator


@dataclass(frozen=True, slots=True)
class Climb:
    """A rung that was climbed for an invoice, or is about to be: `letter` is the outbox key (empty for a task)."""

    rung: str
    at: datetime
    letter: str = ""
    message_id: str = ""
    state: Leaving = Leaving.GONE


@dataclass(frozen=True, slots=True)
class Promise:
    """A day on which the client said the money would leave."""

    made_on: date
    due_on: date
    kept: bool | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """Why the ladder waits, for one invoice (`invoice` is its number) or for the whole client (`invoice` is None).

    From `until` on the ladder may go on by itself where `lapses` is set; otherwise a human must say so.
    `id` is unique within the client.
    """

    id: int
    invoice: str | None
    by: HeldBy
    intent: Intent | None
    since: datetime
    until: date | None = None
    lapses: bool = False
    evidence: str = ""
    mail_id: int | None = None
    lifted_at: datetime | None = None

    @property
    def scope(self) -> Scope:
        """How far this hold reaches."""
        return Scope.CLIENT if self.invoice is None else Scope.INVOICE


@dataclass(frozen=True, slots=True)
class Invoice:
    """A bill. `delivered_on`: the day the client got it by other means.

    `paid` is what the ledger has proven, `waived` what it says need not come any more: credit notes, fees that a bank
    kept, discounts, what was written off or cancelled.
    """

    number: str
    issued_on: date
    due_on: date
    amount: Money
    paid: Money
    subject: str = ""
    standing: Standing = Standing.OPEN
    delivered_on: date | None = None
    pdf: str = ""
    climbs: tuple[Climb, ...] = ()
    promises: tuple[Promise, ...] = ()
    auto_answers: int = 0
    waived: Money | None = None

    @property
    def given_up(self) -> Money:
        """What need not come any more, as an amount."""
        return self.waived if self.waived is not None else Money.of(0, self.amount.currency)

    @property
    def balance(self) -> Money:
        """What is still owed."""
        return self.amount - self.paid if self.waived is None else self.amount - self.paid - self.waived

    @property
    def live(self) -> bool:
        """Whether anything may still be asked for."""
        return self.standing not in (Standing.SETTLED, Standing.WRITTEN_OFF)

    def climb(self, rung: str) -> Climb | None:
        """The climb of this rung, if it was climbed."""
        return next((climb for climb in self.climbs if climb.rung == rung), None)


@dataclass(frozen=True, slots=True)
class Client:
    """A client of one business. `code` is short and stable, `version` is the optimistic lock.

    `chased_at` is when the last chasing letter to this client was decided, across all invoices (law 8).
    `invoices` holds those that are not closed, and closed ones only when asked for by number.
    `credit` is money of the client's that no invoice got, by currency, as the ledger adds it up.
    """

    id: int
    business: str
    code: str
    name: str
    language: str
    country: str
    region: str
    timezone: str
    kind: ClientKind | None = None
    phone: str = ""
    pay_day: int | None = None
    ladder: str = "default"
    contacts: tuple[Contact, ...] = ()
    invoices: tuple[Invoice, ...] = ()
    holds: tuple[Hold, ...] = ()
    chased_at: datetime | None = None
    answered_at: datetime | None = None
    version: int = 0
    credit: tuple[Money, ...] = ()

    def invoice(self, number: str) -> Invoice | None:
        """The invoice with this number, if it is loaded."""
        return next((invoice for invoice in self.invoices if invoice.number == number), None)

    @property
    def standing_holds(self) -> tuple[Hold, ...]:
        """The holds that were not lifted."""
        return tuple(hold for hold in self.holds if hold.lifted_at is None)
