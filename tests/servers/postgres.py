"""PostgreSQL from the distribution's packages: a throw-away cluster on a unix socket, as an ordinary user."""

import os
import pwd
import shutil
import subprocess
import tempfile
from itertools import count
from pathlib import Path
from urllib.parse import quote

from tests.servers.certificate import required

_HOMES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
# A test's cluster need not survive a power cut.
_OPTIONS = "-c listen_addresses= -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c shared_buffers=16MB"


class PostgresServer:
    """A cluster of its own; `fresh` gives an empty database."""

    def __init__(self) -> None:
        self._bin = next((home for home in _HOMES if (home / "initdb").exists()), None)
        on_path = shutil.which("initdb")
        if self._bin is None and on_path is not None:
            self._bin = Path(on_path).parent
        # PostgreSQL refuses to run as root; its package brings a user for it.
        self._user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        self._base = Path(tempfile.mkdtemp(prefix="mailbot-pg-"))
        self._serial = count(1)
        self._started = False

    def start(self) -> None:
        """Make the cluster and wait until it answers; skips (or fails, where it is required) if it is not installed."""
        required(self._bin is not None, "PostgreSQL (Debian: postgresql)")
        if os.geteuid() == 0:
            shutil.chown(self._base, self._user)
        self._run("initdb", "-D", self._base / "data", "-U", "mailbot", "-A", "trust", "-E", "UTF8", "-N", "--locale=C")
        options = f"{_OPTIONS} -k {self._base}"
        self._run("pg_ctl", "-D", self._base / "data", "-l", self._base / "log", "-o", options, "-w", "start")
        self._started = True

    def fresh(self, like: str = "template0") -> str:
        """The URL of a new database, empty or `like` another one (its URL or name) that nobody is connected to."""
        name = f"test{next(self._serial)}"
        template = like.rpartition("@/")[2].partition("?")[0]
        self._run("createdb", "-h", self._base, "-U", "mailbot", "-T", template, name)
        return f"postgresql+psycopg://mailbot@/{name}?host={quote(str(self._base))}"

    def remove(self) -> None:
        """Stop the cluster and leave nothing behind."""
        if self._started:
            self._run("pg_ctl", "-D", self._base / "data", "-m", "immediate", "-w", "stop")
        shutil.rmtree(self._base, ignore_errors=True)

    def _run(self, program: str, *arguments: str | Path) -> None:
        assert self._bin is not None
        command = [str(self._bin / program), *map(str, arguments)]
        if os.geteuid() == 0:
            command = ["runuser", "-u", self._user, "--", *command]
        # pg_ctl's server would keep a pipe open: its output goes to a file.
        with (self._base / "tools.log").open("ab") as log:
            done = subprocess.run(  # noqa: S603 - our own words only
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd="/", check=False
            )
        if done.returncode != 0:
            raise RuntimeError(f"{program} failed: {(self._base / 'tools.log').read_text(errors='replace')[-2000:]}")
