"""One run: servers, proxies, an installation, a life after a life, and then the counting."""

import json
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as wall
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest

from mailbot.core.calendar import WorkCalendar
from mailbot.flows.proof import Proofs, remember
from mailbot.store.store import SqlStore
from tests.servers.dovecot import DovecotServer
from tests.servers.installation import Installation, Servers
from tests.torture.far_side import (
    OPERATOR,
    OWN,
    DovecotBoxes,
    EmbeddedBoxes,
    FarSide,
    Mailboxes,
    client_address,
    wants_ack,
)
from tests.torture.faults import Script
from tests.torture.imap_proxy import ImapProxy
from tests.torture.lives import Lives
from tests.torture.smtp_proxy import SmtpProxy
from tests.torture.verdict import Books, Figures

_ZONE = ZoneInfo("America/Toronto")
_POLICY = """\
[hours]
opens = "00:01"
closes = "23:59"
friday_closes = "23:58"
[letters]
automatic_per_hour = 10000
freshness_minutes = 60
expires_days = 14
first_look_minutes = 10
resend_after_hours = 1
"""
_HOUR_S = 3600


@dataclass(frozen=True)
class Plan:
    """How much, how fast. `lives_s` is the longest life before the next kill; `minutes` bounds the whole run.

    `embedded`: the demo's IMAP server even where Dovecot is installed.
    """

    letters: int = 2000
    minutes: float = 10
    seed: int = 1
    speed: float = 240
    lives_s: float = 2.0
    kills: int = 100
    embedded: bool = False
    say: Callable[[str], None] = lambda _: None

    @property
    def clients(self) -> int:
        """Each gets one letter and writes one answer; half of the answers are acknowledged by another letter."""
        return -(-self.letters * 2 // 3)

    @property
    def copy_s(self) -> float:
        """The longest delay of the provider's copy: a proof must come ten times sooner than the grace is over."""
        return 0.9 * _HOUR_S / 10 / self.speed


def _first_instant() -> datetime:
    """Just after midnight of the next working day that is followed by another one."""
    calendar = WorkCalendar("CA", "QC", "America/Toronto")
    day = datetime.now(_ZONE).date() + timedelta(days=1)
    while calendar.closed(day) or calendar.closed(day + timedelta(days=1)):
        day += timedelta(days=1)
    return datetime.combine(day, wall(0, 5), _ZONE).astimezone(UTC)


def _has_dovecot() -> bool:
    try:
        DovecotServer().remove()
    except pytest.skip.Exception:  # raised where something is not installed
        return False
    return True


class Rack:
    """The machine that a run takes place on."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        self.plan = plan
        self.started = time.monotonic()
        self._began_at, self._epoch = _first_instant(), time.time()
        self._script = Script(plan.seed)
        self._imap_script = Script(plan.seed + 1)
        self._random = Random(plan.seed)  # noqa: S311 - a script, not a secret
        self._folder = folder
        self._late: list[str] = []

    def now(self) -> datetime:
        """The time on the daemon's clock."""
        return self._began_at + timedelta(seconds=(time.time() - self._epoch) * self.plan.speed)

    @property
    def passed_s(self) -> float:
        """Seconds of real time."""
        return time.monotonic() - self.started

    async def run(self, boxes: Mailboxes) -> Figures:
        """Torture, let it come to rest, count."""
        plan = self.plan
        async with AsyncExitStack() as stack:
            await boxes.start()
            stack.push_async_callback(boxes.stop)
            self.far = FarSide(self.now, boxes, plan.seed, plan.copy_s)
            await self.far.start()
            stack.push_async_callback(self.far.stop)
            self.smtp = SmtpProxy(self._script, self.far.port)
            self.imap = ImapProxy(self._imap_script, boxes.port)
            for proxy in (self.smtp, self.imap):
                await proxy.start()
                stack.push_async_callback(proxy.stop)
            files = await self._install()
            self.books = Books(files.database)
            words = (str(files.file), self._began_at.isoformat(), repr(self._epoch), repr(plan.speed))
            self.lives = Lives("tests.torture.child", words, self._folder / "daemon.log", files.env())
            await self.lives.start()
            stack.push_async_callback(self.lives.stop)
            await self._torture()
            await self._rest()
            return self._figures()

    async def _install(self) -> Installation:
        servers = Servers(("127.0.0.1", self.imap.port), ("127.0.0.1", self.smtp.port), smtp_login=False)
        files = Installation(self._folder / "installation", servers, email=OWN, operator=OPERATOR)
        files.replace("# lookback_days = 14", "lookback_days = 60")
        (files.folder / "policy.toml").write_text(_POLICY, encoding="utf-8")
        file = files.folder / "invoices.csv"
        file.write_text(_invoices(self.plan.clients, datetime.now(UTC).date()), encoding="utf-8")
        for words in (("import", str(file), "--apply"), ("go-live",)):
            done = await files.mailbot(*words)
            assert done.code == 0, done.said
        store = await SqlStore.open(str(files.database), now=self.now, create=False)
        async with store.begin() as tx:  # as `check --probe` would have learnt it of this provider
            await remember(tx, Proofs(self.now(), sent_copy_s=round(self.plan.copy_s * self.plan.speed)))
        await store.close()
        self._epoch = time.time()
        return files

    def _missing(self) -> int:
        """Letters that are still to come; who was refused by 5xx gets none and answers none."""
        got, missing = self.far.to, 0
        for serial in range(self.plan.clients):
            address = client_address(serial)
            if address not in self.smtp.refused:
                missing += max(0, 1 + wants_ack(serial) - len(got.get(address, ())))
        return missing

    async def _torture(self) -> None:
        """Kill, and kill again, until most letters have arrived and there were kills enough, or time is up."""
        plan, told = self.plan, 0.0
        while self.passed_s < plan.minutes * 60 * 0.75:
            await self.lives.live(self._random.uniform(0.3, plan.lives_s), signal.SIGKILL)
            missing = self._missing()
            if self.passed_s > told + 10:
                told = self.passed_s
                plan.say(f"{told:4.0f} s: {missing} letters to come, {self.lives.kills} kills, {self.books.states()}")
            if missing <= max(4, plan.clients // 50) and self.lives.kills >= plan.kills:
                return

    async def _rest(self) -> None:
        """No more faults and no more kills: what is in doubt must settle, what waits must leave, all must be read."""
        self._script.quiet = self._imap_script.quiet = True
        told, waiting, unread = 0.0, dict[str, int](), list[str]()
        while self.passed_s < self.plan.minutes * 60:
            await self.lives.live(4, signal.SIGTERM)
            await self.far.settled()
            states, stored = self.books.states(), self.books.replies()
            unread = [name for name in self.far.replies if name not in stored]
            waiting = {s: states[s] for s in ("queued", "deferred", "claimed", "sending", "in_doubt") if states[s]}
            if self.passed_s > told + 10:
                told = self.passed_s
                self.plan.say(f"{told:4.0f} s, at rest: {self._missing()} to come, {waiting}, {len(unread)} unread")
            if not waiting and not unread:
                return
        self._late = [f"time was up: {waiting} in the outbox, {len(unread)} replies unread"]

    def _figures(self) -> Figures:
        far, books, clients = self.far, self.books, range(self.plan.clients)
        refused, asked = books.told("refused"), books.told("doubt") & books.recipients("in_doubt")
        first = {client_address(serial) for serial in clients}
        answered = {client_address(serial) for serial in far.replies.values() if wants_ack(serial)}
        lacking = [one for one in first if one not in far.to]
        lacking += [one for one in answered if len(set(far.to[one])) < 2]
        twice = [name for name, count in far.stored.items() if count > 1]
        twice += [one for one in first if len(set(far.to.get(one, ()))) > 1 + (one in answered)]
        lost = [one for one in lacking if one not in refused and one not in asked]
        stored, held = books.replies(), books.held_by()
        troubles = books.faults() + [f"the daemon died by itself: {code}" for code in self.lives.deaths if code]
        troubles += [f"refused and not told: {one}" for one in self.smtp.refused & set(lacking) - refused - asked]
        return Figures(
            letters=len(first) + len(answered),
            arrived=len(first) + len(answered) - len(lacking),
            twice=len(twice),
            lost=len(lost),
            refused=sum(one in refused for one in lacking),
            asked=len(asked),
            swallowed=self.smtp.swallowed.total(),
            kills=self.lives.kills,
            faults=self._script.counted + self._imap_script.counted,
            took_s=self.passed_s,
            replies=len(far.replies),
            replies_stored=sum(name in stored for name in far.replies),
            replies_lost=sum(name not in stored for name in far.replies),
            acted_twice=sum(held[name] > 1 for name in far.replies),
            to_operator=len(set(far.to.get(OPERATOR, ()))),
            troubles=self._late
            + troubles
            + [f"lost: {one}" for one in lost[:5]]
            + [f"twice: {one}" for one in twice[:5]],
        )


def _invoices(clients: int, today: date) -> str:
    """One invoice a client; every third was sent by hand long ago, and its reminder wants a fresh inbox."""
    lines = ["number,client_name,client_email,language,country,region,issued_on,due_on,amount,subject,sent_on"]
    for serial in range(clients):
        late = serial % 3 == 0
        issued = today - timedelta(days=40 if late else 0)
        due = issued + timedelta(days=30)
        lines.append(
            f"F-{serial:05},Client {serial:05} inc.,{client_address(serial)},fr,CA,QC,{issued},{due},1250.00,"
            f"Site web,{issued if late else ''}"
        )
    return "\n".join(lines) + "\n"


async def tortured(plan: Plan, keep: Path | None = None) -> Figures:
    """One run of the daemon, in a folder of its own; `keep` names one that stays."""
    folder = keep or Path(tempfile.mkdtemp(prefix="mailbot-torture-"))
    rack = Rack(plan, folder)
    boxes: Mailboxes = EmbeddedBoxes(rack.now) if plan.embedded or not _has_dovecot() else DovecotBoxes()
    try:
        return await rack.run(boxes)
    finally:
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)


async def naive(plan: Plan) -> Figures:
    """The same number of letters, the same script, the same kills, and a sender that tries again on every exception."""
    started = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="mailbot-naive-"))
    script = Script(plan.seed)
    random = Random(plan.seed)  # noqa: S311 - a script, not a secret
    far = FarSide(lambda: datetime.now(UTC), None, plan.seed, 0)
    letters = [(client_address(serial), f"<letter{serial}@atelier.test>") for serial in range(plan.letters)]
    (folder / "letters.json").write_text(json.dumps(letters))
    await far.start()
    proxy = SmtpProxy(script, far.port)
    await proxy.start()
    env = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    lives = Lives("tests.torture.naive", (str(folder), str(proxy.port)), folder / "naive.log", env)
    await lives.start()
    try:
        while lives.deaths[-1:] != [0] and time.monotonic() - started < plan.minutes * 60:
            await lives.live(random.uniform(0.3, plan.lives_s), signal.SIGKILL)
    finally:
        await lives.stop()
        await proxy.stop()
        await far.stop()
        shutil.rmtree(folder, ignore_errors=True)
    arrived = sum(name in far.stored for _, name in letters)
    return Figures(
        letters=len(letters),
        arrived=arrived,
        twice=sum(count > 1 for count in far.stored.values()),
        lost=len(letters) - arrived,
        refused=0,
        asked=0,
        swallowed=proxy.swallowed.total(),
        kills=lives.kills,
        faults=script.counted,
        took_s=time.monotonic() - started,
    )
