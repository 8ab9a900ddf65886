"""The trained reader: what it may change, what it may not, and that the bot reads on without it."""

import hashlib
import subprocess
import sys
from dataclasses import replace
from datetime import date
from importlib import resources

import pytest

from mailbot.core.intent import Intent, Reading
from mailbot.reading import forget, model_body, read
from mailbot.reading import model as model_module
from mailbot.reading.model import Guess, model, opened, packed
from mailbot.reading.model_features import INTENTS, MOST_SENTENCES, features_of

SENT_ON = date(2026, 3, 4)
SURELY_FREE = 0.001


def _says(intent: Intent, *, hold: float, may_release: bool, fear: float = 0.0) -> Guess:
    odds = {each: 0.9 if each is intent else 0.1 / (len(INTENTS) - 1) for each in INTENTS}
    odds[Intent.PERSONAL_EMERGENCY] = max(odds[Intent.PERSONAL_EMERGENCY], fear)
    return Guess(odds, hold, (odds,) * 4, may_release)


def _read(words: str, guess: Guess | None) -> Reading:
    return read(words, sent_on=SENT_ON, country="US", guesser=lambda _words, _sentences: guess)


def test_an_emergency_that_a_rule_hears_stays_held_unless_the_model_rules_it_out() -> None:
    words = "My father passed away on Sunday."
    assert _read(words, _says(Intent.ACKNOWLEDGEMENT, hold=SURELY_FREE, may_release=True, fear=0.03)).hold
    assert _read(words, _says(Intent.ACKNOWLEDGEMENT, hold=SURELY_FREE, may_release=True)).hold


def test_an_emergency_that_only_the_model_fears_is_held_however_sure_it_is_otherwise() -> None:
    feared = _says(Intent.OTHER, hold=SURELY_FREE, may_release=True, fear=0.15)
    assert _read("Gran is no longer with us.", feared).hold


def test_what_a_rule_holds_goes_only_where_the_model_is_surer_than_usual() -> None:
    sure = _says(Intent.OTHER, hold=SURELY_FREE, may_release=True)
    words = "In chapter two the payment has been sent already."
    assert _read(words, sure).hold
    assert not _read(words, replace(sure, clearly=True)).hold


def test_a_mail_that_no_rule_understands_may_go_where_the_model_is_sure() -> None:
    words = "Blimey, the mock-ups on the hoarding at Thornleigh turned every head on the high street."
    assert _read(words, None).hold
    assert not _read(words, replace(_says(Intent.OTHER, hold=SURELY_FREE, may_release=True), clearly=True)).hold


def test_a_model_that_is_not_sure_releases_nothing() -> None:
    words = "Blimey, the mock-ups on the hoarding at Thornleigh turned every head on the high street."
    assert _read(words, _says(Intent.OTHER, hold=0.3, may_release=False)).hold


def test_a_day_in_a_machines_mail_is_a_return_only_where_it_tells_of_an_absence() -> None:
    away = _says(Intent.AUTO_REPLY, hold=0.9, may_release=False)
    words = "A/L until 26/03."
    assert _read(words, away).until == date(2026, 3, 26)
    assert _read(words, replace(away, away=0.1)).until is None


def test_a_mere_thanks_is_held_where_the_model_fears_more() -> None:
    words = "Thanks, got it."
    assert not _read(words, None).hold
    assert _read(words, _says(Intent.DISPUTE, hold=0.9, may_release=False)).hold


def test_the_evidence_of_what_only_the_model_heard_is_a_sentence_of_the_writer() -> None:
    words = "Morning Jo.\nThe boiler room is a swimming pool and so is the office."
    reading = _read(words, _says(Intent.PERSONAL_EMERGENCY, hold=0.99, may_release=False))
    assert reading.intent is Intent.PERSONAL_EMERGENCY
    assert reading.evidence
    assert reading.evidence in words


@pytest.mark.parametrize(
    "words", ["", " ", "?", "👍", "\x00\ud800", "a" * 70_000, "ok. " * 2_000, "नमस्ते", "\n\n\n", "1 2 3", "İ ß ﬁ"]
)
def test_odd_words_are_read_without_a_fault(words: str) -> None:
    assert 0 <= read(words, sent_on=SENT_ON).confidence <= 1


def test_a_mail_with_more_sentences_than_are_looked_at_is_never_released() -> None:
    shipped = model()
    assert shipped is not None
    words = "Thanks, got it. " * (MOST_SENTENCES + 5)
    assert features_of(words).cut
    assert read(words + "My mother died.", sent_on=SENT_ON).hold


def test_the_shipped_weights_are_what_the_checksum_says_and_survive_packing() -> None:
    folder = resources.files("mailbot.reading") / "weights"
    for name, checksum in (
        (model_module.WEIGHTS, model_module.CHECKSUM),
        (model_module.BODY, model_module.BODY_CHECKSUM),
    ):
        expected = (folder / checksum).read_text(encoding="ascii").split()[0]
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == expected
    body = model_body.opened((folder / model_module.BODY).read_bytes())
    shipped = opened((folder / model_module.WEIGHTS).read_bytes(), body)
    assert opened(packed(shipped), body).calibration == shipped.calibration


def test_a_network_in_eight_bits_says_what_it_said_before() -> None:
    folder = resources.files("mailbot.reading") / "weights"
    body = model_body.opened((folder / model_module.BODY).read_bytes())
    words = "Le virement part vendredi, promis."
    again = model_body.opened(model_body.packed(body.weights)).heard(words)
    assert again.hold == pytest.approx(body.heard(words).hold, abs=0.01)
    assert again.intents == pytest.approx(body.heard(words).intents, abs=0.01)


@pytest.mark.parametrize("checksum", ["CHECKSUM", "BODY_CHECKSUM"])
def test_changed_weights_are_not_used(monkeypatch: pytest.MonkeyPatch, checksum: str) -> None:
    monkeypatch.setattr(model_module, checksum, "README.md")
    assert model_module.model.__wrapped__() is None


@pytest.mark.parametrize("missing", ["numpy", "threadpoolctl"])
def test_without_its_libraries_the_rules_read_alone(missing: str) -> None:
    code = (
        f"import sys; sys.modules[{missing!r}] = None\n"
        "from datetime import date\nfrom mailbot.reading import read\n"
        "print(read('My father passed away on Sunday.', sent_on=date(2026, 3, 4)).intent)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - our own code
    assert done.stdout.strip() == "personal_emergency"


def test_nothing_heavy_is_loaded_before_the_first_mail() -> None:
    code = "import sys, mailbot.bot; print([each for each in ('numpy', 'threadpoolctl') if each in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - our own code
    assert done.stdout.strip() == "[]"


def test_what_was_forgotten_is_loaded_again_and_says_the_same() -> None:
    words = "The boiler room is a swimming pool and so is the office."
    before = read(words, sent_on=SENT_ON)
    forget()
    assert read(words, sent_on=SENT_ON) == before
