"""What a person types. Each command is a module with `add(subparsers)` and `run(args) -> exit code`."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from mailbot.cli.faults import backup_hint, exit_code, told
from mailbot.cli.unheard import unheard

_COMMANDS = (
    *("init", "check", "importing", "adding", "listing", "asking", "telling", "bookkeeping", "golive", "running"),
    *("papers", "banking", "digesting", "stats", "backup", "explain", "learning", "trust", "forgetting", "demo"),
)


def build_parser() -> argparse.ArgumentParser:
    """All commands, in the order in which a new user meets them."""
    parser = argparse.ArgumentParser(
        prog="mailbot",
        description="Gets freelancers paid, politely, by email.",
        epilog="A first try without any account: mailbot demo. A first set-up: mailbot init.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="say which mailbot this is")
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="mailbot.toml (else: $MAILBOT_CONFIG, ./, ~/.config, /etc)"
    )
    parser.add_argument("--verbose", action="store_true", help="say more in the log")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name in _COMMANDS:
        import_module(f"mailbot.cli.{name}").add(subparsers)
    _everywhere(subparsers)
    return parser


def _everywhere(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """`--config` and `--verbose` are understood after the command too."""
    for parser in subparsers.choices.values():
        if "--config" not in parser._option_string_actions:  # noqa: SLF001 - argparse has no public way to ask
            parser.add_argument(
                "--config", type=Path, metavar="FILE", default=argparse.SUPPRESS, help=argparse.SUPPRESS
            )
        parser.add_argument("--verbose", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        for action in parser._actions:  # noqa: SLF001
            if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - nor to its subparsers
                _everywhere(action)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; gives its exit code. Faults that the user can mend are told in a line or two, without a trace."""
    with unheard():
        return _run(build_parser().parse_args(argv))


def _run(args: argparse.Namespace) -> int:
    try:
        return int(args.run(args))
    except KeyboardInterrupt:
        return 130
    except Exception as fault:
        words = told(fault)
        if words is None:
            raise
        print(words, file=sys.stderr)
        if hint := backup_hint(fault, args):
            print(hint, file=sys.stderr)
        return exit_code(fault)


class _Version(argparse.Action):
    """Looks the version up only when it is asked for: the look costs as much as all the rest of `--help`."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Print it and leave."""
        print(f"mailbot {_version()}")
        parser.exit()


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("mailbot")
    except PackageNotFoundError:
        return "(from a checkout)"
