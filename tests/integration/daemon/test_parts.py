"""The supervisor's tasks one by one, against real servers, with a hand-wound clock: outages, refusals, odd clocks."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
import pytest_asyncio

from mailbot.bot import Assembled, assemble
from mailbot.clock import HandClock
from mailbot.core.client import Client
from mailbot.core.matter import Matter
from mailbot.daemon import dispatcher as dispatching
from mailbot.daemon import metronome as beating
from mailbot.daemon import watcher as watching
from mailbot.daemon.dispatcher import dispatcher
from mailbot.daemon.metronome import metronome, sweep
from mailbot.daemon.notify import Notifier
from mailbot.daemon.pulse import Pulse, SweepStalled, pulse
from mailbot.daemon.watcher import _Reader, watcher
from mailbot.flows.command import set_mode
from mailbot.flows.freshness import read_at
from mailbot.flows.outbound import LetterState
from mailbot.flows.receive import sync
from mailbot.flows.review import review
from mailbot.wire.backoff import Backoff
from tests.integration.daemon.conftest import JULIE, TEN, House, came, reply
from tests.integration.smtp.scripted import ScriptedSmtp
from tests.servers.mailhost import MailHost
from tests.servers.waiting import PATIENCE_S, until


def soon(rng: Random, first_s: float = 0) -> Backoff:
    """A back-off that grows as the real one and starts at once."""
    return Backoff(rng, first_s=0.05, most_s=0.1)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "Backoff", soon)
    monkeypatch.setattr(dispatching, "Backoff", soon)


@pytest.fixture
def clock() -> HandClock:
    return HandClock(TEN)


@pytest_asyncio.fixture
async def parts(house: House, clock: HandClock) -> AsyncIterator[Assembled]:
    """A live bot with one invoice, in this process."""
    await house.bring_in()
    async with assemble(house.files.settings(), clock) as parts:
        yield parts


@asynccontextmanager
async def at_work(task: asyncio.Task[None], parts: Assembled, stop: asyncio.Event) -> AsyncIterator[None]:
    """Let a task of the daemon run, and end it as the supervisor does."""
    try:
        yield
    finally:
        stop.set()
        parts.bot.wake.set()
        parts.mailbox.wire.interrupt()
        await asyncio.wait_for(task, PATIENCE_S)


async def matter(parts: Assembled, key: str) -> Matter:
    async def look() -> Matter | None:
        return next((one for one in await parts.store.matters() if one.subject_key == key), None)

    return await until(look, f"a matter about {key}")


async def no_matter(parts: Assembled, key: str) -> None:
    async def look() -> bool | None:
        parts.bot.wake.set()
        return None if any(one.subject_key == key for one in await parts.store.matters()) else True

    await until(look, f"the matter about {key} is closed")


async def test_while_the_mailbox_is_down_letters_wait_and_after_an_hour_the_operator_is_told(
    house: House, parts: Assembled, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    """No reminder on stale knowledge; the operator hears by mail; when the mailbox is back all goes on by itself."""
    bot, stop = parts.bot, asyncio.Event()
    await sync(bot)
    await sweep(parts)
    await house.world.imap_down()
    task = asyncio.create_task(watcher(parts, stop))
    async with at_work(task, parts, stop):
        for minutes in (0, 59):  # two failures each: the second one may have begun before the clock moved
            clock.advance(timedelta(minutes=minutes))
            caplog.clear()
            await until(lambda: _failures(caplog, 2), "the mailbox does not answer")
        assert not await parts.store.matters()
        clock.advance(timedelta(minutes=1))
        told = await matter(parts, "imap")
        assert told.urgent
        assert "connection refused" in str(told.facts["fault"])
        await sweep(parts)
        (alert,) = [one for one in await parts.store.letters([LetterState.QUEUED]) if one.template == "alert"]
        assert alert.client_id is None
        assert await read_at(bot) == TEN
        await house.world.deliver("noemie@atelier.test", reply("Je conteste cette facture."))
        await house.world.imap_up()
        await no_matter(parts, "imap")
        client = await house.client(lambda client: bool(client.standing_holds), "the reply that had come meanwhile")
        assert client.standing_holds[0].evidence
    assert await read_at(bot) == clock.now()


async def test_a_reminder_waits_for_a_fresh_inbox_and_does_not_burst_afterwards(
    house: House, parts: Assembled, clock: HandClock
) -> None:
    """Due while the mailbox is down: it stays in the outbox, and leaves once when the inbox was read again."""
    bot, stop = parts.bot, asyncio.Event()
    await sync(bot)
    await sweep(parts)
    task = asyncio.create_task(dispatcher(bot, stop))
    async with at_work(task, parts, stop):
        await came(lambda: house.to(JULIE), 1, "the invoice letter")
        await house.letter(LetterState.SENT)
        client = await _client(parts)
        clock.set(parts.bot.policy.calendar(client).opening_on(client.invoices[0].due_on + timedelta(days=3)))
        for _ in range(2):  # courtesy is late by now: the first contact after the invoice is the friendliest
            clock.advance(timedelta(minutes=5))
            await review(bot)
            bot.wake.set()
        waiting = await until(lambda: _response(parts, "inbox_stale"), "a letter that waits for the inbox")
        assert waiting
        assert len(await house.to(JULIE)) == 1
        await sync(bot)
        clock.advance(timedelta(minutes=2))
        bot.wake.set()
        await came(lambda: house.to(JULIE), 2, "one reminder")
        for _ in range(5):
            clock.advance(timedelta(hours=1))
            await sync(bot)
            await review(bot)
            bot.wake.set()
    assert len(await house.to(JULIE)) == 2


async def _failures(caplog: pytest.LogCaptureFixture, count: int) -> bool | None:
    return True if caplog.text.count("the mailbox does not answer") >= count else None


async def _client(parts: Assembled) -> Client:
    client = await parts.store.client_of_invoice("F-1")
    assert client is not None
    return client


async def _response(parts: Assembled, code: str) -> bool | None:
    letters = await parts.store.letters([LetterState.QUEUED, LetterState.DEFERRED])
    return True if any(letter.response == code for letter in letters) else None


async def test_a_refused_smtp_login_pauses_everything_is_told_and_heals(
    slow_house: House, smtp: ScriptedSmtp, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    """One try for all letters, not one for each; no letter is lost; when the account works again the matter closes."""
    smtp.usual["EHLO"] = "250-scripted\r\n250-AUTH PLAIN\r\n250 8BITMIME"
    smtp.script["AUTH"] = ["535 5.7.8 Bad credentials"]
    slow_house.files.replace('user = ""', 'user = "bot"')
    (slow_house.files.folder / ".env").write_text("MAILBOT_IMAP_PASSWORD='secret'\nMAILBOT_SMTP_PASSWORD='right'\n")
    await slow_house.bring_in()
    stop = asyncio.Event()
    async with assemble(slow_house.files.settings(), clock) as parts:
        await sync(parts.bot)
        await sweep(parts)
        with caplog.at_level(logging.ERROR, "mailbot.daemon"):
            task = asyncio.create_task(dispatcher(parts.bot, stop))
            async with at_work(task, parts, stop):
                told = await matter(parts, "smtp")
                assert "535" in str(told.facts["fault"])
                assert "Check user and password" in str(told.facts["fault"])
                assert "right" not in str(told.facts["fault"])
                clock.advance(timedelta(minutes=30))
                await no_matter(parts, "smtp")
                await slow_house.letter(LetterState.SENT)
    assert "the mail account is refused" in caplog.text
    assert sum(JULIE.encode() in octets for octets in smtp.stored) == 1


async def test_a_refused_imap_login_is_told_at_once(house: House, clock: HandClock) -> None:
    """It needs no hour: nobody but the operator can mend a password."""
    await house.bring_in()
    settings = house.files.settings()
    settings = replace(settings, imap=replace(settings.imap, password="wrong"))
    stop = asyncio.Event()
    async with assemble(settings, clock) as parts:
        task = asyncio.create_task(watcher(parts, stop))
        async with at_work(task, parts, stop):
            told = await matter(parts, "imap")
    assert "login refused" in str(told.facts["fault"])
    assert "wrong" not in str(told.facts["fault"])


async def test_on_any_server_the_watcher_reads_a_reply_and_takes_up_again_after_an_outage(
    mail_host: MailHost, house: House, clock: HandClock
) -> None:
    """The embedded server and Dovecot, where the connection is cut in the middle of IDLE."""
    await house.bring_in()
    account, settings, stop = mail_host.account, house.files.settings(), asyncio.Event()
    section = replace(
        settings.imap, host=account.host, port=account.port, user=account.user, password=account.password,
        security=account.security, ca_file=account.ca_file,
    )  # fmt: skip
    async with assemble(replace(settings, imap=section), clock) as parts:

        async def mails() -> list[bytes]:
            return [mail.subject.encode() for mail in await parts.store.mails()]

        task = asyncio.create_task(watcher(parts, stop))
        async with at_work(task, parts, stop):
            await mail_host.deliver(reply("Je conteste cette facture.", 1))
            await came(mails, 1, "the first reply")
            await mail_host.down()
            await mail_host.up()
            await mail_host.deliver(reply("Avez-vous reçu mon message ?", 2))
            await came(mails, 2, "the second reply")


async def test_a_scheduler_that_a_clock_put_back_sent_to_sleep_is_woken(
    parts: Assembled, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next sweep stands an hour ahead, as after a clock that was put back by an hour; it comes all the same."""
    ahead = iter([timedelta(hours=1)])

    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime.now(UTC) + next(ahead, timedelta())

    monkeypatch.setattr(beating, "datetime", Clock)
    monkeypatch.setattr(beating, "_EVERY_S", 0.2)
    beat, stop = Pulse(), asyncio.Event()
    started = beat.beaten
    task = asyncio.create_task(metronome(parts, beat, stop))

    async def swept() -> bool | None:
        return True if beat.beaten > started else None

    async with at_work(task, parts, stop):
        await until(swept, "a sweep")


