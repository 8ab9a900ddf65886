"""Whatever happens, in whatever order, the laws hold: random lives of two clients on the real flows."""

import asyncio
import contextlib
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from mailbot.core.client import Client, Contact, Invoice, Standing
from mailbot.core.decide import decide
from mailbot.core.document import Asked, Document
from mailbot.core.events import (
    AutoReplied,
    DeliveryFailed,
    Event,
    HoldAsked,
    HoldReleased,
    InvoiceCancelled,
    PaymentReceived,
    ReplyReceived,
    TimePassed,
)
from mailbot.core.intent import Intent, Reading, Scope
from mailbot.core.ladder import blocking_holds, next_look_at
from mailbot.core.money import Money, totals
from mailbot.core.policy import Policy
from mailbot.flows.books import undo
from mailbot.flows.command import CommandFault, approve, resolve_doubt, set_mode
from mailbot.flows.dispatch import AccountFault, dispatch
from mailbot.flows.freshness import was_read
from mailbot.flows.outbound import Letter, LetterState
from mailbot.flows.outside import Outcome
from mailbot.flows.review import happen, review
from tests.fakes.far_side import House, live_house

START = datetime(2026, 11, 16, 14, tzinfo=UTC)
OVER = (LetterState.WITHDRAWN, LetterState.REFUSED)
_LADDER = tuple(replace(rung, approval=rung.name == "personal") for rung in Policy().ladder("default"))
POLICY = Policy(ladders={"default": Policy().ladder("default"), "careful": _LADDER}, auto_copy=True)
ANSWERS = {
    "accepted": Outcome("accepted", 250, "queued", "data"),
    "deferred": Outcome("deferred", 451, "try later", "data"),
    "refused": Outcome("refused", 550, "no", "data"),
    "unknown": Outcome("unknown", 0, "gone", "data"),
    "account": Outcome("account", 535, "bad login", "auth"),
}
NUMBERS = ("F-1", "F-2", "F-3", "F-4")
OWNER = {"F-1": 1, "F-2": 1, "F-3": 1, "F-4": 2}
CURRENCY = {"F-1": "CAD", "F-2": "CAD", "F-3": "USD", "F-4": "EUR"}


def _bill(number: str, days: int, sent: bool) -> Invoice:
    issued = START.date() + timedelta(days=days - 30)
    money = Money.of(100, CURRENCY[number])
    return Invoice(
        number, issued, issued + timedelta(days=30), money, money - money, delivered_on=issued if sent else None
    )


def people() -> tuple[Client, Client]:
    one = (_bill("F-1", -40, sent=True), _bill("F-2", 4, sent=False), _bill("F-3", -3, sent=True))
    place = ("studio", "c1", "Roy", "fr", "CA", "QC", "America/Toronto")
    other = ("studio", "c2", "Weber", "fr", "FR", "57", "Europe/Paris")
    return (
        Client(0, *place, contacts=(Contact("c1@x.example"),), invoices=one),
        Client(
            0, *other, contacts=(Contact("c2@x.example"),), invoices=(_bill("F-4", 1, sent=False),), ladder="careful"
        ),
    )


days = st.one_of(
    st.none(),
    st.integers(-20, 90).map(lambda n: START.date() + timedelta(days=n)),
    st.dates(),
    st.sampled_from([date.min, date.max]),
)
some_numbers = st.lists(st.sampled_from((*NUMBERS, "X-9")), max_size=3, unique=True).map(tuple)
readings = st.builds(
    Reading,
    intent=st.sampled_from(Intent),
    hold=st.booleans(),
    scope=st.sampled_from(Scope),
    until=days,
    invoices=some_numbers,
    redirect_to=st.sampled_from([None, "new@x.example"]),
    evidence=st.sampled_from(["", "mes mots"]),
)
amounts = st.tuples(st.integers(-5000, 15000), st.sampled_from(["CAD", "USD", "EUR", "JPY"])).map(
    lambda pair: Money.from_minor(*pair)
)
near = st.integers(-2, 2)


_WANTED: dict[int, tuple[Document, ...]] = {
    -2: (),
    -1: (Document.COPY,),
    0: (Document.COPY, Document.BANK_DETAILS),
    1: (Document.RECEIPT,),
    2: (Document.COPY, Document.TAX_FORM),
}


@dataclass(frozen=True)
class Say:
    """A person or a machine writes; the day of writing is told against the clock."""

    reading: Reading
    about: tuple[str, ...]
    auto: bool
    days: int

    def event(self, now: datetime) -> Event:
        on = now.date() + timedelta(days=self.days)
        if self.auto:
            return AutoReplied(self.reading, "c1@x.example", on, 5)
        asked = Asked(_WANTED[self.days], room=True) if self.reading.intent is Intent.DOCUMENT_REQUEST else None
        return ReplyReceived(self.reading, self.about, "c1@x.example", on, 5, asked=asked)


