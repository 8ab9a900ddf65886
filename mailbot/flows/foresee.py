"""What a mail would set in motion, by the same core that decides when it really comes. Nothing is written."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from mailbot.core.client import Client, Contact, Invoice
from mailbot.core.decide import decide
from mailbot.core.effects import RaiseMatter, SendLetter
from mailbot.core.events import AutoReplied, ReplyReceived
from mailbot.core.intent import Kind
from mailbot.core.ladder import Outlook, Tone, next_rung, outlook, tone
from mailbot.core.money import Money
from mailbot.core.policy import Policy
from mailbot.core.reason import Reason
from mailbot.flows.explain import Explanation

SAMPLE_DAYS_LATE = 5


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What follows: why, whether the operator is asked (and at once), what is answered, and the ladder after it.

    `next_tone` is how the next letter sounds once nothing holds it any more; None where no letter is to come.
    """

    client: Client
    invoice: Invoice
    because: tuple[Reason, ...]
    asked: bool
    urgent: bool
    answers: tuple[str, ...]
    after: Outlook
    next_tone: Tone | None


def sample_client(on: date, country: str = "", number: str = "F-1", currency: str = "EUR") -> Client:
    """A client who owes one invoice that is some days late, for a look without any books."""
    due = on - timedelta(days=SAMPLE_DAYS_LATE)
    issued = due - timedelta(days=30)
    bill = Invoice(number, issued, due, Money.of(1000, currency), Money.of(0, currency), delivered_on=issued)
    quebec = country.upper() == "CA"
    return Client(
        1,
        "sample",
        "sample",
        "sample",
        "fr",
        "CA" if quebec else "FR",
        "QC" if quebec else "",
        "America/Toronto" if quebec else "Europe/Paris",
        contacts=(Contact("client@client.example"),),
        invoices=(bill,),
    )


def foresee(explanation: Explanation, client: Client, numbers: tuple[str, ...], policy: Policy) -> Foreseen | None:
    """What the mail would lead to for this client; None where no person and no machine of theirs answered."""
    reading, sent_on = explanation.reading, explanation.sent_on or datetime.now(UTC).date()
    if explanation.kind not in (Kind.REPLY, Kind.AUTO_REPLY) or not client.invoices:
        return None
    now = datetime.combine(sent_on, datetime.min.time(), UTC) + timedelta(hours=15)
    event = (
        AutoReplied(reading, explanation.from_email, sent_on, 0)
        if explanation.kind is Kind.AUTO_REPLY
        else ReplyReceived(reading, numbers, explanation.from_email, sent_on, 0)
    )
    decision = decide(client, event, policy, now)
    about = next((one for one in decision.client.invoices if one.number in numbers), decision.client.invoices[0])
    asked = [effect.matter for effect in decision.effects if isinstance(effect, RaiseMatter)]
    return Foreseen(
        client,
        about,
        _once([reason for _, reason in decision.because]),
        bool(asked),
        any(matter.urgent for matter in asked),
        tuple(effect.tone.template for effect in decision.effects if isinstance(effect, SendLetter)),
        outlook(decision.client, about, policy, now),
        _tone_afterwards(decision.client, about, policy, now),
    )


def _once(reasons: list[Reason]) -> tuple[Reason, ...]:
    return tuple(reason for at, reason in enumerate(reasons) if reason not in reasons[:at])


def _tone_afterwards(client: Client, invoice: Invoice, policy: Policy, now: datetime) -> Tone | None:
    free = replace(client, holds=tuple(replace(hold, lifted_at=hold.lifted_at or now) for hold in client.holds))
    rung = next_rung(free, invoice, policy)
    return tone(free, invoice, rung) if rung is not None and rung.template else None
