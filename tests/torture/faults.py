"""The fault script: what goes wrong at which moment of a conversation, drawn from a seed and counted."""

import asyncio
import socket
import struct
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random


class Fault(StrEnum):
    """What the proxy does instead of passing on."""

    DELAY = "delayed"
    CUT = "cut"
    RESET = "reset"
    SILENCE = "silent until hung up on"
    HALF_BODY = "letter cut in half"
    HALF_ANSWER = "answer cut in half"
    NOT_NOW = "4xx in place of the server"
    NEVER = "5xx in place of the server"
    SWALLOWED_CUT = "final 250 swallowed, cut"
    SWALLOWED_RESET = "final 250 swallowed, reset"
    SWALLOWED_SILENCE = "final 250 swallowed, silence"
    BYE = "BYE or NO in place of the server"


_COMMON = {Fault.DELAY: 0.01, Fault.CUT: 0.003, Fault.RESET: 0.003, Fault.HALF_ANSWER: 0.002, Fault.NOT_NOW: 0.005}
# Per moment of an SMTP conversation; the rest of the time all goes well.
SMTP_SCRIPT: Mapping[str, Mapping[Fault, float]] = {
    "GREETING": {Fault.DELAY: 0.03, Fault.CUT: 0.01, Fault.RESET: 0.01, Fault.NOT_NOW: 0.02},
    "EHLO": _COMMON,
    "MAIL": _COMMON | {Fault.SILENCE: 0.001},
    "RCPT": _COMMON | {Fault.NEVER: 0.002},
    "DATA": _COMMON | {Fault.SILENCE: 0.001},
    "DOT": {
        Fault.DELAY: 0.02,
        Fault.CUT: 0.004,
        Fault.RESET: 0.004,
        Fault.HALF_BODY: 0.006,
        Fault.NOT_NOW: 0.008,
        Fault.NEVER: 0.002,
        Fault.HALF_ANSWER: 0.008,
        Fault.SWALLOWED_CUT: 0.012,
        Fault.SWALLOWED_RESET: 0.012,
        Fault.SWALLOWED_SILENCE: 0.008,
    },
    "OTHER": {Fault.DELAY: 0.01, Fault.CUT: 0.002, Fault.RESET: 0.002},
}
# Per IMAP connection: how it ends, if not by itself, after some kilobytes or some seconds.
IMAP_SCRIPT: Mapping[Fault, float] = {
    Fault.CUT: 0.08,
    Fault.RESET: 0.08,
    Fault.HALF_ANSWER: 0.08,
    Fault.SILENCE: 0.03,
    Fault.BYE: 0.06,
    Fault.DELAY: 0.15,
}


@dataclass
class Script:
    """Draws faults from a seed. `quiet` ends all of them; `counted` says how many of each there were."""

    seed: int
    longest_delay_s: float = 0.4
    quiet: bool = False
    counted: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)  # noqa: S311 - a script, not a secret

    def draw(self, chances: Mapping[Fault, float]) -> Fault | None:
        """One fault, or None."""
        at = self.random.random()
        if self.quiet:
            return None
        for fault, chance in chances.items():
            at -= chance
            if at < 0:
                self.counted[fault] += 1
                return fault
        return None

    async def delay(self) -> None:
        """Wait for as long as the script says."""
        await asyncio.sleep(self.random.uniform(0.02, self.longest_delay_s))


class Hung(Exception):
    """The conversation is over: somebody hung up, or the script cut it."""


def reset(writer: asyncio.StreamWriter) -> None:
    """End a connection with RST instead of FIN."""
    sock: socket.socket | None = writer.get_extra_info("socket")
    if sock is not None and sock.fileno() >= 0:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def silent(reader: asyncio.StreamReader) -> None:
    """Say nothing until the other side hangs up."""
    while await reader.read(65536):
        pass
