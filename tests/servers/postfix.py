"""Postfix from the distribution's packages: throw-away set-up on a loopback port. Its master insists on root."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from tests.servers.certificate import required
from tests.servers.ports import Ports

_BINARY = shutil.which("postfix") or next(iter(str(path) for path in Path("/usr/sbin").glob("postfix")), None)

_MAIN = """\
compatibility_level = 3.6
queue_directory = {base}/queue
data_directory = {base}/data
daemon_directory = /usr/lib/postfix/sbin
command_directory = /usr/sbin
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.{domain}
mydestination =
mynetworks = 127.0.0.0/8
virtual_mailbox_domains = {domain}
virtual_mailbox_maps = inline:{{ {mailboxes} }}
virtual_transport = lmtp:inet:127.0.0.1:{lmtp_port}
default_transport = error:5.1.2 outside mail is off in this test
recipient_delimiter = +
alias_maps =
local_recipient_maps =
smtpd_recipient_restrictions = permit_mynetworks, reject
maillog_file = {base}/log
maillog_file_prefixes = {base}
message_size_limit = 30000000
minimal_backoff_time = 2s
maximal_backoff_time = 5s
queue_run_delay = 2s
"""
_MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


class PostfixServer:
    """SMTP on 127.0.0.1 without login; `addresses` are taken for `domain` and delivered by LMTP to `lmtp_port`.

    An address that is listed here and unknown there comes back as a bounce. Absent, or without root, it skips the test,
    or fails it where real servers are demanded.
    """

    host = "127.0.0.1"

    def __init__(self, lmtp_port: int, addresses: Sequence[str], domain: str = "example.test") -> None:
        required(_BINARY is not None, "Postfix (apt install postfix)")
        required(os.getuid() == 0, "root, which Postfix's master needs")
        # A short path, open to others: Postfix puts sockets there and works as several users.
        self.base = Path(tempfile.mkdtemp(prefix="mailbot-postfix-"))
        self.base.chmod(0o755)
        self._ports = Ports(1)
        (self.port,) = self._ports.numbers
        for name in ("etc", "queue", "data"):
            (self.base / name).mkdir()
        shutil.chown(self.base / "data", "postfix")
        mailboxes = " ".join(f"{{{address}=1}}" for address in addresses)
        (self.base / "etc/main.cf").write_text(
            _MAIN.format(base=self.base, domain=domain, mailboxes=mailboxes, lmtp_port=lmtp_port)
        )
        (self.base / "etc/master.cf").write_text(_MASTER.format(port=self.port))

    def start(self) -> None:
        """Start, and return once it listens: Postfix opens its sockets before `start` comes back."""
        self._postfix("start")
        with socket.create_connection((self.host, self.port), 60) as probe:
            probe.recv(3)

    def stop(self) -> None:
        """Stop, and wait until it is gone."""
        self._postfix("stop")

    def remove(self) -> None:
        """Stop, and delete everything."""
        try:
            if (self.base / "queue/pid/master.pid").exists():
                self.stop()
        finally:
            self._ports.release()
            shutil.rmtree(self.base, ignore_errors=True)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.remove()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()

    def _postfix(self, verb: str) -> None:
        assert _BINARY is not None
        done = subprocess.run([_BINARY, "-c", str(self.base / "etc"), verb], check=False, capture_output=True)  # noqa: S603 - fixed words
        if done.returncode:
            log = self.base / "log"
            words = done.stderr.decode(errors="replace") + (log.read_text() if log.exists() else "")
            raise RuntimeError(f"Postfix does not {verb}: {words}")
