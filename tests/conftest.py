"""What holds for all tests: hypothesis never judges by the clock, and no test leaves its log to the next one."""

import logging
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

_BY_THE_CLOCK = [HealthCheck.too_slow]  # a busy machine is not a fault
settings.register_profile("suite", derandomize=True, deadline=None, suppress_health_check=_BY_THE_CLOCK)
settings.register_profile("explore", deadline=None, suppress_health_check=_BY_THE_CLOCK)  # --hypothesis-profile=explore
settings.load_profile("suite")


@pytest.fixture(autouse=True)
def _log_as_it_was() -> Iterator[None]:
    """A command that ran in this process logs to a stream that ends with its test."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    for handler in root.handlers[:]:
        if type(handler) is logging.StreamHandler and handler not in before:
            root.removeHandler(handler)
    root.setLevel(level)
