"""Answers -> the text of `mailbot.toml` and `.env`: the commented example with its blanks filled in."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from mailbot.config.places import packaged

_SECTION = re.compile(r"(?:# )?\[(\w+)\]\Z")
_KEY = re.compile(r"(?:# )?(\w+) = ")

Value = str | int | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InitAnswers:
    """What `mailbot init` found out. Empty means that the example's line stays as it is; port 0 is the usual one."""

    name: str
    email: str
    language: str
    country: str
    timezone: str
    currency: str
    operator_email: str
    imap_host: str
    smtp_host: str
    region: str = ""
    iban: str = ""
    interac: str = ""
    assistant_name: str = ""
    assistant_role: str = ""
    imap_port: int = 0
    imap_security: str = "tls"
    imap_user: str = ""
    smtp_port: int = 0
    smtp_security: str = "tls"
    smtp_user: str = ""
    database: str = ""
    backups: str = ""
    imap_password: str = field(default="", repr=False)
    smtp_password: str = field(default="", repr=False)

    def values(self) -> dict[tuple[str, str], Value]:
        """What goes where: (section, key) -> value."""
        imap_port = self.imap_port or (993 if self.imap_security == "tls" else 143)
        smtp_port = self.smtp_port or (465 if self.smtp_security == "tls" else 587)
        every: dict[tuple[str, str], Value] = {
            ("business", "name"): self.name,
            ("business", "email"): self.email,
            ("business", "language"): self.language,
            ("business", "country"): self.country,
            ("business", "region"): self.region,
            ("business", "timezone"): self.timezone,
            ("business", "currency"): self.currency,
            ("payment", "iban"): self.iban,
            ("payment", "interac"): self.interac,
            ("operator", "email"): self.operator_email,
            ("assistant", "name"): self.assistant_name,
            ("assistant", "role"): self.assistant_role,
            ("imap", "host"): self.imap_host,
            ("imap", "port"): imap_port,
            ("imap", "security"): self.imap_security,
            ("imap", "user"): self.imap_user,
            ("smtp", "host"): self.smtp_host,
            ("smtp", "port"): smtp_port,
            ("smtp", "security"): self.smtp_security,
            ("smtp", "user"): self.smtp_user,
            ("storage", "database"): self.database,
            ("storage", "backups"): self.backups,
        }
        return {place: value for place, value in every.items() if value}


def render_config(answers: InitAnswers) -> str:
    """The commented example with the answers in it; lines that were off and have an answer are switched on."""
    return fill(packaged("config/mailbot.toml").read_text(encoding="utf-8"), answers.values())


def fill(example: str, values: Mapping[tuple[str, str], Value]) -> str:
    """Put values into a TOML text, keeping every comment; raises KeyError for a value that has no line in it."""
    answered = {section for section, _ in values}
    left, section, lines = dict(values), "", list[str]()
    for line in example.splitlines():
        if header := _SECTION.match(line):
            section = header[1]
            lines.append(f"[{section}]" if section in answered else line)
        elif (key := _KEY.match(line)) and (section, key[1]) in left:
            lines.append(f"{key[1]} = {_toml(left.pop((section, key[1])))}")
        else:
            lines.append(line)
    if left:
        raise KeyError(", ".join(".".join(place) for place in left))
    return "\n".join(lines) + "\n"


def render_env(answers: InitAnswers) -> str:
    """The text of `.env`; a password that was not given leaves a line to fill in."""
    return "".join(
        (
            "# mailbot's passwords. Keep this file to yourself (mode 0600) and out of backups that others can read.\n",
            f"MAILBOT_IMAP_PASSWORD={_shell(answers.imap_password)}\n",
            f"MAILBOT_SMTP_PASSWORD={_shell(answers.smtp_password)}\n",
        )
    )


def _toml(value: Value) -> str:
    if isinstance(value, int):
        return str(value)
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(entry) for entry in value) + "]"
    # A JSON string is a TOML basic string, but for DEL, which TOML wants escaped.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _shell(value: str) -> str:
    """The value in single quotes, as python-dotenv reads them back."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
