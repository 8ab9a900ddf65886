"""A submission server that does as it is told."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.integration.smtp.scripted import ScriptedSmtp


@pytest_asyncio.fixture
async def server() -> AsyncIterator[ScriptedSmtp]:
    async with ScriptedSmtp() as server:
        yield server
