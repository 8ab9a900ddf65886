"""A small valid configuration, and a way to break it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mailbot.config import ConfigFaults, Settings, load

CONFIG = """\
[business]
name = "Atelier Léa"
email = "lea@atelier.example"
language = "fr_CA"
country = "CA"
region = "QC"
timezone = "America/Toronto"
currency = "CAD"

[operator]
email = "adjointe@bureau.example"

[imap]
host = "imap.atelier.example"

[smtp]
host = "smtp.atelier.example"
"""
DOTENV = "MAILBOT_IMAP_PASSWORD='first secret'\nMAILBOT_SMTP_PASSWORD='second secret'\n"


class Folder:
    """A folder with mailbot.toml and .env in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file = path / "mailbot.toml"
        self.file.write_text(CONFIG, encoding="utf-8")
        self.dotenv = path / ".env"
        self.dotenv.write_text(DOTENV, encoding="utf-8")

    def replace(self, old: str, new: str) -> None:
        text = self.file.read_text(encoding="utf-8")
        assert old in text
        self.file.write_text(text.replace(old, new), encoding="utf-8")

    def add(self, text: str) -> None:
        self.file.write_text(self.file.read_text(encoding="utf-8") + text, encoding="utf-8")

    def load(self, env: dict[str, str] | None = None, credentials: Path | None = None) -> Settings:
        return load(self.file, env or {}, credentials)

    def faults(self, env: dict[str, str] | None = None, credentials: Path | None = None) -> list[str]:
        """The faults, without the folder's name."""
        with pytest.raises(ConfigFaults) as caught:
            self.load(env, credentials)
        return [str(fault).replace(f"{self.path}/", "") for fault in caught.value.faults]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


Breaking = Callable[[Folder], None]
