"""Delivery status notifications as a real MTA writes them (RFC 3464, RFC 6522)."""

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import SMTP
from email.utils import format_datetime


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one recipient: `status` as in RFC 3463, `text` the far server's words."""

    recipient: str
    status: str
    text: str
    orcpt: str = ""

    @property
    def action(self) -> str:
        """The Action field (RFC 3464 2.3.3)."""
        return {"2": "delivered", "4": "delayed"}.get(self.status[:1], "failed")


_SUBJECTS = {
    "failed": "Undelivered Mail Returned to Sender",
    "delayed": "Delayed Mail (still being retried)",
    "delivered": "Successful Mail Delivery Report",
}


def report(
    fate: Fate,
    *,
    host: str,
    to: str,
    at: datetime,
    serial: str,
    envid: str,
    octets: bytes,
    headers_only: bool,
) -> bytes:
    """Write the report that goes to the envelope sender `to`; the same inputs give the same octets."""
    whole = MIMEMultipart("report", f"=_{serial}", policy=SMTP)
    whole.set_param("report-type", "delivery-status")
    whole["From"] = f"Mail Delivery System <MAILER-DAEMON@{host}>"
    whole["To"] = to
    whole["Subject"] = _SUBJECTS[fate.action]
    whole["Date"] = format_datetime(at)
    whole["Message-ID"] = f"<{serial}@{host}>"
    whole["Auto-Submitted"] = "auto-replied"
    whole.attach(_words(fate, host))
    whole.attach(_status(fate, host, at, envid))
    whole.attach(_returned(octets, headers_only=headers_only))
    return whole.as_bytes(policy=SMTP)


def _words(fate: Fate, host: str) -> Message:
    lead = {
        "failed": "your message could not be delivered to one or more recipients. It's attached below.",
        "delayed": "your message could not be delivered yet. It will be retried; you need not send it again.",
        "delivered": "your message was successfully delivered to the destination listed below.",
    }[fate.action]
    code = {"2": "250", "4": "451"}.get(fate.status[:1], "550")
    text = f"This is the mail system at host {host}.\n\nI'm sorry to have to inform you that\n{lead}\n\n"
    if fate.action == "delivered":
        text = f"This is the mail system at host {host}.\n\n{lead}\n\n"
    return MIMEText(
        text + f"<{fate.recipient}>: host {host} said: {code} {fate.status} {fate.text}\n", "plain", "utf-8"
    )


def _status(fate: Fate, host: str, at: datetime, envid: str) -> Message:
    per_message = Message(policy=SMTP)
    if envid:
        per_message["Original-Envelope-Id"] = envid
    per_message["Reporting-MTA"] = f"dns; {host}"
    per_message["Arrival-Date"] = format_datetime(at)
    per_recipient = Message(policy=SMTP)
    if fate.orcpt:
        per_recipient["Original-Recipient"] = fate.orcpt
    per_recipient["Final-Recipient"] = f"rfc822; {fate.recipient}"
    per_recipient["Action"] = fate.action
    per_recipient["Status"] = fate.status
    if fate.action != "delivered":
        code = "451" if fate.action == "delayed" else "550"
        per_recipient["Diagnostic-Code"] = f"smtp; {code} {fate.status} {fate.text}"
    part = MIMEBase("message", "delivery-status", policy=SMTP)
    part.set_payload([per_message, per_recipient])
    return part


def _returned(octets: bytes, *, headers_only: bool) -> Message:
    if headers_only:
        head = octets.partition(b"\r\n\r\n")[0] + b"\r\n"
        part = EmailMessage(policy=SMTP)
        part["Content-Type"] = "text/rfc822-headers"
        part.set_payload(head.decode("ascii", "replace"))
        return part
    part_whole = MIMEBase("message", "rfc822", policy=SMTP)
    part_whole.set_payload([message_from_bytes(octets, policy=SMTP)])
    return part_whole
