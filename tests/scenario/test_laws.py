"""The demo's laws can be broken: each check finds the fault that it is there for, and none is content with nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mailbot.demo.chronicle import Chronicle, Hush, Paid
from mailbot.demo.evidence import Evidence, Flagged, LetterSeen, Place
from mailbot.demo.laws import verdicts
from mailbot.demo.script import Actor, Outage

MONDAY = datetime(2026, 9, 21, 14, tzinfo=UTC)  # ten o'clock in Montréal
DAY = timedelta(days=1)


def letter(rung: str, at: datetime, number: str = "A-1") -> LetterSeen:
    key = f"{number}.{rung}.{at:%Y%m%dT%H%M%S%f}"
    return LetterSeen(at, "ana@ana.example", key, f"<{key}@x>", b"octets", "ana")


def evidence(*letters: LetterSeen, **changes: object) -> Evidence:
    """A world in which all went well: an invoice, two reminders and the money."""
    seen = letters or (
        letter("invoice", MONDAY - 7 * DAY),
        letter("courtesy", MONDAY),
        letter("friendly", MONDAY + 7 * DAY),
    )
    chronicle = Chronicle(live_at=MONDAY - 8 * DAY)
    chronicle.paid.append(Paid(MONDAY + 9 * DAY, "A-1", settled=True))
    chronicle.hushes.append(Hush("ana", ("A-1",), MONDAY - DAY, date(2026, 9, 21)))
    whole = Evidence(
        arrived=seen,
        accepted=seen,
        to_operator=(),
        filed=[one.message_id for one in seen],
        mailbox=[Flagged(1, frozenset({"\\Seen"}), frozenset({"\\Seen"}))],
        inbound=["a"],
        stored=["a"],
        written={one.key: (one.at, one.octets) for one in seen},
        standings={"A-1": "settled"},
        chronicle=chronicle,
        outages=[Outage(MONDAY + 2 * DAY, MONDAY + 3 * DAY)],
        places={"ana": Place(ZoneInfo("America/Toronto"), "CA", "QC")},
        actors=[Actor("ana", "pays", "gmail", "", ends={"A-1": "settled"})],
    )
    return replace(whole, **changes)  # type: ignore[arg-type] # each case names its own fields


def broken(seen: Evidence) -> list[str]:
    return [verdict.law for verdict in verdicts(seen) if verdict.broken]


def test_a_good_world_breaks_no_law_and_gives_every_law_something_to_look_at() -> None:
    assert [verdict.law for verdict in verdicts(evidence()) if not verdict.kept] == []


def _hushed() -> Evidence:
    seen = evidence()
    seen.chronicle.hushes.append(Hush("ana", (), MONDAY + DAY, None))
    return seen


def _settled_unproven() -> Evidence:
    seen = evidence()
    seen.chronicle.paid.clear()
    return seen


def _paid_early() -> Evidence:
    seen = evidence()
    seen.chronicle.paid[0] = Paid(MONDAY + DAY, "A-1", settled=True)
    return seen


FIRST = letter("invoice", MONDAY - 7 * DAY)
COURTESY = letter("courtesy", MONDAY)
CASES: list[tuple[str, Callable[[], Evidence]]] = [
    ("while in draft mode", lambda: evidence(chronicle=Chronicle(live_at=None))),
    ("while on hold", _hushed),
    ("climbed twice", lambda: evidence(FIRST, letter("courtesy", MONDAY), letter("courtesy", MONDAY + 7 * DAY))),
    ("skipped", lambda: evidence(FIRST, letter("friendly", MONDAY))),
    ("outside the client's hours", lambda: evidence(FIRST, letter("courtesy", MONDAY + timedelta(hours=9)))),
    ("weekends or holidays", lambda: evidence(letter("invoice", datetime(2026, 9, 7, 14, tzinfo=UTC)))),
    ("within 5 business days", lambda: evidence(COURTESY, letter("friendly", MONDAY + 3 * DAY))),
    ("money was known", _paid_early),
    ("inbox could not be read", lambda: evidence(FIRST, letter("courtesy", MONDAY + 2 * DAY))),
    ("settled without proven money", _settled_unproven),
    ("same Message-ID", lambda: evidence(COURTESY, replace(FIRST, message_id=COURTESY.message_id))),
    ("before they were written", lambda: evidence(written={})),
    ("Sent folder", lambda: evidence(filed=[])),
    ("not stored", lambda: evidence(stored=[])),
    ("flags changed", lambda: evidence(mailbox=[Flagged(1, frozenset(), frozenset({"\\Seen"}))])),
    ("mails removed", lambda: evidence(mailbox=[Flagged(1, frozenset(), None)])),
    ("otherwise than told", lambda: evidence(standings={"A-1": "open"})),
]  # fmt: skip


@pytest.mark.parametrize(("law", "world"), CASES, ids=[law for law, _ in CASES])
def test_a_broken_law_is_found(law: str, world: Callable[[], Evidence]) -> None:
    assert any(law in found for found in broken(world()))


def test_a_check_that_looked_at_nothing_fails() -> None:
    empty = evidence(
        arrived=(), accepted=(), filed=(), mailbox=(), inbound=(), standings={}, actors=(), chronicle=Chronicle()
    )
    assert not any(verdict.kept for verdict in verdicts(empty))
