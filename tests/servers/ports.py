"""TCP ports for servers that bind them later, or again after a stop, while other tests run beside them."""

import socket
from contextlib import suppress
from pathlib import Path
from random import SystemRandom

_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
_FIRST, _LAST = 15_000, 65_535


class Ports:
    """`numbers`: so many free ports on 127.0.0.1, which stay ours until `release`.

    They lie outside the range from which Linux takes ports by itself (ip(7), ip_local_port_range), so that no
    connection of another process gets one of them while its server does not listen. Two test processes keep apart by
    an abstract socket named after each port, which vanishes with its process.
    """

    def __init__(self, count: int) -> None:
        self._claims: list[socket.socket] = []
        self.numbers: list[int] = []
        own = _candidates()
        while len(self.numbers) < count:
            if not own:
                self.release()
                raise RuntimeError("no free port on 127.0.0.1 is left")
            self._claim(own.pop())

    def _claim(self, port: int) -> None:
        claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            claim.bind(f"\0mailbot-test-port-{port}")
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:  # another test's, or some server's
            claim.close()
            return
        self._claims.append(claim)
        self.numbers.append(port)

    def release(self) -> None:
        """Let others have them."""
        while self._claims:
            self._claims.pop().close()


def _candidates() -> list[int]:
    low, high = 32_768, 60_999
    with suppress(OSError):
        low, high = map(int, _RANGE.read_text("ascii").split())
    outside = [port for port in range(_FIRST, _LAST + 1) if not low <= port <= high]
    SystemRandom().shuffle(outside)
    return outside
