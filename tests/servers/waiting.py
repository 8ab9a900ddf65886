"""Waiting for what another process does: ask until there is an answer, fail if there never is one."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


PATIENCE_S = 300
"""Far longer than anything takes, also on a machine that is busy with something else; nobody waits for it in vain."""


async def until(look: Callable[[], Awaitable[T | None]], what: str, within_s: float = PATIENCE_S) -> T:
    """Ask again and again until there is an answer."""
    end = time.monotonic() + within_s
    while (found := await look()) is None:
        assert time.monotonic() < end, f"never: {what}"
        await asyncio.sleep(0.05)
    return found
