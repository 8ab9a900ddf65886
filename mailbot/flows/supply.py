"""The operator sends what a client wants on paper: the answer to a request, a receipt."""

from mailbot.core.client import Standing
from mailbot.core.document import Document, Enclosure, MailRef
from mailbot.core.events import RequestAnswered
from mailbot.core.requests import contact_of
from mailbot.flows.command import CommandFault, client_owing
from mailbot.flows.commit import is_live
from mailbot.flows.documents import asked_in, numbers_for, wants_file
from mailbot.flows.outbound import LetterState
from mailbot.flows.ports import Bot
from mailbot.flows.review import happen
from mailbot.mail.parse import parse

_ALL = 10_000


async def send_answer(bot: Bot, matter_id: int, enclosures: tuple[Enclosure, ...] = ()) -> str:
    """Send the answer that was made ready, with the operator's files; gives the address. Raises `CommandFault`."""
    matter = next((one for one in await bot.store.matters() if one.id == matter_id), None)
    if matter is None or not asked_in(matter) or matter.client_id is None:
        raise CommandFault(f"no open request for a document has the number {matter_id}; see `mailbot digest`")
    documents = asked_in(matter)
    client = await bot.store.client(matter.client_id, also=[matter.invoice] if matter.invoice else [])
    sender = str(matter.facts.get("sender", ""))
    numbers = numbers_for(matter, client, documents)
    if contact_of(client, sender) is None or not numbers:
        raise CommandFault(f"there is no answer ready for {sender or 'this mail'}; write to the client yourself")
    if wants_file(documents) and not enclosures:
        raise CommandFault("the client asks for something that only you have: add --attach FILE")
    await _must_be_live(bot)
    reference = None
    if matter.mail_id is not None:
        mail = parse(await bot.store.mail_octets(matter.mail_id))
        reference = MailRef(mail.message_id, mail.subject, (*mail.references, mail.message_id))
    event = RequestAnswered(documents, numbers, sender, reference, matter.mail_id, matter.subject_key, enclosures)
    await happen(bot, client.id, event, also=numbers)
    return sender


async def send_receipt(bot: Bot, number: str) -> str:
    """Send the receipt of a settled invoice to who usually gets letters; gives the address. Raises `CommandFault`."""
    client = await client_owing(bot, number)
    invoice = client.invoice(number)
    assert invoice is not None
    if invoice.standing is not Standing.SETTLED:
        raise CommandFault(f"{number} is not settled ({invoice.balance} open); a receipt would say what is not so")
    await _must_be_live(bot)
    event = RequestAnswered((Document.RECEIPT,), (number,))
    await happen(bot, client.id, event, also=(number,))
    letters = await bot.store.letters(tuple(LetterState), client_id=client.id, invoice=number, limit=_ALL)
    written = [letter for letter in letters if letter.template == "receipt"]
    if not written:
        raise CommandFault(f"{client.name} has no address that works; see `mailbot show {number}`")
    return max(written, key=lambda letter: letter.created_at).recipients[0]


async def _must_be_live(bot: Bot) -> None:
    if not await is_live(bot):
        raise CommandFault("mailbot is in draft mode, so nothing goes to clients; `mailbot go-live` ends that")
