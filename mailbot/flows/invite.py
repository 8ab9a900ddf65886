"""What the operator can answer to a matter by mail: the words that fit it, each with a link that writes it."""

from datetime import date

from mailbot.core.answer import Word, answerable, candidates, offered
from mailbot.core.brief import Reply
from mailbot.core.client import Client
from mailbot.core.intent import Intent
from mailbot.core.matter import Matter
from mailbot.flows.door import Door
from mailbot.flows.ports import Bot
from mailbot.reading.answers import shown

_WAIT_DAYS = 7
# How each word is explained: the command that does the same.
_DOES = {
    Word.PAID: "paid",
    Word.RELEASE: "release",
    Word.HOLD: "hold",
    Word.YES: "approve",
    Word.NO: "keep",
    Word.DONE: "note",
    Word.SEEN: "seen",
    Word.CANCEL: "cancel",
    Word.ACCEPT: "accept_short",
    Word.TRUST: "trust",
    Word.ARRIVED: "arrived",
    Word.RESEND: "resend",
    Word.ADOPT: "adopt_address",
}
# What a misunderstood mail most often meant; every other intent is understood as well.
_MEANINGS = (
    Intent.ACKNOWLEDGEMENT,
    Intent.PROMISE_TO_PAY,
    Intent.PAYMENT_CLAIMED,
    Intent.DISPUTE,
    Intent.ABSENCE,
    Intent.OTHER,
)
_DATED = frozenset({Intent.PROMISE_TO_PAY, Intent.ABSENCE})


def replies(
    matter: Matter, client: Client | None, bot: Bot, *, invoices: int, today: date, number: int, door: Door
) -> tuple[tuple[Reply, ...], tuple[Reply, ...]]:
    """The answers that fit a matter under its number in the letter, and what the client's mail may have meant."""
    language = bot.business.operator.language
    words = offered(matter, invoices=invoices)
    until = _written(_until(matter, client, bot, today), language)

    def one(word: Word, does: str, intent: Intent | None = None, extra: str = "") -> Reply:
        line = " ".join(part for part in (str(number), shown(word, language, intent), extra) if part)
        return Reply(line, does, door.link(line))

    several = candidates(matter)
    said = tuple(
        one(word, "send_answer" if word is Word.YES and answerable(matter) else _DOES[word], extra=extra)
        for word in words
        if word is not Word.MEANT
        for extra in (several if word is Word.PAID and several else [until if word is Word.HOLD else ""])
    )
    if Word.MEANT not in words:
        return said, ()
    understood = str(matter.facts.get("intent", ""))
    return said, tuple(
        one(Word.MEANT, intent.value, intent, until if intent in _DATED else "")
        for intent in _MEANINGS
        if intent.value != understood
    )


def _until(matter: Matter, client: Client | None, bot: Bot, today: date) -> date:
    """The day that the client named, or a week of working days from now."""
    named = str(matter.facts.get("until", ""))
    if named and date.fromisoformat(named) > today:
        return date.fromisoformat(named)
    if client is None:
        return date.fromordinal(today.toordinal() + _WAIT_DAYS)
    return bot.policy.calendar(client).add_working_days(today, _WAIT_DAYS)


def _written(day: date, language: str) -> str:
    """A day as the operator would type it; English has no one order of day and month, so the year goes first."""
    return f"{day:%d/%m/%Y}" if language.startswith("fr") else day.isoformat()
