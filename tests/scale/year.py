"""A year of many clients on the real flows: what they do, and a clock that jumps from look to look."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from random import Random

from mailbot.core.client import Client, Contact, Invoice
from mailbot.core.events import Event, HoldReleased, PaymentReceived, ReplyReceived
from mailbot.core.intent import Intent, Reading, Scope
from mailbot.core.money import Money
from mailbot.core.policy import Policy
from mailbot.flows.dispatch import dispatch
from mailbot.flows.freshness import was_read
from mailbot.flows.outbound import Letter, LetterState
from mailbot.flows.review import happen, review
from tests.fakes.far_side import House, live_house

START = datetime(2026, 1, 5, 8, tzinfo=UTC)
YEAR = timedelta(days=365)
PLACES = (
    ("FR", "", "Europe/Paris", "EUR"),
    ("CA", "QC", "America/Toronto", "CAD"),
    ("US", "", "America/Chicago", "USD"),
)
# Most clients pay on time, some late, few give trouble; out of twenty:
HABITS = ("on time",) * 11 + ("late",) * 4 + ("promises",) * 2 + ("disputes",) + ("silent",) * 2


@dataclass
class Year:
    """Everything that happens to come, and what has become of it."""

    house: House
    random: Random
    waiting: list[tuple[datetime, int, int, Event | Invoice]] = field(default_factory=list)
    order: Iterator[int] = field(default_factory=count)
    seen: set[str] = field(default_factory=set)
    habit: dict[int, str] = field(default_factory=dict)

    def plan(self, at: datetime, client_id: int, event: Event | Invoice) -> None:
        heappush(self.waiting, (at, next(self.order), client_id, event))


def clients(how_many: int) -> list[Client]:
    """Clients of three countries, who owe nothing yet."""
    made = []
    for n in range(how_many):
        country, region, zone, _ = PLACES[n % len(PLACES)]
        contact = Contact(f"c{n}@client.example", first_name="Anna", name="Anna")
        made.append(
            Client(0, "studio", f"c{n}", f"Client {n}", "fr", country, region, zone, contacts=(contact,))
        )  # fmt: skip
    return made


def bills(client: Client, how_many: int) -> list[Invoice]:
    """About one a month."""
    n = client.id
    currency = PLACES[(n - 1) % len(PLACES)][3]
    issued = [date(2026, 1, 6) + timedelta(days=30 * month + n % 28) for month in range(how_many)]
    return [
        Invoice(
            f"F-{n}-{month}", on, on + timedelta(days=30), Money.of(100 + (n * 7 + month) % 900, currency),
            Money.of(0, currency),
        )
        for month, on in enumerate(issued)
    ]  # fmt: skip


async def prepared(how_many: int, bills_each: int) -> Year:
    """The year on its first morning."""
    house = await live_house(START, Policy(automatic_per_hour=10**6))  # one freelancer has no thousand clients
    house.writer.keeps = False
    year = Year(house, Random(7))  # noqa: S311 - chance in a story, no secret
    async with house.store.begin() as tx:
        for client in await tx.add_clients([(client, None) for client in clients(how_many)]):
            habit = HABITS[client.id % len(HABITS)]
            year.habit[client.id] = habit
            for invoice in bills(client, bills_each):
                year.plan(_at(invoice.issued_on, 0), client.id, invoice)
                if habit in ("on time", "late"):
                    days = -5 if habit == "on time" else 8 + year.random.randrange(20)
                    arrives = _at(invoice.due_on, days)
                    year.plan(arrives, client.id, _money(invoice, arrives.date()))
    return year


async def bill(year: Year, client_id: int, invoice: Invoice) -> None:
    """The freelancer bills a client."""
    client = await year.house.store.client(client_id)
    async with year.house.store.begin() as tx:
        await tx.save(replace(client, invoices=(*client.invoices, invoice)), year.house.clock.now())


def _at(day: date, days: int) -> datetime:
    return datetime(day.year, day.month, day.day, 15, tzinfo=UTC) + timedelta(days=days)


def _money(invoice: Invoice, on: date) -> PaymentReceived:
    return PaymentReceived(invoice.number, invoice.amount, on, "operator")


async def play(year: Year) -> int:
    """Let the year pass, from one moment at which something can happen to the next; gives how many there were."""
    house, moments = year.house, 0
    end = START + YEAR
    while house.clock.now() < end:
        moments += 1
        now = house.clock.now()
        while year.waiting and year.waiting[0][0] <= now:
            _, _, client_id, event = heappop(year.waiting)
            if isinstance(event, Invoice):
                await bill(year, client_id, event)
                continue
            about = (event.invoice,) if isinstance(event, PaymentReceived) else ()
            await happen(house.bot, client_id, event, also=about)
        await was_read(house.bot, now)
        await review(house.bot)
        while await dispatch(house.bot):
            pass
        for posted in house.post.posted[len(year.seen) :]:
            year.seen.add(posted.key)
            letter = await house.store.letter(posted.key)
            assert letter is not None
            await _react(year, letter, now)
        following = await _next_moment(year)
        house.clock.set(max(following, now + timedelta(seconds=1)))
    return moments


async def _next_moment(year: Year) -> datetime:
    store = year.house.store
    moments = [START + YEAR]
    moments += [at for at in (store.next_look(),) if at is not None]
    moments += [
        letter.not_before for letter in await store.letters([LetterState.QUEUED, LetterState.DEFERRED], limit=1)
    ]
    moments += [year.waiting[0][0]] if year.waiting else []
    return min(moments)


async def _react(year: Year, letter: Letter, now: datetime) -> None:
    """What a client does with a letter, by habit."""
    assert letter.client_id is not None
    habit, number = year.habit[letter.client_id], letter.invoices[0]
    if habit == "promises" and letter.template == "friendly":
        day = now.date() + timedelta(days=7)
        year.plan(now + timedelta(hours=3), letter.client_id, _word(Intent.PROMISE_TO_PAY, letter, now, day))
        client = await year.house.store.client(letter.client_id)
        for invoice in client.invoices:
            if invoice.number in letter.invoices:
                arrives = _at(day, year.random.choice((-1, 6)))
                year.plan(arrives, letter.client_id, _money(invoice, arrives.date()))
    if habit == "disputes" and letter.template == "friendly":
        year.plan(now + timedelta(hours=3), letter.client_id, _word(Intent.DISPUTE, letter, now, None))
        year.plan(now + timedelta(days=12), letter.client_id, HoldReleased(number))


def _word(intent: Intent, letter: Letter, now: datetime, until: date | None) -> ReplyReceived:
    reading = Reading(intent, hold=True, scope=Scope.INVOICE, until=until, evidence="…", confidence=0.9)
    return ReplyReceived(reading, letter.invoices, letter.recipients[0], now.date(), 1)
