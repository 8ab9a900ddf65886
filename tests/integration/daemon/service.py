"""`mailbot run` itself, with a clock that starts at a given instant and then goes on like any other.

`python -m tests.integration.daemon.service mailbot.toml 2026-09-14T14:00:00+00:00`: business hours come when it suits.
"""

import sys
import time
from datetime import datetime, timedelta

from mailbot import bot
from mailbot.cli import main


class ShiftedClock:
    """The machine's clock, elsewhere in time."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._since = time.monotonic()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=time.monotonic() - self._since)


if __name__ == "__main__":
    clock = ShiftedClock(datetime.fromisoformat(sys.argv[2]))
    setattr(bot, "SystemClock", lambda: clock)  # noqa: B010 - the one thing that differs from `mailbot run`
    sys.exit(main(["--config", sys.argv[1], "run"]))
