"""Playing: the clock is wound from one moment at which something can happen to the next, and all do their part."""

import heapq
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from mailbot.core.ladder import next_look_at
from mailbot.daemon.metronome import sweep
from mailbot.daemon.watcher import mailbox_back, mailbox_silent
from mailbot.demo.acting import cues_of, do, pay, speak, write_as_stranger
from mailbot.demo.chronicle import Happened
from mailbot.demo.person import Arrived
from mailbot.demo.script import Cue
from mailbot.demo.stage import Stage, address_of
from mailbot.flows.commit import is_live
from mailbot.flows.dispatch import dispatch, file_copies
from mailbot.flows.doubt import look_for_proof
from mailbot.flows.outbound import LetterState
from mailbot.flows.receive import sync
from mailbot.flows.report import operator_calendar
from mailbot.wire.imap_errors import ImapError

log = logging.getLogger(__name__)

_SOON = timedelta(minutes=3)
_STUCK = timedelta(hours=2)
_TICK = timedelta(seconds=1)
_EVERYONE = 100_000

Deed = Callable[[], Awaitable[None]]


@dataclass(slots=True)
class Performance:
    """A play under way. `agenda` holds what will be done, by time; `seen` counts mails whose arrival was noticed."""

    stage: Stage
    agenda: list[tuple[datetime, int, Deed]] = field(default_factory=list)
    serial: int = 0
    noticed: int = 0
    steps: int = 0
    down_since: datetime | None = None
    spoken: set[int] = field(default_factory=set)

    def plan(self, at: datetime, deed: Deed) -> None:
        """Put something on the agenda."""
        self.serial += 1
        heapq.heappush(self.agenda, (at.astimezone(UTC), self.serial, deed))

    async def run(self, told: Callable[[date], Awaitable[None]] | None = None) -> None:
        """Play from the first day to the last; `told` is called after each day."""
        self._plan_all()
        stage = self.stage
        today = stage.clock.now().astimezone(stage.play.zone).date()
        while (now := stage.clock.now()) < stage.ends_at:
            day = now.astimezone(stage.play.zone).date()
            if told is not None and day != today:
                await told(today)
            today = day
            while self.agenda and self.agenda[0][0] <= now:
                await heapq.heappop(self.agenda)[2]()
            if not self._asleep(now):
                await self._beat()
            await self._others_read()
            self.steps += 1
            stage.clock.set(await self._next_moment(now))
        if told is not None:
            await told(today)

    def _asleep(self, now: datetime) -> bool:
        """Whether mailbot itself does not run: its machine is off."""
        return any(down.starts_at <= now < down.ends_at for down in self.stage.play.downtimes)

    async def _beat(self) -> None:
        """What the daemon's tasks do: read the mailbox, sweep, hand over, file copies."""
        bot = self.stage.bot
        try:
            await sync(bot)
        except ImapError as fault:
            self.down_since = self.down_since or bot.clock.now()
            await mailbox_silent(bot, fault, self.down_since)
            await self.stage.parts.mailbox.wire.close()
        else:
            if self.down_since is not None:
                await mailbox_back(bot)
                self.down_since = None
        await sweep(self.stage.parts)
        await dispatch(bot)
        if self.down_since is None:
            await look_for_proof(bot)
            await file_copies(bot)

    async def _others_read(self) -> None:
        """Whoever got mail reads it, as a mail program does after IDLE's hint; while IMAP is down, nobody can."""
        stage = self.stage
        if not stage.imap_up:
            return
        rung = {address for mail in stage.world.accepted[self.noticed :] for address in mail.recipients}
        self.noticed = len(stage.world.accepted)
        for email, person in stage.people.items():
            if email in rung:
                for letter in await person.read():
                    self._react(stage.owners[email], letter)
        if stage.operator.email in rung:
            await stage.operator.read()
        if stage.settings.business.email in rung:
            self.plan(stage.clock.now() + _SOON, _nothing)

    def _react(self, code: str, letter: Arrived) -> None:
        """The lines of a client's script that wait for this letter."""
        stage = self.stage
        numbers = letter.invoices
        zone = ZoneInfo(stage.records[code].timezone)
        for key, cue, line in cues_of(stage.casts.get(code)):
            fits = cue.after == letter.rung and (not cue.about or cue.about in numbers)
            if not fits or key in self.spoken:
                continue
            self.spoken.add(key)
            own = zone if line.speaks else stage.play.zone
            today = stage.clock.now().astimezone(own).date()
            at = self._moment(cue, today + timedelta(days=cue.days), own)
            deed = partial(speak, stage, code, line.words, letter, numbers) if line.words else None
            if deed is None and line.money is not None:
                deed = partial(pay, stage, code, line.money)
            if deed is not None:
                self.plan(max(at, stage.clock.now() + _SOON), deed)

    def _moment(self, cue: Cue, day: date, zone: ZoneInfo) -> datetime:
        return datetime.combine(day, cue.at, zone) + timedelta(minutes=self.stage.random.randint(0, 9))

    def _plan_all(self) -> None:
        """What happens on a day that the script names."""
        stage = self.stage
        for actor in stage.play.actors:
            zone = ZoneInfo(stage.records[actor.code].timezone)
            for _, cue, line in cues_of(actor):
                if cue.on is None:
                    continue
                if line.words is not None:
                    self.plan(self._moment(cue, cue.on, zone), partial(speak, stage, actor.code, line.words, None, ()))
                elif line.money is not None:
                    self.plan(self._moment(cue, cue.on, stage.play.zone), partial(pay, stage, actor.code, line.money))
            if actor.bounces_from is not None:
                self.plan(datetime.combine(actor.bounces_from, time.min, zone), partial(self._address_dies, actor.code))
        for command in stage.play.operator:
            if command.cue.on is not None:
                at = datetime.combine(command.cue.on, command.cue.at, stage.play.zone)
                self.plan(at, partial(do, stage, command))
        for stranger in stage.play.strangers:
            if stranger.cue.on is not None:
                at = self._moment(stranger.cue, stranger.cue.on, stage.play.zone)
                self.plan(at, partial(write_as_stranger, stage, stranger))
        for downtime in stage.play.downtimes:
            self.plan(downtime.ends_at, _nothing)
        for outage in stage.play.outages:
            self.plan(outage.starts_at, partial(self._imap, up=False))
            self.plan(outage.ends_at, partial(self._imap, up=True))

    async def _imap(self, *, up: bool) -> None:
        stage = self.stage
        await (stage.world.imap_up() if up else stage.world.imap_down())
        stage.imap_up = up
        words = "The mail server's IMAP answers again." if up else "The mail server's IMAP stops answering."
        stage.chronicle.happened.append(Happened(stage.clock.now(), "outage", "", words))

    async def _address_dies(self, code: str) -> None:
        self.stage.world.bounces(
            address_of(self.stage.records[code]), "5.1.1", "The email account that you tried to reach does not exist"
        )

    async def _next_moment(self, now: datetime) -> datetime:
        """The next instant at which anything can happen; the daemon looks twice a minute, and finds nothing between."""
        stage, bot = self.stage, self.stage.bot
        moments = [at for at, _, _ in self.agenda[:1]]
        if self._asleep(now):
            return min((*moments, stage.ends_at))
        moments += [_next_digest(stage, now), stage.ends_at]
        least = now + (_STUCK if self.down_since else _TICK)
        for letter in await bot.store.letters([LetterState.QUEUED, LetterState.DEFERRED]):
            moments.append(max(letter.not_before, least))
        for client_id in await bot.store.due_clients(min(moments), _EVERYONE) if await is_live(bot) else ():
            look_at = next_look_at(await bot.store.client(client_id), bot.policy, now)
            if look_at is not None:
                moments.append(look_at if look_at > now else now + _STUCK)
        return max(min(moments), now + _TICK)


async def _nothing() -> None:
    """Do nothing: a moment at which only the bot has something to see."""


def _next_digest(stage: Stage, now: datetime) -> datetime:
    reader = stage.settings.operator
    zone = ZoneInfo(reader.timezone)
    day, working = now.astimezone(zone).date(), operator_calendar(stage.bot)
    if datetime.combine(day, reader.digest_at, zone) <= now:
        day += timedelta(days=1)
    return datetime.combine(working.working_day_from(day), reader.digest_at, zone).astimezone(UTC)
