"""A live house on Monday 2 March, ten o'clock in Montréal."""

import pytest

from tests.fakes.far_side import House, live_house
from tests.fakes.people import at


@pytest.fixture
async def home() -> House:
    """A bot that may write to clients, and whose inbox nobody has read yet."""
    return await live_house(at("2026-03-02"))
