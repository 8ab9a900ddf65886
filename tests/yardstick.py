"""The processor's seconds in a measure that means the same on a slow machine as on a fast one."""

import time
from statistics import median

_HERE_S = 0.040
"""What the piece of work below takes on the machine that the bounds in the tests were set on."""


def slowness() -> float:
    """How many times slower the processor is now than that machine's; 1 where it is as fast or faster."""
    return max(1.0, median(_piece_of_work() for _ in range(5)) / _HERE_S)


def _piece_of_work() -> float:
    """What Python spends its time on: calls, strings, a table that is looked into. Gives seconds of the processor."""
    started = time.process_time()
    seen: dict[int, int] = {}
    for number in range(300_000):
        seen[number % 1000] = seen.get(number % 997, 0) + len(str(number))
    return time.process_time() - started
