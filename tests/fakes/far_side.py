"""The far side of the world: a post office, a mailbox and a writer that do as they are told, and a bot on top."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache

from mailbot.clock import HandClock
from mailbot.config.notices import load_catalogue
from mailbot.core.business import Business, Operator
from mailbot.core.policy import Policy
from mailbot.flows.desk import Desk, GivenRecords
from mailbot.flows.inbound import Batch, Cursor, RawMail
from mailbot.flows.outside import Outcome
from mailbot.flows.ports import Bot
from mailbot.notices import Catalogue
from tests.fakes.memory_store import MemoryStore

ACCEPTED = Outcome("accepted", 250, "queued", "data")


@dataclass(frozen=True)
class Posted:
    """A letter that a server took."""

    at: datetime
    key: str
    recipients: tuple[str, ...]
    octets: bytes


@dataclass
class FakePost:
    """A submission server. `answers` are given first, one a letter; then everything is accepted.

    `before_data` is called after RCPT and before DATA; `dies` breaks the process right after that point.
    """

    now: Callable[[], datetime]
    answers: list[Outcome] = field(default_factory=list)
    posted: list[Posted] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    before_data: Callable[[], Awaitable[None]] | None = None
    dies: str = ""

    async def submit(
        self,
        key: str,
        envelope_from: str,
        recipients: Sequence[str],
        octets: bytes,
        *,
        on_committed: Callable[[], Awaitable[None]],
    ) -> Outcome:
        self.tried.append(key)
        answer = self.answers.pop(0) if self.answers else ACCEPTED
        if self.dies == "connecting":
            raise ProcessDied
        if answer.phase in ("data", "end"):
            await on_committed()
            if self.before_data is not None:
                await self.before_data()
        if self.dies == "sending":
            raise ProcessDied
        if answer.verdict == "accepted":
            self.posted.append(Posted(self.now(), key, tuple(recipients), octets))
        return answer

    async def close(self) -> None:
        return


class ProcessDied(BaseException):
    """The process was killed at this point; nothing after it ran."""


@dataclass
class FakeMailbox:
    """An account with one folder; `down` makes every look fail, as a dead server does."""

    now: Callable[[], datetime]
    messages: list[tuple[bytes, datetime]] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)
    known_ids: set[str] = field(default_factory=set)
    down: bool = False
    uidvalidity: int = 1

    @property
    def name(self) -> str:
        return "studio"

    async def watched(self) -> Sequence[str]:
        if self.down:
            raise ConnectionError("the server does not answer")
        return ("INBOX",)

    def fetch_new(self, folder: str, cursor: Cursor | None, *, since: date) -> AsyncIterator[Batch]:
        return self._batches(folder, cursor)

    async def _batches(self, folder: str, cursor: Cursor | None) -> AsyncIterator[Batch]:
        rescan = cursor is not None and cursor.uidvalidity != self.uidvalidity
        last = 0 if cursor is None or rescan else cursor.last_uid
        mails = tuple(
            RawMail(self.name, folder, self.uidvalidity, uid, octets, at)
            for uid, (octets, at) in enumerate(self.messages, 1)
            if uid > last
        )
        yield Batch(mails, Cursor(self.uidvalidity, max(last, len(self.messages))), rescan)

    def deliver(self, octets: bytes) -> None:
        self.messages.append((octets, self.now()))

    async def append_sent(self, octets: bytes, at: datetime) -> bool:
        self.sent.append(octets)
        return True

    async def copies(self, message_id: str, key: str) -> Collection[str]:
        if self.down:
            raise ConnectionError("the server does not answer")
        return ["sent"] if message_id in self.known_ids else []


@dataclass(frozen=True)
class PlainWords:
    """A letter in few words."""

    subject: str
    text: str
    html: str


@dataclass
class PlainWriter:
    """Writes the template's name and the numbers; `broken` names templates that cannot be rendered."""

    broken: set[str] = field(default_factory=set)
    contexts: list[tuple[str, Mapping[str, object]]] = field(default_factory=list)
    keeps: bool = True

    def render(self, template: str, language: str, context: Mapping[str, object]) -> PlainWords:
        if template in self.broken:
            raise ValueError(f"{template} has an unknown variable")
        if self.keeps:
            self.contexts.append((template, context))
        return PlainWords(f"{template} ({language})", f"{template}\n", f"<p>{template}</p>")

    def last(self, template: str) -> Mapping[str, object]:
        """The context of the last letter written from this template."""
        return next(context for name, context in reversed(self.contexts) if name == template)


def business() -> Business:
    operator = Operator("Noémie", ("me@home.example",), "fr", "America/Toronto", "CA", "QC")
    return Business("studio", "Studio Noémie", "bot@studio.example", operator, language="fr", country="CA")


@dataclass
class House:
    """A bot whose clock, post office, mailbox and writer are in the hands of the test."""

    clock: HandClock
    store: MemoryStore
    post: FakePost
    mailbox: FakeMailbox
    writer: PlainWriter
    bot: Bot


@cache
def packaged_catalogue() -> Catalogue:
    """The templates of payment notices that come with mailbot."""
    return load_catalogue(None, [])


def house(at: datetime, policy: Policy | None = None) -> House:
    """A bot in draft mode, as newly installed."""
    clock = HandClock(at)
    store, post, mailbox = MemoryStore(clock.now), FakePost(clock.now), FakeMailbox(clock.now)
    writer = PlainWriter()
    desk = Desk(packaged_catalogue, GivenRecords({}), addresses=("bot@studio.example",), currency="EUR")
    bot = Bot(business(), policy or Policy(), clock, store, writer, post, mailbox, "test", desk=desk)
    return House(clock, store, post, mailbox, writer, bot)


async def live_house(at: datetime, policy: Policy | None = None) -> House:
    """A bot that may write to clients."""
    made = house(at, policy)
    async with made.store.begin() as tx:
        await tx.remember("mode", "live")
    return made
