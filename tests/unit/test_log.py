"""The log: one line per event, and nothing private in it."""

import io
import logging
from collections.abc import Iterator

import pytest

from mailbot.log import OneLine, mask, set_up


@pytest.fixture
def restored() -> Iterator[None]:
    """The test's own logging, put back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)


def line(record: logging.LogRecord, secrets: tuple[str, ...] = (), *, journal: bool = True) -> str:
    return OneLine(secrets, journal=journal).format(record)


def event(message: str, *args: object, level: int = logging.INFO, **extra: object) -> logging.LogRecord:
    return logging.getLogger("mailbot.wire").makeRecord(
        "mailbot.wire", level, "f.py", 1, message, args, None, extra=extra
    )


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("sent to marie.tremblay@clinique.example", "sent to m…@c…"),
        ("<a@b.example>, é.léa@x.example;", "<a…@b…>, é…@x…;"),
        ("rcpt=marie@x.example ok", "rcpt=m…@x… ok"),
        ("550 5.1.1 <bot+17.aZ9@a.example>: no such user", "550 5.1.1 <b…@a…>: no such user"),
        ("nothing to hide @ home", "nothing to hide @ home"),
    ],
)
def test_addresses_are_masked_wherever_they_stand(text: str, masked: str) -> None:
    """Enough is left to tell two clients apart, not enough to write to them."""
    assert mask(text) == masked


def test_facts_come_as_keys_and_values_quoted_where_needed() -> None:
    """A line can be read by a person and by grep."""
    record = event("letter sent", invoice="INV-1042", to="m@x.example", answer='250 "ok"')
    assert line(record) == '<6>mailbot.wire: letter sent invoice=INV-1042 to=m…@x… answer="250 \\"ok\\""'


def test_a_line_break_in_a_message_makes_no_second_line() -> None:
    """A server's answer cannot forge an entry."""
    text = line(event("refused: %s", "550 no\r\n<0>kernel: panic\u2028more", extra="a\nb"))
    assert len(text.splitlines()) == 1
    assert text.startswith("<6>mailbot.wire: refused: 550 no <0>kernel: panic more")


def test_secrets_are_masked_in_messages_facts_and_errors() -> None:
    """Also one that holds another one inside."""

    def log_in() -> None:
        raise ConnectionError("login lea@x.example hunter22hunter failed")

    try:
        log_in()
    except ConnectionError as error:
        record = event("cannot log in with hunter22", level=logging.ERROR, tried="hunter22hunter")
        record.exc_info = (type(error), error, error.__traceback__)
    text = line(record, ("hunter22", "hunter22hunter"))
    assert "hunter" not in text
    assert 'error="ConnectionError: login l…@x… *** failed"' in text
    assert text.startswith("<3>")


def test_an_exception_is_one_line_that_says_where_it_was_raised() -> None:
    """No trace, and none of the values around it."""
    try:
        int("x")
    except ValueError as error:
        record = event("review failed", level=logging.ERROR)
        record.exc_info = (type(error), error, error.__traceback__)
    text = line(record)
    assert "Traceback" not in text
    assert "test_log:" in text


def test_outside_systemd_a_line_begins_with_its_time_and_level() -> None:
    """A person at a terminal wants to know when."""
    assert line(event("up"), journal=False).endswith(" info    mailbot.wire: up")


@pytest.mark.usefixtures("restored")
def test_set_up_writes_each_event_once_even_when_called_twice() -> None:
    """Chatty libraries stay quiet; warnings come through."""
    stream = io.StringIO()
    set_up({"JOURNAL_STREAM": "8:1"}, stream=stream)
    set_up({"JOURNAL_STREAM": "8:1"}, stream=stream, secrets=["s3cret-word"])
    logging.getLogger("mailbot.daemon").info("ready s3cret-word")
    logging.getLogger("apscheduler.scheduler").info("Added job")
    logging.getLogger("apscheduler.scheduler").warning("missed")
    logging.getLogger("mailbot.daemon").debug("detail")
    assert stream.getvalue() == "<6>mailbot.daemon: ready ***\n<4>apscheduler.scheduler: missed\n"
