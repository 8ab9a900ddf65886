"""A whole bot on real mail servers and a database file, whose clock is wound by hand."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from mailbot.bot import Assembled, assemble
from mailbot.clock import HandClock
from mailbot.daemon.metronome import sweep
from mailbot.demo.world import MailWorld
from mailbot.flows.command import set_mode
from mailbot.flows.dispatch import dispatch, file_copies
from mailbot.flows.enrol import apply_plan, known
from mailbot.flows.receive import sync
from mailbot.intake import Defaults, plan, read_invoices
from tests.servers.installation import Installation, Servers

ANNA = "anna@client.test"
START = datetime(2026, 9, 8, 14, tzinfo=UTC)  # ten in the morning in Montréal
HEAD = "number,client_name,client_email,language,country,region,issued_on,due_on,amount,currency,subject\n"
BILL = f"F-1,Anna Tremblay SARL,{ANNA},fr,CA,QC,2026-09-08,2026-09-22,1250.00,CAD,Site d'Anna\n"


@dataclass
class Rooms:
    """An installation in a folder, its mail servers, its clock."""

    files: Installation
    world: MailWorld
    clock: HandClock
    serial: int = field(default=0)

    def opened(self) -> AbstractAsyncContextManager[Assembled]:
        return assemble(self.files.settings(), self.clock)

    async def bill(self, parts: Assembled, rows: str = BILL, *, live: bool = True) -> None:
        """An invoice comes in, and the bot may write."""
        defaults = Defaults(currency="CAD", country="CA", region="QC", language="fr", timezone="America/Toronto")
        sheet = read_invoices((HEAD + rows).encode(), file="i.csv", today=self.clock.now().date(), defaults=defaults)
        coming = plan(sheet, None, await known(parts.bot))
        assert coming.ok, coming.faults
        await apply_plan(parts.bot, coming)
        if live:
            await set_mode(parts.bot, live=True)

    async def round(self, parts: Assembled) -> None:
        """What the daemon does all the time, once."""
        await sync(parts.bot)
        await sweep(parts)
        await dispatch(parts.bot)
        await file_copies(parts.bot)

    async def days(self, parts: Assembled, days: int, step: timedelta = timedelta(hours=3)) -> None:
        until = self.clock.now() + timedelta(days=days)
        while self.clock.now() < until:
            self.clock.advance(step)
            await self.round(parts)

    async def writes(self, text: str, sender: str = ANNA, subject: str = "Re: Facture F-1") -> bytes:
        """A mail comes into the freelancer's inbox."""
        self.serial += 1
        mail = EmailMessage()
        name = "Anna Tremblay" if sender == ANNA else "Somebody"
        mail["From"], mail["To"], mail["Subject"] = f"{name} <{sender}>", self.files.email, subject
        mail["Message-ID"], mail["Date"] = f"<m{self.serial}@client.test>", self.clock.now()
        mail.set_content(text)
        await self.world.deliver(self.files.email, mail.as_bytes())
        return mail.as_bytes()

    def to(self, address: str = ANNA) -> list[bytes]:
        """What the world accepted for an address."""
        return [mail.octets for mail in self.world.accepted if address in mail.recipients]


@pytest.fixture
async def rooms(tmp_path: Path) -> AsyncIterator[Rooms]:
    """Noémie of Montréal, who has billed nobody yet."""
    clock = HandClock(START)
    async with MailWorld(clock.now) as world:
        files = Installation(
            tmp_path / "mailbot",
            Servers(("127.0.0.1", world.imap_port), ("127.0.0.1", world.smtp_port)),
            password="hunter2-imap-secret",
            smtp_password="hunter2-imap-secret",
        )
        for address in (files.email, files.operator, ANNA):
            world.add_user(address, "hunter2-imap-secret")
        yield Rooms(files, world, clock)
