"""How long to wait before knocking again."""

from random import Random

FIRST_S = 5.0
MOST_S = 15 * 60.0


class Backoff:
    """Jittered exponential waits from 5 s to 15 min; the random source is given, so a test or a replay repeats it."""

    def __init__(self, random: Random, first_s: float = FIRST_S, most_s: float = MOST_S) -> None:
        self._random = random
        self._first_s = first_s
        self._most_s = most_s
        self._failures = 0

    def next_s(self, retry_after_s: float | None = None) -> float:
        """Seconds to wait after one more failure; never less than what the server asked for."""
        # 2**16 first waits are over the ceiling in any sane setting; the cap keeps the power small for ever.
        self._failures = min(self._failures + 1, 16)
        high = min(self._most_s, self._first_s * 2.0**self._failures)
        wait_s = self._random.uniform(max(self._first_s, high / 2), high)
        return max(wait_s, retry_after_s or 0.0)

    def reset(self) -> None:
        """Start over: the server answered as it should."""
        self._failures = 0
