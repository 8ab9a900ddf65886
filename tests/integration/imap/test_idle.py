"""IDLE is a hint, and no manner of a server makes the bot deaf: each script over plain TCP and over TLS."""

import asyncio
import ssl
import threading
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from mailbot.wire.imap import ImapAccount, ImapLimits, ImapUnavailable, Mailbox, Wake
from tests.integration.imap.scripted import ScriptedServer, Talk
from tests.servers.certificate import make_certificate

LONG_S = 60.0
SINCE = date(2026, 1, 1)


def done(talk: Talk, tag: bytes, before: bytes = b"") -> None:
    assert talk.hear() == b"DONE\r\n"
    talk.say(before + tag + b" OK idle ended\r\n")


def network_delay() -> None:
    """So that two sends arrive as two segments; nothing depends on whether they really do."""
    time.sleep(0.05)


def together_with_the_plus(talk: Talk, tag: bytes) -> None:
    talk.say(b"+ idling\r\n* 2 EXISTS\r\n")
    done(talk, tag)


def after_the_plus(talk: Talk, tag: bytes) -> None:
    talk.say(b"+ idling\r\n")
    network_delay()
    talk.say(b"* 2 EXISTS\r\n")
    done(talk, tag)


def split_over_segments(talk: Talk, tag: bytes) -> None:
    talk.say(b"+ idling\r\n* 2 EX")
    network_delay()
    talk.say(b"ISTS\r\n")
    done(talk, tag)


def before_the_plus(talk: Talk, tag: bytes) -> None:
    talk.say(b"* 2 EXISTS\r\n+ idling\r\n")
    done(talk, tag)


def after_noise(talk: Talk, tag: bytes) -> None:
    talk.say(b"+ idling\r\n* OK Still here\r\n* 1 FETCH (FLAGS (\\Seen))\r\n* 1 EXPUNGE\r\n")
    network_delay()
    talk.say(b"* 1 RECENT\r\n")
    done(talk, tag)


def while_leaving(talk: Talk, tag: bytes) -> None:
    talk.say(b"+ idling\r\n* 2 EXISTS\r\n")
    done(talk, tag, before=b"* 3 EXISTS\r\n")


def end_of_stream(talk: Talk, tag: bytes) -> None:
    talk.say(b"+ idling\r\n")
    network_delay()
    talk.hang_up()


def bye(talk: Talk, tag: bytes) -> None:
    talk.say(b"+ idling\r\n")
    network_delay()
    talk.say(b"* BYE Disconnected for inactivity\r\n")
    talk.hang_up()


def half_a_line_and_gone(talk: Talk, tag: bytes) -> None:
    talk.say(b"+ idling\r\n* 2 EX")
    talk.hang_up()


def ended_by_the_server(talk: Talk, tag: bytes) -> None:
    talk.say(b"+ idling\r\n* 2 EXISTS\r\n" + tag + b" OK enough\r\n")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(params=["plain", "tls", "starttls"])
def serve(request: pytest.FixtureRequest) -> Callable[..., tuple[ScriptedServer, ImapAccount]]:
    """Make a scripted server and the account on it, for each kind of connection."""
    security = request.param
    context = ca_file = None
    if security != "plain":
        ca_file, key = request.getfixturevalue("certificate")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(ca_file, key)

    def make(answers: dict[str, object], capability: str = "IMAP4rev1 IDLE") -> tuple[ScriptedServer, ImapAccount]:
        words = capability + (" STARTTLS" if security == "starttls" else "")
        server = ScriptedServer(
            answers,  # type: ignore[arg-type]
            capability=words.encode(),
            context=context if security == "tls" else None,
            starttls=context if security == "starttls" else None,
        )
        return server, ImapAccount("localhost", server.port, "bot", "secret", security, ca_file=ca_file)

    return make


Serve = Callable[..., tuple[ScriptedServer, ImapAccount]]


@pytest.mark.parametrize(
    "script",
    [
        together_with_the_plus,
        after_the_plus,
        split_over_segments,
        before_the_plus,
        after_noise,
        while_leaving,
        ended_by_the_server,
    ],
)
async def test_news_are_heard_when_they_come(serve: Serve, script: Callable[[Talk, bytes], None]) -> None:
    """And the connection is in order afterwards."""
    server, account = serve({"IDLE": script})
    with server:
        async with Mailbox(account) as mailbox:
            assert await mailbox.wait(LONG_S) is Wake.NEWS
            assert (await mailbox.folders()).inbox == "INBOX"


