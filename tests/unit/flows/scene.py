"""What the flows' tests do over and over."""

from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime

from mailbot.core.client import Client
from mailbot.core.matter import Matter
from mailbot.flows.dispatch import dispatch
from mailbot.flows.freshness import was_read
from mailbot.flows.outbound import Letter, LetterState
from mailbot.flows.review import review
from tests.fakes.far_side import House
from tests.fakes.people import anna, bill, day


def late(number: str = "F-1") -> Client:
    """A client whose courtesy letter is due."""
    long_ago = day("2026-01-20")
    return anna(bill(number, "2026-02-20", issued_on=long_ago, delivered_on=long_ago))


async def settled_in(home: House, client: Client) -> Client:
    async with home.store.begin() as tx:
        return await tx.add_client(client, home.clock.now())


async def look(home: House) -> int:
    """One round of the daemon with a fresh inbox; gives how many letters were accepted."""
    await was_read(home.bot, home.clock.now())
    await review(home.bot)
    return await dispatch(home.bot)


async def pass_days(home: House, days: int) -> None:
    """Days pass, and the daemon looks every two hours."""
    for _ in range(days * 12):
        home.clock.advance(timedelta(hours=2))
        await look(home)


async def letters(home: House, *states: LetterState) -> list[Letter]:
    return list(await home.store.letters(states or tuple(LetterState), limit=1000))


async def only_letter(home: House) -> Letter:
    (letter,) = await letters(home)
    return letter


async def matters(home: House) -> list[Matter]:
    return list(await home.store.matters())


async def codes(home: House) -> list[str]:
    return [entry.reason.code for entry in await home.store.journal_of()]


def mail(home: House, text: str, **headers: str) -> bytes:
    """A mail of Anna's, now, unless the headers say otherwise; an empty value leaves one out."""
    message = EmailMessage()
    plain = {
        "From": "Anna Roy <anna@client.example>",
        "To": "bot@studio.example",
        "Subject": "Re: votre facture",
        "Date": format_datetime(home.clock.now()),
        "Message-ID": f"<m{abs(hash((text, tuple(headers.items()))))}@client.example>",
    }
    for name, value in (plain | {name.replace("_", "-"): value for name, value in headers.items()}).items():
        if value:
            message[name] = value
    message.set_content(text)
    return bytes(message)
