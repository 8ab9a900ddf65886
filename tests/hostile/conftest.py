"""The office where hostile mail arrives."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.hostile.office import Office, office


@pytest.fixture
async def studio(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as opened:
        yield opened
