"""The second reader's endpoint, played by a real HTTP server that is slow, wrong, huge, redirecting or dead."""

import json
import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from mailbot.core.intent import Intent, Kind, Reading, Scope
from mailbot.flows.second import second_look
from mailbot.wire.engine import Engine, EngineAccount

WORDS = "Bien reçu, merci. Votre travail n'est pas ce que j'ai commandé."


@dataclass
class Play:
    """What the endpoint does, and what it was asked."""

    status: int = 200
    body: bytes = b""
    location: str = ""
    stall: bool = False
    released: threading.Event = field(default_factory=threading.Event)
    asked: list[dict[str, object]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    url: str = ""

    def engine(self, **changes: float) -> Engine:
        account = EngineAccount(self.url, "small", changes.pop("timeout_s", 5.0), "secret-key")
        return Engine(account, rest_s=changes.pop("rest_s", 600.0))


def completion(content: str) -> bytes:
    return json.dumps({"choices": [{"message": {"content": content}}]}).encode()


DISPUTE = completion('{"intents": [{"intent": "dispute", "quote": "n\'est pas ce que j\'ai commandé"}]}')


@pytest.fixture
def play() -> Iterator[Play]:
    plays = Play()

    class Endpoint(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            plays.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            plays.keys.append(self.headers["Authorization"])
            if plays.stall:
                plays.released.wait(20)
                self.close_connection = True
                return
            self.send_response(plays.status)
            if plays.location:
                self.send_header("Location", plays.location)
            self.send_header("Content-Length", str(len(plays.body)))
            self.end_headers()
            try:
                self.wfile.write(plays.body)
            except OSError:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Be quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    plays.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield plays
    plays.released.set()
    server.shutdown()
    thread.join()
    server.server_close()


def reading() -> Reading:
    return Reading(Intent.ACKNOWLEDGEMENT, hold=False, scope=Scope.INVOICE, reply_text=WORDS, confidence=0.9)


async def test_what_it_shows_in_the_mail_holds(play: Play) -> None:
    play.body = DISPUTE
    more = await second_look(play.engine(), Kind.REPLY, reading())
    assert (more.intent, more.hold) == (Intent.DISPUTE, True)
    assert play.keys == ["Bearer secret-key"]
    assert play.asked[0]["model"] == "small"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        pytest.param(200, b"<html>", id="a web page"),
        pytest.param(200, b"{}", id="no completion"),
        pytest.param(200, completion("I think it is fine!"), id="chatter"),
        pytest.param(200, completion('{"intents": [{"intent": "acknowledgement", "quote": "merci"}]}'), id="it obeys"),
        pytest.param(200, completion('{"intents": [{"intent": "refusal", "quote": "jamais"}]}'), id="it lies"),
        pytest.param(200, b" " * 600_000, id="huge"),
        pytest.param(500, DISPUTE, id="it fails"),
        pytest.param(401, b"", id="it wants another key"),
        pytest.param(200, b"[" * 200_000, id="deeply nested"),
    ],
)
async def test_without_a_sound_answer_our_own_reading_stands(play: Play, status: int, body: bytes) -> None:
    play.status, play.body = status, body
    assert await second_look(play.engine(), Kind.REPLY, reading()) == reading()


async def test_one_that_is_too_slow_is_not_waited_for(play: Play) -> None:
    play.stall = True
    assert await play.engine(timeout_s=0.2).answer("", "") is None


async def test_the_mail_follows_no_redirect(play: Play) -> None:
    play.status, play.location = 307, f"{play.url}/elsewhere"
    assert await play.engine().answer("", "") is None
    assert len(play.asked) == 1


async def test_after_three_failures_it_is_left_alone_and_then_tried_again(play: Play) -> None:
    now = [0.0]
    engine = Engine(EngineAccount(play.url, "small"), rest_s=600, monotonic=lambda: now[0])
    play.body = b"nonsense"
    for _ in range(5):
        await engine.answer("", "")
    assert len(play.asked) == 3
    now[0], play.body = 601.0, DISPUTE
    assert await engine.answer("", "") is not None


async def test_answers_of_no_use_count_as_failures_too(play: Play) -> None:
    engine = play.engine()
    play.body = completion("I think it is fine!")
    for _ in range(5):
        await second_look(engine, Kind.REPLY, reading())
    assert len(play.asked) == 3


async def test_a_dead_endpoint_changes_nothing() -> None:
    engine = Engine(EngineAccount("http://127.0.0.1:9/v1", "small", 2.0))
    assert await second_look(engine, Kind.REPLY, reading()) == reading()


async def test_a_machines_mail_is_not_shown_to_it(play: Play) -> None:
    await second_look(play.engine(), Kind.AUTO_REPLY, reading())
    assert play.asked == []


async def test_the_log_holds_neither_words_nor_key(play: Play, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    play.body = b"nonsense"
    await second_look(play.engine(), Kind.REPLY, reading())
    assert "commandé" not in caplog.text
    assert "secret-key" not in caplog.text
    assert "no answer" in caplog.text
