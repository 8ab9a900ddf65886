"""How long accounting law wants books kept, by country: dated data with its source (`config/retention.toml`)."""

import tomllib
from datetime import date

from mailbot.config.places import packaged
from mailbot.flows.forget import Keeping


def keeping_of(country: str) -> Keeping | None:
    """The duty to keep books in a country (two letters), or None where mailbot does not know it."""
    known = tomllib.loads(packaged("config/retention.toml").read_text(encoding="utf-8"))
    entry = known.get(country)
    if entry is None:
        return None
    looked_up_on = entry["looked_up_on"]
    assert isinstance(looked_up_on, date)
    return Keeping(country, int(entry["years"]), str(entry["source"]), looked_up_on)
