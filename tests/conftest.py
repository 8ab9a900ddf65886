"""How hypothesis works here: the same examples on each machine, and no verdict by the wall clock."""

from hypothesis import HealthCheck, settings

_BY_THE_CLOCK = [HealthCheck.too_slow]  # a busy machine is not a fault
settings.register_profile("suite", derandomize=True, deadline=None, suppress_health_check=_BY_THE_CLOCK)
settings.register_profile("explore", deadline=None, suppress_health_check=_BY_THE_CLOCK)  # --hypothesis-profile=explore
settings.load_profile("suite")
