"""An installation with three clients, in a real database; no server is asked by what the bank says."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mailbot.cli import main
from tests.servers.installation import Done, Installation, Servers

Type = Callable[..., Done]

INVOICES = """number,client_name,client_email,issued_on,due_on,amount,currency
F-2026-017,Brasserie Lutèce,anna@lutece.test,2026-02-10,2026-03-10,1250.00,EUR
F-2026-018,Atelier Moulin,luc@moulin.test,2026-02-10,2026-03-10,480.00,EUR
F-2026-031,Théâtre des Carmes,eve@carmes.test,2026-02-10,2026-03-10,300.00,EUR
F-2026-032,Théâtre des Carmes,eve@carmes.test,2026-02-10,2026-03-10,450.00,EUR
"""


@pytest.fixture
def files(tmp_path: Path) -> Installation:
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

    book = files.folder / "invoices.csv"
    book.write_text(INVOICES, "utf-8")
    assert type_("import", str(book), "--apply").code == 0
    return type_


@pytest.fixture
def put(files: Installation) -> Callable[[str, bytes], str]:
    """Save a statement under a name."""

    def put_(name: str, octets: bytes) -> str:
        (files.folder / name).write_bytes(octets)
        return str(files.folder / name)

    return put_
