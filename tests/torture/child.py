"""`mailbot run` in lives, with a clock that starts elsewhere and runs faster; all else is what a user runs.

`python -m tests.torture.child mailbot.toml 2026-09-14T04:30:00+00:00 1789360000.0 240`: at that POSIX time the clock
stood at that instant, and it goes 240 times as fast. It goes on across lives, as a machine's clock does.
"""

import asyncio
import sys
import time
from datetime import date, datetime, timedelta
from pathlib import Path

from mailbot import bot
from mailbot.cli import build_parser, check, main
from mailbot.config import Settings, load
from mailbot.daemon import supervisor  # noqa: F401 - imported once, before the forks
from mailbot.reading.reader import read
from tests.torture.lives import serve


class FastClock:
    """The machine's clock, elsewhere in time and faster: a lease of 15 minutes is over in seconds."""

    def __init__(self, start: datetime, since: float, speed: float) -> None:
        self._start, self._since, self._speed = start, since, speed

    def now(self) -> datetime:
        """The time it is there."""
        return self._start + timedelta(seconds=(time.time() - self._since) * self._speed)


async def warmed_up(settings: Settings) -> None:
    """Try the templates and load what reads mail here, and let the lives inherit it: a start costs little then."""
    build_parser()
    read("Bonjour, je paie vendredi.", sent_on=date(2026, 9, 14))
    async with bot.assemble(settings) as parts:
        faults = check.letter_faults(parts)
        assert not faults, faults
    setattr(check, "letter_faults", lambda _: [])  # noqa: B010
    setattr(bot, "letters_of", lambda _: parts.letters)  # noqa: B010


if __name__ == "__main__":
    clock = FastClock(datetime.fromisoformat(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4]))
    setattr(bot, "SystemClock", lambda: clock)  # noqa: B010
    asyncio.run(warmed_up(load(Path(sys.argv[1]), {})))
    serve(lambda: main(["--config", sys.argv[1], "run"]))
