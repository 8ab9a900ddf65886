"""`mailbot init`: asks the least it can, writes a commented configuration, and says what comes next."""

import argparse
import getpass
import os
import re
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from mailbot.config.presets import Place, Presets, Provider
    from mailbot.config.render import InitAnswers

_SERVICE = Path("/etc/mailbot/mailbot.toml")
_SERVICE_STATE = Path("/var/lib/mailbot")
_IBAN_MONEY = frozenset(("EUR", "GBP", "CHF", "DKK", "SEK", "NOK", "PLN", "CZK", "HUF", "RON"))
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+\Z")


class Unanswered(Exception):
    """Something had to be asked and nobody was there to answer; holds what a user should do."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Where answers come from: a flag first, then the person at the terminal."""

    interactive: bool

    def text(self, flag: str, given: str | None, question: str, default: str = "", check: str = ".") -> str:
        """The flag's value, or an answer that matches `check`; raises Unanswered where neither can be had."""
        if given is not None:
            if not re.search(check, given):
                raise Unanswered(f'{flag}: "{given}" will not do; {question[0].lower()}{question[1:]}')
            return given
        if not self.interactive:
            if default:
                return default
            raise Unanswered(f"{flag} is needed: {question[0].lower()}{question[1:]}")
        while True:
            answer = self._line(f"{question}{f' [{default}]' if default else ''}: ").strip() or default
            if answer and re.search(check, answer):
                return answer
            print("  That will not do; once more, please.")

    def optional(self, flag: str, given: str | None, question: str, valid: "Callable[[str], bool]") -> str:
        """The flag's value or an answer, either of which must be valid; empty where there is none."""
        if given is not None or not self.interactive:
            if given and not valid(given):
                raise Unanswered(f'{flag}: "{given}" will not do: a sign is wrong, missing or too many')
            return given or ""
        while answer := self._line(f"{question} (Enter: none, or later): ").strip():
            if valid(answer):
                return answer
            print("  That will not do: a sign is wrong, missing or too many. Once more, please.")
        return ""

    def secret(self, question: str, known: str) -> str:
        """A password from the environment or the terminal; empty if it shall be written into the file later."""
        if known or not self.interactive:
            return known
        try:
            return getpass.getpass(f"{question}: ")
        except EOFError:
            return ""

    def _line(self, question: str) -> str:
        try:
            return input(question)
        except EOFError as error:
            raise Unanswered("the input ended before everything was answered; nothing was written") from error


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `init` to the command line."""
    parser = subparsers.add_parser(
        "init",
        help="write a commented configuration, asking the least",
        description="Writes mailbot.toml and .env. What is not given as a flag is asked for. Passwords are taken from "
        "MAILBOT_IMAP_PASSWORD and MAILBOT_SMTP_PASSWORD, or asked for without showing them; never from a flag.",
    )
    # Suppressed: a default here would undo a --config that stands before the command.
    parser.add_argument(
        "--config",
        type=Path,
        default=argparse.SUPPRESS,
        help="the file to write (default: ~/.config/mailbot/mailbot.toml)",
    )
    parser.add_argument("--service", action="store_true", help="write /etc/mailbot for the systemd unit; as root")
    parser.add_argument("--force", action="store_true", help="replace what is there; the old files are kept as .bak")
    parser.add_argument("--no-input", action="store_true", help="ask nothing; what has no flag must have a default")
    for flag, text in (
        ("--name", "the business's name"),
        ("--email", "the address that letters come from"),
        ("--language", "fr or en, with a country if you like (fr_CA)"),
        ("--country", "two letters, like FR or CA"),
        ("--region", "the region whose public holidays are kept, like QC"),
        ("--timezone", "like Europe/Paris"),
        ("--currency", "three letters, like EUR"),
        ("--iban", "the account that clients pay to"),
        ("--interac", "the address that Interac e-Transfers come to (Canadian dollars)"),
        ("--operator-email", "who gets the digest (default: the business's address)"),
        ("--assistant-name", "who signs the letters, if not the business itself"),
        ("--assistant-role", "what stands under the assistant's name"),
        ("--provider", "the mail provider's id, if the address does not tell"),
        ("--imap-host", "the server that is read"),
        ("--imap-user", "its login (default: the address)"),
        ("--smtp-host", "the server that sends"),
        ("--smtp-user", "its login (default: the address)"),
    ):
        parser.add_argument(flag, help=text)
    for server in ("imap", "smtp"):
        parser.add_argument(f"--{server}-port", type=int, default=0, help="its port, if not the usual one")
        parser.add_argument(f"--{server}-security", choices=("tls", "starttls", "plain"), help="default: tls")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Ask, write, read it back; gives the exit status."""
    from mailbot.config import home_config
    from mailbot.config.presets import load_presets
    from mailbot.config.render import render_config, render_env

    named: Path | None = getattr(args, "config", None)
    target = (named or (_SERVICE if args.service else home_config(os.environ))).absolute()
    secrets = [target.parent / "credentials" / f"{kind}_password" for kind in ("imap", "smtp")]
    files = [target, *(secrets if args.service else [target.parent / ".env"])]
    there = [file for file in files if file.exists()]
    if there and not args.force:
        print(
            f"{there[0]} is there already; edit it, or replace it with --force (the old one is kept).", file=sys.stderr
        )
        return 1
    asker = Asker(interactive=not args.no_input)
    try:
        answers = gather(args, asker, load_presets())
    except Unanswered as error:
        print(f"mailbot init: {error}", file=sys.stderr)
        return 1
    if args.service:
        answers = replace(answers, database=str(_SERVICE_STATE / "mailbot.db"), backups=str(_SERVICE_STATE / "backups"))
        texts = [render_config(answers), answers.imap_password + "\n", answers.smtp_password + "\n"]
    else:
        texts = [render_config(answers), render_env(answers)]
    try:
        for file, text in zip(files, texts, strict=True):
            _write(file, text, private=file != target)
    except OSError as error:
        print(f"{error.filename}: cannot be written: {error.strerror}", file=sys.stderr)
        return 1
    return _next_steps(target, files, answers)


