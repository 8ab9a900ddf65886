"""The sections of `mailbot.toml`, one function each: Table -> frozen section."""

import re
from collections.abc import Collection, Mapping
from datetime import time
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo, available_timezones

import holidays
from babel.numbers import list_currencies

from mailbot.config.faults import Fault
from mailbot.config.notices import load_catalogue
from mailbot.config.secret import ALARM_PASSWORD, DATABASE, IMAP_PASSWORD, SMTP_PASSWORD, Secrets
from mailbot.config.settings import (
    AlarmSection,
    Assistant,
    BankSection,
    Business,
    Figures,
    ImapSection,
    NoticeSection,
    Operator,
    Security,
    SmtpSection,
    Storage,
    WhenEmpty,
)
from mailbot.config.table import Table, nearest

EMAIL = re.compile(r"""[^\s@<>()\[\],;:"']+@[^\s@<>()\[\],;:"'.]+(\.[^\s@<>()\[\],;:"'.]+)+\Z""")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?\Z|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*\Z")
_LOOPBACK = re.compile(r"(localhost|127(\.\d{1,3}){3}|::1)\Z")
_SECURITY: Mapping[str, Security] = {word: word for word in get_args(Security)}
_FIGURES: Mapping[str, Figures] = {word: word for word in get_args(Figures)}
_WHEN_EMPTY: Mapping[str, WhenEmpty] = {word: word for word in get_args(WhenEmpty)}
_IMAP_PORTS: Mapping[Security, int] = {"tls": 993, "starttls": 143, "plain": 143}
_SMTP_PORTS: Mapping[Security, int] = {"tls": 465, "starttls": 587, "plain": 25}
_DATABASES = ("sqlite", "postgresql", "postgres")


def business(table: Table, languages: Collection[str]) -> Business:
    """`[business]`: who is owed the money."""
    country = _country(table)
    name = table.text("name", hint=": whose invoices are these?")
    section = Business(
        name=name,
        email=email(table, "email"),
        sender_name=table.text("sender_name", name),
        language=_language(table, languages, None),
        country=country,
        region=_region(table, country),
        timezone=_timezone(table, None),
        currency=_currency(table),
        address_lines=table.texts("address_lines"),
        phone=table.text("phone", ""),
        website=table.text("website", ""),
        registration_lines=table.texts("registration_lines"),
        payment_lines=table.texts("payment_lines"),
    )
    table.close()
    return section


def operator(table: Table, languages: Collection[str], owner: Business) -> Operator:
    """`[operator]`: who reads the digest. Language and time zone are the business's unless told otherwise."""
    emails = table.texts("email")
    if not emails:
        table.note("email", "is missing: where shall the digest go?")
    for address in emails:
        if not EMAIL.match(address):
            table.note("email", f'"{address}" is no email address')
    country = _country(table, owner.country)
    section = Operator(
        name=table.text("name", owner.sender_name),
        emails=emails,
        language=_language(table, languages, owner.language),
        timezone=_timezone(table, owner.timezone),
        country=country,
        region=_region(table, country) if table.has("region") or country != owner.country else owner.region,
        digest_at=table.clock("digest_at", time(7, 30)),
        digest_when_empty=table.choice("digest_when_empty", _WHEN_EMPTY, "line"),
        digest_figures=table.choice("digest_figures", _FIGURES, "weekly"),
    )
    table.close()
    return section


def assistant(table: Table) -> Assistant:
    """`[assistant]`: who signs in the freelancer's stead."""
    section = Assistant(table.text("name"), table.text("role", ""))
    table.close()
    return section


def imap(table: Table, base: Path, user: str, secrets: Secrets, *, need_password: bool) -> ImapSection:
    """`[imap]`: the mailbox that is read; the user is the business's address unless told otherwise."""
    _no_password(table, IMAP_PASSWORD, secrets)
    host, security = _host(table), table.choice("security", _SECURITY, "tls")
    _not_in_clear(table, host, security)
    section = ImapSection(
        host=host,
        port=table.integer("port", _IMAP_PORTS[security], 1, 65535),
        user=table.text("user", user),
        password=secrets.get(IMAP_PASSWORD),
        security=security,
        inbox_folder=table.text("inbox_folder", "auto"),
        junk_folder=_folder(table, "junk_folder"),
        sent_folder=_folder(table, "sent_folder"),
        ca_file=_ca_file(table, base),
        lookback_days=table.integer("lookback_days", 14, 0, 365),
        poll_seconds=table.integer("poll_seconds", 60, 10, 300),
        max_message_mb=table.integer("max_message_mb", 25, 1, 100),
    )
    if need_password and not section.password:
        table.note("", _no_secret(IMAP_PASSWORD, secrets))
    table.close()
    return section


