"""Documents that clients ask for: what a mail asks, whether an answer may go by itself, and the answer made ready."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from mailbot.core.client import Client, Standing
from mailbot.core.document import OWN, Asked, Document, MailRef, letter_name
from mailbot.core.effects import SendLetter
from mailbot.core.events import Event, ReplyReceived
from mailbot.core.intent import Intent
from mailbot.core.ladder import Tone
from mailbot.core.matter import Matter, MatterKind
from mailbot.core.requests import contact_of, receipt_wanted
from mailbot.flows.commit import answered_enough, is_live
from mailbot.flows.gather import with_closed
from mailbot.flows.outbound import LetterState
from mailbot.flows.paying import ways_to_pay
from mailbot.flows.ports import Bot
from mailbot.flows.write import document_context, letter_context, locale_of
from mailbot.mail.parse import ParsedMail
from mailbot.reading.documents import documents_asked

log = logging.getLogger(__name__)

_TEMPLATES = frozenset({"documents", "receipt"})
_ALL = 10_000
_NEVER_LEFT = frozenset({LetterState.WITHDRAWN, LetterState.REFUSED})


async def with_documents(event: Event, mail: ParsedMail, client: Client, bot: Bot, *, alone: bool) -> Event:
    """The event with what the mail asks for, where it asks for documents, and whether there is room for an answer.

    `alone`: the mail concerns this client only; at a shared address nobody can tell whose documents are meant.
    """
    if not isinstance(event, ReplyReceived):
        return event
    documents = documents_asked(event.reading.reply_text)
    if receipt_wanted(client, event, documents):
        others = (event.reading.intent, *event.reading.others)
        event = replace(event, reading=replace(event.reading, intent=Intent.DOCUMENT_REQUEST, hold=True, others=others))
    if event.reading.intent is not Intent.DOCUMENT_REQUEST:
        return event
    reference = MailRef(mail.message_id, mail.subject, (*mail.references, mail.message_id))
    room = alone and bot.policy.auto_copy and await _room(documents, event.invoices, client, bot)
    return replace(event, asked=Asked(documents, reference, room))


async def _room(documents: Sequence[Document], numbers: Sequence[str], client: Client, bot: Bot) -> bool:
    now = bot.clock.now()
    if not await is_live(bot) or await answered_enough(numbers, client, bot, now):
        return False
    if Document.BANK_DETAILS in documents and not _payable(bot):
        return False
    sent = [
        letter
        for letter in await bot.store.letters(tuple(LetterState), client_id=client.id, limit=_ALL)
        if letter.template in _TEMPLATES and letter.automatic_answer and letter.state not in _NEVER_LEFT
    ]
    week = sum(letter.created_at > now - timedelta(days=7) for letter in sent)
    month = sum(letter.created_at > now - timedelta(days=30) for letter in sent if letter.template == "receipt")
    receipts = Document.RECEIPT not in documents or month < bot.policy.receipts_per_month
    return week < bot.policy.copies_per_week and receipts


def _payable(bot: Bot) -> bool:
    return bool(bot.business.payment_lines) or any(ways.offered for ways in bot.business.paying.every)


# The answer that the operator may send


def asked_in(matter: Matter) -> tuple[Document, ...]:
    """What the mail of a matter asks for."""
    if matter.kind is not MatterKind.REPLY or matter.client_id is None or "doubt" in matter.facts:
        return ()
    return tuple(Document(name) for name in str(matter.facts.get("asks", "")).split(",") if name)


def wants_file(documents: Sequence[Document]) -> bool:
    """Whether the answer needs a file of the operator's."""
    return not OWN.issuperset(documents)


async def ready_answer(matter: Matter, client: Client, bot: Bot) -> str:
    """The words of the answer in the client's language, or empty where there is none to give."""
    documents = asked_in(matter)
    contact = contact_of(client, str(matter.facts.get("sender", "")))
    numbers = numbers_for(matter, client, documents)
    if not documents or contact is None or not numbers:
        return ""
    effect = SendLetter(Tone(letter_name(documents)), contact, numbers, documents=documents)
    try:
        return await _words(effect, await with_closed(effect, client, bot), bot, bot.clock.now())
    except Exception:
        log.exception("the answer to a request cannot be made ready")  # the digest goes out without it
        return ""


async def _words(effect: SendLetter, client: Client, bot: Bot, now: datetime) -> str:
    invoices = tuple(invoice for number in effect.invoices if (invoice := client.invoice(number)) is not None)
    ways, _ = ways_to_pay(invoices, bot.business.paying, "draft")
    copies = Document.COPY in effect.documents and any(invoice.pdf for invoice in invoices)
    context = letter_context(effect, client, invoices, bot, now) | {"has_pdf": copies, "pay": ways}
    context |= await document_context(effect, invoices, bot)
    return bot.writer.render(effect.tone.template, locale_of(client), context).text


def numbers_for(matter: Matter, client: Client, documents: Sequence[Document]) -> tuple[str, ...]:
    """The invoices of an answer: the matter's, else all that is owed; a receipt only for what is settled."""
    if matter.invoice:
        invoice = client.invoice(matter.invoice)
        settled = invoice is not None and invoice.standing is Standing.SETTLED
        return (matter.invoice,) if Document.RECEIPT not in documents or settled else ()
    live = tuple(invoice.number for invoice in client.invoices if invoice.live)
    return () if Document.RECEIPT in documents else live
