"""The timeline: who wrote what, and why the bot did what, in plain words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from mailbot.core.client import Invoice
from mailbot.core.doubted import doubt_in
from mailbot.core.matter import Matter, MatterKind
from mailbot.core.reason import Reason, because
from mailbot.demo.chronicle import Happened
from mailbot.demo.evidence import LetterSeen, seen_by_server
from mailbot.demo.stage import Stage
from mailbot.flows.records import JournalEntry

_SIGNS = {
    "letter": "→", "mail": "←", "auto": "←", "stranger": "?", "money": "$", "command": ">", "outage": "!", "why": "",
    "task": "☎", "operator": "→",
}  # fmt: skip
# Said by the line above them, or too small to tell.
_UNTOLD = frozenset(
    ("sent", "climbed", "outside_hours", "own_mail", "not_ours", "mail_again", "invoice_added", "note", "draft_mode",
     "from_operator", "released", "cancelled", "client_wrote", "mail_bulk", "settled")
)  # fmt: skip
_RUNG_REASONS = frozenset(("budget", "just_answered", "closed_day"))
_TASKS = {"call": "call prompt", "collections": "collections flag"}
_TO_OPERATOR = {"alert": "urgent"}


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the timeline, on the business's own day. `why` is said behind it."""

    at: datetime
    on: date
    clock: str
    kind: str
    who: str
    words: str
    why: str = ""

    @property
    def sign(self) -> str:
        """A small mark for the kind of event."""
        return _SIGNS[self.kind]


async def tell(stage: Stage) -> list[Told]:
    """Everything that happened, in order; reasons stand under what they explain."""
    store = stage.bot.store
    clients = await store.all_clients(closed_too=True)
    entries = await store.journal_of(limit=100_000)
    teller = _Teller(
        stage,
        {client.id: client.name for client in clients},
        {invoice.number: invoice for client in clients for invoice in client.invoices},
        {(e.at, e.invoice or ""): e.reason for e in entries if _of_a_rung(e.reason)},
    )
    lines = [(happened.at, 0, teller.happened(happened)) for happened in stage.chronicle.happened]
    lines += [(entry.at, 1, told) for entry in entries for told in teller.reasons(entry)]
    lines += [
        (matter.at, 1, told) for matter in await store.matters(open_only=False) for told in teller.doubted(matter)
    ]
    lines += [(letter.at, 2, told) for letter in seen_by_server(stage) for told in teller.letter(letter)]
    return [told for _, _, told in sorted(lines, key=lambda line: line[:2])]


def _of_a_rung(reason: Reason) -> bool:
    """Whether it says why a rung was climbed just then."""
    return reason.code.startswith("rung_") or reason.code in _RUNG_REASONS


@dataclass(frozen=True, slots=True)
class _Teller:
    stage: Stage
    names: Mapping[int, str]
    invoices: Mapping[str, Invoice]
    rungs: Mapping[tuple[datetime, str], Reason] = field(default_factory=dict)

    def line(self, at: datetime, kind: str, who: str, words: str, why: str = "") -> Told:
        local = at.astimezone(self.stage.play.zone)
        return Told(at, local.date(), f"{local:%H:%M}", kind, who, words, why)

    def phrase(self, reason: Reason) -> str:
        return self.stage.parts.letters.phrases.phrase(reason, "en", "en_CA", self.stage.settings.operator.timezone)

    def happened(self, happened: Happened) -> Told:
        """What a person did, or the weather."""
        words, who = " ".join(happened.words.split()), happened.who
        if happened.kind in ("mail", "auto", "stranger"):
            words = f"“{words}”"
        record = self.stage.records.get(happened.code)
        if record is not None and happened.kind in ("mail", "auto") and record.name != who:
            who = f"{who}, {record.name}"
        if happened.kind == "auto":
            who += " (automatic reply)"
        return self.line(happened.at, happened.kind, who, words)

    def letter(self, letter: LetterSeen) -> Iterator[Told]:
        """A letter that the server took, with the reason for which it was written just then."""
        if not letter.code:
            kind = next((words for start, words in _TO_OPERATOR.items() if letter.key.startswith(start)), "")
            if kind:
                yield self.line(letter.at, "operator", f"to {self.stage.settings.operator.name}:", letter.subject)
            return
        record = self.stage.records[letter.code]
        words = f"{letter.rung.replace('_', ' ')} {', '.join(letter.invoices)}"
        there = letter.at.astimezone(ZoneInfo(record.timezone))
        if there.utcoffset() != letter.at.astimezone(self.stage.play.zone).utcoffset():
            words += f" ({there:%H:%M} there)"
        yield self.line(letter.at, "letter", f"to {record.name}:", words, self._why(letter))

    def _why(self, letter: LetterSeen) -> str:
        invoice = self.invoices.get(letter.invoices[0]) if letter.invoices else None
        if invoice is None or not letter.chasing:
            return ""
        days = (letter.at.astimezone(ZoneInfo(self.stage.records[letter.code].timezone)).date() - invoice.due_on).days
        when = f"{abs(days)} day{'s' * (abs(days) != 1)} {'after' if days > 0 else 'before'} the due date"
        reason = self.rungs.get((letter.written_at, invoice.number))
        waited = f"; {self.phrase(reason)}" if reason is not None and reason.code != "rung_due" else ""
        return when + waited

    def doubted(self, matter: Matter) -> Iterator[Told]:
        """Mail of somebody unknown changes nothing; a payment notice is shown with what it lacks."""
        lacks = doubt_in(matter.facts)
        if matter.kind is MatterKind.CLAIM and lacks is not None:
            said = self.phrase(Reason(str(matter.facts["notice"]), matter.facts))
            yield self.line(matter.at, "why", "", f"{matter.invoice or ''}: {said}: {self.phrase(lacks)}".lstrip(": "))
        elif matter.kind is MatterKind.STRANGER:
            shown = self.stage.parts.letters.phrases.word(matter.kind, "matter", "en")
            stays = self.phrase(because("would_change_nothing"))
            yield self.line(matter.at, "why", "", f"{matter.invoice or ''}: {shown}; {stays}".lstrip(": "))

    def reasons(self, entry: JournalEntry) -> Iterator[Told]:
        """What the bot noted in its journal."""
        reason, who = entry.reason, self.names.get(entry.client_id or 0, "")
        if reason.code == "climbed" and reason.facts.get("rung") in _TASKS:
            why = self.rungs.get((entry.at, entry.invoice or ""))
            said = f"{_TASKS[str(reason.facts['rung'])]} {entry.invoice}"
            yield self.line(entry.at, "task", who, said, self.phrase(why) if why else "")
        elif reason.code not in _UNTOLD and not _of_a_rung(reason):
            about = entry.invoice or who
            yield self.line(entry.at, "why", "", f"{about}: {self.phrase(reason)}" if about else self.phrase(reason))
