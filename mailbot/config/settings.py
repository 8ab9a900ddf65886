"""What the operator decides, typed and frozen. Passwords never show in a repr."""

from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from typing import Literal

from mailbot.core import business as core
from mailbot.core.payment import Paying
from mailbot.core.policy import Policy
from mailbot.notices import Catalogue

Security = Literal["tls", "starttls", "plain"]
WhenEmpty = Literal["line", "skip"]
Figures = Literal["weekly", "daily", "never"]


@dataclass(frozen=True, slots=True)
class Business:
    """Who is owed the money, and in whose name every letter goes out.

    `email` is the From address, `sender_name` stands before it. `language` is `fr`, `en` or with a country (`fr_CA`);
    `country` is ISO 3166-1 alpha-2, `region` as the `holidays` library knows it, `currency` ISO 4217.
    """

    name: str
    email: str
    sender_name: str
    language: str
    country: str
    region: str
    timezone: str
    currency: str
    address_lines: tuple[str, ...] = ()
    phone: str = ""
    website: str = ""
    registration_lines: tuple[str, ...] = ()
    payment_lines: tuple[str, ...] = ()
    code: str = "default"


@dataclass(frozen=True, slots=True)
class Operator:
    """Who reads the digest and decides; `digest_at` is wall time in `timezone`, on working days of the place.

    `digest_figures` says how often the digest shows expected money and figures.
    """

    name: str
    emails: tuple[str, ...]
    language: str
    timezone: str
    country: str
    region: str = ""
    digest_at: time = time(7, 30)
    digest_when_empty: WhenEmpty = "line"
    digest_figures: Figures = "weekly"


@dataclass(frozen=True, slots=True)
class Assistant:
    """Who signs for the business, if not the freelancer."""

    name: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class ImapSection:
    """The mailbox that is read. Folders are a name, `auto`, or (junk, sent) empty for none."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    security: Security = "tls"
    inbox_folder: str = "auto"
    junk_folder: str = "auto"
    sent_folder: str = "auto"
    ca_file: Path | None = None
    lookback_days: int = 14
    poll_seconds: int = 60
    max_message_mb: int = 25


@dataclass(frozen=True, slots=True)
class SmtpSection:
    """The server that letters leave by. An empty `user` means that it asks for no login.

    `bcc_self` brings a copy of each letter to the own inbox, `success_reports` asks servers to say that one arrived.
    """

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    security: Security = "tls"
    ca_file: Path | None = None
    bcc_self: bool = False
    success_reports: bool = False


@dataclass(frozen=True, slots=True)
class AlarmSection:
    """Another route to the operator: a command to run (no shell), a second account, or both."""

    command: tuple[str, ...] = ()
    smtp: SmtpSection | None = None
    sender: str = ""
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NoticeSection:
    """How payment notices are judged. `addresses` are ours beside the business's; `folder` holds own templates.

    `authserv_id` is the name that the mail provider puts into Authentication-Results.
    """

    addresses: tuple[str, ...] = ()
    authserv_id: str = ""
    fresh_days: int = 7
    folder: Path | None = None
    catalogue: Catalogue | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class BankSection:
    """What is made of bank statements: after how many days they are called old, and whether that stops a reminder.

    `folder` is watched for statements.
    """

    stale_after_days: int = 7
    hold_firmer_rungs_when_stale: bool = False
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class ReadingSection:
    """A second reader, asked only to be more careful: an OpenAI-compatible endpoint that the user runs."""

    endpoint: str
    model: str
    timeout_seconds: int = 20
    key: str = field(default="", repr=False)
    remote: bool = False
    encrypted: bool = False


@dataclass(frozen=True, slots=True)
class Storage:
    """Where things are kept. `database` is a file or an SQLAlchemy URL, which may hold a password: it never shows."""

    database: str = field(repr=False)
    backups: Path
    keep: int = 14
    keep_unrelated_days: int = 30
    keep_mail_days: int = 3650


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that was configured. `templates` is the user's own folder, None if only the packaged ones are used."""

    file: Path
    business: Business
    operator: Operator
    assistant: Assistant | None
    imap: ImapSection
    smtp: SmtpSection
    storage: Storage
    templates: Path | None
    policy_file: Path
    policy: Policy
    alarm: AlarmSection | None = None
    notices: NoticeSection = NoticeSection()
    bank: BankSection = BankSection()
    paying: Paying = field(default_factory=Paying)
    reading: ReadingSection | None = None

    @property
    def owner(self) -> core.Business:
        """The business and its operator as the core knows them."""
        reader, owner, signer = self.operator, self.business, self.assistant
        return core.Business(
            id=owner.code,
            name=owner.name,
            email=owner.email,
            operator=core.Operator(
                name=reader.name,
                emails=reader.emails,
                language=reader.language,
                timezone=reader.timezone,
                country=reader.country,
                region=reader.region,
                digest_at=f"{reader.digest_at:%H:%M}",
                digest_when_empty=reader.digest_when_empty,
                digest_figures=reader.digest_figures,
            ),
            address_lines=owner.address_lines,
            phone=owner.phone,
            website=owner.website,
            registration_lines=owner.registration_lines,
            payment_lines=owner.payment_lines,
            paying=self.paying,
            signer_name=signer.name if signer else "",
            signer_role=signer.role if signer else "",
            language=owner.language,
            country=owner.country,
            lookback_days=self.imap.lookback_days,
            bcc_self=self.smtp.bcc_self,
            bank_stale_days=self.bank.stale_after_days,
            bank_holds_firmer=self.bank.hold_firmer_rungs_when_stale,
        )

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be written anywhere: for the log's mask."""
        second = self.alarm.smtp.password if self.alarm and self.alarm.smtp else ""
        key = self.reading.key if self.reading else ""
        return tuple({secret for secret in (self.imap.password, self.smtp.password, second, key) if secret})
