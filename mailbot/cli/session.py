"""A command's session with the installation: settings, database, and the words for reasons."""

import argparse
import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from mailbot.bot import Assembled
    from mailbot.config import Settings
    from mailbot.core.reason import Reason


def settings_of(args: argparse.Namespace, *, need_passwords: bool = False) -> "Settings":
    """Read the configuration; raises ConfigFaults with everything that is wrong in it."""
    from mailbot.config import load

    credentials = os.environ.get("CREDENTIALS_DIRECTORY")
    folder = Path(credentials) if credentials else None
    return load(args.config, os.environ, folder, need_passwords=need_passwords)


def with_bot(args: argparse.Namespace, work: "Callable[[Assembled], Awaitable[int]]") -> int:
    """Open the database, do the work, close it again."""

    async def session() -> int:
        from mailbot.bot import assemble

        async with assemble(settings_of(args)) as parts:
            return await work(parts)

    return asyncio.run(session())


def phrased(parts: "Assembled", reason: "Reason") -> str:
    """A reason in the operator's language."""
    operator = parts.bot.business.operator
    locale = f"{operator.language}_{operator.country}" if operator.country else operator.language
    return parts.letters.phrases.phrase(reason, operator.language, locale, operator.timezone)
