"""The dunning policy: which rungs, how far apart, in which hours, and how long to wait after what was said."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from mailbot.core.calendar import Hours, Quiet, WorkCalendar
from mailbot.core.client import Client
from mailbot.core.reason import Reason


class Anchor(StrEnum):
    """The day from which a rung is counted."""

    ISSUED = "issued"
    DUE = "due"


class Act(StrEnum):
    """What climbing a rung does: a letter to the client, a call prompt or a flag for the operator."""

    LETTER = "letter"
    CALL = "call"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a ladder.

    `offset_days` are calendar days from the anchor, negative for before; `gap_days` are working days that must
    have passed since the previous rung was climbed. `template` names the letter. A rung is `chasing` if its letter
    asks for money.
    """

    name: str
    offset_days: int
    gap_days: int = 0
    anchor: Anchor = Anchor.DUE
    act: Act = Act.LETTER
    template: str = ""
    approval: bool = False

    @property
    def chasing(self) -> bool:
        """Whether this rung is a letter that spends the client's attention (law 8)."""
        return self.act is Act.LETTER and self.anchor is Anchor.DUE


DEFAULT_LADDER = (
    Rung("invoice", 0, 0, Anchor.ISSUED, Act.LETTER, "invoice"),
    Rung("courtesy", -3, 3, template="courtesy"),
    Rung("friendly", 3, 3, template="friendly"),
    Rung("personal", 10, 5, template="personal"),
    Rung("call", 17, 5, act=Act.CALL),
    Rung("collections", 30, 8, act=Act.FLAG),
)


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything about the ladder that the operator may want to change; days are working days.

    `firmer_waits` is no setting: it is why, at this moment, the firmer rungs wait (see `is_firmer`).
    """

    ladders: Mapping[str, tuple[Rung, ...]] = field(default_factory=lambda: {"default": DEFAULT_LADDER})
    hours: Hours = field(default_factory=Hours)
    quiet: tuple[Quiet, ...] = (Quiet((12, 24), (1, 2)),)
    budget_gap_days: int = 5
    budget_letters: int = 5
    reply_gap_days: int = 3
    freshness_minutes: int = 10
    promise_grace_days: int = 2
    promise_undated_days: int = 5
    claim_days: int = 5
    absence_days: int = 7
    absence_extra_days: int = 1
    delay_days: int = 2
    answer_gap_hours: int = 24
    answers_per_invoice: int = 3
    automatic_per_hour: int = 30
    letter_expires_days: int = 3
    doubt_look_minutes: float = 30
    doubt_resend_hours: float = 4
    thank: bool = True
    thank_delay_minutes: int = 20
    acknowledge_promises: bool = True
    firmer_waits: Reason | None = None
    auto_copy: bool = False
    copies_per_week: int = 2
    receipts_per_month: int = 3
    copy_hold_days: int = 3

    def ladder(self, name: str) -> tuple[Rung, ...]:
        """The rungs of a ladder, in order; an unknown name means the default ladder."""
        return self.ladders.get(name) or self.ladders["default"]

    def calendar(self, client: Client) -> WorkCalendar:
        """The client's working calendar under this policy."""
        return WorkCalendar(client.country, client.region, client.timezone, self.hours, self.quiet)
