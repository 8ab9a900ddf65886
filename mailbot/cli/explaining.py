"""The view of `mailbot explain` for people: the mail with its evidence marked, what was understood, what follows."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mailbot.core.intent import Kind

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from mailbot.config import Settings
    from mailbot.flows.concern import Concerned
    from mailbot.flows.explain import Explanation
    from mailbot.flows.foresee import Foreseen
    from mailbot.letters.phrases import Phrases

_QUOTED_LINES = 12
_SPACES = "\n\u00a0\u202f"
_TAB = "    "
_MARK = "bold black on yellow"
_LABEL = 12


@dataclass(frozen=True, slots=True)
class Words:
    """The reader's language: the operator's, or that of the terminal where nothing is configured."""

    phrases: "Phrases"
    language: str

    @classmethod
    def of(cls, settings: "Settings | None") -> "Words":
        """Whoever reads: French if they are, else English."""
        from mailbot.letters.phrases import Phrases

        if settings is not None:
            folders = [settings.templates] if settings.templates else []
            return cls(Phrases(folders), settings.operator.language)
        tongue = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
        return cls(Phrases(), "fr" if tongue.lower().startswith("fr") else "en")

    def label(self, key: str) -> str:
        """A word of this view."""
        return self.phrases.word(key, "explain", self.language)

    def name(self, key: str, kind: str) -> str:
        """The name of an intent or a kind: in English the one that `--json` uses."""
        return self.phrases.word(key, kind, self.language) if self.language.startswith("fr") else key


def show(
    file: Path, explanation: "Explanation", settings: "Settings | None", clients: "Concerned", words: Words
) -> "Console":
    """Print the whole view, for the clients of the books that it concerns; gives the console for what comes after."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False, markup=False)
    coloured = console.color_system is not None and not console.no_color
    head = Text.assemble((f"{file.name}\n", "bold"), (f"{plain(explanation.from_email)}  ", "cyan"))
    console.print(head.append(f"{plain(explanation.subject)}\n", "dim"), soft_wrap=not console.is_terminal)
    console.print(_mail(explanation, coloured=coloured), soft_wrap=not console.is_terminal)
    rows = list(_rows(explanation, settings, clients, words))
    if console.is_terminal:
        table = Table.grid(padding=(0, 2))
        table.add_column(justify="right", style="bold", no_wrap=True, min_width=_LABEL)
        table.add_column(overflow="fold")
        for name, value, style in rows:
            table.add_row(name, Text(plain(value), style))
        console.print(table)
    else:
        for name, value, style in rows:
            line = Text.assemble((f"{name:>{_LABEL}}  ", "bold"), (plain(value), style))
            console.print(line, soft_wrap=True)
    console.print()
    return console


def plain(text: str) -> str:
    """One line without what could drive the terminal or turn it around (law 9)."""
    return "".join(char if char.isprintable() or char in _SPACES[1:] else " " for char in text)


def _block(text: str) -> str:
    shown = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", _TAB)
    return "".join(char if char.isprintable() or char in _SPACES else "\ufffd" for char in shown)


def _mail(explanation: "Explanation", *, coloured: bool) -> "Text":
    """The new words with the evidence marked; what is quoted or small print stands behind a bar, dimmed."""
    from rich.text import Text

    shown = Text()
    quoted = 0
    for line, own in _lines(explanation):
        quoted = 0 if own else quoted + 1
        if own:
            shown.append(f"{line}\n")
        elif quoted <= _QUOTED_LINES:
            shown.append(f"| {line}\n", "dim")
        elif quoted == _QUOTED_LINES + 1:
            shown.append("| ...\n", "dim")
    span = _evidence(shown.plain, explanation.reading.evidence)
    if span is None:
        return shown
    if coloured:
        shown.stylize(_MARK, *span)
        return shown
    before, marked, after = shown.divide(span)
    return Text.assemble(before, ">>", marked, "<<", after)


def _lines(explanation: "Explanation") -> Iterator[tuple[str, bool]]:
    """The mail's lines, each with whether the writer wrote it anew; only the new words where that cannot be told."""
    own = [line.rstrip() for line in _block(explanation.reading.reply_text).strip().split("\n")]
    mail = explanation.mail
    whole = [line.rstrip() for line in _block(mail.text).strip("\n").split("\n")] if mail is not None else []
    marked, at = [], 0
    for line in whole:
        new = at < len(own) and line == own[at]
        at += new
        marked.append((line, new or (not line and at in range(1, len(own)))))
    yield from marked if at == len(own) and any(own) else ((line, True) for line in own)


