"""The daemon as a process of its own, between a systemd, an SMTP server and an IMAP server that the test plays."""

import asyncio
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
import pytest_asyncio

from mailbot.cli import main
from mailbot.core.calendar import WorkCalendar
from mailbot.core.client import Client
from mailbot.core.matter import Matter
from mailbot.core.policy import Policy
from mailbot.demo.world import MailWorld
from mailbot.flows.outbound import Letter, LetterState
from mailbot.store.store import SqlStore
from tests.integration.smtp.scripted import ScriptedSmtp
from tests.servers.installation import Done, Installation, Servers, ended
from tests.servers.waiting import PATIENCE_S, until

JULIE = "julie@client.test"


def _ten_in_the_morning() -> datetime:
    """Ten o'clock in Montréal on the next working day that is long enough; commands use the machine's own clock."""
    calendar = WorkCalendar("CA", "QC", "America/Toronto", quiet=Policy().quiet)
    day = datetime.now(UTC).astimezone(calendar.zone).date() + timedelta(days=1)
    while calendar.closed(day) or day.weekday() == 4:
        day += timedelta(days=1)
    return datetime.combine(day, time(10), calendar.zone).astimezone(UTC)


TEN = _ten_in_the_morning()
_TODAY = datetime.now(UTC).date()
INVOICES = (
    "number,client_name,client_email,language,country,region,issued_on,due_on,amount,subject\n"
    f"F-1,Tremblay inc.,{JULIE},fr,CA,QC,{_TODAY},{_TODAY + timedelta(days=30)},1250.00,Site web\n"
)


class Systemd:
    """The other end of $NOTIFY_SOCKET: hears what the service says.

    It listens all the time, as systemd does: a Unix socket keeps but a few datagrams (unix(7), max_dgram_qlen), and
    after some unheard signs of life the last words would be lost.
    """

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="mailbot-notify-"))  # a socket's path has at most 107 octets
        self.path = self._folder / "notify"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind(str(self.path))
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._socket, self.drain)
        self._news = asyncio.Event()
        self.said: list[str] = []

    async def heard(self, word: str, within_s: float = PATIENCE_S) -> None:
        """Wait until a message begins with this word."""
        async with asyncio.timeout(within_s):
            while not any(said.startswith(word) for said in self.said):
                self._news.clear()
                await self._news.wait()

    def drain(self) -> list[str]:
        """Everything said so far."""
        while True:
            try:
                self.said.append(self._socket.recv(4096).decode())
            except BlockingIOError:
                return self.said
            self._news.set()

    def close(self) -> None:
        self._loop.remove_reader(self._socket)
        self._socket.close()
        shutil.rmtree(self._folder)


