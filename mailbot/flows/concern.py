"""Whom a mail concerns, and what its words mean coming from them: the same for the service and `mailbot explain`."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from typing import TYPE_CHECKING

from mailbot.core.client import Client
from mailbot.core.intent import Kind, Reading
from mailbot.flows.explain import Explanation, understand
from mailbot.flows.learn import corrected, taught
from mailbot.flows.ports import Bot
from mailbot.flows.records import Tie
from mailbot.flows.second import second_look
from mailbot.mail.parse import ParsedMail
from mailbot.mail.report import DeliveryReport

if TYPE_CHECKING:
    from mailbot.reading.learned import Taught

Concerned = tuple[tuple[Client, tuple[str, ...]], ...]
"""Clients that a mail concerns, each with the invoices that it names or answers."""


async def concerned(mail: ParsedMail, report: DeliveryReport | None, bot: Bot) -> Concerned:
    """Whom the mail concerns: first by our Message-IDs that it names, then by the sender's exact address (FIELD 5)."""
    ids = [mail.in_reply_to, *mail.references, *(report.message_ids if report else ())]
    tie = await bot.store.tie([i for i in ids if i], mail.from_email if report is None else "")
    if report is not None and not tie.by_letter:
        tie = await _by_recipient(report, bot)
    found = tie.by_letter or tuple((client_id, ()) for client_id in tie.by_sender)
    return tuple([(await bot.store.client(client_id, also=numbers), numbers) for client_id, numbers in found])


async def _by_recipient(report: DeliveryReport, bot: Bot) -> Tie:
    """A bounce that quotes no Message-ID of ours names at least the address that failed."""
    for address in (*report.original_recipients, *report.recipients):
        tie = await bot.store.tie([], address)
        if tie.by_sender:
            return tie
    return Tie()


def understood_of(
    mail: ParsedMail,
    kind: Kind,
    client: Client | None,
    *,
    sent_on: date,
    bot: Bot,
    lesson: "tuple[Taught, ...]",
    why: str = "",
    country: str = "",
    known_numbers: Collection[str] = (),
) -> tuple[Kind, str, Reading]:
    """Read the new words with what is known of the client: its country, its invoices, its currency, its names.

    `lesson` is what the operator taught. A `country` and `known_numbers` given come before and beside those known.
    """
    live = [invoice for invoice in client.invoices if invoice.live] if client else []
    return understand(
        mail,
        kind,
        why,
        sent_on=sent_on,
        country=country or (client.country if client else bot.business.country),
        known_numbers=(*known_numbers, *(invoice.number for invoice in live)),
        default_currency=live[0].amount.currency if live else "",
        names=(client.name, *(contact.name for contact in client.contacts)) if client else (),
        learned=corrected(lesson),
    )


async def explained_of(
    explanation: Explanation, bot: Bot, *, country: str = "", known_numbers: Collection[str] = ()
) -> tuple[Explanation, Concerned]:
    """The same explanation as the service would come to, which knows the client and what the operator taught.

    Left as it is where no client of the books is concerned, and for what neither a person nor their machine wrote.
    """
    mail = explanation.mail
    if mail is None or explanation.found is not None or explanation.kind not in (Kind.REPLY, Kind.AUTO_REPLY):
        return explanation, ()
    clients = await concerned(mail, None, bot)
    if not clients:
        return explanation, ()
    read = partial(understood_of, mail, explanation.kind, clients[0][0], bot=bot, lesson=await taught(bot))
    on = mail.sent_on or datetime.now(UTC).date()
    kind, why, reading = read(sent_on=on, why=explanation.kind_because, country=country, known_numbers=known_numbers)
    reading = await second_look(bot.second, kind, reading)
    return replace(explanation, kind=kind, kind_because=why, reading=reading), clients