numbers = st.sampled_from((*NUMBERS, "X-9"))
says = st.builds(Say, readings, some_numbers, st.booleans(), near)
plain_events = st.one_of(
    st.builds(PaymentReceived, numbers, amounts, st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.just("operator")),
    st.builds(
        DeliveryFailed,
        st.sampled_from(["c1@x.example", "c2@x.example", ""]),
        st.booleans(),
        st.booleans(),
        some_numbers,
        st.text(max_size=5),
    ),
    st.builds(
        HoldAsked, st.one_of(st.none(), numbers), st.one_of(st.none(), st.dates(date(2020, 1, 1), date(2040, 1, 1)))
    ),
    st.builds(HoldReleased, st.one_of(st.none(), numbers)),
    st.builds(InvoiceCancelled, numbers),
    st.builds(TimePassed, st.booleans()),
)
steps = st.one_of(
    says,
    plain_events,
    st.builds(timedelta, hours=st.integers(1, 240)),
    st.sampled_from(sorted(ANSWERS)),
    st.sampled_from(["approve", "resend", "arrived", "draft", "live", "unread", "read", "undo"]),
)


@dataclass
class Life:
    """A house, what was proven to be paid, and what was wrong at the moment a letter left."""

    house: House
    paid: list[PaymentReceived] = field(default_factory=list)
    readable: bool = True
    looked: int = 0
    read_at: datetime = START

    async def act(self, step: Any) -> None:
        now = self.house.clock.now()
        match step:
            case timedelta():
                await self.pass_time(step)
            case Say():
                for client_id in (1, 2):
                    await happen(self.house.bot, client_id, step.event(now))
            case str() if step in ANSWERS:
                self.house.post.answers.append(ANSWERS[step])
            case str():
                await self.order(step)
            case _:
                await self.know(step)
        await self.settle()

    async def know(self, event: Event) -> None:
        number = getattr(event, "invoice", None)
        client_id = OWNER.get(str(number), 1)
        fits = isinstance(event, PaymentReceived) and CURRENCY.get(event.invoice) == event.amount.currency
        if isinstance(event, PaymentReceived) and fits and event.amount.amount > 0:
            self.paid.append(event)
        await happen(self.house.bot, client_id, event, also=(number,) if number else ())

    async def order(self, word: str) -> None:
        bot = self.house.bot
        orders: dict[str, Any] = {
            "draft": lambda: set_mode(bot, live=False),
            "live": lambda: set_mode(bot, live=True),
            "approve": lambda: approve(bot, "F-4"),
            "resend": lambda: resolve_doubt(bot, "F-1", arrived=False),
            "arrived": lambda: resolve_doubt(bot, "F-1", arrived=True),
            "undo": self.take_back,
        }
        self.readable = {"unread": False, "read": True}.get(word, self.readable)
        if word in orders:
            try:
                await orders[word]()
            except CommandFault:
                return

    async def take_back(self) -> None:
        """The last entry of the ledger that stands is taken back; money that came is then told no more."""
        standing = [entry for entry in await self.house.store.entries() if entry.stands]
        if standing:
            entry = standing[-1]
            await undo(self.house.bot, entry.id, self.house.clock.now().date())
            if entry.kind == "payment":
                self.paid.remove(next(p for p in self.paid if (p.invoice, p.amount) == (entry.invoice, entry.cash)))

    async def pass_time(self, span: timedelta) -> None:
        """Hours pass; the daemon looks six times a day."""
        end = self.house.clock.now() + span
        while self.house.clock.now() < end:
            self.house.clock.set(min(end, self.house.clock.now() + timedelta(hours=4)))
            await self.settle()

    async def settle(self) -> None:
        if self.readable:
            self.read_at = self.house.clock.now()
            await was_read(self.house.bot, self.read_at)
        await review(self.house.bot)
        with contextlib.suppress(AccountFault):
            await dispatch(self.house.bot)
        posted = self.house.post.posted
        for one in posted[self.looked :]:
            await self.left_rightly(one.key)
        self.looked = len(posted)

    async def left_rightly(self, key: str) -> None:
        """What must be true at the moment at which a letter leaves."""
        letter = await self.house.store.letter(key)
        assert letter is not None
        assert letter.client_id is not None
        client = await self.house.store.client(letter.client_id, also=letter.invoices)
        now = self.house.clock.now()
        assert POLICY.calendar(client).opening_from(now) == now, "outside business hours"
        for number in (number for number, _ in letter.climbs):
            invoice = client.invoice(number)
            assert invoice is not None
            assert invoice.standing is Standing.OPEN, f"{number} is {invoice.standing}"
            assert not blocking_holds(client, invoice), f"{number} is held"
        if letter.chasing:
            assert now - self.read_at <= timedelta(minutes=10), "a reminder on stale knowledge"


