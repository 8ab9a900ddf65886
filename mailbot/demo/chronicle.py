"""What happened in the world, as somebody who stands beside the bot would note it. The bot's database is not asked."""

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Happened:
    """One event. `kind` is one of: mail, auto, stranger, money, command, outage, import; `code` names the client."""

    at: datetime
    kind: str
    who: str
    words: str
    code: str = ""
    invoices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hush:
    """From `since` on nothing may be chased: invoices of a client, or (`invoices` empty) the client altogether.

    It ends on `until`, or with the operator's word (`ended_at`), or with an invoice's money.
    """

    code: str
    invoices: tuple[str, ...]
    since: datetime
    until: date | None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Paid:
    """The operator said that money came."""

    at: datetime
    invoice: str
    settled: bool


@dataclass(frozen=True, slots=True)
class Released:
    """The operator let the reminders of a client, or of one invoice, go on."""

    at: datetime
    about: str


@dataclass(slots=True)
class Chronicle:
    """Everything that the far side and the operator did, in order."""

    happened: list[Happened] = field(default_factory=list)
    hushes: list[Hush] = field(default_factory=list)
    paid: list[Paid] = field(default_factory=list)
    released: list[Released] = field(default_factory=list)
    live_at: datetime | None = None
