"""How long to wait before knocking again."""

from random import Random

from mailbot.wire.backoff import Backoff


def backoff_of(seed: int) -> Backoff:
    return Backoff(Random(seed))  # noqa: S311 - no secret depends on it


def test_waits_grow_from_seconds_to_a_quarter_of_an_hour_and_start_over() -> None:
    backoff = backoff_of(7)
    waits = [backoff.next_s() for _ in range(40)]
    assert 5 <= waits[0] <= 10
    assert all(5 <= wait <= 900 for wait in waits)
    assert all(450 <= wait <= 900 for wait in waits[8:])
    backoff.reset()
    assert 5 <= backoff.next_s() <= 10


def test_two_bots_do_not_knock_together_and_one_seed_repeats_itself() -> None:
    def waits(seed: int) -> list[float]:
        backoff = backoff_of(seed)
        return [backoff.next_s() for _ in range(5)]

    assert waits(1) == waits(1) != waits(2)


def test_the_server_is_given_the_time_that_it_asks_for() -> None:
    backoff = backoff_of(7)
    assert backoff.next_s(retry_after_s=1200.5) == 1200.5
    assert backoff.next_s(retry_after_s=0.1) >= 5
