"""policy.toml becomes the core's Policy, with its own faults."""

from dataclasses import fields
from datetime import time
from pathlib import Path

import pytest

from mailbot.config import Fault, load_policy, packaged
from mailbot.core.policy import Act, Policy

LADDER = """
[[ladder.default]]
name = "first"
offset_days = 3
gap_days = 3
template = "friendly"
"""


def read(tmp_path: Path, text: str) -> tuple[Policy, list[str]]:
    """The policy of a text and its faults without the folder."""
    file = tmp_path / "policy.toml"
    file.write_text(text, encoding="utf-8")
    faults = list[Fault]()
    policy = load_policy(file, faults)
    return policy, [str(fault).replace(f"{tmp_path}/", "") for fault in faults]


def test_the_packaged_policy_says_what_the_core_does_without_one() -> None:
    """The commented file and the code's own defaults never drift apart."""
    faults = list[Fault]()
    assert load_policy(packaged("config/policy.toml"), faults) == Policy()
    assert faults == []


def test_every_value_of_the_policy_can_be_set_in_the_file(tmp_path: Path) -> None:
    """A number that the operator may want to change is in config, not in code."""
    text = packaged("config/policy.toml").read_text(encoding="utf-8")
    usual = Policy()
    for old, new in (
        ("offset_days = 17", "offset_days = 18"),
        ('opens = "09:00"', 'opens = "08:30"'),
        ('from = "12-24"', 'from = "12-20"'),
        ("gap_days = 5             #", "gap_days = 6  #"),
        ("letters = 5", "letters = 4"),
        ("reply_gap_days = 3", "reply_gap_days = 4"),
        ("promise_grace_days = 2", "promise_grace_days = 3"),
        ("promise_undated_days = 5", "promise_undated_days = 6"),
        ("claim_days = 5", "claim_days = 6"),
        ("absence_days = 7", "absence_days = 8"),
        ("absence_extra_days = 1", "absence_extra_days = 2"),
        ("delay_days = 2", "delay_days = 3"),
        ("thank = true", "thank = false"),
        ("thank_delay_minutes = 20", "thank_delay_minutes = 45"),
        ("acknowledge_promises = true", "acknowledge_promises = false"),
        ("auto_copy = false", "auto_copy = true"),
        ("copies_per_week = 2", "copies_per_week = 1"),
        ("receipts_per_month = 3", "receipts_per_month = 2"),
        ("copy_hold_days = 3", "copy_hold_days = 4"),
        ("gap_hours = 24", "gap_hours = 48"),
        ("per_invoice = 3", "per_invoice = 2"),
        ("freshness_minutes = 10", "freshness_minutes = 5"),
        ("automatic_per_hour = 30", "automatic_per_hour = 40"),
        ("expires_days = 3", "expires_days = 4"),
        ("first_look_minutes = 30", "first_look_minutes = 45"),
        ("resend_after_hours = 4", "resend_after_hours = 6"),
    ):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    policy, faults = read(tmp_path, text)
    assert faults == []
    unchanged = [each.name for each in fields(Policy) if getattr(policy, each.name) == getattr(usual, each.name)]
    assert unchanged == ["firmer_waits"]  # no setting: what is known at the moment


def test_what_is_left_out_keeps_its_usual_value(tmp_path: Path) -> None:
    """A file of two lines is a policy."""
    policy, faults = read(tmp_path, '[hours]\nopens = "10:00"\n')
    assert faults == []
    assert policy.hours.opens == time(10)
    assert policy.ladders == Policy().ladders


def test_a_second_ladder_stands_beside_the_default_one(tmp_path: Path) -> None:
    """Clients name it; the others climb the default ladder."""
    text = (
        LADDER
        + LADDER.replace("default", "gentle")
        + '[[ladder.gentle]]\nname = "call"\noffset_days = 40\ngap_days = 8\nact = "call"\n'
    )
    policy, faults = read(tmp_path, text)
    assert faults == []
    assert [rung.act for rung in policy.ladder("gentle")] == [Act.LETTER, Act.CALL]
    assert [rung.name for rung in policy.ladder("unheard of")] == ["first"]


def test_a_ladder_with_more_letters_than_the_budget_allows_is_a_fault(tmp_path: Path) -> None:
    """Its last letters would never leave, and nobody would be told."""
    second = LADDER.replace("first", "second").replace("= 3\ngap", "= 9\ngap")
    _, faults = read(tmp_path, LADDER + second + "[budget]\nletters = 1\n")
    assert any("budget.letters" in str(fault) and "2 letters after the invoice" in str(fault) for fault in faults)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (LADDER + LADDER, 'policy.toml:9: ladder.default[1].name: "first" is there twice'),
        (
            LADDER + LADDER.replace("first", "second").replace("= 3\ngap", "= 1\ngap"),
            "policy.toml:10: ladder.default[1].offset_days: comes before the previous rung (3)",
        ),
        (LADDER.replace("default", "other"), "ladder.default: is missing: every client"),
        (LADDER.replace('template = "friendly"', ""), "ladder.default[0].template: is missing; name the letter"),
        (LADDER + 'act = "call"\n', "ladder.default[0].template: is for letters"),
        (LADDER + 'act = "cal"\n', 'ladder.default[0].act: must be one of letter, call, flag, but is "cal"'),
        (LADDER + "aproval = true\n", 'ladder.default[0].aproval: is not known here; did you mean "approval"?'),
        (LADDER.replace("gap_days = 3", "gap_days = 0"), "ladder.default[0].gap_days: must be from 1 to 90, but is 0"),
        (LADDER.replace("gap_days = 3", ""), "ladder.default[0].gap_days: is missing"),
        (LADDER.replace("offset_days = 3", "offset_days = 3.5"), "offset_days: must be a whole number, but is 3.5"),
        ("[ladder]\ndefault = []\n", "ladder.default: has no rung"),
        ("[ladder.default]\nname = 'x'\n", "ladder.default: must be a list in [brackets], but is a section"),
        ('[hours]\nopens = "18:00"\n', "hours.closes: must be later than opens (18:00), but is 17:00"),
        ("[budget]\ngap_days = 1\n", "policy.toml:2: budget.gap_days: must be from 2 to 60, but is 1"),
        ("[answers]\nper_invoice = 9\n", "answers.per_invoice: must be from 0 to 3, but is 9"),
        ("[hours]\nthank = true\n", "hours.thank: is not known here"),
        ('[[quiet]]\nfrom = "24-12"\nto = "01-02"\n', 'quiet[0].from: must be month and day, like "12-24"'),
        ('[[quiet]]\nfrom = "07-01"\n', 'quiet[0].to: is missing; write month and day, like "12-24"'),
        (
            '[[quiet]]\nfrom = "12-01"\nto = "12-31"\n[[quiet]]\nfrom = "01-01"\nto = "01-31"\n',
            "quiet: closes more than 45 days in a row",
        ),
        ("freshness_minutes = 5\n", "freshness_minutes: is not known here"),
    ],
)  # fmt: skip
def test_a_fault_of_the_policy_names_its_place_and_its_mend(tmp_path: Path, text: str, fault: str) -> None:
    """And the usual value stands in meanwhile, so that all other faults are found too."""
    _, faults = read(tmp_path, text)
    assert any(fault in each for each in faults), faults