async def test_a_sweep_that_fails_ends_the_metronome_with_its_reason(
    parts: Assembled, monkeypatch: pytest.MonkeyPatch
) -> None:
    """APScheduler would log it and go on."""

    async def broken(_: Assembled) -> None:
        raise RuntimeError("the sweep broke")

    monkeypatch.setattr(beating, "sweep", broken)
    with pytest.raises(RuntimeError, match="the sweep broke"):
        await asyncio.wait_for(metronome(parts, Pulse(), asyncio.Event()), PATIENCE_S)


async def test_without_sweeps_the_pulse_stops_saying_that_it_lives_and_then_dies(
    parts: Assembled, clock: HandClock, house: House
) -> None:
    """systemd's watchdog sees it first; without systemd the process ends itself after ten minutes."""
    notifier = Notifier({"NOTIFY_SOCKET": str(house.systemd.path), "WATCHDOG_USEC": "100000"})
    stop = asyncio.Event()
    task = asyncio.create_task(pulse(notifier, Pulse(time.monotonic() - 120), stop))
    await house.systemd.heard("READY=1")
    stop.set()
    await asyncio.wait_for(task, PATIENCE_S)
    assert not any("WATCHDOG" in said for said in house.systemd.drain())
    with pytest.raises(SweepStalled, match="no sweep has succeeded for"):
        await asyncio.wait_for(pulse(notifier, Pulse(time.monotonic() - 601), asyncio.Event()), PATIENCE_S)


