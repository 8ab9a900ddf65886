"""`mailbot check`: all well on sound servers; and for each broken thing one line with ✗ and the mend."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from mailbot.cli import main
from mailbot.core.reason import because
from mailbot.demo.world import MailWorld
from mailbot.flows.records import JournalEntry
from mailbot.store.store import SqlStore
from tests.integration.smtp.scripted import ScriptedSmtp
from tests.servers.certificate import make_certificate
from tests.servers.installation import Installation, Servers


@dataclass
class Desk:
    """An installation, its world, and what `mailbot check` says."""

    files: Installation
    world: MailWorld
    capsys: pytest.CaptureFixture[str]

    async def check(self) -> tuple[int, list[str]]:
        """The exit status and the lines."""
        self.capsys.readouterr()
        code = await asyncio.to_thread(main, ["--config", str(self.files.file), "check"])
        return code, self.capsys.readouterr().out.splitlines()

    async def wrong(self) -> list[str]:
        """The lines with ✗, of which there must be some."""
        code, lines = await self.check()
        assert code == 1, lines
        return [line for line in lines if line.startswith("✗")]


@pytest_asyncio.fixture
async def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> AsyncIterator[Desk]:
    async with MailWorld(lambda: datetime.now(UTC)) as world:
        world.add_user("noemie@atelier.test", "secret")
        servers = Servers(("127.0.0.1", world.imap_port), ("127.0.0.1", world.smtp_port))
        yield Desk(Installation(tmp_path / "mailbot", servers), world, capsys)


async def test_all_is_well_on_sound_servers(desk: Desk) -> None:
    code, lines = await desk.check()
    assert code == 0, lines
    names = [line.partition(":")[0] for line in lines if line.startswith("✓")]
    wanted = ["configuration", "policy", "database", "books", "backups", "letters", "how to pay you", "clock"]
    wanted += ["SMTP login", "IMAP login", "inbox", "Sent folder", "mode"]
    assert names == [f"✓ {name}" for name in wanted]
    assert any("[payment] would put" in line for line in lines)
    assert lines[-1] == "All is well."


def _password(desk: Desk) -> None:
    (desk.files.folder / ".env").write_text("MAILBOT_IMAP_PASSWORD='wrong'\nMAILBOT_SMTP_PASSWORD='wrong'\n")


def _sent_folder(desk: Desk) -> None:
    desk.files.replace('# sent_folder = "auto"', 'sent_folder = "Versendet"')


def _template(desk: Desk) -> None:
    folder = desk.files.folder / "templates" / "en"
    folder.mkdir(parents=True)
    (folder / "courtesy.txt.j2").write_text("Subject: x\n\n{{ client.nmae }}\n")


def _ports(desk: Desk) -> None:
    desk.files.replace(f"port = {desk.world.imap_port}", "port = 9")
    desk.files.replace(f"port = {desk.world.smtp_port}", "port = 9")


def _tls(desk: Desk) -> None:
    text = desk.files.file.read_text(encoding="utf-8")
    desk.files.file.write_text(text.replace('security = "plain"', 'security = "tls"'), encoding="utf-8")


BROKEN: list[tuple[Callable[[Desk], None], list[str], str]] = [
    (_password, ["SMTP login: ", "IMAP: ", "login refused", "Check user and password"], "a wrong password"),
    (_sent_folder, ['no folder "Versendet" (sent_folder)', "The server has: INBOX, Junk, Sent"], "no such folder"),
    (_template, ["letters: ", "nmae", "en/courtesy.txt.j2"], "a template with a fault"),
    (_ports, ["SMTP login: 127.0.0.1:9: connection refused", "IMAP: 127.0.0.1:9"], "wrong ports"),
    (_tls, ["no TLS on this port", "SMTP login: ", "IMAP: "], "TLS where there is none"),
]


@pytest.mark.parametrize(("break_it", "told"), [case[:2] for case in BROKEN], ids=[case[2] for case in BROKEN])
async def test_each_broken_thing_has_its_line_and_its_mend(
    desk: Desk, break_it: Callable[[Desk], None], told: list[str]
) -> None:
    break_it(desk)
    lines = await desk.wrong()
    for words in told:
        assert any(words in line for line in lines), lines
    assert not any("secret" in line or "wrong'" in line for line in lines)


async def test_a_certificate_for_another_name_or_of_nobody_is_told_apart(desk: Desk, tmp_path: Path) -> None:
    """Neither server gets the password."""
    certificate, key = make_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    async with ScriptedSmtp(tls=context, implicit_tls=True) as server:
        for port in (desk.world.imap_port, desk.world.smtp_port):
            desk.files.replace(f"port = {port}", f"port = {server.port}")
        _tls(desk)
        lines = await desk.wrong()
        assert len(lines) == 2
        assert all("the certificate was not accepted: self-signed certificate" in line for line in lines), lines
        assert all("set ca_file to its certificate" in line for line in lines)
        text = desk.files.file.read_text(encoding="utf-8")
        desk.files.file.write_text(text.replace('# ca_file = "ca.pem"', f'ca_file = "{certificate}"'), encoding="utf-8")
        lines = await desk.wrong()
        assert all("IP address mismatch" in line or "not valid for" in line for line in lines), lines
        assert all("Set the host to the name in the certificate" in line for line in lines)
        assert server.verbs == []


async def test_a_clock_behind_the_journal_is_told(desk: Desk) -> None:
    """A machine that woke up in the past would wait for days that have gone by."""
    store = await SqlStore.open(str(desk.files.database), now=lambda: datetime.now(UTC))
    async with store.begin() as tx:
        await tx.journal([JournalEntry(datetime.now(UTC) + timedelta(days=2), because("note", words="x"))])
    await store.close()
    (line,) = await desk.wrong()
    assert "clock: it says" in line
    assert "set the system's clock (NTP)" in line


async def test_a_server_without_a_sent_folder_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without one the user would not see in their mail program what was sent."""
    monkeypatch.setattr("mailbot.demo.mailboxes.FOLDERS", {"Junk": b"Junk"})
    desk.world.add_user("noemie@atelier.test", "secret")
    (line,) = await desk.wrong()
    assert 'Sent folder: none was found; name it in [imap] sent_folder, or set it to ""' in line
