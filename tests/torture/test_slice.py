"""A slice of the torture: real servers, real faults, real kills; `make torture` is the whole of it."""

from pathlib import Path

from tests.torture.rack import Plan, naive, tortured


async def test_nothing_comes_twice_and_nothing_is_lost_through_kills_and_a_faulty_network(tmp_path: Path) -> None:
    """Sixty letters, forty replies, six kills and more; what arrived is counted at the far side.

    The clock runs slowly enough that a machine which stalls for seconds shows its proofs in time all the same.
    """
    plan = Plan(letters=60, minutes=10, seed=2026, speed=600, kills=6)
    figures = await tortured(plan, tmp_path)
    assert figures.troubles == []
    assert (figures.twice, figures.lost, figures.replies_lost, figures.acted_twice) == (0, 0, 0, 0)
    assert figures.arrived + figures.refused + figures.asked == figures.letters >= plan.clients
    assert figures.replies_stored == figures.replies >= plan.clients - figures.refused - figures.asked
    assert figures.kills >= plan.kills


async def test_a_naive_sender_under_the_same_script_sends_some_letters_twice() -> None:
    """The script bites: without it, the figures above would prove nothing."""
    figures = await naive(Plan(letters=120, minutes=10, seed=2026))
    assert figures.lost == 0
    assert figures.twice > 0