def smtp(
    table: Table, base: Path, user: str, secrets: Secrets, *, need_password: bool, variable: str = SMTP_PASSWORD
) -> SmtpSection:
    """`[smtp]`: the server that letters leave by; `user = ""` is for a relay that asks for no login."""
    _no_password(table, variable, secrets)
    host, security = _host(table), table.choice("security", _SECURITY, "tls")
    _not_in_clear(table, host, security)
    section = SmtpSection(
        host=host,
        port=table.integer("port", _SMTP_PORTS[security], 1, 65535),
        user=_login(table, user),
        password=secrets.get(variable),
        security=security,
        ca_file=_ca_file(table, base),
        bcc_self=table.flag("bcc_self", default=False),
        success_reports=table.flag("success_reports", default=False),
    )
    if need_password and section.user and not section.password:
        table.note("", _no_secret(variable, secrets))
    table.close()
    return section


def alarm(table: Table, base: Path, secrets: Secrets, *, need_password: bool) -> AlarmSection:
    """`[alarm]`: how else to reach the operator; `[alarm.smtp]` is an account at another provider."""
    command, second = table.texts("command"), table.table("smtp")
    if table.has("command") and not command:
        table.note("command", 'must be a program and its arguments, like ["/usr/local/bin/page", "me"]')
    if not table.has("smtp"):
        table.close()
        return AlarmSection(command)
    sender, recipients = email(second, "from"), second.texts("to")
    for address in recipients:
        if not EMAIL.match(address):
            second.note("to", f'"{address}" is no email address')
    if not recipients:
        second.note("to", "is missing: who shall hear the alarm?")
    account = smtp(second, base, sender, secrets, need_password=need_password, variable=ALARM_PASSWORD)
    table.close()
    return AlarmSection(command, account, sender, recipients)


def notices(table: Table, base: Path, faults: list[Fault]) -> NoticeSection:
    """`[notices]`: payment notices; own templates lie in `notices` beside the configuration unless told otherwise."""
    addresses = table.texts("addresses")
    for address in addresses:
        if not EMAIL.match(address):
            table.note("addresses", f'"{address}" is no email address')
    folder, usual = table.path("folder", base), base / "notices"
    if folder is not None and not folder.is_dir():
        table.note("folder", f"there is no folder {folder}")
    folder = folder or (usual if usual.is_dir() else None)
    section = NoticeSection(
        addresses=tuple(address.lower() for address in addresses),
        authserv_id=table.text("authserv_id", ""),
        fresh_days=table.integer("fresh_days", 7, 1, 60),
        folder=folder,
        # the user's own are read now, so that their faults are told at once; mailbot's own when a notice comes
        catalogue=load_catalogue(folder, faults) if folder is not None and folder.is_dir() else None,
    )
    table.close()
    return section


def bank(table: Table, base: Path) -> BankSection:
    """`[bank]`: what is made of statements, and of their age."""
    folder = table.path("folder", base)
    if folder is not None and not folder.is_dir():
        table.note("folder", f"there is no folder {folder}; make it, or take this line out")
    section = BankSection(
        stale_after_days=table.integer("stale_after_days", 7, 1, 90),
        hold_firmer_rungs_when_stale=table.flag("hold_firmer_rungs_when_stale", default=False),
        folder=folder,  # one that goes later is an alarm, and keeps no letter waiting
    )
    table.close()
    return section


