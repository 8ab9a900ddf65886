"""An installation whose servers do not exist, for what goes wrong before any server is asked."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mailbot.cli import main
from tests.servers.installation import Done, Installation, Servers

Type = Callable[..., Done]


@pytest.fixture
def files(tmp_path: Path) -> Installation:
    """A sound configuration."""
    nowhere = ("127.0.0.1", 9)
    return Installation(tmp_path / "mailbot", Servers(nowhere, nowhere))


@pytest.fixture
def typed(files: Installation, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Type:
    """Type a command, and see how it ended."""
    monkeypatch.setenv("COLUMNS", "240")

    def type_(*words: str) -> Done:
        capsys.readouterr()
        code = main(["--config", str(files.file), *words])
        return Done(code, *capsys.readouterr())

    return type_
