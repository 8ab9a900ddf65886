"""Words to systemd, heard on a real socket."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailbot.daemon.notify import Notifier


@pytest.fixture(params=["a path", "an abstract name"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[socket.socket, str]]:
    """What systemd's end of the socket is, and how it names it in the environment."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.settimeout(5)
        if request.param == "a path":
            ear.bind(str(tmp_path / "n"))
            yield ear, str(tmp_path / "n")
        else:
            ear.bind("")  # Linux chooses an abstract name
            yield ear, "@" + ear.getsockname()[1:].decode()


def test_systemd_hears_ready_status_alive_and_stopping(manager: tuple[socket.socket, str]) -> None:
    """In the words of sd_notify(3), one datagram each."""
    ear, name = manager
    notifier = Notifier({"NOTIFY_SOCKET": name})
    notifier.ready("watching lea's mailbox")
    notifier.status("3 letters\nwait")
    notifier.alive()
    notifier.stopping()
    heard = [ear.recv(1024) for _ in range(4)]
    assert heard == [b"READY=1\nSTATUS=watching lea's mailbox", b"STATUS=3 letters wait", b"WATCHDOG=1", b"STOPPING=1"]


def test_without_systemd_nothing_is_said_and_nothing_fails(tmp_path: Path) -> None:
    """Also where the socket is gone."""
    Notifier({}).ready()
    Notifier({"NOTIFY_SOCKET": str(tmp_path / "gone")}).alive()


@pytest.mark.parametrize(
    ("usec", "seconds"), [("180000000", 90.0), ("", None), ("0", None), ("-5", None), ("soon", None)]
)
def test_the_watchdog_is_fed_at_half_of_what_systemd_allows(usec: str, seconds: float | None) -> None:
    """As sd_watchdog_enabled(3) recommends; None where systemd asks for no sign of life."""
    assert Notifier({"WATCHDOG_USEC": usec} if usec else {}).watchdog_s == seconds