def gather(args: argparse.Namespace, asker: Asker, presets: "Presets") -> "InitAnswers":
    """All answers, from flags, presets and the person; raises Unanswered."""
    from mailbot.config.render import InitAnswers

    name = asker.text("--name", args.name, "The name of your business, as clients know it")
    email = asker.text("--email", args.email, "The address that your letters come from", check=_EMAIL.pattern)
    provider = _provider(args, asker, presets, email)
    place = _place(args, asker, presets)
    iban, interac = _paid(args, asker, place.currency)
    imap_host = args.imap_host or (provider.imap.host if provider else "")
    smtp_host = args.smtp_host or (provider.smtp.host if provider else "")
    return InitAnswers(
        name=name,
        email=email,
        language=place.language,
        country=place.country,
        region=place.region,
        timezone=place.timezone,
        currency=place.currency,
        iban=iban,
        interac=interac,
        operator_email=asker.text("--operator-email", args.operator_email, "Who gets the morning digest", email, "@"),
        assistant_name=args.assistant_name or "",
        assistant_role=args.assistant_role or "",
        imap_host=asker.text("--imap-host", imap_host or None, "The IMAP server of your mailbox"),
        imap_port=args.imap_port or (provider.imap.port if provider else 0),
        imap_security=args.imap_security or (provider.imap.security if provider else "tls"),
        imap_user=args.imap_user or "",
        smtp_host=asker.text("--smtp-host", smtp_host or None, "The SMTP server that sends your mail"),
        smtp_port=args.smtp_port or (provider.smtp.port if provider else 0),
        smtp_security=args.smtp_security or (provider.smtp.security if provider else "tls"),
        smtp_user=args.smtp_user or "",
        imap_password=(
            password := asker.secret(
                "The mailbox's password (nothing shows; Enter to fill it in later)",
                os.environ.get("MAILBOT_IMAP_PASSWORD", ""),
            )
        ),
        smtp_password=os.environ.get("MAILBOT_SMTP_PASSWORD", "")
        or (password if (args.smtp_user or email) == (args.imap_user or email) else ""),
    )


