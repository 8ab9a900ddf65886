"""The log: one line per event, `key=value`, with no address and no secret in it."""

import logging
import re
import sys
from collections.abc import Collection, Mapping
from typing import TextIO

_EMAIL = re.compile(r"([^\s@<>()\[\],;:\"'=])[^\s@<>()\[\],;:\"'=]*@([^\s@<>()\[\],;:\"'=.])[^\s@<>()\[\],;:\"'=]*")
_BREAKS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")
_PLAIN = re.compile(r"[^\s\"=]+\Z")
# What a bare LogRecord carries; everything else came by `extra`.
_OWN = frozenset(logging.LogRecord("", 0, "", 0, "", (), None).__dict__) | {"message", "asctime", "taskName"}
# syslog(3) levels, as sd-daemon(3) reads them at the start of a line.
_PRIORITY = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3, logging.CRITICAL: 2}


def mask(text: str, secrets: Collection[str] = ()) -> str:
    """The text with every email address as `m…@e…` and every secret as `***`."""
    for secret in secrets:
        text = text.replace(secret, "***")
    return _EMAIL.sub(r"\1…@\2…", text)


def set_up(
    env: Mapping[str, str],
    *,
    secrets: Collection[str] = (),
    verbose: bool = False,
    stream: TextIO | None = None,
) -> None:
    """Send the log to standard error, once; under systemd without time and with journald's priorities.

    Code logs with `logging.getLogger(__name__).info("letter sent", extra={"invoice": number})`.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(OneLine(secrets, journal="JOURNAL_STREAM" in env))
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    logging.getLogger("mailbot").setLevel(logging.DEBUG if verbose else logging.INFO)
    # Libraries tell what they do line by line; only their warnings matter to an operator.
    for library in ("apscheduler", "alembic", "sqlalchemy", "imapclient", "mail.log", "pymap"):
        logging.getLogger(library).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)


class OneLine(logging.Formatter):
    """Formats an event as one line, whatever it holds: a message with line breaks, an exception, an address."""

    def __init__(self, secrets: Collection[str] = (), *, journal: bool = False) -> None:
        super().__init__()
        # The longest first, so that a secret inside another leaves no rest; very short ones would mask half the log.
        self._secrets = tuple(sorted((secret for secret in secrets if len(secret) > 3), key=len, reverse=True))
        self._journal = journal

    def format(self, record: logging.LogRecord) -> str:
        """One line without addresses and secrets."""
        facts = {key: value for key, value in record.__dict__.items() if key not in _OWN}
        if record.exc_info and record.exc_info[1] is not None:
            facts["error"] = f"{type(record.exc_info[1]).__name__}: {record.exc_info[1]}"
            facts["at"] = _place(record)
        words = [record.getMessage(), *(f"{key}={_quoted(str(value))}" for key, value in facts.items())]
        line = _BREAKS.sub(" ", mask(" ".join(words), self._secrets))
        if self._journal:
            return f"<{_PRIORITY.get(record.levelno, 6)}>{record.name}: {line}"
        return f"{self.formatTime(record, '%Y-%m-%dT%H:%M:%S%z')} {record.levelname.lower():7} {record.name}: {line}"


def _place(record: logging.LogRecord) -> str:
    """File and line where the exception was raised: enough to find it, without the values around it."""
    trace = record.exc_info[2] if record.exc_info else None
    if trace is None:
        return "unknown"
    while trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"


def _quoted(value: str) -> str:
    """The value as it stands, or in quotes where it holds spaces or signs that would mislead a reader."""
    return value if _PLAIN.match(value) else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
