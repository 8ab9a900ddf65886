"""The demo on the terminal: a timeline by day, a table per client, and the laws."""

import asyncio
import logging
import time
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from mailbot.core.client import Client
from mailbot.demo.album import bind
from mailbot.demo.evidence import Evidence, gather
from mailbot.demo.laws import Verdict, verdicts
from mailbot.demo.playing import Performance
from mailbot.demo.script import read_play
from mailbot.demo.stage import Stage, set_up
from mailbot.demo.telling import Told, tell

_STYLES = {
    "letter": "cyan", "mail": "green", "auto": "green", "stranger": "magenta", "money": "bold yellow",
    "command": "yellow", "outage": "bold red", "why": "dim", "task": "blue", "operator": "blue",
}  # fmt: skip
_ENDS = {
    "settled": ("settled", "green"), "open": ("open", "red"), "promised": ("promised", "yellow"),
    "disputed": ("disputed", "yellow"), "written_off": ("cancelled", "dim"),
}  # fmt: skip


def perform(stories: Path, out: Path, *, seed: int, slow: bool, brief: bool) -> int:
    """Play, tell and check; 1 if a law was broken."""
    play = read_play(stories)
    console = Console(highlight=False)
    # What goes wrong on purpose (a mailbox that is down) is told in the timeline and need not stand on the terminal.
    logging.getLogger("mailbot").setLevel(logging.ERROR)
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    console.rule(Text(play.title, style="bold"))
    first = f"{play.starts_on:%A} {play.starts_on.day} {play.starts_on:%B %Y}"
    console.print(Text(f"real SMTP and IMAP on loopback; {play.days} days from {first}", "dim"))
    return asyncio.run(_perform(console, stories, out, seed=seed, slow=slow, brief=brief))


async def _perform(console: Console, stories: Path, out: Path, *, seed: int, slow: bool, brief: bool) -> int:
    started = time.perf_counter()
    async with set_up(read_play(stories), out, seed=seed) as stage:
        performance = Performance(stage)
        if slow:
            await performance.run(lambda day: _tell_day(console, stage, day))
        else:
            await performance.run()
            if not brief:
                for day, lines in _by_day(await tell(stage)):
                    console.print(_day(day, lines))
        clients = await stage.bot.store.all_clients(closed_too=True)
        evidence = await gather(stage)
        judged = verdicts(evidence)
        console.print(_clients(clients, stage, evidence))
        console.print(_laws(judged))
        pages = await bind(stage, judged)
    kept = sum(verdict.kept for verdict in judged)
    seconds = time.perf_counter() - started
    good = kept == len(judged)
    console.print(
        Text.assemble(
            (f"{kept} of {len(judged)} laws kept", "bold green" if good else "bold red"),
            f"; {performance.steps} moments, {len(evidence.accepted)} letters to clients, "
            f"{sum(letter.key.startswith('digest') for letter in evidence.to_operator)} digests, {seconds:.1f} s.",
        )
    )
    console.print(Text(f"Every mail, the digests and the database: {pages}"))
    return 0 if good else 1


async def _tell_day(console: Console, stage: Stage, day: date) -> None:
    lines = [told for told in await tell(stage) if told.on == day]
    if lines:
        console.print(_day(day, lines))


def _by_day(told: Iterable[Told]) -> list[tuple[date, list[Told]]]:
    days: dict[date, list[Told]] = {}
    for line in told:
        days.setdefault(line.on, []).append(line)
    return sorted(days.items())


def _day(day: date, lines: Sequence[Told]) -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=5, style="dim")
    grid.add_column(width=2)
    grid.add_column(ratio=1, overflow="fold")
    for line in lines:
        words = Text.assemble((line.who, f"bold {_STYLES[line.kind]}"), "  " if line.who else "", line.words)
        if line.why:
            words.append(f" · {line.why}", "dim")
        if line.kind == "why":
            words = Text(line.words, "dim")
        grid.add_row("" if line.kind == "why" else line.clock, Text(line.sign, _STYLES[line.kind]), words)
    return Group(Text(f"\n{day:%A} {day.day} {day:%B}", "bold underline"), grid)


def _clients(clients: Sequence[Client], stage: Stage, evidence: Evidence) -> RenderableType:
    table = Table(
        title="\nHow it ended",
        title_justify="left",
        title_style="bold",
        expand=True,
        pad_edge=False,
        box=box.SIMPLE_HEAD,
    )
    table.add_column("client", ratio=5, overflow="fold")
    table.add_column("invoice", no_wrap=True)
    table.add_column("amount", justify="right", no_wrap=True)
    table.add_column("letters", ratio=5, overflow="fold")
    table.add_column("end", no_wrap=True)
    order = [actor.code for actor in stage.play.actors]
    for client in sorted(clients, key=lambda c: order.index(c.code) if c.code in order else len(order)):
        actor = stage.casts.get(client.code)
        name = Text.assemble((client.name, "bold"), "\n", (actor.title if actor else "", "dim"))
        for index, invoice in enumerate(sorted(client.invoices, key=lambda i: i.number)):
            about = [letter for letter in evidence.accepted if invoice.number in letter.invoices]
            rungs = [dict(letter.climbs).get(invoice.number, letter.rung) for letter in about]
            rungs += [climb.rung for climb in invoice.climbs if not climb.letter]
            end, style = _ENDS[invoice.standing.value]
            table.add_row(
                name if index == 0 else "", invoice.number, str(invoice.amount), ", ".join(rungs), Text(end, style),
                end_section=index == len(client.invoices) - 1,
            )  # fmt: skip
    return table


def _laws(judged: Sequence[Verdict]) -> RenderableType:
    table = Table(
        title="\nThe laws, checked against the mailboxes and the SMTP server's log", title_justify="left",
        title_style="bold", expand=True, pad_edge=False, show_edge=False, box=box.SIMPLE_HEAD,
    )  # fmt: skip
    table.add_column("", width=2)
    table.add_column("must be 0", ratio=1, overflow="fold")
    table.add_column("found", justify="right")
    table.add_column("checked", justify="right", ratio=1, style="dim", overflow="fold")
    for verdict in judged:
        style = "green" if verdict.kept else "bold red"
        law = Text(verdict.law)
        for place in verdict.broken[:5]:
            law.append(f"\n{place}", "red")
        sign = Text("✓" if verdict.kept else "✗", style)
        table.add_row(sign, law, Text(str(len(verdict.broken)), style), f"{verdict.checked} {verdict.unit}")
    return table
