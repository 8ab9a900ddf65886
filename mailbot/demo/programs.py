"""Mail programs: the octets that Apple Mail, Outlook, Gmail, Thunderbird, a telephone or Exchange make of an answer."""

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from babel.dates import format_datetime as format_moment


@dataclass(frozen=True, slots=True)
class Received:
    """The letter that is answered, as the client's program read it from its mailbox."""

    message_id: str
    references: tuple[str, ...]
    sender_name: str
    sender: str
    subject: str
    sent_at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person typed. `original` is None for a new conversation; `at` is in the writer's own time zone."""

    name: str
    email: str
    to: str
    language: str
    country: str
    at: datetime
    message_id: str
    text: str
    signature: str
    subject: str = ""
    original: Received | None = None

    @property
    def french(self) -> bool:
        """Whether the program speaks French."""
        return self.language == "fr"

    @property
    def locale(self) -> str:
        """Of dates in the quotation's first line."""
        return f"{self.language}_{self.country}"


def write(program: str, answer: Answer) -> bytes:
    """The octets of an answer as this program writes them."""
    return PROGRAMS[program](answer).as_bytes(policy=SMTP)


def _message(answer: Answer, prefix: str, text: str, markup: str = "", *, agent: str = "") -> EmailMessage:
    mail, original = EmailMessage(policy=SMTP), answer.original
    mail["From"] = formataddr((answer.name, answer.email))
    mail["To"] = formataddr((original.sender_name, original.sender)) if original else answer.to
    subject = original.subject if original else answer.subject
    bare = subject.removeprefix("Re: ").removeprefix("RE: ")
    mail["Subject"] = answer.subject or (f"{prefix}{bare}" if original else bare)
    mail["Date"] = format_datetime(answer.at)
    mail["Message-ID"] = answer.message_id
    if original is not None:
        mail["In-Reply-To"] = original.message_id
        mail["References"] = " ".join((*original.references, original.message_id))
    if agent:
        mail["X-Mailer" if "Mail" in agent or "Outlook" in agent else "User-Agent"] = agent
    mail.set_content(text, cte="quoted-printable")
    if markup:
        mail.add_alternative(markup, subtype="html", cte="quoted-printable")
    return mail


def _paragraphs(text: str, tag: str = "div") -> str:
    return "".join(f"<{tag}>{html.escape(line) or '<br>'}</{tag}>" for line in text.splitlines())


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def _local(answer: Answer, original: Received) -> datetime:
    zone = answer.at.tzinfo
    return original.sent_at.astimezone(zone) if isinstance(zone, ZoneInfo) else original.sent_at


def _whole(answer: Answer) -> str:
    return f"{answer.text}\n\n{answer.signature}" if answer.signature else answer.text


def _apple_line(answer: Answer, original: Received) -> str:
    at = _local(answer, original)
    day, hour = format_date(at, "d MMM y", answer.locale), format_time(at, "HH:mm", locale=answer.locale)
    name = f"{original.sender_name} <{original.sender}>"
    return f"Le {day} à {hour}, {name} a écrit :" if answer.french else f"On {day}, at {hour}, {name} wrote:"


def _apple_mail(answer: Answer, agent: str = "Apple Mail (2.3826.700.81)", signature: str = "") -> EmailMessage:
    text = f"{answer.text}\n\n{signature or answer.signature}\n"
    markup = f'<div dir="auto">{_paragraphs(text)}</div>'
    if answer.original:
        line = _apple_line(answer, answer.original)
        text += f"\n> {line}\n> \n{_quoted(answer.original.text)}\n"
        markup += (
            f'<div><br><blockquote type="cite"><div>{html.escape(line)}</div><br class="Apple-interchange-newline">'
            f"<div>{_paragraphs(answer.original.text)}</div></blockquote></div>"
        )
    head = '<html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"></head>'
    body = f'<body style="overflow-wrap: break-word; line-break: after-white-space;">{markup}</body></html>'
    return _message(answer, "Re: ", text, head + body, agent=agent)


def _iphone(answer: Answer) -> EmailMessage:
    sent = "Envoyé de mon iPhone" if answer.french else "Sent from my iPhone"
    return _apple_mail(answer, "iPhone Mail (22H31)", sent)


