"""`mailbot init`: with flags alone, with a person, and with what may go wrong."""

import argparse
import stat
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from mailbot.cli import init
from mailbot.config import load
from mailbot.config.presets import load_presets

FLAGS = ("--name", "Atelier Léa", "--email", "lea@gmail.com", "--country", "ca", "--region", "QC")
IBAN = "FR76 3000 6000 0112 3456 7890 189"
Run = Callable[..., int]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run it with flags in a home folder of its own; `answers` are what the person types."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setenv("MAILBOT_IMAP_PASSWORD", "app password")
    monkeypatch.delenv("MAILBOT_SMTP_PASSWORD", raising=False)

    def run(*flags: str, answers: Sequence[str] = ()) -> int:
        left = list(answers)

        def answer(question: str) -> str:
            if not left:
                raise EOFError
            return left.pop(0)

        monkeypatch.setattr("builtins.input", answer)
        return init.run(parse(*flags))

    return run


def parse(*flags: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    init.add(parser.add_subparsers())
    return parser.parse_args(["init", *flags])


def test_flags_alone_write_a_configuration_that_loads(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Unattended: the address tells the servers, the place tells language, time zone and currency."""
    assert run("--no-input", *FLAGS) == 0
    folder = tmp_path / ".config" / "mailbot"
    settings = load(folder / "mailbot.toml", {})
    assert (settings.imap.host, settings.smtp.host) == ("imap.gmail.com", "smtp.gmail.com")
    assert (settings.business.language, settings.business.timezone) == ("fr_CA", "America/Toronto")
    assert settings.operator.emails == ("lea@gmail.com",)
    assert (settings.imap.password, settings.smtp.password) == ("app password", "app password")
    assert "mailbot check" in capsys.readouterr().out


def test_passwords_are_for_their_owner_only(run: Run, tmp_path: Path) -> None:
    """.env gets mode 0600 whatever the umask; the configuration holds no password."""
    assert run("--no-input", *FLAGS) == 0
    folder = tmp_path / ".config" / "mailbot"
    assert stat.S_IMODE((folder / ".env").stat().st_mode) == 0o600
    assert "app password" not in (folder / "mailbot.toml").read_text(encoding="utf-8")


def test_what_is_there_is_replaced_only_by_force_and_kept_beside(run: Run, tmp_path: Path) -> None:
    """Nobody loses a configuration to a second `init`."""
    file = tmp_path / "here" / "mailbot.toml"
    assert run("--no-input", *FLAGS, "--config", str(file)) == 0
    before = file.read_text(encoding="utf-8")
    assert run("--no-input", *FLAGS, "--config", str(file), "--name", "Other") == 1
    assert file.read_text(encoding="utf-8") == before
    assert run("--no-input", *FLAGS, "--config", str(file), "--name", "Other", "--force") == 0
    assert file.with_name("mailbot.toml.bak").read_text(encoding="utf-8") == before
    assert stat.S_IMODE(file.with_name(".env.bak").stat().st_mode) == 0o600


def test_a_person_is_asked_only_for_what_cannot_be_guessed(run: Run, tmp_path: Path) -> None:
    """Name, address, who keeps the mailbox, country, account; Enter takes what is proposed."""
    numbers = {provider.id: str(n) for n, provider in enumerate(load_presets().providers, start=1)}
    answers = ["Studio Paul", "paul", "paul@studio.example", numbers["ovh"], "fr", "", "", ""]
    assert run(answers=[*answers, "FR76 3000 6000 0112 3456 7890 188", IBAN, ""]) == 0
    settings = load(tmp_path / ".config" / "mailbot" / "mailbot.toml", {})
    assert settings.imap.host == "ssl0.ovh.net"
    assert (settings.business.country, settings.business.region, settings.business.currency) == ("FR", "", "EUR")
    assert settings.paying.usual.iban == IBAN.replace(" ", "")


def test_who_gives_no_account_is_asked_no_further(run: Run, tmp_path: Path) -> None:
    """Enter leaves the lines of the example as they are."""
    assert run(*FLAGS, answers=["", "", "", "", ""]) == 0
    settings = load(tmp_path / ".config" / "mailbot" / "mailbot.toml", {})
    assert not settings.paying.usual.offered


def test_in_canada_interac_is_asked_for(run: Run, tmp_path: Path) -> None:
    assert run(*FLAGS, answers=["", "", "", "lea@interac.example", ""]) == 0
    settings = load(tmp_path / ".config" / "mailbot" / "mailbot.toml", {})
    assert settings.paying.usual.interac == "lea@interac.example"


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (("--name", "x"), "--email is needed"),
        (("--name", "x", "--email", "lea"), '--email: "lea" will not do'),
        (("--name", "x", "--email", "lea@hotmail.fr"), "only OAuth, and mailbot does not speak that yet"),
        (("--name", "x", "--email", "lea@own.example", "--country", "FR"), "--imap-host is needed"),
        (("--name", "x", "--email", "lea@own.example", "--provider", "gmial"), '"gmial" is not known; one of gmail'),
        (("--name", "x", "--email", "lea@gmail.com", "--country", "JP"), "--language is needed"),
        ((*FLAGS, "--iban", "FR7630006000011234567890188"), '--iban: "FR7630006000011234567890188" will not do'),
        ((*FLAGS, "--interac", "lea"), '--interac: "lea" will not do'),
    ],
)
def test_what_is_missing_or_wrong_is_named_and_nothing_is_written(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], flags: tuple[str, ...], told: str
) -> None:
    """No half configuration is left behind."""
    assert run("--no-input", *flags) == 1
    assert told in capsys.readouterr().err
    assert not (tmp_path / ".config").exists()


def test_an_input_that_ends_early_writes_nothing(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As when it is started without a terminal."""
    assert run(answers=["Studio Paul"]) == 1
    assert "nothing was written" in capsys.readouterr().err
    assert not (tmp_path / ".config").exists()


def test_a_wrong_answer_is_told_at_once(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """What was written is read back before the user goes on."""
    assert run("--no-input", *FLAGS, "--timezone", "America/Montrael") == 1
    assert 'did you mean "America/Montreal"?' in capsys.readouterr().err


def test_for_the_service_the_passwords_become_credentials(run: Run, tmp_path: Path) -> None:
    """The files that the unit loads, and a database in its state folder."""
    file = tmp_path / "etc" / "mailbot.toml"
    assert run("--no-input", "--service", "--config", str(file), *FLAGS) == 0
    secret = file.parent / "credentials" / "imap_password"
    assert secret.read_text(encoding="utf-8") == "app password\n"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert stat.S_IMODE(secret.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    settings = load(file, {})
    assert settings.storage.database == "/var/lib/mailbot/mailbot.db"
    assert settings.imap.password == "app password"
