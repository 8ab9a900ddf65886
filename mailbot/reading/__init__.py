"""Reading: a client's new words become a `Reading`. Pure; how people phrase things is data beside this file."""

import sys

from mailbot.reading.phrases import language_of
from mailbot.reading.reader import read, read_auto

__all__ = ["forget", "language_of", "read", "read_auto"]


def forget() -> None:
    """Give back the some 150 MB that the trained reader holds; the next mail loads them again within about a second."""
    if learned := sys.modules.get("mailbot.reading.learned"):
        learned.forget()
    if model := sys.modules.get("mailbot.reading.model"):
        model.forget()
