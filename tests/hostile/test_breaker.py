"""The circuit breaker: what trips it, what it stops, who hears of it, and how it is closed again."""

import sys
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailbot.core.matter import MatterKind
from mailbot.core.policy import Policy
from mailbot.demo.world import MailWorld
from mailbot.flows.breaker import resume
from mailbot.wire.alarm import Alarm, AlarmAccount
from mailbot.wire.smtp_account import SmtpAccount
from tests.fakes.people import anna, bill
from tests.hostile.office import Office, office, part, read

NOW = datetime(2026, 4, 13, 14, tzinfo=UTC)


@dataclass
class Bell:
    """An alarm that counts; `deaf` lets nobody hear it."""

    rung: list[tuple[str, str]] = field(default_factory=list)
    deaf: bool = False

    async def ring(self, subject: str, text: str, at: datetime) -> bool:
        self.rung.append((subject, text))
        return not self.deaf


def crowd(count: int) -> tuple:  # type: ignore[type-arg]
    """Clients with a late invoice each."""
    plain = anna()
    return tuple(
        replace(
            plain, id=n, code=f"c{n}", name=f"Client {n}", invoices=(bill(f"F-{n}"),),
            contacts=(replace(plain.contacts[0], email=f"c{n}@client{n}.example", name=f"Person {n}"),),
        )
        for n in range(1, count + 1)
    )  # fmt: skip


def to_clients(studio: Office) -> int:
    return sum("me@home.example" not in posted.recipients for posted in studio.post.posted)


async def test_more_than_the_limit_within_an_hour_stops_everything_to_clients(tmp_path: Path) -> None:
    async with office(tmp_path, Policy(automatic_per_hour=5), clients=crowd(8)) as studio:
        bell = Bell()
        studio.bot = replace(studio.bot, alarm=bell)
        await studio.turn()
        assert to_clients(studio) == 5
        (matter,) = await studio.matters()
        assert (matter.kind, matter.urgent) == (MatterKind.BREAKER, True)
        await studio.turn(2)
        assert to_clients(studio) == 5, "an hour later nothing has changed: a person must resume"
        alert = studio.to("me@home.example")[-1]
        assert "mailbot resume" in part(alert, "plain")
        assert len(bell.rung) == 1
        assert "mailbot resume" in bell.rung[0][1]
        assert await resume(studio.bot)
        assert await studio.matters() == []
        await studio.turn(0.3)
        assert to_clients(studio) == 8
        assert not await resume(studio.bot)


async def test_the_limit_itself_may_leave(tmp_path: Path) -> None:
    async with office(tmp_path, Policy(automatic_per_hour=5), clients=crowd(5)) as studio:
        await studio.turn()
        assert to_clients(studio) == 5
        assert await studio.matters() == []


async def test_new_invoices_are_no_automatic_mail_and_trip_nothing(tmp_path: Path) -> None:
    clients = tuple(
        replace(c, invoices=(replace(c.invoices[0], issued_on=c.invoices[0].due_on.replace(month=4, day=13),
                                     due_on=c.invoices[0].due_on.replace(month=6, day=1), delivered_on=None),))
        for c in crowd(6)
    )  # fmt: skip
    async with office(tmp_path, Policy(automatic_per_hour=2), clients=clients) as studio:
        await studio.turn()
        assert to_clients(studio) == 6
        assert await studio.matters() == []


async def test_an_alarm_that_nobody_heard_rings_again(tmp_path: Path) -> None:
    async with office(tmp_path, Policy(automatic_per_hour=1), clients=crowd(3)) as studio:
        bell = Bell(deaf=True)
        studio.bot = replace(studio.bot, alarm=bell)
        await studio.turn()
        first = len(bell.rung)
        bell.deaf = False
        await studio.turn(0.3)
        assert len(bell.rung) > first
        await studio.turn(0.3)
        assert len(bell.rung) == first + 1


async def test_the_command_gets_the_message_and_none_of_our_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILBOT_SMTP_PASSWORD", "hush")
    heard = tmp_path / "heard"
    program = "import os,sys; open(sys.argv[1],'w').write(sys.stdin.read()+repr(sorted(os.environ))+str(sys.argv[2:]))"
    alarm = Alarm((sys.executable, "-c", program, str(heard), "$(id); `id`"))
    assert await alarm.ring("Subject", "Text\n; rm -rf ~", NOW)
    told = heard.read_text("utf-8")
    assert told.startswith("Subject\n\nText\n; rm -rf ~")
    assert "MAILBOT_SMTP_PASSWORD" not in told
    assert "['$(id); `id`']" in told


@pytest.mark.parametrize("command", [("/nowhere/at/all",), (sys.executable, "-c", "raise SystemExit(3)")])
async def test_a_command_that_fails_was_not_heard(command: tuple[str, ...]) -> None:
    assert not await Alarm(command).ring("s", "t", NOW)


async def test_the_second_account_carries_the_alarm() -> None:
    async with MailWorld(lambda: NOW) as world:
        world.add_user("alarm@elsewhere.test", "pw")
        smtp = SmtpAccount("127.0.0.1", world.smtp_port, "alarm@elsewhere.test", "pw", "plain")
        alarm = Alarm((), AlarmAccount(smtp, "alarm@elsewhere.test", ("me@phone.test",)))
        assert await alarm.ring("Trop de lettres\nBcc: x@y.test", "Tout est arrêté", NOW)
        (mail,) = world.accepted
        assert mail.recipients == ("me@phone.test",)
        message = read(mail.octets)
        assert message["Bcc"] is None
        assert "arrêté" in part(message, "plain")
        await world.smtp_down()
        assert not await alarm.ring("s", "t", NOW)
