"""No message makes reading it raise, take more than two seconds of the processor, or more than 200 MiB."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mailbot.flows.explain import explain
from mailbot.mail.kind import kind_of
from mailbot.mail.parse import parse
from mailbot.mail.quote import new_words
from mailbot.mail.report import report_of
from mailbot.mail.thread import thread_keys
from tests.hostile.monsters import HEAD, MONSTERS, PLAIN
from tests.unit.mail.corpus import corpus

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def taken() -> dict[str, dict[str, Any]]:
    """What each monster took, measured in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.hostile.measure"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return {each["name"]: each for each in map(json.loads, done.stdout.splitlines())}


@pytest.mark.parametrize("name", MONSTERS)
def test_a_monster_is_read(taken: dict[str, dict[str, Any]], name: str) -> None:
    took = taken[name]
    assert took["raised"] == ""
    assert took["s"] <= 2, took
    assert took["mib"] <= 200, took


def test_every_malformed_mail_of_the_corpus_is_read() -> None:
    files = [file for file in sorted(corpus("malformed").rglob("*")) if file.is_file()]
    assert files
    for file in files:
        octets = file.read_bytes()
        mail = parse(octets)
        kind_of(mail)
        thread_keys(mail, b"key", ("F-1",))
        new_words(mail.text, mail.html)
        report_of(mail)
        assert "could not be read" not in explain(octets).reading.because, file.name


@pytest.mark.parametrize(
    ("octets", "fault"),
    [
        (b"From: Eve <eve@evil.test>\r\n" + PLAIN + b"hi", "from appears twice"),
        (b"Subject: one\r\n" + PLAIN + b"hi", "subject appears twice"),
        (b"Date: Mon, 6 Apr 2026 10:00:00 -0400\r\n" + PLAIN + b"hi", "date appears twice"),
        (b"Message-ID: <b@evil.test>\r\n" + PLAIN + b"hi", "message-id appears twice"),
    ],
)
def test_a_header_that_stands_twice_is_a_fault(octets: bytes, fault: str) -> None:
    assert fault in parse(octets).faults


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (b"Subject: Hi\r\n Bcc: all@evil.test\r\n", "subject"),
        (b"Subject: =?utf-8?q?Hi=0D=0ABcc:_all@evil.test?=\r\n", "subject"),
        (b"Subject: =?utf-8?b?SGkNCkJjYzogYWxsQGV2aWwudGVzdA==?=\r\n", "subject"),
        (b"Subject: Hi\rBcc: all@evil.test\r\n", "subject"),
        (b"Subject: Hi\x0b\x0c\x85Bcc: all@evil.test\r\n", "subject"),
        (b"From: =?utf-8?q?A=0D=0ABcc:_x?= <a@b.example>\r\n", "from_name"),
        (b'From: "A\\\r\n B" <a@b.example>\r\n', "from_name"),
        (b"From: a@b.example\x00\r\n", "from_email"),
    ],
)  # fmt: skip
def test_no_header_value_holds_a_line_end_or_a_control(header: bytes, name: str) -> None:
    mail = parse(header + b"\r\nhi")
    value = getattr(mail, name)
    assert value
    assert value.isprintable()
    assert mail.headers.get("bcc") is None


def test_parts_are_cut_where_the_boundary_says_and_nowhere_else() -> None:
    """`--b` in the words, a longer boundary and a closed one are no parts."""
    body = b"--b\r\n\r\nfirst --b\r\n--bc\r\nstill\r\n--b--\r\nafter\r\n--b\r\n\r\nnever\r\n"
    mail = parse(HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + body)
    assert "still" in mail.text
    assert "never" not in mail.text


def test_attachments_are_named_and_never_opened() -> None:
    mail = parse(MONSTERS["a zip bomb and a gzip bomb"]())
    assert [one.name for one in mail.attachments] == ["bomb.zip", "bomb.gz"]
    assert sum(one.size for one in mail.attachments) < 100_000
