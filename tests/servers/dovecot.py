"""Dovecot from the distribution's packages: throw-away set-up, loopback ports, as root or as any user."""

import grp
import os
import pwd
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from tests.servers.certificate import make_certificate, required
from tests.servers.ports import Ports

_BINARY = next((path for path in ("/usr/sbin/dovecot", "/usr/local/sbin/dovecot") if Path(path).exists()), None)
_PROTOCOLS = ("/usr/lib/dovecot/imap", "/usr/lib/dovecot/lmtp")

_CONFIG = """\
base_dir = {base}/run
state_dir = {base}/state
instance_name = mailbot-test
protocols = imap lmtp
listen = 127.0.0.1
log_path = {base}/dovecot.log
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
disable_plaintext_auth = no
auth_failure_delay = 0 secs
mail_location = maildir:{base}/mail/%u
first_valid_uid = 1
first_valid_gid = 1
mail_max_userip_connections = 2000
imap_idle_notify_interval = 29 mins
{capability}
recipient_delimiter = +
lmtp_save_to_detail_mailbox = yes
lda_mailbox_autocreate = yes
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {base}/users/%u
}}
userdb {{
  driver = static
  args = uid={owner} gid={owner_group} home={base}/mail/%u
}}
namespace inbox {{
  inbox = yes
  mailbox Sent {{
    auto = create
    special_use = \\Sent
  }}
  mailbox Junk {{
    auto = create
    special_use = \\Junk
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = {imaps_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  # Without it, one wrong password delays every later login from this address.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp_port}
  }}
}}
"""
_AS_USER = """\
service auth {{
  user = {internal}
}}
service auth-worker {{
  user = {internal}
}}
"""


class DovecotServer:
    """IMAP, IMAPS and LMTP on 127.0.0.1, with mailboxes that outlive `stop` and `start`.

    The certificate is for `localhost` only, so 127.0.0.1 does not match it. `idle=False` leaves IDLE out of
    the capabilities. Its folder is not under pytest's tmp_path: Dovecot, started by root, reads mail as
    another user, for whom that folder is closed.
    """

    host = "localhost"

    def __init__(self, *, idle: bool = True) -> None:
        present = _BINARY is not None and all(Path(path).exists() for path in _PROTOCOLS)
        required(present, "Dovecot (apt install dovecot-imapd dovecot-lmtpd)")
        self.base = Path(tempfile.mkdtemp(prefix="mailbot-dovecot-"))
        self.base.chmod(0o755)
        self._ports = Ports(3)
        self.imap_port, self.imaps_port, self.lmtp_port = self._ports.numbers
        self.ca_file, key = make_certificate(self.base)
        self._master: subprocess.Popen[bytes] | None = None
        self._users = self.base / "users"
        self._users.mkdir()
        (self.base / "mail").mkdir()
        self._write_config(key, idle=idle)

    def _write_config(self, key: Path, *, idle: bool) -> None:
        me, my_group = pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name
        root = os.getuid() == 0
        owner = "nobody" if root else me
        owner_group = grp.getgrgid(pwd.getpwnam(owner).pw_gid).gr_name if root else my_group
        if root:
            shutil.chown(self.base / "mail", owner, owner_group)
        template = _CONFIG if root else _CONFIG + _AS_USER
        self.config = self.base / "dovecot.conf"
        self.config.write_text(
            template.format(
                base=self.base,
                internal="dovecot" if root else me,
                internal_group="dovecot" if root else my_group,
                login="dovenull" if root else me,
                owner=owner,
                owner_group=owner_group,
                certificate=self.ca_file,
                key=key,
                capability="" if idle else "imap_capability = IMAP4rev1 LITERAL+ UIDPLUS SPECIAL-USE",
                imap_port=self.imap_port,
                imaps_port=self.imaps_port,
                lmtp_port=self.lmtp_port,
            )
        )

    def start(self) -> None:
        """Start, and return once every port answers."""
        assert self._master is None
        assert _BINARY is not None
        command = [_BINARY, "-F", "-c", str(self.config)]
        self._master = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603
        until = time.monotonic() + 60
        for port in (self.imap_port, self.imaps_port, self.lmtp_port):
            while not self._answers(port):
                if self._master.poll() is not None or time.monotonic() > until:
                    log = self.base / "dovecot.log"
                    raise RuntimeError(f"Dovecot does not start: {log.read_text() if log.exists() else 'no log'}")
                time.sleep(0.02)

    @staticmethod
    def _answers(port: int) -> bool:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            return False
        return True

    def stop(self) -> None:
        """Stop; connections break, mailboxes stay."""
        if self._master is not None:
            self._master.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._master.wait(20)
            # A connection that idles would be told only some ten seconds later.
            with suppress(ProcessLookupError):
                os.killpg(self._master.pid, signal.SIGKILL)
            self._master.wait()
            self._master = None

    def remove(self) -> None:
        """Stop, and delete everything."""
        self.stop()
        self._ports.release()
        shutil.rmtree(self.base, ignore_errors=True)

    def add_user(self, address: str, password: str) -> None:
        """Open a mailbox."""
        # A file each: Dovecot looks at most once a second whether a known one has changed.
        (self._users / address).write_text(f"{address}:{{PLAIN}}{password}\n")

    def deliver(self, user: str, octets: bytes, folder: str = "INBOX") -> None:
        """Deliver by LMTP, as an MTA's last step does; the folder goes by plus addressing."""
        local, _, domain = user.rpartition("@")
        recipient = user if folder == "INBOX" else f"{local}+{folder}@{domain}"
        with smtplib.LMTP("127.0.0.1", self.lmtp_port) as lmtp:
            lmtp.sendmail("mta@example.test", [recipient], octets)
