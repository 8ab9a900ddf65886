"""What follows from a mail whose sender may be somebody else: it can pause, and it can warn. Nothing more.

A mail that names our letters may come from a colleague who is in no address book, so it is listened to (law 4). It
may as well come from a thief who reads the client's mail, so nothing is promised, answered, adopted or restarted.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from mailbot.core.client import Client, HeldBy, Hold
from mailbot.core.effects import Decision, Effect, RaiseMatter, WithdrawLetters
from mailbot.core.events import BankChangeAnnounced, ReplyReceived
from mailbot.core.intent import Intent
from mailbot.core.ladder import held_because
from mailbot.core.matter import MatterKind, NewMatter
from mailbot.core.reason import Fact, Reason, because
from mailbot.core.replies import held_targets, next_hold_id

_URGENT = frozenset({Intent.DISPUTE, Intent.PERSONAL_EMERGENCY, Intent.REFUSAL})


def doubted_reply(client: Client, event: ReplyReceived, doubt: Reason, now: datetime) -> Decision:
    """A reply from an unknown address: hold until a person has looked, unless its words ask for no hold at all."""
    reading = event.reading
    if not reading.hold:
        return Decision(client, because=((None, because("reply_noted", intent=reading.intent.value)), (None, doubt)))
    targets = held_targets(client, event)
    held = client
    reasons: list[tuple[str | None, Reason]] = []
    for target in targets:
        hold = Hold(next_hold_id(held), target, HeldBy.PERSON, reading.intent, now)
        hold = replace(hold, evidence=reading.evidence, mail_id=event.mail_id)
        held = replace(held, holds=(*held.holds, hold))
        reasons += [(target, held_because(hold)), (target, doubt)]
    about = None if None in targets else tuple(target for target in targets if target)
    facts: dict[str, Fact] = {"intent": reading.intent.value, "sender": event.sender}
    facts["words"] = reading.evidence or reading.reply_text[:400]
    matter = NewMatter(
        MatterKind.REPLY,
        now,
        client.id,
        targets[0] if len(targets) == 1 else None,
        f"mail:{event.mail_id}",
        urgent=reading.intent in _URGENT,
        mail_id=event.mail_id,
        facts=facts | doubt_facts(doubt),
    )
    effects: tuple[Effect, ...] = (
        WithdrawLetters(about, because("client_wrote", intent=reading.intent.value)),
        RaiseMatter(matter),
    )
    return Decision(held, effects, tuple(reasons))


def bank_change_announced(client: Client, event: BankChangeAnnounced, now: datetime) -> Decision:
    """Other bank details: everything to this client stops until the operator has spoken to them; they hear at once."""
    hold = Hold(next_hold_id(client), None, HeldBy.PERSON, None, now)
    hold = replace(hold, evidence=event.words[:400], mail_id=event.mail_id)
    facts: dict[str, Fact] = {"words": event.words[:400], "sender": event.sender}
    matter = NewMatter(
        MatterKind.DIVERSION,
        now,
        client.id,
        None,
        f"mail:{event.mail_id}",
        urgent=True,
        mail_id=event.mail_id,
        facts=facts | doubt_facts(event.doubt),
    )
    why = because("bank_change_announced", sender=event.sender, words=event.words[:200])
    reasons = [(None, why), *([(None, event.doubt)] if event.doubt else [])]
    return Decision(
        replace(client, holds=(*client.holds, hold)), (WithdrawLetters(None, why), RaiseMatter(matter)), tuple(reasons)
    )


def doubt_facts(doubt: Reason | None) -> dict[str, Fact]:
    """A doubt as facts of a matter: its code, and what it names, under names of their own."""
    if doubt is None:
        return {}
    facts: dict[str, Fact] = {f"doubt_{key}": fact for key, fact in doubt.facts.items()}
    return facts | {"doubt": doubt.code}


def doubt_in(facts: Mapping[str, Fact]) -> Reason | None:
    """The doubt that stands in a matter's facts, or None."""
    if "doubt" not in facts:
        return None
    named = {key.removeprefix("doubt_"): fact for key, fact in facts.items() if key.startswith("doubt_")}
    return Reason(str(facts["doubt"]), named)
