"""Reading: a client's new words become a `Reading`. Pure; how people phrase things is data beside this file."""

from mailbot.reading.reader import read, read_auto

__all__ = ["read", "read_auto"]
