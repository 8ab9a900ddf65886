"""The pulse: signs of life to systemd, and a watch of its own over the sweep."""

import asyncio
import time
from dataclasses import dataclass, field

from mailbot.daemon.notify import Notifier
from mailbot.daemon.pause import pause

# A sweep comes every 30 s; a clock that jumps may put the metronome to sleep, which only this notices.
_SILENCE_S = 600.0
_BEAT_S = 10.0


class SweepStalled(Exception):
    """No sweep has succeeded for too long."""


@dataclass
class Pulse:
    """When the last sweep succeeded, on the clock that only goes forward."""

    beaten: float = field(default_factory=time.monotonic)

    def beat(self) -> None:
        """A sweep succeeded."""
        self.beaten = time.monotonic()

    @property
    def silence_s(self) -> float:
        """Seconds since the last success."""
        return time.monotonic() - self.beaten


async def pulse(notifier: Notifier, beat: Pulse, stop: asyncio.Event) -> None:
    """Tell systemd that we are ready, then that we live, as long as sweeps succeed; raises `SweepStalled`."""
    notifier.ready("watching")
    while not stop.is_set():
        if beat.silence_s > _SILENCE_S:
            raise SweepStalled(f"no sweep has succeeded for {beat.silence_s:.0f} s")
        if notifier.watchdog_s is None or beat.silence_s < max(60.0, 4 * notifier.watchdog_s):
            notifier.alive()
        await pause(stop, min(_BEAT_S, notifier.watchdog_s or _BEAT_S))
