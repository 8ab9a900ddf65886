"""A command's session with the installation: settings, database, and the words for reasons."""

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import date, datetime

    from mailbot.bot import Assembled
    from mailbot.config import Settings
    from mailbot.core.money import Money
    from mailbot.core.reason import Reason


def settings_of(args: argparse.Namespace, *, need_passwords: bool = False) -> "Settings":
    """Read the configuration; raises ConfigFaults with everything that is wrong in it."""
    from mailbot.config import load

    credentials = os.environ.get("CREDENTIALS_DIRECTORY")
    folder = Path(credentials) if credentials else None
    return load(args.config, os.environ, folder, need_passwords=need_passwords)


def with_bot(args: argparse.Namespace, work: "Callable[[Assembled], Awaitable[int]]", *, create: bool = True) -> int:
    """Open the database (or `create` an empty one), do the work, close it again."""
    import asyncio

    async def session() -> int:
        from mailbot.bot import assemble

        async with assemble(settings_of(args), create=create) as parts:
            return await work(parts)

    return asyncio.run(session())


_MOST_DAYS = 3660
_MOST_ROWS = 2**63 - 1  # what a table can number


def days_in(text: str) -> int:
    """So many days, from none to ten years; else a fault for `argparse`."""
    import argparse

    days = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(_MOST_DAYS)) else -1
    if not 0 <= days <= _MOST_DAYS:
        raise argparse.ArgumentTypeError(f"'{text}' is no number of days from 0 to {_MOST_DAYS}")
    return days


def numbered(text: str) -> int:
    """A number that a table gave, of a mail, an entry or a request; else a fault for `argparse`."""
    import argparse

    number = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(_MOST_ROWS)) else 0
    if not 0 < number <= _MOST_ROWS:
        raise argparse.ArgumentTypeError(f"'{text}' is no number that mailbot gives")
    return number


def operator_day(parts: "Assembled") -> "date":
    """What day it is for the operator: in Québec the evening is already tomorrow in UTC."""
    from zoneinfo import ZoneInfo

    return parts.bot.clock.now().astimezone(ZoneInfo(parts.bot.business.operator.timezone)).date()


# Python calls these unprintable; French wants the last two before its punctuation.
_SPACES = "\n\u00a0\u202f"


class Teller:
    """Puts values into words for the terminal, in the operator's language and time zone."""

    def __init__(self, parts: "Assembled") -> None:
        from zoneinfo import ZoneInfo

        from rich.console import Console

        from mailbot.flows.report import operator_locale
        from mailbot.letters.formats import reader_locale

        self._parts = parts
        self._operator = parts.bot.business.operator
        self._locale_name = operator_locale(parts.bot)
        self._locale = reader_locale(self._operator.language, self._locale_name)
        self._zone = ZoneInfo(self._operator.timezone)
        self.console = Console(highlight=False, markup=False)

    def say(self, reason: "Reason") -> str:
        """A reason as a sentence."""
        phrases = self._parts.letters.phrases
        return phrases.phrase(reason, self._operator.language, self._locale_name, self._operator.timezone)

    def word(self, key: str, kind: str) -> str:
        """The name of a rung, an intent, a matter."""
        return self._parts.letters.phrases.word(key, kind, self._operator.language)

    def money(self, money: "Money") -> str:
        """An amount in the operator's form."""
        from mailbot.letters.formats import money_in

        return money_in(self._locale, {"value": money.amount, "currency": money.currency})

    def day(self, at: "datetime") -> str:
        """The operator's date at an instant."""
        return f"{at.astimezone(self._zone):%Y-%m-%d}"

    def moment(self, at: "datetime") -> str:
        """The operator's date and time at an instant."""
        return f"{at.astimezone(self._zone):%Y-%m-%d %H:%M}"

    def there(self, at: "datetime", timezone: str) -> str:
        """The operator's date and time, and the client's own time where it is another."""
        from zoneinfo import ZoneInfo

        own, theirs = at.astimezone(self._zone), at.astimezone(ZoneInfo(timezone))
        return (
            self.moment(at) if own.utcoffset() == theirs.utcoffset() else f"{self.moment(at)}\n({theirs:%H:%M} there)"
        )

    def plain(self, text: str) -> str:
        """Text from outside without what could move the cursor or turn the line around (law 9)."""
        return "".join(c if c.isprintable() or c in _SPACES else "\ufffd" for c in text)

    def line(self, text: str) -> None:
        """Print one line of text from anywhere."""
        self.console.print(self.plain(text))

    async def mode(self) -> None:
        """Say so if nothing goes to clients."""
        from mailbot.flows.commit import is_live

        if not await is_live(self._parts.bot):
            self.console.print("draft mode: nothing goes to clients until `mailbot go-live`", style="yellow")
