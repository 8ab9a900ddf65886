"""The watched folder: bank statements that somebody, or the bank's program, puts there. Nothing in it is changed."""

import asyncio
import hashlib
import logging
from dataclasses import dataclass, field
from pathlib import Path

from mailbot.bank.statement import LARGEST
from mailbot.bot import Assembled
from mailbot.core.matter import MatterKind, NewMatter
from mailbot.flows.banked import hashed, layouts
from mailbot.flows.ports import Bot, StoreUnavailable
from mailbot.flows.remit import Taken, take_in

log = logging.getLogger(__name__)

_UNFINISHED = frozenset((".part", ".crdownload", ".tmp", ".download", ".partial", ".swp"))
_Look = tuple[int, int]  # size and time of change


@dataclass(slots=True)
class Folder:
    """What was seen of the folder at the last look: files that may still grow, and those that were dealt with."""

    seen: dict[Path, _Look] = field(default_factory=dict)
    done: dict[Path, _Look] = field(default_factory=dict)
    asked: dict[Path, frozenset[str]] = field(default_factory=dict)

    async def look(self, parts: Assembled) -> int:
        """Take in what is new and has not changed since the last look; gives how many files that were."""
        place = parts.settings.bank.folder
        if place is None:
            return 0
        try:
            there = await asyncio.to_thread(_files, place)
        except OSError as fault:
            await _alarm(parts.bot, "folder", f"{place}: {fault.strerror}; mend the folder, or [bank] folder")
            return 0
        ready = [path for path, look in there.items() if self.seen.get(path) == look and self.done.get(path) != look]
        self.seen = there
        count = 0
        for path in ready:
            try:
                count += await self._take(parts, path)
            except StoreUnavailable:
                raise
            except Exception as fault:
                log.exception("a bank file could not be taken in")
                await _alarm(parts.bot, str(path), f"{path}: {type(fault).__name__}")
                self.done[path] = there[path]
        return count

    async def _take(self, parts: Assembled, path: Path) -> bool:
        bot = parts.bot
        try:
            octets = await asyncio.to_thread(_content, path)
        except OSError as fault:
            await _alarm(bot, str(path), f"{path}: {fault.strerror}; let mailbot read it")
            self.done[path] = self.seen[path]
            return False
        mark = hashed("file", hashlib.sha256(octets).hexdigest())
        confirmed = frozenset(await layouts(bot))
        if await bot.store.recall(mark) is not None or self.asked.get(path) == confirmed:
            self.done |= {path: self.seen[path]} if path not in self.asked else {}
            return False
        taken = await take_in(bot, str(path), octets, parts.settings.business.currency)
        if taken.unconfirmed:
            self.asked[path] = confirmed
            await _ask_once(bot, path)
            return False
        self.asked.pop(path, None)
        self.done[path] = self.seen[path]
        await _tell(bot, path, taken)
        async with bot.store.begin() as tx:
            await tx.remember(mark, bot.clock.now().isoformat())
            if not taken.fault:
                await tx.close_matters(bot.clock.now(), subject_key=_key(str(path)))
        log.info("a bank file was taken in: %d payments, %d questions", len(taken.settled.entries), taken.settled.asked)
        return not taken.fault


def _files(place: Path) -> dict[Path, _Look]:
    """Plain files by name; what is hidden or is being loaded down is not looked at."""
    found: dict[Path, _Look] = {}
    for path in sorted(place.iterdir()):
        if path.name.startswith((".", "~")) or path.suffix.lower() in _UNFINISHED or not path.is_file():
            continue
        state = path.stat()
        found[path] = (state.st_size, state.st_mtime_ns)
    return found


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LARGEST + 1)


def _key(subject: str) -> str:
    return hashed("deposit", subject)


async def _tell(bot: Bot, path: Path, taken: Taken) -> None:
    """One word about a file of which something could not be read."""
    if taken.fault:
        await _alarm(bot, str(path), f"{path}: {taken.fault}")
    elif taken.left_out:
        more = f" (and {len(taken.left_out) - 1} more)" if len(taken.left_out) > 1 else ""
        await _alarm(bot, str(path) + " lines", f"{path}: {taken.left_out[0]}{more}")


async def _alarm(bot: Bot, subject: str, words: str) -> None:
    now = bot.clock.now()
    matter = NewMatter(MatterKind.UNREADABLE, now, None, None, _key(subject), urgent=True, facts={"fault": words[:300]})
    if any(one.subject_key == matter.subject_key for one in await bot.store.matters()):
        return
    async with bot.store.begin() as tx:
        await tx.raise_matter(matter)


async def _ask_once(bot: Bot, path: Path) -> None:
    """Ask a person to look at how a new shape of table is read."""
    now = bot.clock.now()
    facts: dict[str, str | int] = {"notice": "bank_columns", "file": str(path), "held": 0}
    async with bot.store.begin() as tx:
        await tx.raise_matter(NewMatter(MatterKind.CLAIM, now, None, None, _key(str(path)), facts=facts))
