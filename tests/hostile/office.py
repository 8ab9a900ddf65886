"""A bot with its real database, its real templates and one client, whose post office and mailbox are in our hands."""

import email
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP, default
from email.utils import format_datetime
from pathlib import Path

from mailbot.bot import Assembled
from mailbot.clock import HandClock
from mailbot.core.client import Client, Contact
from mailbot.core.matter import Matter
from mailbot.core.policy import Policy
from mailbot.flows.commit import LIVE
from mailbot.flows.dispatch import dispatch
from mailbot.flows.inbound import RawMail
from mailbot.flows.ports import Bot
from mailbot.flows.receive import sync
from mailbot.flows.report import alert, report
from mailbot.flows.review import review
from mailbot.letters import Letters
from mailbot.store.store import SqlStore
from tests.fakes.far_side import FakeMailbox, FakePost, business
from tests.fakes.people import anna, at, bill

MONDAY = at("2026-04-13", "10:00")
ANNA = "anna@moulins-roy.example"
BOT = "bot@studio.example"


def anna_roy() -> Client:
    """A client whose invoice is late by thirteen days."""
    contact = Contact(ANNA, first_name="Anna", name="Anna Roy")
    return replace(anna(bill()), contacts=(contact,), name="Moulins Roy inc.")


@dataclass
class Office:
    """The bot, and what the test does around it."""

    clock: HandClock
    store: SqlStore
    post: FakePost
    mailbox: FakeMailbox
    bot: Bot
    uid: int = 0

    async def turn(self, hours: float = 0.1) -> None:
        """Let time pass and do what the daemon does."""
        self.clock.advance(timedelta(hours=hours))
        await sync(self.bot)
        await review(self.bot)
        await alert(self.bot)
        await report(self.bot)
        await dispatch(self.bot)

    async def client(self) -> Client:
        """The client as it stands."""
        return (await self.store.all_clients())[0]

    async def matters(self) -> list[Matter]:
        """What is before the operator."""
        return list(await self.store.matters())

    def to(self, address: str) -> list[EmailMessage]:
        """What was posted to an address."""
        return [read(each.octets) for each in self.post.posted if address in each.recipients]

    async def first_letter(self) -> EmailMessage:
        """Let the bot write to the client, and give that letter."""
        await self.turn()
        return self.to(ANNA)[-1]

    def deliver(self, text: str, *, letter: EmailMessage | None = None, **headers: str) -> None:
        """Put a mail into the inbox; header names with `_` for `-`."""
        self.mailbox.deliver(mail(text, letter, self.clock.now(), **headers))

    def raw(self, octets: bytes) -> RawMail:
        """A message as the mailbox gives it."""
        self.uid += 1
        return RawMail("studio", "INBOX", 9, self.uid, octets, self.clock.now())


def mail(text: str, letter: EmailMessage | None, now: datetime, **headers: str) -> bytes:
    """A mail to the bot, an answer to a letter if one is given."""
    made = EmailMessage(policy=SMTP)
    fields = {"From": f"Anna Roy <{ANNA}>", "To": BOT, "Subject": "Re: F-1", "Date": format_datetime(now)}
    fields["Message-ID"] = f"<{abs(hash((text, now, tuple(headers.items()))))}@mail.example>"
    if letter is not None:
        fields["In-Reply-To"] = fields["References"] = str(letter["Message-ID"])
    for name, value in (fields | {key.replace("_", "-"): value for key, value in headers.items()}).items():
        made[name] = value
    made.set_content(text)
    return bytes(made)


def read(octets: bytes) -> EmailMessage:
    """A message as a mail program reads it."""
    message = email.message_from_bytes(octets, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def part(message: EmailMessage, kind: str) -> str:
    """The text of a part, `plain` or `html`."""
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content())


@asynccontextmanager
async def office(
    folder: Path, policy: Policy | None = None, *, clients: tuple[Client, ...] = ()
) -> AsyncIterator[Office]:
    """A live bot on a Monday morning; the invoice of the first client is thirteen days late."""
    clock = HandClock(MONDAY)
    store = await SqlStore.open(str(folder / "m.db"), now=clock.now)
    try:
        post, mailbox = FakePost(clock.now), FakeMailbox(clock.now)
        owner = replace(business(), payment_lines=("IBAN FR76 3000 6000 0112 3456 7890 189",))
        bot = Bot(owner, policy or Policy(), clock, store, Letters([], "en"), post, mailbox, "test")
        async with store.begin() as tx:
            await tx.remember("mode", LIVE)
            for client in clients or (anna_roy(),):
                await tx.add_client(client, MONDAY)
        yield Office(clock, store, post, mailbox, bot)
    finally:
        await store.close()


__all__ = ["ANNA", "BOT", "Assembled", "Office", "anna_roy", "mail", "office", "part", "read"]
