"""Composition root: Settings -> Bot. The only file that knows every adapter."""

import asyncio
import os
import socket
import uuid
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from mailbot.clock import SystemClock
from mailbot.config import Settings
from mailbot.config.notices import load_catalogue
from mailbot.flows.desk import Desk, TxtRecords
from mailbot.flows.inbound import Batch, Cursor
from mailbot.flows.ports import Bot, Clock
from mailbot.flows.restored import take_note
from mailbot.flows.second import SecondReader
from mailbot.letters import Letters
from mailbot.store.store import SqlStore
from mailbot.wire.alarm import Alarm, AlarmAccount
from mailbot.wire.dns import DnsRecords
from mailbot.wire.imap import ImapAccount, Mailbox, SentCopy
from mailbot.wire.imap_account import ImapLimits
from mailbot.wire.smtp import SmtpAccount, SmtpLimits, Submission

_MEGABYTE = 1024 * 1024
_GOODBYE_S = 2.0


class WatchedMailbox:
    """The business's mailbox as the flows know it: connects when it is asked for something."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.wire = mailbox

    @property
    def name(self) -> str:
        """The account's name in the store."""
        return self.wire.account.key

    async def watched(self) -> Sequence[str]:
        """The inbox, and the junk folder where there is one: replies land there too."""
        await self.wire.connect()
        folders = await self.wire.folders()
        return tuple(folder for folder in (folders.inbox, folders.junk) if folder)

    async def fetch_new(self, folder: str, cursor: Cursor | None, *, since: date) -> AsyncIterator[Batch]:
        """Batches of what is new, oldest first."""
        await self.wire.connect()
        async for batch in self.wire.fetch_new(folder, cursor, since=since):
            yield batch

    async def append_sent(self, octets: bytes, at: datetime) -> bool:
        """File our own copy; False if the server has one already, or no folder for it."""
        await self.wire.connect()
        return await self.wire.append_sent(octets, at) is SentCopy.FILED

    async def copies(self, message_id: str, key: str) -> Collection[str]:
        """Which folders hold a copy of a letter."""
        await self.wire.connect()
        folders = await self.wire.folders()
        places = {"sent": folders.sent, "inbox": folders.inbox, "junk": folders.junk}
        return [
            place
            for place, folder in places.items()
            if folder and await self.wire.holds(message_id, folder, letter=key)
        ]


@dataclass(frozen=True, slots=True)
class Assembled:
    """A bot and the adapters that have a life of their own."""

    bot: Bot
    store: SqlStore
    mailbox: WatchedMailbox
    letters: Letters
    settings: Settings


def imap_account(settings: Settings) -> ImapAccount:
    """The configured mailbox."""
    section = settings.imap
    return ImapAccount(
        host=section.host,
        port=section.port,
        user=section.user,
        password=section.password,
        security=section.security,
        inbox_folder=section.inbox_folder,
        junk_folder=section.junk_folder,
        sent_folder=section.sent_folder,
        ca_file=section.ca_file,
    )


def smtp_account(settings: Settings) -> SmtpAccount:
    """The configured way out."""
    section = settings.smtp
    return SmtpAccount(section.host, section.port, section.user, section.password, section.security, section.ca_file)


def alarm_of(settings: Settings) -> Alarm | None:
    """The other route to the operator, if one is configured."""
    section = settings.alarm
    if section is None or not (section.command or section.smtp):
        return None
    if section.smtp is None:
        return Alarm(section.command)
    one = section.smtp
    account = SmtpAccount(one.host, one.port, one.user, one.password, one.security, one.ca_file)
    return Alarm(section.command, AlarmAccount(account, section.sender, section.recipients))


def desk_of(settings: Settings, records: TxtRecords | None = None) -> Desk:
    """How payment notices are judged; the templates are read when the first comes."""
    section = settings.notices
    return Desk(
        load=cache(lambda: section.catalogue or load_catalogue(None, [])),
        records=records or DnsRecords(),
        addresses=(settings.business.email.lower(), *section.addresses),
        authserv_id=section.authserv_id,
        fresh_days=section.fresh_days,
        currency=settings.business.currency,
    )


def engine_of(settings: Settings) -> SecondReader | None:
    """The second reader, if one is configured."""
    section = settings.reading
    if section is None:
        return None
    from mailbot.wire.engine import Engine, EngineAccount  # noqa: PLC0415 - urllib only for those who want it

    return Engine(EngineAccount(section.endpoint, section.model, section.timeout_seconds, section.key))


def letters_of(settings: Settings) -> Letters:
    """The templates: the user's own before the packaged ones."""
    return Letters([settings.templates] if settings.templates else [], settings.business.language)


@asynccontextmanager
async def assemble(settings: Settings, clock: Clock | None = None, *, create: bool = True) -> AsyncIterator[Assembled]:
    """Open the database and bundle the ports; connections to mail servers are made when they are first needed.

    Raises `StoreFault` on a database that cannot be used.
    """
    clock = clock or SystemClock()
    store = await SqlStore.open(settings.storage.database, now=clock.now, create=create)
    limits = ImapLimits(poll_s=settings.imap.poll_seconds, oversize_octets=settings.imap.max_message_mb * _MEGABYTE)
    mailbox = WatchedMailbox(Mailbox(imap_account(settings), limits))
    post = Submission(smtp_account(settings), SmtpLimits(success_reports=settings.smtp.success_reports))
    letters = letters_of(settings)
    bot = Bot(
        business=settings.owner,
        policy=settings.policy,
        clock=clock,
        store=store,
        writer=letters,
        post=post,
        mailbox=mailbox,
        alarm=alarm_of(settings),
        desk=desk_of(settings),
        second=engine_of(settings),
        owner=f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}",
    )
    try:
        if store.restored is not None:
            await take_note(bot, store.restored)
            await store.caught_up()
        yield Assembled(bot, store, mailbox, letters, settings)
    finally:
        # Together, and quickly: a stop that was asked for is done within 10 s even if no server says goodbye.
        await asyncio.gather(mailbox.wire.close(within_s=_GOODBYE_S), post.close())
        await store.close()