def storage(table: Table, base: Path, secrets: Secrets) -> Storage:
    """`[storage]`: the database and its backups; relative paths count from the configuration's folder."""
    given = table.text("database", "mailbot.db")
    scheme, found, rest = given.partition("://")
    if not found:
        given = str(base / Path(given).expanduser())
    elif scheme.partition("+")[0] not in _DATABASES:
        table.note("database", f'must be a file, sqlite:// or postgresql://, but begins with "{scheme}://"')
    elif ":" in rest.rpartition("@")[0]:
        table.note("database", f"holds a password; put the whole URL into {DATABASE} instead ({secrets.places})")
    backups = table.path("backups", base) or base / "backups"
    section = Storage(
        secrets.get(DATABASE) or given,
        backups,
        keep=table.integer("keep", 14, 1, 3650),
        keep_unrelated_days=table.integer("keep_unrelated_days", 30, 1, 36500),
        keep_mail_days=table.integer("keep_mail_days", 3650, 1, 36500),
    )
    table.close()
    return section


def email(table: Table, key: str) -> str:
    """One bare email address."""
    value = table.text(key, hint=": which address do the letters come from?")
    if value and not EMAIL.match(value):
        table.note(key, f'must be a bare email address, like "marie@example.com", but is "{value}"')
    return value


def _language(table: Table, languages: Collection[str], default: str | None) -> str:
    value = table.text("language", default, hint='; write "fr" or "en", with a country if you like: "fr_CA"')
    parts = re.match(r"([a-z]{2})(?:[_-]([A-Z]{2}))?\Z", value)
    if value and (parts is None or parts[1] not in languages):
        table.note(
            "language", f'must be one of {", ".join(sorted(languages))} (or with a country: "fr_CA"), but is "{value}"'
        )
    return value.replace("-", "_")


def _country(table: Table, default: str | None = None) -> str:
    value = table.text("country", default, hint='; write two letters, like "FR" or "CA"')
    known = holidays.list_supported_countries(include_aliases=False)
    if value and value not in known:
        table.note(
            "country", f'must be two letters of ISO 3166, like "FR" or "CA", but is "{value}"{nearest(value, known)}'
        )
        return ""
    return value


def _region(table: Table, country: str) -> str:
    value = table.text("region", "")
    if value and country:
        regions = holidays.list_supported_countries(include_aliases=True)[country]
        if value not in regions:
            shown = ", ".join(holidays.list_supported_countries(include_aliases=False)[country]) or "none"
            table.note("region", f'"{value}" is not known in {country}{nearest(value, regions) or ";"} known: {shown}')
    return value


def _timezone(table: Table, default: str | None) -> str:
    value = table.text("timezone", default, hint='; write a place, like "Europe/Paris" or "America/Toronto"')
    if value:
        try:
            ZoneInfo(value)
        except (ValueError, OSError, LookupError):
            hint = nearest(value, available_timezones())
            table.note("timezone", f'must be a place, like "Europe/Paris", but is "{value}"{hint}')
    return value


def _currency(table: Table) -> str:
    value = table.text("currency", hint='; write three letters, like "EUR" or "CAD"')
    if value and value not in list_currencies():
        table.note("currency", f'must be three letters of ISO 4217, like "EUR" or "CAD", but is "{value}"')
    return value


def _host(table: Table) -> str:
    value = table.text("host", hint='; ask your mail provider, or run "mailbot init", which knows the usual ones')
    if value and not _HOST.match(value):
        table.note("host", f'must be a bare host name, like "imap.example.com", but is "{value}"')
    return value


def _not_in_clear(table: Table, host: str, security: Security) -> None:
    if security == "plain" and host and not _LOOPBACK.match(host):
        table.note("security", 'must be "tls" or "starttls": "plain" would send your password over the net unencrypted')


def _login(table: Table, user: str) -> str:
    return table.text("user", "") if table.has("user") else user


def _folder(table: Table, key: str) -> str:
    return table.text(key, "") if table.has(key) else "auto"


def _ca_file(table: Table, base: Path) -> Path | None:
    file = table.path("ca_file", base)
    if file is not None and not file.is_file():
        table.note("ca_file", f"there is no file {file}")
    return file


def _no_password(table: Table, variable: str, secrets: Secrets) -> None:
    for key in ("password", "pass", "passwd", "secret"):
        if table.has(key):
            table.ignore(key)
            table.note(key, f"a password does not belong here; put {variable}='...' into {secrets.places}")


def _no_secret(variable: str, secrets: Secrets) -> str:
    return f"its password is missing; put {variable}='...' into {secrets.places}"
