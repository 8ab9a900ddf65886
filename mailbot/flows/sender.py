"""Who wrote: a contact, somebody unknown, or somebody who wants to be taken for a contact."""

from collections.abc import Iterable
from dataclasses import dataclass

from mailbot.core.client import Client, Contact
from mailbot.core.reason import Reason, because
from mailbot.flows.ports import Bot
from mailbot.mail.identity import Known, answers_elsewhere, likeness
from mailbot.mail.parse import ParsedMail, addresses


@dataclass(frozen=True, slots=True)
class Resemblance:
    """A client whom a stranger resembles, and how."""

    client_id: int
    why: Reason


def doubt_of(mail: ParsedMail, client: Client) -> Reason | None:
    """Why a mail that is tied to this client may be somebody else's; None for a contact as we know it."""
    known = {contact.email.lower() for contact in client.contacts}
    if len({email for _, email in addresses(mail.headers, "from")}) > 1:
        return because("sender_several")
    if mail.from_email not in known:
        found = likeness(mail.from_email, mail.from_name, _book(client.name, client.contacts))
        return found.why if found else because("sender_unknown", address=mail.from_email)
    if answers_elsewhere(mail.from_email, mail.reply_to, known):
        return because("answer_goes_elsewhere", address=mail.reply_to)
    return None


async def resemblance_of(mail: ParsedMail, bot: Bot) -> Resemblance | None:
    """Which contact of any client a sender resembles who is none and names no letter of ours."""
    owners: dict[str, int] = {}
    book: list[Known] = []
    for client_id, name, contact in await bot.store.contacts():
        owners.setdefault(contact.email.lower(), client_id)
        book += _book(name, [contact])
    found = likeness(mail.from_email, mail.from_name, book)
    return Resemblance(owners[found.contact.email], found.why) if found else None


def _book(client: str, contacts: Iterable[Contact]) -> list[Known]:
    return [Known(contact.email.lower(), (contact.name, client)) for contact in contacts]
