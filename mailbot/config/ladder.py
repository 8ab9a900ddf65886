"""`policy.toml` -> `Policy`: the ladders, the hours, the waits. Defaults are those of `mailbot.core.policy`."""

from datetime import date, timedelta
from pathlib import Path

from mailbot.config.faults import Fault
from mailbot.config.table import Table, read_toml
from mailbot.core.calendar import Hours, Quiet
from mailbot.core.policy import Act, Anchor, Policy, Rung

_USUAL = Policy()
# Closures join up with weekends and public holidays; beyond this the calendar would give up looking for a working day.
_LONGEST_QUIET_DAYS = 45
_ANCHORS = {anchor.value: anchor for anchor in Anchor}
_ACTS = {act.value: act for act in Act}


def load_policy(file: Path, faults: list[Fault]) -> Policy:
    """Read the policy; whatever is wrong goes to `faults`, and the usual value stands in its place."""
    root = read_toml(file, faults)
    hours, budget, waits = root.table("hours"), root.table("budget"), root.table("waits")
    answers, letters = root.table("answers"), root.table("letters")
    policy = Policy(
        ladders=_ladders(root),
        hours=_hours(hours),
        quiet=_quiet(root) if root.has("quiet") else _USUAL.quiet,
        budget_gap_days=budget.integer("gap_days", _USUAL.budget_gap_days, 2, 60),
        budget_letters=budget.integer("letters", _USUAL.budget_letters, 1, 20),
        reply_gap_days=waits.integer("reply_gap_days", _USUAL.reply_gap_days, 0, 60),
        promise_grace_days=waits.integer("promise_grace_days", _USUAL.promise_grace_days, 0, 30),
        promise_undated_days=waits.integer("promise_undated_days", _USUAL.promise_undated_days, 1, 60),
        claim_days=waits.integer("claim_days", _USUAL.claim_days, 1, 60),
        absence_days=waits.integer("absence_days", _USUAL.absence_days, 1, 60),
        absence_extra_days=waits.integer("absence_extra_days", _USUAL.absence_extra_days, 0, 30),
        delay_days=waits.integer("delay_days", _USUAL.delay_days, 0, 30),
        answer_gap_hours=answers.integer("gap_hours", _USUAL.answer_gap_hours, 24, 24 * 60),
        answers_per_invoice=answers.integer("per_invoice", _USUAL.answers_per_invoice, 0, 3),
        thank=answers.flag("thank", default=_USUAL.thank),
        thank_delay_minutes=answers.integer("thank_delay_minutes", _USUAL.thank_delay_minutes, 0, 24 * 60),
        auto_copy=answers.flag("auto_copy", default=_USUAL.auto_copy),
        copies_per_week=answers.integer("copies_per_week", _USUAL.copies_per_week, 0, 2),
        receipts_per_month=answers.integer("receipts_per_month", _USUAL.receipts_per_month, 0, 10),
        copy_hold_days=waits.integer("copy_hold_days", _USUAL.copy_hold_days, 1, 30),
        acknowledge_promises=answers.flag("acknowledge_promises", default=_USUAL.acknowledge_promises),
        freshness_minutes=letters.integer("freshness_minutes", _USUAL.freshness_minutes, 1, 60),
        automatic_per_hour=letters.integer("automatic_per_hour", _USUAL.automatic_per_hour, 1, 10_000),
        letter_expires_days=letters.integer("expires_days", _USUAL.letter_expires_days, 1, 14),
        doubt_look_minutes=letters.integer("first_look_minutes", int(_USUAL.doubt_look_minutes), 1, 24 * 60),
        doubt_resend_hours=letters.integer("resend_after_hours", int(_USUAL.doubt_resend_hours), 1, 7 * 24),
    )
    for name, rungs in policy.ladders.items():
        if (chasing := sum(rung.chasing for rung in rungs)) > policy.budget_letters:
            budget.note(
                "letters", f"the ladder {name} has {chasing} letters after the invoice; allow that many, or cut it"
            )
    for table in (hours, budget, waits, answers, letters, root):
        table.close()
    return policy


