"""A loopback port for a server that comes and goes: nobody else gets it while nobody listens."""

import socket


class Port:
    """Chosen by the system at first use; `number` stays until `close`."""

    def __init__(self) -> None:
        self.number = 0
        self._kept: socket.socket | None = None

    def take(self) -> socket.socket:
        """A socket bound to the port, for a server to listen on and to close."""
        sock, self._kept = self._kept or self._bound(), None
        return sock

    def keep(self) -> None:
        """Hold the port while its server is away: who connects is refused, as on a port where nobody listens."""
        if self._kept is None:
            self._kept = self._bound()

    def close(self) -> None:
        """Let others have it."""
        if self._kept is not None:
            self._kept.close()
            self._kept = None

    def _bound(self) -> socket.socket:
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections of last time may still be ending
        sock.bind(("127.0.0.1", self.number))
        self.number = sock.getsockname()[1]
        return sock