@dataclass
class House:
    """An installation, its servers, and the processes that run there."""

    files: Installation
    world: MailWorld
    systemd: Systemd
    running: list[asyncio.subprocess.Process] = field(default_factory=list)

    async def run(self, at: datetime | None = TEN) -> asyncio.subprocess.Process:
        """Start the service, with the machine's clock or with one that starts `at`, and wait until it is ready."""
        self.systemd.drain()
        self.systemd.said.clear()
        env = {"NOTIFY_SOCKET": str(self.systemd.path), "WATCHDOG_USEC": "1000000"}
        if at is None:
            process = await self.files.start("run", **env)
        else:
            process = await self.files.start(at.isoformat(), module="tests.integration.daemon.service", **env)
        self.running.append(process)
        try:
            await self.systemd.heard("READY=1")
        except TimeoutError:
            process.kill()
            raise AssertionError(f"it was never ready: {await ended(process)}") from None
        return process

    async def stop(self, process: asyncio.subprocess.Process) -> Done:
        """Ask it to stop, as systemd does."""
        process.terminate()
        return await ended(process)

    async def bring_in(self, text: str = INVOICES, *, live: bool = True) -> None:
        """Import and, if wanted, go live."""
        file = self.files.folder / "invoices.csv"
        file.write_text(text, encoding="utf-8")
        await self.type("import", str(file), "--apply")
        if live:
            await self.type("go-live")

    async def type(self, *words: str) -> None:
        """A command, without a process of its own: it is faster."""
        assert await asyncio.to_thread(main, ["--config", str(self.files.file), *words]) == 0

    @asynccontextmanager
    async def store(self) -> AsyncIterator[SqlStore]:
        """Look into the database, also while the service runs."""
        opened = await SqlStore.open(str(self.files.database), now=lambda: TEN, create=False)
        try:
            yield opened
        finally:
            await opened.close()

    async def letter(self, state: LetterState) -> Letter:
        """The invoice's letter, once it stands there."""

        async with self.store() as store:

            async def look() -> Letter | None:
                letters = await store.letters(list(LetterState), invoice="F-1")
                return next((letter for letter in letters if letter.climbs and letter.state is state), None)

            return await until(look, f"a letter that is {state}")

    async def matters(self) -> list[Matter]:
        async with self.store() as store:
            return list(await store.matters())

    async def client(self, good: Callable[[Client], bool], what: str) -> Client:
        """The client, once it is as wanted."""

        async with self.store() as store:

            async def look() -> Client | None:
                client = await store.client_of_invoice("F-1")
                return client if client and good(client) else None

            return await until(look, what)

    async def to(self, address: str) -> list[bytes]:
        """What the world accepted for an address."""
        return [mail.octets for mail in self.world.accepted if address in mail.recipients]


def reply(text: str, serial: int = 1) -> bytes:
    """A mail of the client."""
    mail = EmailMessage()
    mail["From"] = JULIE
    mail["To"] = "noemie@atelier.test"
    mail["Subject"] = "Votre facture"
    mail["Message-ID"] = f"<reply{serial}@client.test>"
    mail["Date"] = TEN
    mail.set_content(text)
    return mail.as_bytes()


async def came(look: Callable[[], Awaitable[list[bytes]]], count: int, what: str) -> list[bytes]:
    """Wait until there is so much."""

    async def enough() -> list[bytes] | None:
        found = await look()
        return found if len(found) >= count else None

    return await until(enough, what)


@asynccontextmanager
async def _house(folder: Path, world: MailWorld, smtp: tuple[str, int] | None) -> AsyncIterator[House]:
    servers = Servers(("127.0.0.1", world.imap_port), smtp or ("127.0.0.1", world.smtp_port), smtp_login=smtp is None)
    for address in ("noemie@atelier.test", "operator@atelier.test", JULIE):
        world.add_user(address, "secret")
    systemd = Systemd()
    house = House(Installation(folder, servers), world, systemd)
    try:
        yield house
    finally:
        for process in house.running:
            if process.returncode is None:
                process.kill()
                await process.communicate()
        systemd.close()


@pytest.fixture
def world() -> MailWorld:
    started = datetime.now(UTC)
    return MailWorld(lambda: TEN + (datetime.now(UTC) - started) + timedelta(seconds=1))


@pytest_asyncio.fixture
async def house(world: MailWorld, tmp_path: Path) -> AsyncIterator[House]:
    """An installation whose letters go through the mail world."""
    async with world, _house(tmp_path, world, None) as house:
        yield house


@pytest_asyncio.fixture
async def smtp() -> AsyncIterator[ScriptedSmtp]:
    """A submission server that does as it is told."""
    async with ScriptedSmtp() as server:
        yield server


@pytest_asyncio.fixture
async def slow_house(world: MailWorld, smtp: ScriptedSmtp, tmp_path: Path) -> AsyncIterator[House]:
    """An installation whose letters go to that server."""
    async with world, _house(tmp_path, world, ("127.0.0.1", smtp.port)) as house:
        house.files.replace('# digest_at = "07:30"', 'digest_at = "23:59"')  # the invoice's letter is the first
        yield house
