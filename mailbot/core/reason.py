"""Why something was decided: a code and its facts, put into words by `letters` in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from mailbot.core.money import Money

Fact = str | int


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason that can be asked for (law 11). `facts` holds only text and numbers, so it can be stored as JSON."""

    code: str
    facts: Mapping[str, Fact] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.code + "".join(f" {key}={value}" for key, value in self.facts.items())


def because(code: str, /, **facts: Fact | date | datetime | Money | None) -> Reason:
    """Build a `Reason`; dates become ISO text, money becomes `1250.00 EUR`, nothing is left out silently but None."""
    return Reason(code, {k: _plain(v) for k, v in facts.items() if v is not None})


def _plain(value: Fact | date | datetime | Money) -> Fact:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Money):
        return str(value)
    return value
