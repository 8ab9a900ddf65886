"""An installation to measure: configuration, database, clients with invoices; in a folder that is thrown away."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from mailbot.bot import Assembled, assemble
from mailbot.clock import HandClock
from mailbot.config import load
from mailbot.core.client import Client, Contact, Invoice
from mailbot.core.money import Money
from mailbot.flows.command import set_mode
from mailbot.flows.freshness import was_read
from tests.bench.farside import PASSWORD

OWNER = "noemie@bench.test"
# A Tuesday morning in Montréal, within business hours; no public holiday.
NOW = datetime(2026, 9, 15, 14, 0, tzinfo=UTC)

_CONFIG = """\
[business]
name = "Noémie Gagnon"
email = "{owner}"
language = "fr_CA"
country = "CA"
region = "QC"
timezone = "America/Toronto"
currency = "CAD"
payment_lines = ["Virement Interac : {owner}"]

[operator]
email = "{owner}"

[imap]
host = "{imap_host}"
port = {imap_port}
security = "plain"

[smtp]
host = "127.0.0.1"
port = {smtp_port}
security = "plain"
"""


@contextmanager
def folder() -> Iterator[Path]:
    """A folder for one measurement."""
    with tempfile.TemporaryDirectory(prefix="mailbot-bench-") as name:
        yield Path(name)


def configure(where: Path, smtp_port: int, imap_port: int, *, imap_host: str = "127.0.0.1") -> Path:
    """Write a configuration that speaks to servers on this machine; gives its file."""
    file = where / "mailbot.toml"
    file.write_text(
        _CONFIG.format(owner=OWNER, imap_host=imap_host, smtp_port=smtp_port, imap_port=imap_port), encoding="utf-8"
    )
    (where / ".env").write_text(f"MAILBOT_IMAP_PASSWORD='{PASSWORD}'\nMAILBOT_SMTP_PASSWORD='{PASSWORD}'\n")
    return file


@asynccontextmanager
async def opened(file: Path, *, live: bool = True) -> AsyncIterator[tuple[Assembled, HandClock]]:
    """The bot of a configuration, with a clock that stands at `NOW` and an inbox that was just read."""
    clock = HandClock(NOW)
    async with assemble(load(file, {}), clock) as parts:
        await set_mode(parts.bot, live=live)
        await was_read(parts.bot, NOW)
        yield parts, clock


def make_client(number: int, due_on: date, issued_on: date, *, business: str = "default") -> Client:
    """A client with one open invoice; every other one is French."""
    french = number % 2 == 0
    price = Money.of(f"{500 + number % 900}.00", "CAD")
    return Client(
        id=0,
        business=business,
        code=f"C{number}",
        name=f"Client {number} inc.",
        language="fr" if french else "en",
        country="CA",
        region="QC",
        timezone="America/Toronto",
        contacts=(Contact(f"client{number}@customers.test", first_name="Anna"),),
        invoices=(
            Invoice(
                f"F-{number:06d}", issued_on, due_on, price, Money.of(0, "CAD"),
                "Site web" if french else "Web site",
            ),
        ),
    )  # fmt: skip


async def add_clients(parts: Assembled, count: int, due_on: date, issued_on: date) -> None:
    """Insert clients that are due for a look at once."""
    async with parts.store.begin() as tx:
        await tx.add_clients([(make_client(number, due_on, issued_on), NOW) for number in range(count)])
