"""The operator said what a mail meant: its effect is put right, and the mail is kept as an example to learn from."""

from dataclasses import dataclass
from datetime import date, timedelta

from mailbot.core.client import Client
from mailbot.core.decide import decide
from mailbot.core.events import MeaningTold
from mailbot.core.intent import Intent, Kind, Reading, Scope
from mailbot.flows.command import CommandFault
from mailbot.flows.commit import commit, plan
from mailbot.flows.ports import Bot, Conflict
from mailbot.flows.records import Example, StoredMail
from mailbot.mail.parse import ParsedMail, parse
from mailbot.mail.quote import new_words
from mailbot.mail.signature import said

_HARMLESS = frozenset({Intent.ACKNOWLEDGEMENT, Intent.APPROVAL, Intent.OTHER})
_WHOLE_CLIENT = frozenset({Intent.PERSONAL_EMERGENCY, Intent.ABSENCE, Intent.FINANCIAL_DIFFICULTY, Intent.AUTO_REPLY})
_DATED = frozenset({Intent.PROMISE_TO_PAY, Intent.ABSENCE, Intent.AUTO_REPLY, Intent.EXTENSION_REQUEST})
_LONGEST_SHOWN = 400
_TRUSTED_SKEW = timedelta(days=2)
_PEOPLE = frozenset({Kind.REPLY.value, Kind.AUTO_REPLY.value})


@dataclass(frozen=True, slots=True)
class Told:
    """What a mail was said to mean, and what the client looks like now. `same`: it had been understood so already."""

    mail: StoredMail
    reading: Reading
    client: Client
    same: bool


async def tell_meaning(bot: Bot, mail_id: int, intent: Intent, until: date | None = None) -> Told:
    """Put the effect of a mail right and keep it as an example. Raises `CommandFault` where that cannot be."""
    stored = await bot.store.mail(mail_id)
    if stored is None:
        raise CommandFault(
            f"there is no mail {mail_id}; `mailbot show CLIENT` lists a client's mails with their numbers"
        )
    if stored.client_id is None or stored.kind not in _PEOPLE:
        raise CommandFault(f"mail {mail_id} is no client's answer, so nothing can be learnt from it")
    if until is not None and intent not in _DATED:
        raise CommandFault(f"a day says nothing about {intent.value}; leave --until out")
    mail = parse(await bot.store.mail_octets(mail_id))
    words = said(stored.reply_text or new_words(mail.text, mail.html), mail.from_name, mail.from_email)
    if not words.strip():
        raise CommandFault(f"mail {mail_id} has no words left to learn from")
    reading = _reading(words, intent, until)
    sent_on = _sent_on(mail, stored)
    while True:
        now = bot.clock.now()
        client = await bot.store.client(stored.client_id, also=stored.invoices)
        event = MeaningTold(reading, stored.invoices, stored.from_email or mail.from_email, sent_on, mail_id)
        prepared = await plan(decide(client, event, bot.policy, now), bot, now)
        try:
            async with bot.store.begin() as tx:
                await commit(tx, prepared, bot, now)
                await tx.keep_example(
                    Example(mail_id, client.id, words, intent, reading.hold, until, now, read_as=stored.intent)
                )
        except Conflict:
            continue
        break
    if prepared.letters:
        bot.wake.set()
    after = await bot.store.client(client.id, also=stored.invoices)
    return Told(stored, reading, after, stored.intent == intent.value)


def holds(intent: Intent, until: date | None) -> bool:
    """Whether the ladder waits after a mail that meant this."""
    if intent is Intent.AUTO_REPLY:
        return until is not None
    return intent not in _HARMLESS


def _reading(words: str, intent: Intent, until: date | None) -> Reading:
    return Reading(
        intent=intent,
        hold=holds(intent, until),
        scope=Scope.CLIENT if intent in _WHOLE_CLIENT else Scope.INVOICE,
        until=until,
        reply_text=words,
        evidence=" ".join(words.split())[:_LONGEST_SHOWN],
        confidence=1.0,
        because="The operator said what it meant.",
    )


def _sent_on(mail: ParsedMail, stored: StoredMail) -> date:
    """The writer's own day, unless their clock is plainly wrong."""
    arrived = stored.received_at
    if mail.sent_at is not None and mail.sent_on is not None and abs(mail.sent_at - arrived) < _TRUSTED_SKEW:
        return mail.sent_on
    return arrived.date()
