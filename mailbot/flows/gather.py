"""One thank-you for payments that come together: the one that still waits makes room for one about all of them.

So it does where the books changed since, and what it says is not true any more.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from mailbot.core.client import Client
from mailbot.core.effects import CorrectThanks, Effect, SendLetter
from mailbot.core.ladder import Tone, recipient
from mailbot.core.leave import rest_unsaid
from mailbot.core.ledger import EntryKind
from mailbot.flows.outbound import Letter, LetterState
from mailbot.flows.ports import Bot

UNSENT = (LetterState.QUEUED, LetterState.DEFERRED)
_THANKED = (
    LetterState.QUEUED,
    LetterState.CLAIMED,
    LetterState.SENDING,
    LetterState.SENT,
    LetterState.DEFERRED,
    LetterState.IN_DOUBT,
)


def together(effects: Sequence[Effect]) -> list[Effect]:
    """The effects with all thanks of one decision in the last of them."""
    thanks = [one for one in effects if isinstance(one, SendLetter) and one.tone.template == "thanks"]
    if len(thanks) < 2:
        return list(effects)
    numbers = tuple(dict.fromkeys(number for one in thanks for number in one.invoices))
    return [
        *(one for one in effects if one not in thanks),
        replace(thanks[-1], invoices=numbers, payment=None, credit=None),
    ]


async def gathered(effect: SendLetter, client: Client, bot: Bot) -> tuple[SendLetter, list[str]]:
    """The thank-you with the invoices of those that have not left yet, and the keys of the letters it replaces."""
    waiting = await _waiting(client, bot, (LetterState.QUEUED,))
    if not waiting:
        return effect, []
    keys, kept = [one.key for one in waiting], _sayable(waiting, client)
    if not kept:
        return effect, keys
    numbers = tuple(dict.fromkeys((*kept, *effect.invoices)))
    return replace(effect, invoices=numbers, payment=None, credit=None), keys


async def corrected(effect: CorrectThanks, client: Client, bot: Bot) -> tuple[SendLetter | None, list[str]]:
    """What is to be said in place of thanks that wait and are not true any more, and the keys of those."""
    waiting = [one for one in await _waiting(client, bot, UNSENT) if effect.invoice in one.invoices]
    numbers = [one for one in _sayable(waiting, client) if effect.keep or one != effect.invoice]
    contact = recipient(client)
    keys = [one.key for one in waiting]
    return (SendLetter(Tone("thanks"), contact, tuple(numbers)) if numbers and contact else None), keys


async def _waiting(client: Client, bot: Bot, states: tuple[LetterState, ...]) -> list[Letter]:
    found = await bot.store.letters(states, client_id=client.id)
    return [letter for letter in found if letter.template == "thanks"]


def _sayable(waiting: Iterable[Letter], client: Client) -> list[str]:
    """The invoices of letters that wait, but for those whose rest nobody shall speak of."""
    numbers = dict.fromkeys(number for letter in waiting for number in letter.invoices)
    unsaid = {invoice.number for invoice in client.invoices if rest_unsaid(client, invoice)}
    return [number for number in numbers if number not in unsaid]


async def thanked_before(effect: SendLetter, bot: Bot) -> bool:
    """Whether the client was thanked for this very payment, which was taken back in the books and came in again."""
    payment = effect.payment
    if payment is None:
        return False
    entries = await bot.store.entries(invoice=payment.invoice)
    paid = [entry for entry in entries if entry.kind is EntryKind.PAYMENT]
    if not any(entry.undone_by is not None and entry.cash == payment.amount for entry in paid):
        return False
    thanks = [one for one in await bot.store.letters(_THANKED, invoice=payment.invoice) if one.template == "thanks"]
    return len(thanks) > sum(entry.stands for entry in paid)


async def with_closed(effect: SendLetter, client: Client, bot: Bot) -> Client:
    """The client with every invoice that the letter is about, the settled ones too."""
    missing = [number for number in effect.invoices if client.invoice(number) is None]
    if not missing:
        return client
    loaded = await bot.store.client(client.id, also=missing)
    found = tuple(invoice for invoice in loaded.invoices if invoice.number in missing)
    return replace(client, invoices=(*client.invoices, *found))