@pytest.mark.parametrize("script", [end_of_stream, bye, half_a_line_and_gone])
async def test_a_connection_that_ends_is_an_error_and_not_silence(
    serve: Serve, script: Callable[[Talk, bytes], None]
) -> None:
    """The stock IDLE reports nothing, for ever, on a closed connection."""
    server, account = serve({"IDLE": script})
    with server:
        async with Mailbox(account) as mailbox:
            with pytest.raises(ImapUnavailable, match=r"ended the connection|connection broke"):
                await mailbox.wait(LONG_S)
            assert not mailbox.connected


async def test_a_black_hole_is_found_when_idle_is_renewed(serve: Serve) -> None:
    """DONE gets no answer: the wait ends with an error within `done_s` instead of hanging."""

    def silent(talk: Talk, tag: bytes) -> None:
        talk.say(b"+ idling\r\n")
        while talk.hear():
            pass

    server, account = serve({"IDLE": silent})
    with server:
        async with Mailbox(account, ImapLimits(done_s=0.1)) as mailbox:
            with pytest.raises(ImapUnavailable, match="no answer in time"):
                await mailbox.wait(0.1)


async def test_closing_is_bounded_on_a_black_hole(serve: Serve) -> None:
    """Although IDLE, DONE and every time-out would take minutes."""
    idling = threading.Event()

    def silent(talk: Talk, tag: bytes) -> None:
        talk.say(b"+ idling\r\n")
        idling.set()
        while talk.hear():
            pass

    server, account = serve({"IDLE": silent})
    with server:
        mailbox = Mailbox(account, ImapLimits(done_s=600, read_s=600))
        await mailbox.connect()
        waiting = asyncio.create_task(mailbox.wait(600))
        await asyncio.to_thread(idling.wait)
        await mailbox.close(within_s=0.2)
        with pytest.raises(ImapUnavailable):
            await waiting
        with pytest.raises(ImapUnavailable, match="not connected"):
            await mailbox.folders()


async def test_an_answer_that_never_comes_ends_with_the_read_time_out(serve: Serve) -> None:
    """No command waits for ever; on a machine that stalls it may already be an earlier one."""
    server, account = serve({"LIST": lambda talk, tag: None})
    with server, pytest.raises(ImapUnavailable, match="no answer in time"):  # noqa: PT012 - connecting counts too
        async with Mailbox(account, ImapLimits(read_s=0.5)) as mailbox:
            await mailbox.folders()
            pytest.fail("an answer from nowhere")


@pytest.mark.parametrize("refusal", [b"%t NO not today\r\n", b"%t BAD unknown\r\n", b"+ idling\r\n%t OK enough\r\n"])
async def test_a_server_that_announces_idle_and_refuses_or_ends_it_is_polled(serve: Serve, refusal: bytes) -> None:
    """It is asked once per connection, and then left alone."""
    server, account = serve({"IDLE": refusal})
    with server:
        async with Mailbox(account, ImapLimits(poll_s=0.05)) as mailbox:
            assert await mailbox.wait(LONG_S) is Wake.TIMEOUT
            assert await mailbox.wait(LONG_S) is Wake.TIMEOUT
    assert server.heard.count("IDLE") == 1


async def test_a_server_without_idle_is_polled_and_can_be_interrupted(serve: Serve) -> None:
    """A call in between does not end the wait; news at the next look do."""
    found = iter([b"* SEARCH\r\n%t OK x\r\n", b"* SEARCH\r\n%t OK x\r\n"])

    def search(talk: Talk, tag: bytes) -> None:
        talk.say(next(found, b"* SEARCH 2\r\n%t OK x\r\n").replace(b"%t", tag))

    server, account = serve({"UID SEARCH": search}, capability="IMAP4rev1")
    with server:
        async with Mailbox(account, ImapLimits(poll_s=0.05)) as mailbox:
            assert [batch.mails async for batch in mailbox.fetch_new("INBOX", None, since=SINCE)] == [()]
            waiting = asyncio.create_task(mailbox.wait(LONG_S))
            await mailbox.folders()
            assert await waiting in (Wake.TIMEOUT, Wake.NEWS)
            assert await mailbox.wait(LONG_S) is Wake.NEWS
    assert "IDLE" not in server.heard
