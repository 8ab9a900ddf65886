"""What sort of mail this is: a person, or one of the machines that answer in their place."""

from mailbot.core.intent import Kind
from mailbot.mail import kind_marks as marks
from mailbot.mail.parse import ParsedMail
from mailbot.mail.report import Outcome, report_of

_OF_OUTCOME = {Outcome.FAILED: Kind.BOUNCE, Outcome.DELAYED: Kind.DELAY, Outcome.DELIVERED: Kind.RECEIPT}
_READ_CHARS = 4_000


def kind_of(mail: ParsedMail) -> tuple[Kind, str]:
    """Kind of a mail and, in a few words, what gave it away.

    A report about a letter comes first, then people whom a machine relays, then automatic answers and mass
    mail. In doubt it is a person (law 4). Whether the operator wrote is for the caller, who knows their address.
    """
    return _report(mail) or _provider(mail) or _machine(mail) or (Kind.REPLY, "nothing automatic about it")


def _report(mail: ParsedMail) -> tuple[Kind, str] | None:
    if mail.report_type == "disposition-notification" or "disposition:" in mail.report.lower():
        return Kind.RECEIPT, "a disposition notification"
    if mail.report_type == "feedback-report" or "feedback-type:" in mail.report.lower():
        return Kind.REPLY, "a complaint: a person called our mail spam"
    found = report_of(mail)
    if found is not None:
        how = "standard" if found.standard else "non-standard"
        return _OF_OUTCOME[found.outcome], f"a {how} delivery report {found.status}".rstrip()
    if mail.subject.lower().startswith(marks.RECEIPT_SUBJECTS) and not _threaded_words(mail):
        return Kind.RECEIPT, "a subject of read receipts"
    return None


def _threaded_words(mail: ParsedMail) -> bool:
    """Whether somebody could have typed this: receipts are short and leave no quoted letter."""
    return len(mail.text) > _READ_CHARS or "\n>" in mail.text


def _provider(mail: ParsedMail) -> tuple[Kind, str] | None:
    domain = mail.from_email.rpartition("@")[2]
    if domain in marks.PAYMENT_PROVIDERS:
        return Kind.PAYMENT_NOTICE, f"a payment provider wrote: {domain}"
    return None


def _machine(mail: ParsedMail) -> tuple[Kind, str] | None:
    submitted = _token(mail.header("auto-submitted"))
    if submitted == "no":
        return Kind.REPLY, "Auto-Submitted: no"
    relayed = _relayed(mail)
    if relayed is not None:
        return relayed
    mark = _automatic_mark(mail, submitted)
    if mark:
        return Kind.AUTO_REPLY, mark
    return _mass(mail, submitted)


def _automatic_mark(mail: ParsedMail, submitted: str) -> str:
    precedence = _token(mail.header("precedence"))
    subject = mail.subject.lower()
    threaded = _threaded(mail)
    found = next((name for name in marks.AUTO_REPLY_FIELDS if _says_yes(mail, name)), "")
    answers_post = "autoresponder" in mail.header("delivered-to").lower()
    tests = (
        (submitted.startswith("auto-replied") or submitted == "auto-notified", f"Auto-Submitted: {submitted}"),
        (bool(submitted) and threaded, "Auto-Submitted, in our thread"),
        (bool(found), f"header {found}"),
        (_automatic_subject(subject), "a subject of automatic answers"),
        (precedence in ("auto_reply", "auto-reply"), f"Precedence: {precedence}"),
        (precedence in ("bulk", "junk") and threaded, f"Precedence: {precedence}, in our thread"),
        (mail.return_path == "", "the null sender"),
        (answers_post or mail.header("x-post-messageclass").startswith("9"), "an autoresponder"),
        (threaded and _machine_sender(mail), "a sender who cannot be answered"),
    )
    return next((why for true, why in tests if true), "")


def _automatic_subject(subject: str) -> bool:
    """Whether a program words a subject so. "On vacation, but paid today" is a person's."""
    told = subject.startswith(marks.LOOSE_SUBJECTS) and any(word in subject for word in marks.PAID_SUBJECT)
    return subject.startswith(marks.AUTO_REPLY_SUBJECTS) and not told


def _threaded(mail: ParsedMail) -> bool:
    """Whether it follows another mail. A machine that invoices begins a thread whose first reference is itself."""
    return bool({mail.in_reply_to, *mail.references} - {"", mail.message_id})


def _mass(mail: ParsedMail, submitted: str) -> tuple[Kind, str] | None:
    threaded = _threaded(mail)
    precedence = _token(mail.header("precedence"))
    if threaded and not submitted:
        return None
    if submitted:
        return Kind.BULK, f"Auto-Submitted: {submitted}, outside any thread"
    if precedence in ("bulk", "list", "junk"):
        return Kind.BULK, f"Precedence: {precedence}"
    found = next((name for name in ("list-unsubscribe", "list-id", "feedback-id") if name in mail.headers), "")
    if found:
        return Kind.BULK, f"header {found}"
    if _machine_sender(mail):
        return Kind.BULK, "a sender who cannot be answered"
    return None


def _relayed(mail: ParsedMail) -> tuple[Kind, str] | None:
    """Person or machine: who writes through a ticket system is a person; its "we got your request" is not."""
    field = next((name for name in marks.TICKET_SYSTEM_FIELDS if name in mail.headers), "")
    told = " ".join((mail.header("x-mailer"), mail.header("user-agent"), mail.message_id)).lower()
    name = field or next((name for name in marks.TICKET_SYSTEM_NAMES if name in told), "")
    if not name:
        return None
    words = f"{mail.subject}\n{mail.text[:_READ_CHARS]}".lower()
    answered = _token(mail.header("auto-submitted")).startswith("auto-replied")
    phrase = next((phrase for phrase in marks.RECEIVED_PHRASES if phrase in words), "")
    if phrase or (answered and not mail.text.strip()):
        return Kind.AUTO_REPLY, f"a ticket system ({name}) says: {phrase}"
    return Kind.REPLY, f"a person, by way of a ticket system ({name})"


def _machine_sender(mail: ParsedMail) -> bool:
    local = mail.from_email.partition("@")[0].partition("+")[0]
    return local in marks.MACHINE_MAILBOXES or local in marks.DAEMON_MAILBOXES


def _says_yes(mail: ParsedMail, name: str) -> bool:
    return name in mail.headers and _token(mail.header(name)) not in ("no", "false", "0")


def _token(value: str) -> str:
    """First word of a value without its comment, lower case."""
    words = value.partition("(")[0].partition(";")[0].split()
    return words[0].lower() if words else ""
