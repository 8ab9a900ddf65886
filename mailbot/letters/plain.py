"""What a template may see: plain dicts, tuples, text, numbers and dates; no object whose methods could be called."""

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum

from mailbot.core.money import Money

Plain = str | int | Decimal | date | time | None | tuple["Plain", ...] | dict[str, "Plain"]

# C0/C1 controls but tab and newline, line separators, and the marks that re-order text around them (UAX #9).
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")


def plain(value: object) -> Plain:
    """Copy a value into plain parts; dataclasses become dicts, money becomes `{value, currency}`.

    Text from outside loses control characters and bidirectional overrides (law 9). Raises TypeError on anything else.
    """
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, str):
        return _UNSEEN.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
    if value is None or isinstance(value, (bool, int, Decimal, date, datetime, time)):
        return value
    if isinstance(value, Money):
        return {"value": value.amount, "currency": value.currency}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return tuple(plain(item) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    raise TypeError(f"a letter cannot hold a {type(value).__name__}")
