"""Where a mailbox is and how it is read."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

AUTO = "auto"
Security = Literal["tls", "starttls", "plain"]


@dataclass(frozen=True, slots=True)
class ImapAccount:
    """A mailbox on an IMAP server.

    `security` is "tls" (port 993), "starttls" (port 143) or, by explicit choice only, "plain". Folders are a name,
    "auto" (found by special use, RFC 6154, or by its usual names) or, for junk and sent, "" for none. Set `sent_folder`
    to "" where the provider files its own copies. `ca_file` replaces the system's certificate authorities. `name` is
    what the store knows the account by; it defaults to `user`. Raises ValueError on what cannot be sent safely.
    """

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    security: Security = "tls"
    inbox_folder: str = AUTO
    junk_folder: str = AUTO
    sent_folder: str = AUTO
    ca_file: Path | None = None
    name: str = ""

    def __post_init__(self) -> None:
        if self.security not in ("tls", "starttls", "plain"):
            raise ValueError(f"IMAP security must be tls, starttls or plain, not {self.security!r}")
        if not 0 < self.port < 65536:
            raise ValueError(f"IMAP port must be 1 to 65535, not {self.port}")
        # A line break in any of these would be a command of its own on the wire (RFC 9051 4.3).
        for key in ("host", "user", "password", "inbox_folder", "junk_folder", "sent_folder"):
            if any(ord(character) < 32 or ord(character) == 127 for character in getattr(self, key)):
                raise ValueError(f"IMAP {key} holds a control character (a line break?); remove it")

    @property
    def where(self) -> str:
        """Host and port, as messages name them."""
        return f"{self.host}:{self.port}"

    @property
    def key(self) -> str:
        """What the account is known by in the store."""
        return self.name or self.user


@dataclass(frozen=True, slots=True)
class ImapLimits:
    """How much, and for how long. Sizes in octets, times in seconds."""

    connect_s: float = 20.0
    read_s: float = 60.0
    done_s: float = 10.0
    reidle_s: float = 270.0
    poll_s: float = 60.0
    batch_mails: int = 200
    batch_octets: int = 16 * 1024 * 1024
    oversize_octets: int = 25 * 1024 * 1024
    oversize_head_octets: int = 256 * 1024
