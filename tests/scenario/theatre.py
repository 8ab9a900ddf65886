"""Small plays: a story in a few lines, played by the whole bot on real mail servers with a hand-wound clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from mailbot.config import packaged
from mailbot.core.client import Client
from mailbot.core.matter import Matter
from mailbot.demo.evidence import Evidence, LetterSeen, gather
from mailbot.demo.laws import Verdict, verdicts
from mailbot.demo.playing import Performance
from mailbot.demo.script import read_play
from mailbot.demo.stage import set_up
from mailbot.flows.records import JournalEntry, StoredMail

CLIENTS = """\
code,name,email,first_name,language,country,region,timezone
ana,Ana inc.,ana@ana.example,Ana,fr,CA,QC,
ben,Ben Ltd,ben@ben.example,Ben,en,CA,ON,
"""
COLUMNS = "number,client,issued_on,due_on,amount,currency,subject,sent_on"
HEAD = """\
title = "a small play"
config = "mailbot.toml"
timezone = "America/Toronto"
starts = {starts}
days = {days}

[[operator]]
on = {starts}
at = 08:10:00
does = "import"
clients = "clients.csv"
invoices = "invoices.csv"
"""
GO_LIVE = """
[[operator]]
on = {starts}
at = 08:20:00
does = "go-live"
"""


@dataclass(frozen=True)
class Curtain:
    """What is left when a play is over."""

    evidence: Evidence
    verdicts: Sequence[Verdict]
    clients: Sequence[Client]
    journal: Sequence[JournalEntry]
    matters: Sequence[Matter]
    mails: Sequence[StoredMail]
    steps: int

    def letters(self, number: str) -> list[tuple[str, str]]:
        """What left about an invoice: the rung, and the day and hour at the client's."""
        about = [seen for seen in self.evidence.accepted if number in seen.invoices]
        return [(dict(seen.climbs).get(number, seen.rung), self._local(seen)) for seen in about]

    def chasing(self, code: str) -> list[str]:
        """When a client was chased, in the client's own time."""
        return [self._local(s) for s in self.evidence.accepted if s.code == code and s.chasing]

    def _local(self, seen: LetterSeen) -> str:
        return f"{seen.at.astimezone(self.evidence.places[seen.code].zone):%a %d %b %H:%M}"

    @property
    def broken(self) -> list[str]:
        """The laws that were broken; a small play need not give every law something to look at."""
        return [f"{verdict.law}: {verdict.broken}" for verdict in self.verdicts if verdict.broken]


async def play(folder: Path, *, invoices: str, story: str, starts: date, days: int, live: bool = True) -> Curtain:
    """Play a story of Ana and Ben: rows of invoices, and tables of a script. The operator imports and goes live."""
    home = folder / "story"
    home.mkdir()
    (home / "mailbot.toml").write_bytes(packaged("config/demo/mailbot.toml").read_bytes())
    (home / "clients.csv").write_text(CLIENTS, "utf-8")
    (home / "invoices.csv").write_text(f"{COLUMNS}\n{invoices}\n", "utf-8")
    head = (HEAD + (GO_LIVE if live else "")).format(starts=starts, days=days)
    (home / "stories.toml").write_text(head + story, "utf-8")
    return await perform(home / "stories.toml", folder / "out")


async def perform(stories: Path, out: Path) -> Curtain:
    """Play a file of stories to its end."""
    async with set_up(read_play(stories), out, seed=1) as stage:
        performance = Performance(stage)
        await performance.run()
        store = stage.bot.store
        evidence = await gather(stage)
        return Curtain(
            evidence,
            verdicts(evidence),
            await store.all_clients(closed_too=True),
            await store.journal_of(limit=100_000),
            await store.matters(open_only=False),
            await store.mails(limit=100_000),
            performance.steps,
        )