async def live_through(story: list[Any]) -> Life:
    house = await live_house(START, POLICY)
    async with house.store.begin() as tx:
        for client in people():
            await tx.add_client(client, START)
    life = Life(house)
    for step in story:
        await life.act(step)
    await life.pass_time(timedelta(days=20))
    return life


async def all_letters(house: House) -> list[Letter]:
    return sorted(await house.store.letters(list(LetterState), limit=10**6), key=lambda letter: letter.created_at)


async def check(life: Life) -> None:
    house = life.house
    assert await house.store.out_of_balance() == []
    letters = await all_letters(house)
    climbs = Counter(climb for letter in letters if letter.state not in OVER for climb in letter.climbs)
    assert max(climbs.values(), default=1) == 1, "a rung was climbed twice"
    left = Counter(posted.key for posted in house.post.posted)
    assert max(left.values(), default=1) == 1, "the same letter left twice"
    for client_id in (1, 2):
        client = await house.store.client(client_id, also=NUMBERS)
        assert_rungs_in_order(client)
        chased = [x for x in letters if x.chasing and x.client_id == client_id and x.sent_at]
        calendar = POLICY.calendar(client)
        by_day = sorted(calendar.local_day(x.sent_at) for x in chased if x.sent_at)
        for earlier, later in pairwise(by_day):
            assert later >= calendar.add_working_days(earlier, POLICY.budget_gap_days), "chased too soon again"
        entries = await house.store.entries(client_id=client_id)
        told = [payment.amount for payment in life.paid if OWNER[payment.invoice] == client_id]
        came = totals(entry.cash for entry in entries if entry.kind == "payment")
        assert [m for m in came if m] == [m for m in totals(told) if m]  # what was taken back is nothing
        went = [Money.of(-entry.cash.amount, entry.cash.currency) for entry in entries if entry.kind == "chargeback"]
        kept = [*(invoice.paid for invoice in client.invoices), *client.credit, *went]
        assert [m for m in totals(kept) if m] == [m for m in totals(told) if m], "money was lost or created"
        for invoice in client.invoices:
            assert invoice.balance + invoice.paid + invoice.given_up == invoice.amount
            assert min(invoice.balance.amount, invoice.paid.amount, invoice.given_up.amount) >= 0
            assert invoice.live or not [c for c in invoice.climbs if c.state == "waiting"]


def assert_rungs_in_order(client: Client) -> None:
    """The first contact is the friendliest, and no rung is skipped."""
    names = [rung.name for rung in POLICY.ladder(client.ladder)]
    for invoice in client.invoices:
        expected = names[1:] if invoice.delivered_on else names
        assert {climb.rung for climb in invoice.climbs} == set(expected[: len(invoice.climbs)])


@example([PaymentReceived("F-2", Money.from_minor(1, "CAD"), date(2026, 1, 1), "operator")] * 2)
@settings(max_examples=120)
@given(st.lists(steps, max_size=14))
def test_whatever_happens_the_laws_hold(story: list[Any]) -> None:
    async def lived() -> None:
        await check(await live_through(story))

    asyncio.run(lived())


@settings(max_examples=300)
@given(st.lists(st.one_of(says, plain_events), min_size=1, max_size=8), st.integers(0, 3000), st.sampled_from([0, 1]))
def test_deciding_never_raises_and_always_says_why(story: list[Any], hours: int, which: int) -> None:
    client, now = replace(people()[which], id=1), START
    for step in story:
        event = step.event(now) if isinstance(step, Say) else step
        decision = decide(client, event, POLICY, now)
        assert decision == decide(client, event, POLICY, now)
        assert decision.because or isinstance(event, TimePassed)
        client = decision.client
        assert len({hold.id for hold in client.holds}) == len(client.holds)
        promised = {hold.invoice for hold in client.standing_holds if hold.intent is Intent.PROMISE_TO_PAY}
        for invoice in client.invoices:
            assert invoice.standing is not Standing.PROMISED or {None, invoice.number} & promised
        look = next_look_at(client, POLICY, now)
        assert look is None or look.year < 2100
        now += timedelta(hours=hours)