def _hours(table: Table) -> Hours:
    usual = _USUAL.hours
    hours = Hours(
        table.clock("opens", usual.opens),
        table.clock("closes", usual.closes),
        table.clock("friday_closes", usual.friday_closes),
    )
    for key, closes in (("closes", hours.closes), ("friday_closes", hours.friday_closes)):
        if closes <= hours.opens:
            table.note(key, f"must be later than opens ({hours.opens:%H:%M}), but is {closes:%H:%M}")
    return hours


def _quiet(root: Table) -> tuple[Quiet, ...]:
    stretches = []
    for table in root.tables("quiet"):
        first, last = _month_day(table, "from"), _month_day(table, "to")
        if first and last:
            stretches.append(Quiet(first, last))
        table.close()
    quiet = tuple(stretches)
    if _longest(quiet) > _LONGEST_QUIET_DAYS:
        root.note("quiet", f"closes more than {_LONGEST_QUIET_DAYS} days in a row; shorten it, or put clients on hold")
    return quiet


def _month_day(table: Table, key: str) -> tuple[int, int] | None:
    value = table.text(key, hint='; write month and day, like "12-24"')
    try:
        day = date.fromisoformat(f"2024-{value}")  # a leap year, so that 29 February may be named
    except ValueError:
        if value:
            table.note(key, f'must be month and day, like "12-24", but is "{value}"')
        return None
    return day.month, day.day


def _longest(quiet: tuple[Quiet, ...]) -> int:
    """The longest run of quiet days; two years are walked so that one over New Year is seen whole."""
    longest = run = 0
    for offset in range(2 * 366):
        day = date(2024, 1, 1) + timedelta(days=offset)
        run = run + 1 if any(stretch.covers(day) for stretch in quiet) else 0
        longest = max(longest, run)
    return longest


def _ladders(root: Table) -> dict[str, tuple[Rung, ...]]:
    if not root.has("ladder"):
        return dict(_USUAL.ladders)
    table = root.table("ladder")
    ladders = {name: _rungs(name, table) for name in table.keys()}  # noqa: SIM118 - no dict, a Table
    if table.readable and "default" not in ladders:
        table.note("default", "is missing: every client without a ladder of its own climbs this one")
    return {**_USUAL.ladders, **ladders}


def _rungs(ladder: str, table: Table) -> tuple[Rung, ...]:
    rungs = list[Rung]()
    for entry in table.tables(ladder):
        rung = _rung(entry)
        earlier = [each for each in rungs if each.anchor is rung.anchor]
        if any(each.name == rung.name for each in rungs):
            entry.note("name", f'"{rung.name}" is there twice in this ladder; each rung is climbed once')
        if earlier and rung.offset_days < earlier[-1].offset_days:
            entry.note(
                "offset_days", f"comes before the previous rung ({earlier[-1].offset_days}); sort the rungs by day"
            )
        rungs.append(rung)
        entry.close()
    if not rungs:
        table.note(ladder, f"has no rung; write at least one [[ladder.{ladder}]]")
    return tuple(rungs)


def _rung(table: Table) -> Rung:
    act = table.choice("act", _ACTS, Act.LETTER)
    anchor = table.choice("anchor", _ANCHORS, Anchor.DUE)
    # Law 8, and never a daily mail: a rung that follows another one leaves it time to be answered.
    gap_days = table.integer("gap_days", None if anchor is Anchor.DUE else 0, 0 if anchor is Anchor.ISSUED else 1, 90)
    if act is Act.LETTER:
        template = table.text("template", hint='; name the letter, like template = "friendly"')
    else:
        template = table.text("template", "")
        if template:
            table.note("template", f'is for letters; a rung with act = "{act}" writes none')
    return Rung(
        name=table.text("name"),
        offset_days=table.integer("offset_days", None, -60, 365),
        gap_days=gap_days,
        anchor=anchor,
        act=act,
        template=template,
        approval=table.flag("approval", default=False),
    )
