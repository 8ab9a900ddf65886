"""Terminals that cannot show everything."""

import pytest

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
