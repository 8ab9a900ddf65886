"""The timeline: who wrote what, and why the bot did what, in plain words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from mailbot.core.client import Client
from mailbot.demo.chronicle import Happened
from mailbot.demo.evidence import LetterSeen, seen_by_server
from mailbot.demo.stage import Stage
from mailbot.flows.ports import JournalEntry

_SIGNS = {
    "letter": "→", "mail": "←", "auto": "←", "stranger": "?", "money": "$", "command": ">", "outage": "!", "why": "",
    "task": "☎", "operator": "→",
}  # fmt: skip
# Said by the line above them, or too small to tell.
_UNTOLD = frozenset(
    ("sent", "climbed", "outside_hours", "own_mail", "not_ours", "mail_again", "invoice_added", "note", "draft_mode",
     "from_operator", "released", "cancelled", "client_wrote", "mail_bulk")
)  # fmt: skip
_TASKS = {"call": "call prompt", "collections": "collections flag"}
_TOLD_TO_OPERATOR = {"alert": "urgent", "call_prompt": "call prompt", "collections": "collections flag"}


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the timeline, on the business's own day."""

    at: datetime
    on: date
    clock: str
    kind: str
    who: str
    words: str

    @property
    def sign(self) -> str:
        """A small mark for the kind of event."""
        return _SIGNS[self.kind]


async def tell(stage: Stage) -> list[Told]:
    """Everything that happened, in order; reasons stand under what they explain."""
    clients = {client.id: client for client in await stage.bot.store.all_clients(closed_too=True)}
    entries = await stage.bot.store.journal_of(limit=100_000)
    lines = [(happened.at, 0, _happened(happened, stage)) for happened in stage.chronicle.happened]
    lines += [(entry.at, 1, told) for entry in entries for told in _reasons(entry, clients, stage)]
    lines += [(letter.at, 2, told) for letter in seen_by_server(stage) for told in _letter(letter, stage)]
    return [told for _, _, told in sorted(lines, key=lambda line: line[:2])]


def _line(stage: Stage, at: datetime, kind: str, who: str, words: str) -> Told:
    local = at.astimezone(stage.play.zone)
    return Told(at, local.date(), f"{local:%H:%M}", kind, who, words)


def _happened(happened: Happened, stage: Stage) -> Told:
    words = " ".join(happened.words.split())
    if happened.kind in ("mail", "auto", "stranger"):
        words = f"“{words}”"
    who = happened.who
    if happened.kind == "auto":
        who += " (automatic reply)"
    record = stage.records.get(happened.code)
    if record is not None and happened.kind in ("mail", "auto") and record.name != happened.who:
        who = f"{who}, {record.name}"
    return _line(stage, happened.at, happened.kind, who, words)


def _letter(letter: LetterSeen, stage: Stage) -> Iterator[Told]:
    if letter.code:
        name = stage.records[letter.code].name
        about = ", ".join(letter.invoices)
        yield _line(stage, letter.at, "letter", f"to {name}:", f"{letter.rung.replace('_', ' ')} {about}")
        return
    kind = next((words for start, words in _TOLD_TO_OPERATOR.items() if letter.key.startswith(start)), "")
    if not kind:
        return
    yield _line(stage, letter.at, "operator", f"to {stage.settings.operator.name}:", f"{kind}: {letter.subject}")


def _reasons(entry: JournalEntry, clients: dict[int, Client], stage: Stage) -> Iterator[Told]:
    code = entry.reason.code
    client = clients.get(entry.client_id) if entry.client_id is not None else None
    who = client.name if client else ""
    about = f"{entry.invoice}: " if entry.invoice else (f"{who}: " if who else "")
    if code == "climbed" and entry.reason.facts.get("rung") in _TASKS:
        yield _line(stage, entry.at, "task", who, f"{_TASKS[str(entry.reason.facts['rung'])]} {entry.invoice}")
    elif code not in _UNTOLD:
        zone = stage.settings.operator.timezone
        words = stage.parts.letters.phrases.phrase(entry.reason, "en", "en", zone)
        yield _line(stage, entry.at, "why", "", about + words)
