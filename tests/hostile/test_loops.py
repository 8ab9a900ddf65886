"""Conversations with machines end, whatever the machine says: counted at a real SMTP server, read over real IMAP."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path

import pytest

from mailbot.bot import Assembled, assemble
from mailbot.clock import HandClock
from mailbot.config.settings import Business, ImapSection, Operator, Settings, SmtpSection, Storage
from mailbot.core.client import Client, Contact
from mailbot.core.policy import Policy
from mailbot.demo.world import Accepted, MailWorld
from mailbot.flows.command import set_mode
from mailbot.flows.dispatch import dispatch
from mailbot.flows.receive import sync
from mailbot.flows.review import review
from tests.fakes.people import anna, at, bill
from tests.hostile.office import read

BEGIN = at("2026-04-13", "09:05")
ANSWERS = {
    "a ticket system that looks like a person": {},
    "a ticket system that says so": {"Auto-Submitted": "auto-replied"},
    "an out-of-office that answers each time": {"Auto-Submitted": "auto-replied", "Precedence": "bulk"},
    "a machine with a header of its own": {"X-Autoreply": "yes"},
    "the null sender": {"Return-Path": "<>"},
}


@dataclass
class Machine:
    """Answers every mail that comes to its mailbox, at once, with the same words."""

    world: MailWorld
    address: str
    words: str
    headers: dict[str, str]
    seen: int = 0

    async def answer(self, to: str) -> None:
        """Answer what is new."""
        mails = await self.world.messages(self.address)
        for stored in mails[self.seen :]:
            self.seen += 1
            letter = read(stored.octets)
            reply = EmailMessage()
            reply["From"] = f"Support <{self.address}>"
            reply["To"], reply["Subject"] = to, f"Re: {letter['Subject']} [ticket #{self.seen}]"
            reply["Date"] = format_datetime(self.world.now())
            reply["Message-ID"] = f"<{self.seen}@{self.address.partition('@')[2]}>"
            reply["In-Reply-To"] = reply["References"] = str(letter["Message-ID"])
            for name, value in self.headers.items():
                reply[name] = value
            reply.set_content(self.words)
            await self.world.deliver(to, bytes(reply))


@dataclass
class Street:
    """A mail world, a clock, and bots in it."""

    world: MailWorld
    clock: HandClock
    folder: Path
    stack: AsyncExitStack
    bots: list[Assembled] = field(default_factory=list)

    async def move_in(self, address: str, *clients: Client, policy: Policy | None = None) -> Assembled:
        """A bot with a mailbox and a database of its own."""
        self.world.add_user(address, "pw")
        login = (address, "pw", "plain")
        settings = Settings(
            file=self.folder / "x",
            business=Business("Studio", address, "Studio", "fr", "CA", "QC", "America/Toronto", "CAD"),
            operator=Operator("Noémie", ("me@home.test",), "fr", "America/Toronto", "CA", "QC"),
            assistant=None,
            imap=ImapSection("127.0.0.1", self.world.imap_port, *login),  # type: ignore[arg-type]
            smtp=SmtpSection("127.0.0.1", self.world.smtp_port, *login),  # type: ignore[arg-type]
            storage=Storage(str(self.folder / f"{len(self.bots)}.db"), self.folder),
            templates=None, policy_file=self.folder / "y", policy=policy or Policy(),
        )  # fmt: skip
        parts = await self.stack.enter_async_context(assemble(settings, self.clock))
        await set_mode(parts.bot, live=True)
        async with parts.store.begin() as tx:
            for client in clients:
                await tx.add_client(replace(client, business=parts.bot.business.id), BEGIN)
        self.bots.append(parts)
        return parts

    async def turn(self, hours: float) -> None:
        """Time passes for all."""
        self.clock.advance(timedelta(hours=hours))
        for parts in self.bots:
            await sync(parts.bot)
            await review(parts.bot)
            await dispatch(parts.bot)

    def posted(self, to: str) -> list[Accepted]:
        """What the SMTP server took for an address."""
        return [mail for mail in self.world.accepted if to in mail.recipients]


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    clock = HandClock(BEGIN)
    async with _world(clock) as world, AsyncExitStack() as stack:
        yield Street(world, clock, tmp_path, stack)


@asynccontextmanager
async def _world(clock: HandClock) -> AsyncIterator[MailWorld]:
    async with MailWorld(clock.now) as world:
        yield world


def client_at(address: str) -> Client:
    return replace(anna(bill()), contacts=(Contact(address, first_name="Anna", name="Anna Roy"),))


def answers(mails: list[Accepted]) -> list[datetime]:
    return [mail.at for mail in mails if str(read(mail.octets)["Auto-Submitted"]) == "auto-replied"]


@pytest.mark.parametrize("kind", ANSWERS)
async def test_a_machine_that_answers_everything_gets_little_from_us(street: Street, kind: str) -> None:
    address, bot = "support@client.test", "bot@studio.test"
    street.world.add_user(address, "pw")
    await street.move_in(bot, client_at(address))
    machine = Machine(street.world, address, "Bonjour,\n\nNous vous paierons vendredi.\n", ANSWERS[kind])
    for _ in range(12 if ANSWERS[kind] else 36):
        await street.turn(6)
        await machine.answer(bot)
    sent = answers(street.posted(address))
    assert len(sent) <= 3, "per invoice"
    assert all(later - earlier >= timedelta(hours=24) for earlier, later in pairwise(sent))
    if ANSWERS[kind]:
        assert sent == [], "a machine is never answered"
    assert len(street.posted(address)) <= 5


async def test_two_bots_that_dun_each_other_do_not_talk(street: Street) -> None:
    one, other = "bot@studio.test", "bot@atelier.test"
    await street.move_in(one, client_at(other))
    await street.move_in(other, client_at(one))
    for _ in range(16):
        await street.turn(6)
    for address in (one, other):
        mails = street.posted(address)
        assert mails, "each did write its reminder"
        assert answers(mails) == []
        assert len(mails) <= 2
    for parts in street.bots:
        assert all(client.standing_holds == () for client in await parts.store.all_clients())


async def test_the_bot_does_not_answer_itself(street: Street) -> None:
    """Its own letters come back to it: by a copy to itself, or by a client whose address is its own."""
    bot = "bot@studio.test"
    await street.move_in(bot, client_at(bot))
    for _ in range(16):
        await street.turn(6)
    assert answers(street.posted(bot)) == []
    assert len(street.posted(bot)) <= 2
