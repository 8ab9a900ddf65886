"""What stands in a decision."""

from mailbot.core.client import Client, Hold
from mailbot.core.effects import Decision, RaiseMatter, SendLetter


def matters(decision: Decision) -> list[RaiseMatter]:
    return [effect for effect in decision.effects if isinstance(effect, RaiseMatter)]


def letters(decision: Decision) -> list[SendLetter]:
    return [effect for effect in decision.effects if isinstance(effect, SendLetter)]


def only_hold(client: Client) -> Hold:
    (hold,) = client.standing_holds
    return hold
