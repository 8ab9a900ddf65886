"""Output that fails no command: a terminal without `é`, and a reader that went away, as `| head` does."""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO, cast


class _Unheard:
    """A stream that goes on in silence once nobody reads it; all else is the stream's own."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write, or lose the words."""
        try:
            return self._stream.write(text)
        except BrokenPipeError:
            self._hang_up()
            return len(text)

    def flush(self) -> None:
        """Flush what is still heard."""
        try:
            self._stream.flush()
        except BrokenPipeError:
            self._hang_up()

    def _hang_up(self) -> None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stream.fileno())
        os.close(nowhere)
        self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def unheard() -> Iterator[None]:
    """Let a command write as it likes: what cannot be shown is a question mark, what nobody reads is lost."""
    before = sys.stdout, sys.stderr
    for stream in before:
        if isinstance(stream, io.TextIOWrapper) and stream.encoding.lower() != "utf-8":
            stream.reconfigure(errors="replace")
    sys.stdout, sys.stderr = (cast("TextIO", _Unheard(stream)) for stream in before)
    try:
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        sys.stdout, sys.stderr = before