def _evidence(text: str, evidence: str) -> tuple[int, int] | None:
    """Where the evidence stands, however its line was broken."""
    pieces = [re.escape(piece) for piece in _block(evidence).split()]
    found = re.search(r"\s+".join(pieces), text) if pieces else None
    return found.span() if found else None


def _rows(
    explanation: "Explanation", settings: "Settings | None", clients: "Concerned", words: Words
) -> Iterator[tuple[str, str, str]]:
    reading, label = explanation.reading, words.label
    english = not words.language.startswith("fr")
    kind = words.name(explanation.kind.value, "kind")
    yield label("kind"), f"{kind} ({explanation.kind_because})" if english else kind, ""
    others = ", ".join(words.name(intent.value, "intent") for intent in reading.others)
    also = f", {label('also')} {others}" if others else ""
    understood = words.name(reading.intent.value, "intent")
    yield label("understood"), f"{understood}{also}, {label('sure')} {reading.confidence:.0%}", ""
    roles = [*(role.value for role in reading.roles), *("" for _ in reading.amounts)]
    amounts = [f"{money} ({role})" if role else f"{money}" for money, role in zip(reading.amounts, roles, strict=False)]
    for name, value in (
        ("day", reading.until.isoformat() if reading.until else ""),
        ("amounts", ", ".join(amounts)),
        ("write_to", ", ".join(filter(None, (reading.redirect_name, reading.redirect_to)))),
        ("invoices", ", ".join(reading.invoices)),
    ):
        if value:
            yield label(name), value, ""
    if reading.hold:
        yield label("hold"), label(f"hold_{reading.scope.value}"), "bold red"
    else:
        yield label("hold"), label("hold_none"), "bold green"
    if english:
        yield label("why"), reading.because, ""
    yield from _follows(explanation, settings, clients, words)


def _follows(
    explanation: "Explanation", settings: "Settings | None", clients: "Concerned", words: Words
) -> Iterator[tuple[str, str, str]]:
    label = words.label
    seen = _foreseen(explanation, settings, clients)
    if seen is None:
        held = "dead" if explanation.kind is Kind.BOUNCE else "asked_invoice"
        yield label("then"), label(held if explanation.reading.hold else "goes_on"), ""
        return
    foreseen, known = seen
    for_whom = f"{label('for_client')} {foreseen.client.name}, {foreseen.invoice.number}" if known else label("sample")
    yield label("then"), f"({for_whom})", "dim"
    for reason in foreseen.because:
        yield "", words.phrases.phrase(reason, words.language), ""
    if foreseen.asked:
        yield "", label("asked_now" if foreseen.urgent else "asked"), "bold" if foreseen.urgent else ""
    for template in foreseen.answers:
        yield "", f"{label('answered')} {words.phrases.word(template, 'template', words.language)}", ""
    if foreseen.after.at is not None:
        yield "", f"{label('not_before')} {foreseen.after.at:%Y-%m-%d}", ""
    else:
        yield "", label("waits"), ""
    if foreseen.next_tone is not None:
        tone = foreseen.next_tone
        name = words.phrases.word(tone.template, "template", words.language)
        yield label("next_letter"), f"{name}, {label('after_hold')}" if tone.after_hold else name, ""


def _foreseen(
    explanation: "Explanation", settings: "Settings | None", clients: "Concerned"
) -> "tuple[Foreseen, bool] | None":
    """What core makes of it, and whether for a client of the books; a sample client stands in for one unknown."""
    from mailbot.core.policy import Policy
    from mailbot.flows.foresee import foresee, sample_client

    policy = settings.policy if settings is not None else Policy()
    if clients:
        found = foresee(explanation, *clients[0], policy)
        return (found, True) if found is not None else None
    from datetime import UTC, datetime

    on = explanation.sent_on or datetime.now(UTC).date()
    country = settings.owner.country if settings is not None else ""
    client = sample_client(on, country)
    sample = foresee(explanation, client, tuple(one.number for one in client.invoices), policy)
    return (sample, False) if sample is not None else None
