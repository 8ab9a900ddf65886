"""One thank-you for payments that come together: the one that still waits makes room for one about all of them."""

from dataclasses import replace

from mailbot.core.client import Client
from mailbot.core.effects import SendLetter
from mailbot.core.ledger import EntryKind
from mailbot.flows.outbound import LetterState
from mailbot.flows.ports import Bot

_THANKED = (
    LetterState.QUEUED,
    LetterState.CLAIMED,
    LetterState.SENDING,
    LetterState.SENT,
    LetterState.DEFERRED,
    LetterState.IN_DOUBT,
)


async def gathered(effect: SendLetter, client: Client, bot: Bot) -> tuple[SendLetter, list[str]]:
    """The thank-you with the invoices of those that have not left yet, and the keys of the letters it replaces."""
    queued = await bot.store.letters([LetterState.QUEUED], client_id=client.id)
    waiting = [letter for letter in queued if letter.template == "thanks"]
    numbers = dict.fromkeys(number for letter in waiting for number in letter.invoices)
    if not waiting:
        return effect, []
    together = (*numbers, *(number for number in effect.invoices if number not in numbers))
    return replace(effect, invoices=together, payment=None), [letter.key for letter in waiting]


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
