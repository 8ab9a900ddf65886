"""`[alarm]` in mailbot.toml: what it may say, and what is told when it says it wrongly."""

from pathlib import Path

import pytest

from mailbot.bot import alarm_of
from mailbot.config import ConfigFaults, Settings, load

BASE = """
[business]
name = "Studio"
email = "bot@studio.example"
language = "fr"
country = "FR"
timezone = "Europe/Paris"
currency = "EUR"
[operator]
email = "me@home.example"
[imap]
host = "imap.studio.example"
[smtp]
host = "smtp.studio.example"
"""
SECRETS = {"MAILBOT_IMAP_PASSWORD": "i", "MAILBOT_SMTP_PASSWORD": "s"}


def settings(folder: Path, alarm: str, **more: str) -> Settings:
    file = folder / "mailbot.toml"
    file.write_text(BASE + alarm, "utf-8")
    return load(file, SECRETS | more)


def test_without_a_section_nothing_rings(tmp_path: Path) -> None:
    assert alarm_of(settings(tmp_path, "")) is None
    assert alarm_of(settings(tmp_path, "[alarm]\n")) is None


def test_a_command_and_a_second_account_can_both_ring(tmp_path: Path) -> None:
    text = """
[alarm]
command = ["/usr/local/bin/page", "me"]
[alarm.smtp]
from = "alarm@elsewhere.example"
to = ["me@phone.example"]
host = "smtp.elsewhere.example"
"""
    read = settings(tmp_path, text, MAILBOT_ALARM_SMTP_PASSWORD="second secret")
    assert read.alarm is not None
    assert read.alarm.smtp is not None
    assert read.alarm.command == ("/usr/local/bin/page", "me")
    assert (read.alarm.smtp.user, read.alarm.smtp.port) == ("alarm@elsewhere.example", 465)
    assert "second secret" in read.secrets
    assert "second secret" not in repr(read)
    assert alarm_of(read) is not None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[alarm]\ncommand = []\n", "alarm.command"),
        ("[alarm]\nsmpt = 1\n", "alarm.smpt"),
        ('[alarm.smtp]\nhost = "x.example"\nto = ["a@b.example"]\n', "alarm.smtp.from"),
        ('[alarm.smtp]\nhost = "x.example"\nfrom = "a@b.example"\n', "alarm.smtp.to"),
        (
            '[alarm.smtp]\nhost = "x.example"\nfrom = "a@b.example"\nto = ["c@d.example"]\n',
            "MAILBOT_ALARM_SMTP_PASSWORD",
        ),
        (
            '[alarm.smtp]\nhost = "x.example"\nfrom = "a@b.example"\nto = ["c@d.example"]\npassword = "x"\n',
            "MAILBOT_ALARM_SMTP_PASSWORD",
        ),
    ],
)
def test_a_fault_names_its_key(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(ConfigFaults) as found:
        settings(tmp_path, text)
    assert fault in str(found.value)
