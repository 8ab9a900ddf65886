"""demo-out: every mail as it travelled (.eml), as a page that opens in a browser, and an index by day."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from zoneinfo import ZoneInfo

from mailbot.demo.laws import Verdict
from mailbot.demo.stage import Stage

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8882; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.05rem; margin: 2rem 0 .4rem; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; padding: .3rem .6rem .3rem 0;
vertical-align: top; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
td:first-child { white-space: nowrap; } .bad { color: #c33; font-weight: 600; }
pre { white-space: pre-wrap; background: var(--soft); padding: 1rem; border-radius: .4rem; overflow-wrap: anywhere; }
iframe { width: 100%; height: 48rem; border: 1px solid var(--line); border-radius: .4rem; }
"""
_SHOWN = (
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Auto-Submitted",
    "X-Mailbot-Letter",
)


@dataclass(frozen=True, slots=True)
class _Mail:
    at: datetime
    name: str
    octets: bytes
    message: EmailMessage


async def bind(stage: Stage, judged: Sequence[Verdict]) -> Path:
    """Write every mail that the SMTP server accepted, and the index; gives the index's path."""
    folder = stage.out / "mails"
    folder.mkdir(exist_ok=True)
    for old in (*folder.glob("*.eml"), *folder.glob("*.html")):
        old.unlink()
    mails = [_mail(m.octets, m.at, index, stage.play.zone) for index, m in enumerate(stage.world.accepted, start=1)]
    for mail in mails:
        (folder / f"{mail.name}.eml").write_bytes(mail.octets)
        (folder / f"{mail.name}.html").write_text(_page(mail), "utf-8")
    index = stage.out / "index.html"
    index.write_text(_index(stage, mails, judged), "utf-8")
    return index


def _mail(octets: bytes, at: datetime, index: int, zone: ZoneInfo) -> _Mail:
    message = message_from_bytes(octets, policy=default)
    assert isinstance(message, EmailMessage)
    local = at.astimezone(zone)
    return _Mail(local, f"{index:03}-{local:%m%d-%H%M}", octets, message)


def _page(mail: _Mail) -> str:
    rows = "".join(
        f"<tr><td>{name}</td><td>{html.escape(str(mail.message[name]))}</td></tr>"
        for name in _SHOWN
        if mail.message[name]
    )
    names = [part.get_filename() or "" for part in mail.message.iter_attachments()]
    if any(names):
        rows += f"<tr><td>Attached</td><td>{html.escape(', '.join(filter(None, names)))}</td></tr>"
    source = f'<p><a href="{mail.name}.eml">as it travelled (.eml)</a> · <a href="../index.html">all mails</a></p>'
    return _whole(str(mail.message["Subject"] or ""), f"<table>{rows}</table>{source}{_bodies(mail.message)}")


def _bodies(message: EmailMessage) -> str:
    """The HTML in a frame without scripts, forms, or a way out (`sandbox`), and the text under it."""
    shown = []
    for kind in ("html", "plain"):
        body = message.get_body((kind,))
        if body is None:
            continue
        try:
            words = str(body.get_content())
        except (LookupError, ValueError):
            words = repr(body.get_payload(decode=True))
        if kind == "html":
            policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
            guard = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
            guarded = words.replace("<head>", f"<head>{guard}", 1) if "<head>" in words else guard + words
            shown.append(f'<iframe sandbox="" title="HTML" srcdoc="{html.escape(guarded)}"></iframe>')
        else:
            shown.append(f"<h2>Text</h2><pre>{html.escape(words)}</pre>")
    return "".join(shown) or f"<pre>{html.escape(message.as_string())}</pre>"


def _index(stage: Stage, mails: Sequence[_Mail], judged: Sequence[Verdict]) -> str:
    parts = [f"<h1>{html.escape(stage.play.title)}</h1>", "<h2>The laws</h2><table>"]
    for verdict in judged:
        style = "" if verdict.kept else ' class="bad"'
        found = f"{len(verdict.broken)} of {verdict.checked} {verdict.unit}"
        parts.append(f"<tr{style}><td>{html.escape(verdict.law)}</td><td>{html.escape(found)}</td></tr>")
    parts.append("</table>")
    day = None
    for mail in mails:
        if mail.at.date() != day:
            parts.append(f"{'</table>' if day else ''}<h2>{mail.at:%A} {mail.at.day} {mail.at:%B %Y}</h2><table>")
            day = mail.at.date()
        sender, to, subject = (html.escape(str(mail.message[name] or "")) for name in ("From", "To", "Subject"))
        link = f'<a href="mails/{mail.name}.html">{subject or "(no subject)"}</a>'
        parts.append(f"<tr><td>{mail.at:%H:%M}</td><td>{link}<br><small>{sender} → {to}</small></td></tr>")
    return _whole(stage.play.title, "".join(parts) + ("</table>" if day else ""))


def _whole(title: str, body: str) -> str:
    head = (
        f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{html.escape(title)}</title>'
    )
    return f'<!doctype html><html lang="en"><head>{head}<style>{_STYLE}</style></head><body>{body}</body></html>\n'
