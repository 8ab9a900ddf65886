"""Laws over mails that hypothesis makes, and a short run of the coverage-guided fuzzer where it is installed."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from mailbot.core.intent import Intent, Kind
from mailbot.flows.explain import explain
from mailbot.mail.parse import parse
from mailbot.mail.quote import new_words
from mailbot.mail.report import report_of
from mailbot.mail.thread import thread_keys
from tests.hostile.fuzz import SEEDS, reading
from tests.hostile.mails import mails

ROOT = Path(__file__).resolve().parents[2]
many = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@many
@given(mails())
def test_nothing_that_reads_mail_raises(octets: bytes) -> None:
    reading()(octets)


@many
@given(mails())
def test_what_was_parsed_is_fit_to_store_and_to_show(octets: bytes) -> None:
    mail = parse(octets)
    for value in (mail.subject, mail.from_email, mail.from_name, mail.reply_to, mail.message_id, *mail.to):
        assert "\n" not in value
        assert "\x00" not in value
        value.encode()
    mail.text.encode()
    assert not any("could not be read" in fault for fault in mail.faults)
    for one in mail.attachments:
        one.name.encode()


@many
@given(mails())
def test_explain_is_the_same_twice_and_holds_what_it_cannot_understand(octets: bytes) -> None:
    found = explain(octets)
    assert found == explain(octets)
    if found.kind is Kind.REPLY and found.reading.intent is Intent.OTHER and found.reading.confidence <= 0.1:
        assert found.reading.hold


@many
@given(mails())
def test_a_mail_ties_to_nothing_that_it_does_not_say(octets: bytes) -> None:
    mail = parse(octets)
    keys = thread_keys(mail, b"another key", ("F-1",))
    assert keys.letters == ()
    assert set(keys.numbers) <= {"F-1"}
    report = report_of(mail)
    assert report is None or all("@" in address for address in report.recipients)
    assert new_words(mail.text, mail.html) is not None


@pytest.mark.parametrize("octets", SEEDS)
def test_the_seeds_of_the_fuzzer_are_read(octets: bytes) -> None:
    reading()(octets)


@pytest.mark.skipif(find_spec("atheris") is None, reason="atheris is not installed (pip install atheris)")
def test_a_short_run_of_the_fuzzer_finds_nothing(tmp_path: Path) -> None:
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "tests.hostile.fuzz", "3", str(tmp_path / "corpus")],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2_000:]


def test_without_atheris_the_fuzzer_says_so() -> None:
    hide = (
        "import importlib.util as u; u.find_spec = lambda *_: None\nimport tests.hostile.fuzz as f; print(f.main([]))"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", hide], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["atheris is not installed: pip install atheris", "3"]
