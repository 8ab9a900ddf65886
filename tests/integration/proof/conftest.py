"""Accounts to probe: providers that differ in what they show, and Postfix with Dovecot."""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from mailbot.demo.world import Accepted, MailWorld
from tests.integration.story.posts import embedded, everybody, numbered, real
from tests.servers.dovecot import DovecotServer
from tests.servers.installation import Installation
from tests.servers.postfix import PostfixServer

_MOST = 5
_serial = count(1)


@dataclass
class Habits:
    """What a provider does with the mail that it takes."""

    files_copies: bool = False
    keeps_own_mail: bool = False  # mail to oneself is not delivered a second time, as at Gmail
    message_id: str = ""
    sender: str = ""
    results: str = ""
    seen: list[Accepted] = field(default_factory=list)
    refuse: Callable[[str, str], None] = field(default=lambda _address, _reply: None)


class Provider(MailWorld):
    """A mail world with habits."""

    habits: Habits

    async def post(self, mail: Accepted, dsn: Any = None) -> str:
        habits = self.habits
        if not mail.sender:  # a report
            return await super().post(mail, dsn)
        habits.seen.append(mail)
        octets = mail.octets
        if habits.message_id:
            lines = octets.split(b"\r\n")
            lines = [f"Message-ID: {habits.message_id}".encode() if x.startswith(b"Message-ID:") else x for x in lines]
            octets = b"\r\n".join(lines)
        if habits.files_copies:
            await self.deliver(mail.sender, octets, "Sent", flags=["\\Seen"])
        others = tuple(one for one in mail.recipients if not (habits.keeps_own_mail and one == mail.sender))
        if habits.results:
            octets = f"Authentication-Results: {habits.results}\r\n".encode() + octets
        changed = replace(mail, octets=octets, recipients=others, sender=habits.sender or mail.sender)
        return await super().post(changed, dsn)


@pytest.fixture
def habits() -> Habits:
    """The provider's; change them before the mail is sent."""
    return Habits()


@pytest_asyncio.fixture
async def account(habits: Habits, tmp_path: Path) -> AsyncIterator[Installation]:
    """An installation at that provider."""
    people = numbered(next(_serial))
    provider = Provider(lambda: datetime.now(UTC))
    provider.habits = habits
    habits.refuse = provider.refuses
    async with provider:
        post = embedded(provider, people)
        yield Installation(tmp_path, post.servers, people.bot, people.operator, "secret")


@pytest.fixture(scope="session")
def postfix(dovecot: DovecotServer) -> Iterator[PostfixServer]:
    """One Postfix; what it takes goes to Dovecot."""
    with PostfixServer(dovecot.lmtp_port, everybody(_MOST)) as server:
        yield server


@pytest.fixture
def real_account(dovecot: DovecotServer, postfix: PostfixServer, tmp_path: Path) -> Installation:
    """An installation on Postfix and Dovecot."""
    people = numbered(1)
    post = real(dovecot, postfix, people)
    return Installation(tmp_path, post.servers, people.bot, people.operator, "secret")
