"""The second reader: asked after our own, and listened to only where it is more careful."""

import logging
from typing import Protocol

from mailbot.core.intent import Kind, Reading
from mailbot.reading.second import SYSTEM, cautious, heard_in, question

log = logging.getLogger(__name__)


class SecondReader(Protocol):
    """A language model that the user runs."""

    async def answer(self, system: str, user: str) -> str | None:
        """Its answer; None where there is none in time. Never raises."""
        ...

    def served(self) -> None:
        """The answer was of use."""
        ...

    def failed(self) -> None:
        """The answer was of no use: counts against it like none at all."""
        ...


async def second_look(second: SecondReader | None, kind: Kind, reading: Reading) -> Reading:
    """The reading, made more cautious where the second reader shows why; without an answer it stays as it is."""
    if second is None or kind is not Kind.REPLY or not reading.reply_text.strip():
        return reading
    answer = await second.answer(SYSTEM, question(reading.reply_text))
    if answer is None:
        return reading
    try:
        heard = heard_in(answer)
    except ValueError:
        second.failed()
        log.warning("the second reader's answer has not the form that was asked for")
        return reading
    second.served()
    return cautious(reading, heard)