def copies(parts: Assembled) -> int:
    return len(list(parts.settings.storage.backups.glob("mailbot-*.db")))


async def test_the_database_is_copied_once_a_day_and_old_copies_go(parts: Assembled, clock: HandClock) -> None:
    """The daemon's own backups; `keep` are kept."""
    await sweep(parts)
    await sweep(parts)
    assert copies(parts) == 1
    for _ in range(parts.settings.storage.keep + 2):
        clock.advance(timedelta(days=1))
        await beating.back_up_daily(parts)
    assert copies(parts) == parts.settings.storage.keep


async def test_a_backup_that_fails_is_logged_once_a_day_and_letters_go_on(
    house: House, parts: Assembled, caplog: pytest.LogCaptureFixture
) -> None:
    """A file lies where the folder should be."""
    parts.settings.storage.backups.write_text("")
    await sync(parts.bot)
    await sweep(parts)
    await sweep(parts)
    assert caplog.text.count("no backup today") == 1
    assert [letter.template for letter in await parts.store.letters([LetterState.QUEUED]) if letter.climbs] == [
        "invoice"
    ]
    assert "takes no file" in (await house.files.mailbot("check")).out


async def test_a_clock_that_jumps_back_sends_nothing_twice(house: House, parts: Assembled, clock: HandClock) -> None:
    """Three days back, then forward again: one invoice letter, and no digest twice."""
    bot, stop = parts.bot, asyncio.Event()
    task = asyncio.create_task(dispatcher(bot, stop))
    async with at_work(task, parts, stop):
        await sync(bot)
        await sweep(parts)
        await came(lambda: house.to(JULIE), 1, "the invoice letter")
        clock.set(TEN - timedelta(days=3))
        for _ in range(4):
            await sync(bot)
            await sweep(parts)
            bot.wake.set()
            clock.advance(timedelta(days=1))
        await set_mode(bot, live=True)
        await sync(bot)
        await sweep(parts)
    assert len(await house.to(JULIE)) == 1
    digests = [octets for octets in await house.to("operator@atelier.test") if b"Letter: digest." in octets]
    names = {line for octets in digests for line in octets.splitlines() if line.startswith(b"X-Mailbot-Letter")}
    assert len(names) == len(digests)


def test_the_trained_reader_gives_its_memory_back_when_no_mail_has_come_for_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    forgotten: list[float] = []
    now = [1000.0]
    monkeypatch.setattr("mailbot.daemon.watcher.time.monotonic", lambda: now[0])
    monkeypatch.setattr("mailbot.daemon.watcher.forget", lambda: forgotten.append(now[0]))
    reader = _Reader()
    for seconds, count in ((0, 0), (700, 2), (1200, 0), (1301, 0), (9000, 0)):
        now[0] = 1000.0 + seconds
        reader.after(count)
    assert forgotten == [2301.0]
