"""Waiting for what another process does: ask until there is an answer, fail if there never is one."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def until(look: Callable[[], Awaitable[T | None]], what: str, within_s: float = 90) -> T:
    """Ask again and again until there is an answer."""
    end = time.monotonic() + within_s
    while (found := await look()) is None:
        assert time.monotonic() < end, f"never: {what}"
        await asyncio.sleep(0.05)
    return found
