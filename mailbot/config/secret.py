"""Passwords come from the environment, systemd's credentials, or `.env` beside the configuration; never from TOML."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dotenv.parser import parse_stream

from mailbot.config.faults import Fault
from mailbot.config.table import nearest

IMAP_PASSWORD = "MAILBOT_IMAP_PASSWORD"  # noqa: S105 - the name of a variable
SMTP_PASSWORD = "MAILBOT_SMTP_PASSWORD"  # noqa: S105 - likewise
ALARM_PASSWORD = "MAILBOT_ALARM_SMTP_PASSWORD"  # noqa: S105 - likewise
DATABASE = "MAILBOT_DATABASE"
READING_KEY = "MAILBOT_READING_KEY"
_KNOWN = (IMAP_PASSWORD, SMTP_PASSWORD, ALARM_PASSWORD, DATABASE, READING_KEY)


@dataclass(frozen=True, slots=True)
class Secrets:
    """What was found in all the places together; the process's environment wins, then credentials, then `.env`."""

    _found: Mapping[str, str] = field(repr=False)
    places: str = ""

    def get(self, name: str) -> str:
        """The value of a variable, or empty text."""
        return self._found.get(name, "")


def read_secrets(
    folder: Path,
    env: Mapping[str, str],
    credentials_dir: Path | None,
    faults: list[Fault],
    *,
    needed: bool = True,
) -> Secrets:
    """Gather the secrets; `folder` holds the configuration.

    A credential is a file named like the variable in lower case without its prefix (`imap_password`; systemd.exec(5),
    LoadCredential). Without `credentials_dir`, a folder `credentials` beside the configuration does the same for
    commands that are typed by hand. Unless they are `needed`, files that this user may not read are passed over.
    """
    dotenv = folder / ".env"
    credentials = credentials_dir or folder / "credentials"
    found = {
        **_read_dotenv(dotenv, faults, needed=needed and credentials_dir is None),
        **_read_credentials(credentials, faults, needed=needed),
        **{name: env[name] for name in _KNOWN if env.get(name)},
    }
    return Secrets(found, f"{dotenv}, the environment, or a file in {credentials}")


def _read_dotenv(file: Path, faults: list[Fault], *, needed: bool) -> dict[str, str]:
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except PermissionError as error:
        if needed:  # a service has its credentials and may well be kept from the file
            faults.append(Fault(str(file), "", f"cannot be read: {error.strerror}"))
        return {}
    except (OSError, UnicodeDecodeError) as error:
        faults.append(Fault(str(file), "", f"cannot be read: {error}"))
        return {}
    values = dict[str, str]()
    # The parser alone: python-dotenv's loader would replace ${...} inside a password.
    for binding in parse_stream(io.StringIO(text)):
        line = binding.original.line + len(binding.original.string) - len(binding.original.string.lstrip("\n"))
        if binding.error or (binding.key and binding.value is None):
            faults.append(Fault(str(file), binding.key or "", "must be written as NAME='value'", line))
        elif binding.key and binding.key.startswith("MAILBOT_") and binding.key not in _KNOWN:
            message = f"is not known here{nearest(binding.key, _KNOWN)}"
            faults.append(Fault(str(file), binding.key, message, line))
        elif binding.key and binding.value:
            values[binding.key] = binding.value
    return {name: value for name, value in values.items() if name in _KNOWN}


def _read_credentials(folder: Path, faults: list[Fault], *, needed: bool) -> dict[str, str]:
    values = dict[str, str]()
    for name in _KNOWN:
        file = folder / name.removeprefix("MAILBOT_").lower()
        try:
            values[name] = file.read_text(encoding="utf-8").rstrip("\r\n")
        except (FileNotFoundError, NotADirectoryError):
            continue
        except (OSError, UnicodeDecodeError) as error:
            if needed or not isinstance(error, PermissionError):
                faults.append(Fault(str(file), "", f"cannot be read: {error}"))
    return {name: value for name, value in values.items() if value}
