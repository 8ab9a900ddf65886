"""The systemd unit: hardened, and in step with what it starts."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNIT = Path(__file__).resolve().parents[2] / "systemd" / "mailbot.service"
REQUIRED = os.environ.get("MAILBOT_REAL_SERVERS") == "1"


def test_systemd_rates_the_exposure_of_the_unit_at_most_2() -> None:
    """Of 10; by `systemd-analyze security`, without a running systemd."""
    tool = shutil.which("systemd-analyze")
    if tool is None and not REQUIRED:
        pytest.skip("systemd-analyze is not installed; MAILBOT_REAL_SERVERS=1 makes it required")
    assert tool is not None, "systemd-analyze is missing"
    told = subprocess.run(  # noqa: S603 - a fixed command
        [tool, "security", "--offline=true", "--no-pager", str(UNIT)],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    ).stdout
    rating = re.search(r"Overall exposure level for mailbot\.service: ([\d.]+)", told)
    assert rating is not None, told
    assert float(rating[1]) <= 2.0


def test_the_unit_knows_no_setting_twice_and_hands_over_both_passwords() -> None:
    """A second line of most settings silently replaces or widens the first."""
    lines = [line for line in UNIT.read_text(encoding="utf-8").splitlines() if re.match(r"\w+=", line)]
    names = [line.partition("=")[0] for line in lines]
    assert {name for name in names if names.count(name) > 1} == {"LoadCredential", "SystemCallFilter"}
    loaded = {line.partition("=")[2].partition(":")[0] for line in lines if line.startswith("LoadCredential=")}
    assert loaded == {"imap_password", "smtp_password"}
