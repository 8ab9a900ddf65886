"""Where letters are handed over, and how."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Security = Literal["tls", "starttls", "plain"]


@dataclass(frozen=True, slots=True)
class SmtpAccount:
    """An account on a submission server (RFC 6409).

    `security` is "tls" (port 465, RFC 8314), "starttls" (port 587) or, by explicit choice only, "plain". An empty
    `user` means no login (a relay on this machine). `ca_file` replaces the system's certificate authorities. Raises
    ValueError on what cannot be sent safely.
    """

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    security: Security = "tls"
    ca_file: Path | None = None

    def __post_init__(self) -> None:
        if self.security not in ("tls", "starttls", "plain"):
            raise ValueError(f"SMTP security must be tls, starttls or plain, not {self.security!r}")
        if not 0 < self.port < 65536:
            raise ValueError(f"SMTP port must be 1 to 65535, not {self.port}")
        for key in ("host", "user", "password"):
            if any(ord(character) < 32 or ord(character) == 127 for character in getattr(self, key)):
                raise ValueError(f"SMTP {key} holds a control character (a line break?); remove it")

    @property
    def where(self) -> str:
        """Host and port, as messages name them."""
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class SmtpLimits:
    """How long, and how much. Times in seconds; those of commands are the least that RFC 5321 4.5.3.2 allows."""

    connect_s: float = 30.0
    command_s: float = 300.0
    data_s: float = 600.0
    goodbye_s: float = 2.0
    noop_after_s: float = 30.0
    close_after_s: float = 60.0
    letters_per_connection: int = 50
    success_reports: bool = False
