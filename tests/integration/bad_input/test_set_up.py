"""Configuration, policy, templates and database that will not do: each is named with its place, nothing is touched."""

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.bad_input.conftest import Type
from tests.servers.installation import Installation

COMMANDS = (("run",), ("list",), ("next",), ("check",))


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_names_all_faults_of_the_configuration_at_once(
    files: Installation, typed: Type, words: tuple[str, ...]
) -> None:
    files.replace('language = "fr_CA"', 'langage = "fr_CA"')
    files.replace("[operator]", "[oprator]")
    done = typed(*words)
    assert done.code in (1, 2)
    assert "langage" in done.said
    assert "language" in done.said
    assert "oprator" in done.said
    assert str(files.file) in done.said
    assert "Traceback" not in done.said
    assert not files.database.exists()


def test_no_configuration_at_all_says_how_to_write_one(files: Installation, typed: Type) -> None:
    files.file.unlink()
    done = typed("run")
    assert done.code == 2
    assert f"mailbot init --config {files.file}" in done.err


def test_a_password_that_is_missing_is_asked_for_by_name(files: Installation, typed: Type) -> None:
    (files.folder / ".env").unlink()
    done = typed("run")
    assert done.code == 2
    assert "MAILBOT_IMAP_PASSWORD" in done.err
    assert "MAILBOT_SMTP_PASSWORD" in done.err
    assert typed("list").code == 0, "looking into the database needs no password"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{{ client.nmae }}", "nmae"),
        ("{{ invoise }}", "invoise"),
        ("{% if x %}", "templates/fr/friendly.txt.j2"),
    ],
    ids=["a field that does not exist", "a variable that does not exist", "a block that is never closed"],
)
def test_a_template_with_a_fault_keeps_the_service_from_starting(
    files: Installation, typed: Type, text: str, told: str
) -> None:
    folder = files.folder / "templates" / "fr"
    folder.mkdir(parents=True)
    (folder / "friendly.txt.j2").write_text(f"Subject: x\n\nBonjour {text}\n", encoding="utf-8")
    for words in (("run",), ("check",)):
        done = typed(*words)
        assert done.code in (1, 2)
        assert told in done.said
        assert "fr/friendly.txt.j2" in done.said
        assert "Traceback" not in done.said


POLICIES = [
    ('[hours]\nopens = "18:00"\n', ["opens", "18:00"], "closing before opening"),
    ("[budget]\ngap_days = 0\n", ["gap_days"], "a mail every day"),
    ("[waits]\nclaim_day = 3\n", ["claim_day", "claim_days"], "a misspelt key"),
    ('[[ladder.default]]\nname = "x"\n', ["offset_days"], "a rung without a day"),
    (
        '[[ladder.default]]\nname = "x"\noffset_days = 3\ngap_days = 3\ntemplate = "freindly"\n',
        ["freindly", "friendly"],
        "a rung whose letter nobody wrote",
    ),
    ("[hours\n", ["policy.toml"], "no TOML"),
]


@pytest.mark.parametrize(("text", "told"), [case[:2] for case in POLICIES], ids=[case[2] for case in POLICIES])
def test_a_policy_with_a_fault_keeps_the_service_from_starting(
    files: Installation, typed: Type, text: str, told: list[str]
) -> None:
    (files.folder / "policy.toml").write_text(text, encoding="utf-8")
    for words in (("run",), ("check",)):
        done = typed(*words)
        assert done.code in (1, 2)
        assert "policy.toml" in done.said
        for word in told:
            assert word in done.said
        assert "Traceback" not in done.said


def test_a_database_of_a_newer_version_is_left_alone(files: Installation, typed: Type) -> None:
    assert typed("list").code == 0
    with sqlite3.connect(files.database) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
        raw.commit()
    raw.close()
    before = files.database.read_bytes()
    for words in COMMANDS:
        done = typed(*words)
        assert done.code in (1, 2)
        assert f"{files.database} was written by a newer mailbot (schema 9999)" in done.said
    assert files.database.read_bytes() == before


def test_a_file_that_is_no_database_is_left_alone(files: Installation, typed: Type) -> None:
    files.database.write_bytes(b"Dear diary, today I wrote an invoice.\n" * 200)
    for words in COMMANDS:
        done = typed(*words)
        assert done.code in (1, 2)
        assert f"{files.database}: it is not a database" in done.said
    assert files.database.read_bytes().startswith(b"Dear diary")


def test_the_database_of_another_program_is_left_alone(files: Installation, typed: Type) -> None:
    with sqlite3.connect(files.database) as raw:
        raw.execute("CREATE TABLE recipes (name TEXT)")
    raw.close()
    done = typed("run")
    assert done.code == 2
    assert "belongs to another program (it holds a table `recipes`)" in done.err


def test_a_folder_that_does_not_exist_is_named(files: Installation, typed: Type) -> None:
    files.replace('database = "mailbot.db"', 'database = "state/mailbot.db"')
    for words in (("run",), ("list",)):
        done = typed(*words)
        assert done.code == 2
        assert f"{files.folder / 'state'}" in done.err
        assert "create" in done.err


def test_a_database_url_to_a_file_is_guarded_and_backed_up_like_a_path(files: Installation, typed: Type) -> None:
    files.replace('database = "mailbot.db"', f'database = "sqlite:///{files.database}"')
    assert typed("list").code == 0
    assert typed("backup").code == 0
    assert len(list((files.folder / "backups").glob("mailbot-*.db"))) == 1


def test_a_backup_of_nothing_makes_no_empty_database(files: Installation, typed: Type) -> None:
    done = typed("backup")
    assert done.code == 2
    assert "there is no database yet" in done.err
    assert not files.database.exists()


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    """A folder that takes no file; for root only a mount is that."""
    folder = tmp_path / "read-only"
    folder.mkdir()
    if os.getuid() != 0:
        folder.chmod(0o555)
        yield folder
        folder.chmod(0o755)
        return
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", str(folder)], check=False, capture_output=True)  # noqa: S603, S607 - fixed words
    if done.returncode:
        pytest.skip("root without the right to mount can write everywhere")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)  # noqa: S603, S607 - fixed words


def test_a_folder_that_may_not_be_written_is_named(files: Installation, typed: Type, read_only: Path) -> None:
    files.replace('database = "mailbot.db"', f'database = "{read_only}/mailbot.db"')
    for words in COMMANDS:
        done = typed(*words)
        assert done.code in (1, 2)
        assert f"{read_only}/mailbot.db" in done.said
        assert "Traceback" not in done.said
