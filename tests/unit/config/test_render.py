"""The commented example, filled in."""

import re
import tomllib
from pathlib import Path

import pytest

from mailbot.config import load, packaged
from mailbot.config.presets import load_presets
from mailbot.config.render import InitAnswers, fill, render_config, render_env

ANSWERS = InitAnswers(
    name='Léa "Design" & fils \\ Cie',
    email="lea@example.org",
    language="fr",
    country="FR",
    timezone="Europe/Paris",
    currency="EUR",
    operator_email="zoe@example.org",
    imap_host="imap.example.org",
    smtp_host="smtp.example.org",
    smtp_security="starttls",
    assistant_name="Zoé",
    imap_password='it\'s a $ecret \\ "one"',
    smtp_password="# other",
)


def test_what_is_written_can_be_read_and_says_what_was_answered(tmp_path: Path) -> None:
    """Quotes, accents and backslashes included."""
    (tmp_path / "mailbot.toml").write_text(render_config(ANSWERS), encoding="utf-8")
    (tmp_path / ".env").write_text(render_env(ANSWERS), encoding="utf-8")
    settings = load(tmp_path / "mailbot.toml", {})
    assert settings.business.name == ANSWERS.name
    assert settings.assistant is not None
    assert settings.assistant.name == "Zoé"
    assert (settings.smtp.port, settings.smtp.security) == (587, "starttls")
    assert (settings.imap.password, settings.smtp.password) == (ANSWERS.imap_password, ANSWERS.smtp_password)


def test_no_comment_of_the_example_is_lost() -> None:
    """The file explains itself after `init` as before."""
    example = packaged("config/mailbot.toml").read_text(encoding="utf-8").splitlines()
    rendered = render_config(ANSWERS).splitlines()
    assert len(rendered) == len(example)
    prose = [line for line in example if line.startswith("# ") and "=" not in line and "[" not in line]
    assert len(prose) > 15
    assert all(line in rendered for line in prose)


def test_no_password_gets_into_the_configuration() -> None:
    """Secrets go to .env only, and into no repr."""
    assert "ecret" not in render_config(ANSWERS)
    assert "ecret" not in repr(ANSWERS)


def test_every_line_that_is_off_in_the_example_can_be_switched_on(tmp_path: Path) -> None:
    """The example names only keys that exist, with values of the right type."""
    lines = render_config(ANSWERS).splitlines()
    text = "\n".join(re.sub(r"^# (\w+ = )", r"\1", line) for line in lines)
    keys = tomllib.loads(text)
    assert {len(keys[section]) for section in ("business", "operator", "imap", "smtp")} == {13, 9, 11, 7}
    for wish, known in (
        ('region = ""', 'region = "BL"'),
        ('language = ""', 'language = "en"'),
        ('timezone = ""', 'timezone = "Europe/Paris"'),
        ('country = ""', 'country = "FR"'),
        ('role = ""', 'role = "adjointe"'),
    ):
        text = text.replace(wish, known)
    (tmp_path / "ca.pem").touch()
    (tmp_path / "templates").mkdir()
    (tmp_path / "notices").mkdir()
    (tmp_path / "bank").mkdir()
    (tmp_path / "policy.toml").touch()
    (tmp_path / "mailbot.toml").write_text(text, encoding="utf-8")
    (tmp_path / ".env").write_text(render_env(ANSWERS), encoding="utf-8")
    assert load(tmp_path / "mailbot.toml", {}).imap.sent_folder == "auto"


def test_a_value_without_a_line_in_the_example_is_no_silent_loss() -> None:
    """A renamed key is found by this, not by a user."""
    with pytest.raises(KeyError, match=r"imap\.nonsense"):
        fill("[imap]\nhost = ''\n", {("imap", "nonsense"): "x"})


def test_the_packaged_providers_and_places_are_whole() -> None:
    """Each has what `init` needs; those of the big domains are found by the address."""
    presets = load_presets()
    assert all(provider.imap.host and provider.smtp.host for provider in presets.providers)
    found = {email: presets.provider_of(f"lea@{email}") for email in ("gmail.com", "Outlook.FR", "example.org")}
    assert found["gmail.com"] is not None
    assert found["Outlook.FR"] is not None
    assert "OAuth" in found["Outlook.FR"].refused
    assert found["example.org"] is None
    quebec = presets.place("CA", "QC")
    assert quebec is not None
    assert (quebec.language, quebec.currency) == ("fr_CA", "CAD")
