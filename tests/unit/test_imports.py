"""What is not imported costs neither start-up time nor memory: kept small by asking a fresh interpreter."""

import json
import subprocess
import sys

_LIBRARIES = (
    "aiosmtpd", "aiosmtplib", "alembic", "apscheduler", "babel", "css_inline", "holidays", "imapclient", "inscriptis",
    "jinja2", "lxml", "nh3", "pymap", "pydantic", "rich", "sqlalchemy", "sqlmodel",
)  # fmt: skip


def _imported(statement: str) -> set[str]:
    code = f"import json, sys\n{statement}\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=True
    )
    return set(json.loads(done.stdout))


def test_the_command_line_is_built_without_any_library() -> None:
    """A person who asks for help waits for argparse, not for SQLAlchemy."""
    assert _imported("import mailbot.cli; mailbot.cli.build_parser()") & set(_LIBRARIES) == set()


def test_the_daemon_does_not_carry_what_it_never_uses() -> None:
    """Far-side servers, migrations and terminal tables stay out of a small server's memory."""
    carried = _imported("import mailbot.bot, mailbot.daemon.supervisor, mailbot.cli.running")
    assert carried & {"aiosmtpd", "alembic", "mailbot.demo", "pymap", "rich"} == set()
