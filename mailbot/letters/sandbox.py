"""The two Jinja environments, text and HTML, in which even a careless template can do no harm."""

from collections.abc import Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

LONGEST_RANGE = 1_000

# Everything else that text, numbers and dates can do is refused: `"a".ljust(10**9)` would fill the memory.
_HARMLESS = frozenset(
    {
        "capitalize", "day", "days", "endswith", "get", "hour", "items", "keys", "lower", "minute", "month",
        "startswith", "strip", "title", "upper", "values", "year",
    }
)  # fmt: skip
_VALUES = (str, bytes, int, float, Decimal, date, time, timedelta, tuple, list, dict)
_FILTERS = frozenset(
    {
        "abs", "batch", "capitalize", "count", "d", "default", "dictsort", "e", "escape", "first", "forceescape",
        "groupby", "int", "items", "join", "last", "length", "list", "lower", "map", "max", "min", "reject",
        "rejectattr", "replace", "reverse", "round", "select", "selectattr", "slice", "sort", "string", "sum",
        "title", "trim", "truncate", "unique", "upper", "urlencode", "wordcount",
    }
)  # fmt: skip


class _Sandbox(ImmutableSandboxedEnvironment):
    """A sandbox that also refuses the operators which make values huge: text times a number, powers, % on text."""

    intercepted_binops = frozenset(["*", "**", "%"])

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if operator == "**":
            raise SecurityError("** is not available in a letter")
        if not all(isinstance(side, (int, float, Decimal)) for side in (left, right)):
            raise SecurityError(f"{operator} works on numbers only")
        return super().call_binop(context, operator, left, right)

    def wrap_str_format(self, value: Any) -> None:
        """Refuse `format` as any other method of a text: Jinja would allow a width of 10**9."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        allowed = attr in _HARMLESS or not isinstance(obj, _VALUES)  # what is no value is Jinja's own, such as `loop`
        return allowed and super().is_safe_attribute(obj, attr, value)


def _short_range(*bounds: int) -> range:
    steps = range(*bounds)
    if len(steps) > LONGEST_RANGE:
        raise SecurityError(f"range has more than {LONGEST_RANGE} steps")
    return steps


def _one_line(value: object) -> object:
    """Keep a value from outside on its own line in the text part; it must not pass for a new line of the letter."""
    return " ".join(value.split("\n")) if type(value) is str else value


def environment(folders: Sequence[Path], *, html: bool) -> ImmutableSandboxedEnvironment:
    """Build the environment for the HTML part or for the text part."""
    made = _Sandbox(
        loader=FileSystemLoader([str(folder) for folder in folders]),
        undefined=StrictUndefined,
        autoescape=html,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    if not html:
        made.finalize = _one_line
    made.filters = {name: made.filters[name] for name in _FILTERS}
    made.globals = {"range": _short_range, "namespace": made.globals["namespace"]}
    return made