def _gmail(answer: Answer) -> EmailMessage:
    text, markup = f"{_whole(answer)}\n", f'<div dir="ltr">{_paragraphs(_whole(answer))}</div>'
    if answer.original:
        original, at = answer.original, _local(answer, answer.original)
        name = f"{original.sender_name} <{original.sender}>"
        if answer.french:
            day, hour = format_date(at, "EEE d MMM y", answer.locale), format_time(at, "HH:mm", locale="fr_FR")
            line = f"Le {day} à {hour}, {name} a écrit :"
        else:
            line = format_moment(at, "'On' EEE, MMM d, y 'at' h:mm a", locale="en_US") + f" {name} wrote:"
        text += f"\n{line}\n\n{_quoted(original.text)}\n"
        markup += (
            f'<br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">'
            f'{html.escape(line)}<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;'
            f'border-left:1px solid rgb(204,204,204);padding-left:1ex">{_paragraphs(original.text)}</blockquote></div>'
        )
    return _message(answer, "Re: ", text, markup)


def _outlook_head(answer: Answer, original: Received) -> tuple[tuple[str, str], ...]:
    at = _local(answer, original)
    names = ("De", "Envoyé", "À", "Objet") if answer.french else ("From", "Sent", "To", "Subject")
    pattern = "EEEE d MMMM y HH:mm" if answer.french else "EEEE, MMMM d, y h:mm a"
    sent = format_moment(at, pattern, locale=answer.locale)
    sender = f"{original.sender_name} <{original.sender}>"
    return tuple(zip(names, (sender, sent, f"{answer.name} <{answer.email}>", original.subject), strict=True))


def _outlook(answer: Answer) -> EmailMessage:
    text = f"{_whole(answer)}\n"
    markup = "".join(f'<p class="MsoNormal">{html.escape(line) or "&nbsp;"}</p>' for line in text.splitlines())
    if answer.original:
        colon = " :" if answer.french else ":"
        head = _outlook_head(answer, answer.original)
        text += "\n________________________________\n"
        text += "".join(f"{name}{colon} {value}\n" for name, value in head) + f"\n{answer.original.text}\n"
        rows = "<br>".join(f"<b>{name}{colon}</b> {html.escape(value)}" for name, value in head)
        markup += (
            '<div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1">'
            f'<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri, sans-serif" color="#000000">{rows}</font></div>'
            f"<div>{_paragraphs(answer.original.text)}</div>"
        )
    page = f'<html><head><meta charset="utf-8"></head><body><div class="WordSection1">{markup}</div></body></html>'
    return _message(answer, "RE: ", text, page, agent="Microsoft Outlook 16.0")


def _thunderbird(answer: Answer) -> EmailMessage:
    """Thunderbird answers under the quotation, in plain text."""
    above = ""
    if answer.original:
        original, at = answer.original, _local(answer, answer.original)
        day, hour = format_date(at, "short" if answer.french else "M/d/yy", answer.locale), at.strftime("%H:%M")
        line = f"Le {day} à {hour}, {original.sender_name} a écrit :" if answer.french else (
            f"On {day} {hour}, {original.sender_name} wrote:"
        )  # fmt: skip
        above = f"{line}\n{_quoted(original.text)}\n\n"
    signature = f"\n\n-- \n{answer.signature}\n" if answer.signature else "\n"
    return _message(answer, "Re: ", above + answer.text + signature, agent="Mozilla Thunderbird 140.3")


def auto_reply(answer: Answer) -> bytes:
    """An out-of-office answer as Exchange sends it (RFC 3834; MS-OXCMAIL 2.1.3.2.20)."""
    mail = _message(answer, "Réponse automatique : " if answer.french else "Automatic reply: ", f"{_whole(answer)}\n")
    mail["Auto-Submitted"] = "auto-replied"
    mail["X-Auto-Response-Suppress"] = "All"
    mail["X-MS-Exchange-Generated-Message-Source"] = "Mailbox Rules Agent"
    return mail.as_bytes(policy=SMTP)


PROGRAMS: Mapping[str, Callable[[Answer], EmailMessage]] = {
    "apple_mail": _apple_mail,
    "iphone": _iphone,
    "gmail": _gmail,
    "outlook": _outlook,
    "thunderbird": _thunderbird,
}
"""Mail programs by the names that scripts use."""
