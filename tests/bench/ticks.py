"""The review tick: a hundred clients due among a thousand invoices, and among a million."""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from mailbot.bot import Assembled
from mailbot.flows.outbound import LetterState
from mailbot.flows.report import alert, report
from mailbot.flows.review import review
from tests.bench.figure import Figure, median, millis, proven
from tests.bench.house import NOW, configure, folder, opened

# Of a client's invoices one is open and the others are settled, as after some years of business.
_INVOICES_EACH = 3
_DUE = 100
_ROUNDS = 3
_IDLE_ROUNDS = 30
_FAR = "2026-12-01 15:00:00.000000"


@dataclass(frozen=True, slots=True)
class _Base:
    """A database of some size, open."""

    invoices: int
    parts: Assembled
    file: Path

    @property
    def clients(self) -> int:
        return self.invoices // _INVOICES_EACH


async def measure(*, quick: bool) -> list[Figure]:
    """Both databases are open at once and take turns, so that the machine's mood falls on both."""
    many = 100_000 if quick else 1_000_000
    async with AsyncExitStack() as stack:
        small, large = [await _built(stack, invoices) for invoices in (1_000, many)]
        ticks = {small.invoices: list[float](), large.invoices: list[float]()}
        for turn in range(_ROUNDS):
            for base in (small, large):
                ticks[base.invoices].append(await _tick(base, turn))
        idle = {base.invoices: await _idle(base) for base in (small, large)}
    few_s, many_s = median(ticks[small.invoices]), median(ticks[many])
    return [
        Figure(f"review tick, {_DUE} due among {many:,} invoices: {_DUE} letters written", millis(many_s),
               f"the same among {small.invoices:,}", millis(few_s), many_s / few_s),
        Figure(f"sweep with nothing due among {many:,} invoices", millis(idle[many]),
               f"the same among {small.invoices:,}", millis(idle[small.invoices]), idle[many] / idle[small.invoices]),
    ]  # fmt: skip


async def _built(stack: AsyncExitStack, invoices: int) -> _Base:
    where = stack.enter_context(folder())
    parts, _ = await stack.enter_async_context(opened(configure(where, 25, 143)))
    await review(parts.bot)  # the policy is known now
    await report(parts.bot)  # and today's digest is written
    file = where / "mailbot.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as base:
        # Only for the filling: the bot's own connections commit durably.
        base.execute("PRAGMA synchronous=OFF")
        _fill(base, invoices // _INVOICES_EACH)
        proven(base.execute("SELECT count(*) FROM invoice").fetchone()[0] == _invoices(invoices), "the base is short")
        base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return _Base(invoices, parts, file)


def _invoices(wanted: int) -> int:
    return wanted // _INVOICES_EACH * _INVOICES_EACH


def _fill(base: sqlite3.Connection, clients: int) -> None:
    """Write rows as the store would, many at a time."""
    base.execute("BEGIN IMMEDIATE")
    base.execute("INSERT OR IGNORE INTO business (id) VALUES ('default')")
    _insert(base, "client", (
        {"id": n, "business_id": "default", "code": f"C{n}", "name": f"Client {n} inc.", "language": "fr",
         "country": "CA", "region": "QC", "timezone": "America/Toronto", "kind": None, "phone": "", "pay_day": None,
         "ladder": "default", "chased_at": None, "answered_at": None, "next_look_at": _FAR, "version": 0}
        for n in range(1, clients + 1)
    ))  # fmt: skip
    _insert(base, "contact", (
        {"client_id": n, "place": 0, "email": f"client{n}@customers.test", "address": f"client{n}@customers.test",
         "role": "client", "first_name": "Anna", "name": "", "reachability": "good"}
        for n in range(1, clients + 1)
    ))  # fmt: skip
    due_on = (NOW + timedelta(days=30)).date().isoformat()
    _insert(base, "invoice", (
        {"client_id": n, "business_id": "default", "number": f"F-{n}-{k}", "issued_on": NOW.date().isoformat(),
         "due_on": due_on, "amount_minor": 125_000, "paid_minor": 125_000 if k else 0, "currency": "CAD",
         "subject": "Site web", "standing": "settled" if k else "open", "live": not k, "delivered_on": None,
         "pdf": "", "auto_answers": 0}
        for n in range(1, clients + 1) for k in range(_INVOICES_EACH)
    ))  # fmt: skip
    base.execute("COMMIT")


def _insert(base: sqlite3.Connection, table: str, rows: Iterator[dict[str, Any]]) -> None:
    first = next(rows)
    names = ", ".join(first)
    query = f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(first))})"  # noqa: S608 - names of our own
    base.execute(query, tuple(first.values()))
    base.executemany(query, (tuple(row.values()) for row in rows))


def _spread(base: _Base, turn: int) -> Sequence[int]:
    """A hundred clients from all over the database, others each turn."""
    step = base.clients // (_DUE * _ROUNDS)
    return [1 + (place * _ROUNDS + turn) * step for place in range(_DUE)]


async def _tick(base: _Base, turn: int) -> float:
    with closing(sqlite3.connect(base.file)) as hand:
        look = (NOW - timedelta(minutes=5)).strftime("%Y-%m-%d %H:%M:%S.%f")
        hand.executemany("UPDATE client SET next_look_at = ? WHERE id = ?", [(look, n) for n in _spread(base, turn)])
        hand.commit()
    started = time.perf_counter()
    looked = await review(base.parts.bot)
    seconds = time.perf_counter() - started
    letters = await base.parts.store.letters([LetterState.QUEUED], limit=2 * _DUE * _ROUNDS)
    written = sum(letter.client_id is not None for letter in letters)
    proven(looked == _DUE, f"{looked} clients were looked at, not {_DUE}")
    proven(written == _DUE * (turn + 1), f"{written} letters were written, not {_DUE * (turn + 1)}")
    return seconds


async def _idle(base: _Base) -> float:
    """What the metronome does every half minute when nothing is due."""
    bot, took = base.parts.bot, []
    for _ in range(_IDLE_ROUNDS):
        started = time.perf_counter()
        looked = await review(bot)
        written = await alert(bot)
        reported = await report(bot)
        took.append(time.perf_counter() - started)
        proven(not looked and not written and not reported, "an idle sweep found something to do")
    return median(took)
