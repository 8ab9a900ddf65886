"""One thank-you for payments that come together: the one that still waits makes room for one about all of them."""

from dataclasses import replace

from mailbot.core.client import Client
from mailbot.core.effects import SendLetter
from mailbot.flows.outbound import LetterState
from mailbot.flows.ports import Bot


async def gathered(effect: SendLetter, client: Client, bot: Bot) -> tuple[SendLetter, list[str]]:
    """The thank-you with the invoices of those that have not left yet, and the keys of the letters it replaces."""
    queued = await bot.store.letters([LetterState.QUEUED], client_id=client.id)
    waiting = [letter for letter in queued if letter.template == "thanks"]
    numbers = dict.fromkeys(number for letter in waiting for number in letter.invoices)
    if not waiting:
        return effect, []
    together = (*numbers, *(number for number in effect.invoices if number not in numbers))
    return replace(effect, invoices=together, payment=None), [letter.key for letter in waiting]


async def with_closed(effect: SendLetter, client: Client, bot: Bot) -> Client:
    """The client with every invoice that the letter is about, the settled ones too."""
    missing = [number for number in effect.invoices if client.invoice(number) is None]
    if not missing:
        return client
    loaded = await bot.store.client(client.id, also=missing)
    found = tuple(invoice for invoice in loaded.invoices if invoice.number in missing)
    return replace(client, invoices=(*client.invoices, *found))
