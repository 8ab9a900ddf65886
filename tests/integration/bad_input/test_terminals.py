"""Terminals that cannot show everything, and readers that go away."""

import os
import subprocess
import sys

import pytest

from tests.integration.bad_input.conftest import Type
from tests.servers.installation import Installation

BARE = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
MAIL = "From: luc@client.test\nSubject: Re: F-1\nContent-Type: text/plain; charset=utf-8\n\nPayé → bientôt\n"


@pytest.mark.parametrize("env", [{"PYTHONIOENCODING": "latin-1"}, BARE], ids=["Latin-1", "the C locale"])
async def test_a_terminal_without_utf_8_gets_question_marks_and_no_trace(
    files: Installation, env: dict[str, str]
) -> None:
    mail = files.folder / "mail.eml"
    mail.write_text(MAIL, encoding="utf-8")
    process = await files.start("explain", str(mail), **env)
    out, err = await process.communicate()
    assert (process.returncode, b"Traceback" in err) == (0, False)
    assert b"? bient" in out


def test_who_looks_at_the_first_lines_only_gets_the_whole_work_done(files: Installation, typed: Type) -> None:
    """As `mailbot import ... --apply | head`: the pipe breaks before the last line, and everything is imported."""
    invoices = files.folder / "invoices.csv"
    invoices.write_text(
        "number,client_name,client_email,issued_on,due_on,amount\nF-1,Luc,luc@client.test,2026-11-02,2026-12-02,100\n",
        encoding="utf-8",
    )
    gone, pipe = os.pipe()
    os.close(gone)
    try:
        done = subprocess.run(  # noqa: S603 - our own words only
            [sys.executable, "-m", "mailbot", "--config", str(files.file), "import", str(invoices), "--apply"],
            cwd=files.folder, env=files.env(), stdout=pipe, stderr=subprocess.PIPE, check=False,
        )  # fmt: skip
    finally:
        os.close(pipe)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "F-1" in typed("list").out
