"""Figures over readings whose meaning is known: intents, holds, days, and whether confidence can be believed."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise

from mailbot.core.intent import Intent, Reading
from mailbot.reading.train import Example

HARMLESS = (Intent.ACKNOWLEDGEMENT, Intent.OTHER)
_BINS = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 1.01)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was meant and what was understood."""

    meant: Example
    found: Reading

    @property
    def right(self) -> bool:
        return self.found.intent is self.meant.intent

    @property
    def by_person(self) -> bool:
        return self.meant.intent is not Intent.AUTO_REPLY


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares from 0 to 1. `hold_recall` and `false_holds` are of mails by people; `needless`: of thanks, small talk."""

    mails: int
    intent: float
    hold_recall: float
    emergencies_held: float
    false_holds: float
    needless: float
    auto_right: float
    dates: float
    invented: float

    def rounded(self) -> dict[str, float]:
        return {name: round(value, 4) for name, value in asdict(self).items()}


def share(hits: Sequence[bool]) -> float:
    """The share of true among `hits`; 1 where there is nothing."""
    return sum(hits) / len(hits) if hits else 1.0


def figures_of(answers: Sequence[Answer]) -> Figures:
    people = [each for each in answers if each.by_person]
    free = [each for each in people if not each.meant.hold]
    dated = [each for each in answers if each.meant.until]
    undated = [each for each in answers if not each.meant.until]
    return Figures(
        mails=len(answers),
        intent=share([each.right for each in answers]),
        hold_recall=share([each.found.hold for each in people if each.meant.hold]),
        emergencies_held=share(
            [e.found.hold for e in people if e.meant.hold and e.meant.intent is Intent.PERSONAL_EMERGENCY]
        ),
        false_holds=share([each.found.hold for each in free]) if free else 0.0,
        needless=share([each.found.hold for each in free if each.meant.intent in HARMLESS]) if free else 0.0,
        auto_right=share([each.found.hold == each.meant.hold for each in answers if not each.by_person]),
        dates=share([_day(each) == each.meant.until for each in dated]),
        invented=share([_day(each) is not None for each in undated]) if undated else 0.0,
    )


def _day(answer: Answer) -> str | None:
    return answer.found.until.isoformat() if answer.found.until else None


def by_author(answers: Sequence[Answer], author: str) -> list[Answer]:
    """The answers to the mails of one author."""
    return [each for each in answers if each.meant.author == author]


def by_intent(answers: Sequence[Answer]) -> list[tuple[str, int, float, float, str]]:
    """For each intent: mails, recall, precision, and what it is most often taken for."""
    rows = []
    for intent in Intent:
        meant = [each for each in answers if each.meant.intent is intent]
        found = [each for each in answers if each.found.intent is intent]
        wrong = Counter(each.found.intent.value for each in meant if not each.right).most_common(2)
        taken = ", ".join(f"{name} {count}" for name, count in wrong)
        rows.append((intent.value, len(meant), share([e.right for e in meant]), share([e.right for e in found]), taken))
    return rows


def reliability(answers: Sequence[Answer]) -> list[tuple[str, int, float, float]]:
    """For each bin of confidence: mails, mean confidence, share that was right."""
    rows = []
    for low, high in pairwise(_BINS):
        inside = [each for each in answers if low <= each.found.confidence < high]
        if inside:
            mean = sum(each.found.confidence for each in inside) / len(inside)
            rows.append((f"{low:.1f} to {min(high, 1):.1f}", len(inside), mean, share([each.right for each in inside])))
    return rows


def worst(answers: Sequence[Answer], count: int = 10) -> list[Answer]:
    """Mistakes in the order of the harm: a reminder that should not leave, then the most confident wrong readings."""
    missed = [each for each in answers if each.by_person and each.meant.hold and not each.found.hold]
    wrong = [each for each in answers if not each.right and each not in missed]
    return [*sorted(missed, key=_confidence), *sorted(wrong, key=_confidence)][:count]


def _confidence(answer: Answer) -> float:
    return -answer.found.confidence
