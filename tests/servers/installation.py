"""An installation on disk, as a user has it: mailbot.toml, .env, a database; and the command as a child process."""

import asyncio
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mailbot.config import Settings, load
from mailbot.config.render import InitAnswers, render_config, render_env
from tests.servers.waiting import PATIENCE_S

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Servers:
    """Where an installation reads and sends. Host and port, security, and the login of each side."""

    imap: tuple[str, int]
    smtp: tuple[str, int]
    imap_security: str = "plain"
    smtp_security: str = "plain"
    smtp_login: bool = True
    ca_file: Path | None = None


@dataclass
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """Everything that the user saw."""
        return self.out + self.err


@dataclass
class Installation:
    """A folder with a configuration in it; Noémie is a freelancer in Montréal and her own operator, unless told."""

    folder: Path
    servers: Servers
    email: str = "noemie@atelier.test"
    operator: str = "operator@atelier.test"
    password: str = "secret"
    language: str = "fr_CA"
    smtp_password: str = ""
    extra: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        answers = InitAnswers(
            name="Noémie Gagnon",
            email=self.email,
            language=self.language,
            country="CA",
            region="QC",
            timezone="America/Toronto",
            currency="CAD",
            operator_email=self.operator,
            imap_host=self.servers.imap[0],
            imap_port=self.servers.imap[1],
            imap_security=self.servers.imap_security,
            smtp_host=self.servers.smtp[0],
            smtp_port=self.servers.smtp[1],
            smtp_security=self.servers.smtp_security,
            imap_password=self.password,
            smtp_password=self.smtp_password or self.password,
        )
        text = render_config(answers)
        if self.servers.ca_file:
            text = text.replace('# ca_file = "ca.pem"', f'ca_file = "{self.servers.ca_file}"')
        if not self.servers.smtp_login:
            text = text.replace("[smtp]\n", '[smtp]\nuser = ""\n')
        self.folder.mkdir(parents=True, exist_ok=True)
        self.file.write_text(text, encoding="utf-8")
        (self.folder / ".env").write_text(render_env(answers), encoding="utf-8")

    @property
    def file(self) -> Path:
        return self.folder / "mailbot.toml"

    @property
    def database(self) -> Path:
        return self.folder / "mailbot.db"

    def settings(self) -> Settings:
        return load(self.file, {})

    def replace(self, old: str, new: str) -> None:
        """Change the configuration as with an editor."""
        text = self.file.read_text(encoding="utf-8")
        assert old in text
        self.file.write_text(text.replace(old, new), encoding="utf-8")

    def env(self, **more: str) -> dict[str, str]:
        """The environment of a child: nothing of ours but the path to Python."""
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
        return {
            **kept,
            "HOME": str(self.folder),
            "PYTHONPATH": str(ROOT),
            "PYTHONUTF8": "1",
            "COLUMNS": "200",
            **self.extra,
            **more,
        }

    async def start(
        self, *words: str, module: str = "mailbot", under: Sequence[str] = (), **env: str
    ) -> asyncio.subprocess.Process:
        """Start the command, `under` another one if given; its output is read by `communicate`."""
        named = ("--config", str(self.file)) if module == "mailbot" else (str(self.file),)
        return await asyncio.create_subprocess_exec(
            *under, sys.executable, "-m", module, *named, *words,
            cwd=self.folder, env=self.env(**env), stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip

    async def mailbot(self, *words: str, **env: str) -> Done:
        """Run a command to its end."""
        return await ended(await self.start(*words, **env))


async def ended(process: asyncio.subprocess.Process, within_s: float = PATIENCE_S) -> Done:
    """Wait for a child; one that hangs is killed and fails the test."""
    try:
        out, err = await asyncio.wait_for(process.communicate(), within_s)
    except TimeoutError:
        process.kill()
        out, err = await process.communicate()
        raise AssertionError(f"it did not end within {within_s} s: {out.decode()}{err.decode()}") from None
    return Done(process.returncode or 0, out.decode(), err.decode())