def _provider(args: argparse.Namespace, asker: Asker, presets: "Presets", email: str) -> "Provider | None":
    """Who keeps the mailbox: by flag, by the address's domain, or by asking; None for servers named by hand."""
    if args.imap_host and args.smtp_host:
        return None
    known = {provider.id: provider for provider in presets.providers}
    found = presets.provider_of(email) if args.provider is None else known.get(args.provider)
    if args.provider is not None and found is None:
        raise Unanswered(
            f'--provider: "{args.provider}" is not known; one of {", ".join(known)}, or --imap-host and --smtp-host'
        )
    if found is None and asker.interactive:
        print("Who keeps this mailbox?")
        for number, provider in enumerate(presets.providers, start=1):
            print(f"  {number:2} {provider.name}")
        choices = "|".join(str(number) for number in range(len(presets.providers) + 1))
        answer = int(asker.text("--provider", None, "A number, or 0 to name the servers", "0", rf"\A({choices})\Z"))
        found = presets.providers[answer - 1] if answer else None
    if found and found.refused:
        raise Unanswered(f"{found.name}: {found.refused}")
    if found and found.note:
        print(f"{found.name}: {found.note}")
    return found


def _place(args: argparse.Namespace, asker: Asker, presets: "Presets") -> "Place":
    """Where the business is, with what that usually means as defaults."""
    from mailbot.config.presets import Place

    country = asker.text(
        "--country", args.country, "Your country, two letters (FR, CA, ...)", check=r"\A[A-Za-z]{2}\Z"
    ).upper()
    usual = presets.place(country, args.region or "")
    region = args.region or ""
    if not region and usual and usual.region:  # its holidays differ from one region to the next
        region = asker.text("--region", args.region, "Your region (QC, ON, ...)", usual.region).upper()
        usual = presets.place(country, region)
    return Place(
        country=country,
        region=region,
        language=asker.text("--language", args.language, "Your language (fr, en)", usual.language if usual else ""),
        timezone=asker.text("--timezone", args.timezone, "Your time zone", usual.timezone if usual else ""),
        currency=asker.text("--currency", args.currency, "Your currency", usual.currency if usual else "").upper(),
    )


def _paid(args: argparse.Namespace, asker: Asker, currency: str) -> tuple[str, str]:
    """The IBAN and the Interac address that clients pay to; asked for where the currency makes them usual."""
    from stdnum import iban

    account = address = ""
    if args.iban is not None or currency in _IBAN_MONEY:
        question = "The IBAN that clients pay to, told under each letter"
        account = asker.optional("--iban", args.iban, question, iban.is_valid)
    if args.interac is not None or currency == "CAD":
        question = "The address that Interac e-Transfers come to, told under each letter"
        address = asker.optional("--interac", args.interac, question, lambda one: bool(_EMAIL.fullmatch(one)))
    return account, address


def _write(file: Path, text: str, *, private: bool) -> None:
    """Write a whole file under its final mode; what was there before is kept beside it as .bak."""
    if not file.parent.is_dir():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.parent.chmod(0o700 if private else 0o755)
    part = file.with_name(file.name + ".part")
    part.unlink(missing_ok=True)
    mode = 0o600 if private else 0o644
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as out:
        os.fchmod(out.fileno(), mode)
        out.write(text)
    if file.exists():
        file.replace(file.with_name(file.name + ".bak"))
    part.replace(file)


def _next_steps(target: Path, files: list[Path], answers: "InitAnswers") -> int:
    """Read back what was written, so that a wrong answer shows at once; then say what to do next."""
    from mailbot.config import ConfigFaults, home_config, load, packaged

    try:
        load(target, {}, need_passwords=False)
    except ConfigFaults as error:
        print(f"Written, but something in it will not do; correct it there:\n{error}", file=sys.stderr)
        return 1
    print("Written: " + ", ".join(str(file) for file in files))
    if not answers.imap_password:
        print(f"Put the password into {files[1]} before you go on.")
    flag = "" if target == home_config(os.environ).absolute() else f" --config {target}"
    print(f"""Next:
  mailbot check{flag}                  are the mailbox, the server and the templates in order?
  mailbot import invoices.csv{flag}    what would come in (a dry run until you say --apply)
  mailbot run{flag}                    the daemon; in draft mode it writes to nobody but you
  mailbot go-live{flag}                from now on letters leave""")
    if target == _SERVICE:
        print(f"The unit for systemd: {packaged('systemd/mailbot.service')} (its first lines say how to install it)")
    return 0
