"""Words to systemd: ready, status, still alive, stopping. Source: sd_notify(3)."""

import socket
from collections.abc import Mapping

_ONE_LINE = str.maketrans("\r\n", "  ")


class Notifier:
    """Speaks to systemd over the socket that $NOTIFY_SOCKET names; says nothing where there is none."""

    def __init__(self, env: Mapping[str, str]) -> None:
        name = env.get("NOTIFY_SOCKET", "")
        # A leading @ stands for the null byte of the abstract namespace (unix(7)).
        self._address = "\0" + name[1:] if name.startswith("@") else name
        self._interval_s = _watchdog_s(env)

    @property
    def watchdog_s(self) -> float | None:
        """Seconds between two signs of life: half of what systemd allows (sd_watchdog_enabled(3)), or None."""
        return None if self._interval_s is None else self._interval_s / 2

    def ready(self, status: str = "") -> None:
        """The service is up."""
        self._say("READY=1", status)

    def status(self, status: str) -> None:
        """One line for `systemctl status`."""
        self._say("", status)

    def alive(self) -> None:
        """The sweep succeeded. To be called from its success only, so that a stuck bot is restarted."""
        self._say("WATCHDOG=1")

    def stopping(self, status: str = "") -> None:
        """The service is on its way down."""
        self._say("STOPPING=1", status)

    def _say(self, state: str, status: str = "") -> None:
        if not self._address:
            return
        words = [state] if state else []
        if status:
            words.append("STATUS=" + status.translate(_ONE_LINE))
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out:
                out.setblocking(False)
                out.sendto("\n".join(words).encode(), self._address)
        except OSError:
            return  # an unheard word harms nobody: without signs of life systemd restarts the service anyway


def _watchdog_s(env: Mapping[str, str]) -> float | None:
    """The time in which systemd wants a sign of life, in seconds. $WATCHDOG_PID is the main process, so are we."""
    allowed = env.get("WATCHDOG_USEC", "")
    return int(allowed) / 1_000_000 if allowed.isdecimal() and int(allowed) > 0 else None
