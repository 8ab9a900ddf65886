"""Reports of servers that do not follow RFC 3464, read by their sender, their phrases and their SMTP replies."""

import re
from dataclasses import dataclass

from mailbot.mail import report_marks as marks
from mailbot.mail.parse import ParsedMail, message_ids

_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]|\w)")
_REPLY = re.compile(r"(?<![\d.#-])([45]\d\d)(?=[ -]\D|[ -][45]\.\d)")
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[\w-]{1,63}\.){1,8}[\w-]{2,63}")
_LISTED = re.compile(rf"^[\s*<>\"-]{{0,12}}(?:[^@:]{{0,40}}to: ?)?<?({_ADDRESS.pattern})>?\s*(?:$|[:\[(,;])")
_HEADER = re.compile(
    r"^[>\s]{0,6}(?:return-path|received|message-id|dkim-signature|date|from|subject|x-[\w-]+|to): ", re.IGNORECASE
)
_OF_SENDER = re.compile(r"mail from|envelope-from|\bfrom:? <?$|sender", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"^[>\s]{0,6}message-id:\s{0,4}(<[^<>\s]{3,900}>)", re.IGNORECASE | re.MULTILINE)
_RETURNED_TO = re.compile(rf"^[>\s]{{0,6}}to:[^\n]{{0,200}}?({_ADDRESS.pattern})", re.IGNORECASE | re.MULTILINE)
_HEAD_LINES = 120


@dataclass(frozen=True, slots=True)
class Told:
    """What a report in free words tells: its own words, and the letter it brings back."""

    head: str
    tail: str

    @property
    def status(self) -> str:
        """Enhanced status code (RFC 3463), the plain class `5.0.0` or `4.0.0` from an SMTP reply, or empty."""
        codes = [code for code in _STATUS.findall(self.head) if not code.startswith("2")]
        plain = next((code for code in codes if not code.endswith(".0.0")), codes[0] if codes else "")
        reply = _REPLY.search(self.head)
        return plain or (f"{reply[1][0]}.0.0" if reply else "")

    @property
    def diagnostic(self) -> str:
        """The first line with an SMTP reply or a phrase of failure."""
        for line in self.head.split("\n"):
            if _REPLY.search(line) or _STATUS.search(line):
                return line.strip()[:500]
        for line in self.head.split("\n"):
            if any(phrase in line.lower() for phrase in marks.FAILED_PHRASES):
                return line.strip()[:500]
        return ""


def told_by(mail: ParsedMail) -> Told:
    """The report's own words apart from the letter that follows them."""
    lines = mail.text.replace("\u2019", "'").split("\n")
    for index, line in enumerate(lines[:_HEAD_LINES]):
        headers = sum(bool(_HEADER.match(following)) for following in lines[index : index + 4])
        bare = line.strip(" -=*#").lower()
        announced = len(bare) < 90 and any(phrase in bare for phrase in marks.RETURNED_PHRASES)
        if index > 1 and ((_HEADER.match(line) and headers >= 2) or (announced and index > 3)):
            return Told("\n".join(lines[:index]), "\n".join(lines[index:]) + mail.returned.text)
    return Told("\n".join(lines[:_HEAD_LINES]), mail.returned.text)


def sounds_like_report(mail: ParsedMail, told: Told) -> bool:
    """Whether a server wrote this: its sender and its words agree, or its header names the failed address."""
    if "x-failed-recipients" in mail.headers:
        return True
    local = mail.from_email.partition("@")[0]
    sender = mail.header("from").lower()
    daemon = local.startswith(marks.DAEMONS) or (not mail.from_email and "daemon" in sender) or "<>" in sender
    machine = daemon or mail.return_path == "" or mail.report_type == "delivery-status"
    subject = any(phrase in mail.subject.lower() for phrase in marks.SUBJECTS)
    words = told.head.lower()
    phrase = any(p in words for p in (*marks.FAILED_PHRASES, *marks.DELAY_PHRASES))
    if machine:
        named = phrase and ("deliver" in words or "remis" in words) and bool(_listed(told))
        return (
            (subject and (phrase or bool(told.status) or daemon)) or (phrase and (daemon or bool(told.status))) or named
        )
    reply = bool(_REPLY.search(told.head) or _STATUS.search(told.head))
    returned = bool(_MESSAGE_ID.search(told.tail) or told.tail)
    threaded = mail.subject.lower().startswith(("re:", "fwd:", "tr:", "fw:", "aw:"))
    return phrase and subject and not threaded and (reply or returned) and mail.return_path is None


def is_delay(mail: ParsedMail, told: Told) -> bool:
    """Whether the server goes on trying."""
    words = f"{mail.subject}\n{told.head}".lower()
    given_up = any(
        phrase in words for phrase in ("permanent", "given up", "giving up", "failed permanently", "undeliver")
    )
    return any(phrase in words for phrase in marks.DELAY_PHRASES) and not given_up


def recipients(mail: ParsedMail, told: Told) -> tuple[str, ...]:
    """Addresses that failed: named by a header, listed on lines of their own, else named in the words."""
    named = _ADDRESS.findall(mail.header("x-failed-recipients"))
    return (
        _once(named)
        or _once(_listed(told))
        or _once(_mentioned(told.head))
        or _once(_RETURNED_TO.findall(told.tail[:20_000]))
    )


def _listed(told: Told) -> list[str]:
    return [found[1] for line in told.head.split("\n")[:_HEAD_LINES] if (found := _LISTED.match(line))]


def _mentioned(head: str) -> list[str]:
    found: list[str] = []
    for line in head.split("\n")[:_HEAD_LINES]:
        for address in _ADDRESS.finditer(line[:1_000]):
            before = line[max(0, address.start() - 16) : address.start()]
            if not _OF_SENDER.search(before) and not address[0].lower().startswith(marks.DAEMONS):
                found.append(address[0])
    return found


def _once(addresses: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(address.strip(".<>").lower() for address in addresses))[:50]


def returned_ids(mail: ParsedMail, told: Told) -> tuple[str, ...]:
    """Message-IDs of the letter that came back: from its header, else from what the report says it answers."""
    found = [mail.returned.message_id] if mail.returned.message_id else _MESSAGE_ID.findall(told.tail)[:3]
    return message_ids(*found) or message_ids(mail.in_reply_to, *mail.references)
