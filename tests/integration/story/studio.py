"""A business with mailbot: its files, the assembled bot with a hand-wound clock, and Julie who answers."""

import asyncio
import email
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from email.message import EmailMessage
from email.policy import SMTP, default
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from mailbot.bot import Assembled, assemble
from mailbot.cli import main
from mailbot.clock import HandClock
from mailbot.core.calendar import WorkCalendar
from mailbot.core.policy import Policy
from mailbot.flows.command import set_mode
from mailbot.flows.dispatch import dispatch, file_copies
from mailbot.flows.proof import Proofs, remember
from mailbot.flows.receive import sync
from mailbot.flows.report import alert, report
from mailbot.flows.review import review
from tests.integration.story.posts import PASSWORD, Post
from tests.servers.installation import Installation
from tests.servers.waiting import until

PDF = b"%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"
MONTREAL = ZoneInfo("America/Toronto")


def read(octets: bytes) -> EmailMessage:
    """A message as a mail program reads it."""
    message = email.message_from_bytes(octets, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def words(message: EmailMessage) -> str:
    """The plain text of a message, on the lines and with the blanks that a person sees."""
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\u202f", " ").replace("\u00a0", " ")


@dataclass
class Studio:
    """The business at work."""

    post: Post
    files: Installation
    clock: HandClock
    parts: Assembled

    @classmethod
    @asynccontextmanager
    async def open(
        cls, folder: Path, post: Post, tune: Callable[[Installation], None] | None = None
    ) -> AsyncIterator[Self]:
        """Install, go live, and begin in the client's next business hour: servers stamp mail with the real time.

        `tune` changes the configuration first.
        """
        people = post.people
        files = Installation(folder, post.servers, people.bot, people.operator, PASSWORD)
        if tune is not None:
            tune(files)
        calendar = WorkCalendar("CA", "QC", "America/Toronto", quiet=Policy().quiet)
        clock = HandClock(calendar.opening_from(datetime.now(UTC)) + timedelta(minutes=5))
        async with assemble(files.settings(), clock) as parts:
            await set_mode(parts.bot, live=True)
            yield cls(post, files, clock, parts)

    async def bring_in(self, *rows: str, pdf: str = "") -> None:
        """Import invoices as a user does: `number,due in days,email,amount,subject`."""
        lines = [
            "number,client_name,first_name,client_email,language,country,region,issued_on,due_on,amount,subject,pdf"
        ]
        today = self.clock.now().astimezone(MONTREAL).date()
        for row in rows:
            number, due_days, address, amount, subject = row.split(",")
            due = today + timedelta(days=int(due_days))
            name = address.partition("@")[0].title()
            lines.append(f"{number},{name} inc.,{name},{address},fr,CA,QC,{today},{due},{amount},{subject},{pdf}")
        file = self.files.folder / "factures.csv"
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        code = await asyncio.to_thread(main, ["--config", str(self.files.file), "import", str(file), "--apply"])
        assert code == 0

    async def turn(self, minutes: int = 1) -> None:
        """Let time pass and do what the daemon does: read, look at what is due, tell the operator, send, file."""
        self.clock.advance(timedelta(minutes=minutes))
        bot = self.parts.bot
        await sync(bot)
        await review(bot)
        await alert(bot)
        await report(bot)
        await dispatch(bot)
        await file_copies(bot)

    async def turn_once_read(self, from_email: str, count: int = 1) -> None:
        """The same, as soon as mail from an address has come through the servers."""

        async def came() -> bool | None:
            await sync(self.parts.bot)
            mails = await self.parts.store.mails()
            return True if sum(mail.from_email.startswith(from_email) for mail in mails) >= count else None

        await until(came, f"mail from {from_email}")
        await self.turn()

    async def told(self, kind: str, count: int) -> list[EmailMessage]:
        """What the operator got of a kind (`digest.`, `alert.`), once there is so much of it."""

        async def came() -> list[EmailMessage] | None:
            mails = [read(octets) for octets in await self.post.inbox(self.post.people.operator, count)]
            mails = [mail for mail in mails if str(mail["X-Mailbot-Letter"]).startswith(kind)]
            return mails if len(mails) >= count else None

        return await until(came, f"{count} of {kind} for the operator")

    async def learn_authserv(self, name: str) -> None:
        """What a probe of the account learns: the name under which the provider writes Authentication-Results."""
        async with self.parts.store.begin() as tx:
            await remember(tx, Proofs(self.clock.now(), authserv_id=name))

    async def to_next_morning(self) -> None:
        """Wind the clock to eight o'clock of the operator's next working day."""
        day = self.clock.now().astimezone(MONTREAL).date() + timedelta(days=1)
        day = WorkCalendar("CA", "QC", "America/Toronto").working_day_from(day)
        self.clock.set(datetime.combine(day, time(8), MONTREAL))

    async def answer(self, letter: EmailMessage, text: str, sender: str) -> None:
        """Answer a letter as mail programs do: threaded, the letter quoted below, a signature."""
        reply = EmailMessage(policy=SMTP)
        reply["From"] = f"Julie Tremblay <{sender}>"
        reply["To"] = str(letter["From"])
        reply["Subject"] = f"Re: {letter['Subject']}"
        reply["Date"] = format_datetime(self.clock.now().astimezone(MONTREAL))
        reply["Message-ID"] = make_msgid(domain="example.test")
        reply["In-Reply-To"] = str(letter["Message-ID"])
        reply["References"] = f"{letter['References'] or ''} {letter['Message-ID']}".strip()
        quoted = "\n".join(f"> {line}" for line in words(letter).splitlines())
        said = f"{text}\n\n-- \nJulie Tremblay\nDirectrice, 514 555-0199\n\n"
        reply.set_content(f"{said}Le lun. à 9 h 05, Noémie Gagnon <{self.post.people.bot}> a écrit :\n\n{quoted}\n")
        await self.post.send(sender, self.post.people.bot, reply.as_bytes())
