"""Reading: a client's new words become a `Reading`. Pure; how people phrase things is data beside this file."""

from mailbot.reading.phrases import language_of
from mailbot.reading.reader import read, read_auto

__all__ = ["language_of", "read", "read_auto"]
