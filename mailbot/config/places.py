"""Where files are looked for: the user's configuration, and what comes with mailbot."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from mailbot.config.faults import ConfigFaults, Fault

_PACKAGE = Path(__file__).resolve().parents[1]


def packaged(path: str) -> Path:
    """A file or folder that comes with mailbot (`config/policy.toml`), in a checkout and in an installed wheel.

    Raises FileNotFoundError when the installation lacks it.
    """
    for root in (_PACKAGE / "_assets", _PACKAGE.parent):
        if (root / path).exists():
            return root / path
    raise FileNotFoundError(f"mailbot's own {path} is missing: install mailbot again")


def home_config(env: Mapping[str, str]) -> Path:
    """Where a user's own configuration goes unless told otherwise (XDG base directories)."""
    base = env.get("XDG_CONFIG_HOME") or Path(env.get("HOME") or Path.home()) / ".config"
    return Path(base) / "mailbot" / "mailbot.toml"


def search_order(env: Mapping[str, str]) -> Iterator[Path]:
    """Where `mailbot.toml` may lie when neither --config nor $MAILBOT_CONFIG says so, best first."""
    yield Path("mailbot.toml")
    yield home_config(env)
    yield Path("/etc/mailbot/mailbot.toml")


def find_config(given: Path | None, env: Mapping[str, str]) -> Path:
    """The configuration file to read; raises ConfigFaults, naming the places, if there is none."""
    named, by = (given, "--config") if given else (env.get("MAILBOT_CONFIG"), "MAILBOT_CONFIG")
    if named:
        path = Path(named).expanduser().absolute()
        if path.is_dir():
            path /= "mailbot.toml"
        if not path.is_file():
            message = f"there is no such file ({by} names it); write one with: mailbot init --config {path}"
            raise ConfigFaults((Fault(str(path), "", message),))
        return path
    places = [path.absolute() for path in search_order(env)]
    for path in places:
        if path.is_file():
            return path
    looked = ", ".join(str(path) for path in places)
    message = f"no configuration found (looked for {looked}); write one with: mailbot init"
    raise ConfigFaults((Fault("mailbot.toml", "", message),))
