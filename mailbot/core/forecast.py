"""What will go out: the same decider, run ahead of the clock on the assumption that nobody writes and nobody pays."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mailbot.core.client import Client, Climb
from mailbot.core.decide import decide
from mailbot.core.effects import ClimbRung, Decision, SendLetter
from mailbot.core.events import TimePassed
from mailbot.core.ladder import next_look_at, outlook
from mailbot.core.policy import Policy
from mailbot.core.reason import Reason, because

_STEPS = 60
_TICK = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Step:
    """One letter or task to come. `to` is empty for a task; `approval` means that it waits for the operator's yes."""

    at: datetime
    rung: str
    invoices: tuple[str, ...]
    to: str
    why: Reason
    approval: bool = False


def forecast(client: Client, policy: Policy, now: datetime, until: datetime) -> tuple[Step, ...]:
    """Letters and tasks up to `until`, in order; each step assumes that the one before it left."""
    steps: list[Step] = []
    at = now
    for _ in range(_STEPS):
        reasons = {i.number: outlook(client, i, policy, at).why for i in client.invoices}
        decision = decide(client, TimePassed(), policy, at)
        steps += _steps(decision, reasons, at)
        client = _climbed(decision, at)
        following = next_look_at(client, policy, at)
        if following is None or following > until:
            break
        at = max(following, at + _TICK)
    return tuple(steps)


def _steps(decision: Decision, reasons: dict[str, Reason], at: datetime) -> list[Step]:
    steps: list[Step] = []
    for effect in decision.effects:
        if isinstance(effect, SendLetter):
            rungs = sorted({rung for _, rung in effect.climbs})
            rung = rungs[0] if len(rungs) == 1 else effect.tone.template
            why = reasons.get(effect.invoices[0], because("climbed", rung=rung))
            steps.append(Step(at, rung, effect.invoices, effect.contact.email, why, effect.approval))
        elif isinstance(effect, ClimbRung):
            why = reasons.get(effect.invoice, because("climbed", rung=effect.rung))
            steps.append(Step(at, effect.rung, (effect.invoice,), "", why))
    return steps


def _climbed(decision: Decision, at: datetime) -> Client:
    """The client as if everything that was decided had left at once."""
    pairs = [pair for effect in decision.effects if isinstance(effect, SendLetter) for pair in effect.climbs]
    pairs += [(effect.invoice, effect.rung) for effect in decision.effects if isinstance(effect, ClimbRung)]
    invoices = tuple(
        replace(i, climbs=(*i.climbs, *(Climb(rung, at) for number, rung in pairs if number == i.number)))
        for i in decision.client.invoices
    )
    chased = any(isinstance(effect, SendLetter) and effect.chasing for effect in decision.effects)
    return replace(decision.client, invoices=invoices, chased_at=at if chased else decision.client.chased_at)
