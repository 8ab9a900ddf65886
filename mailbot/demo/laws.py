"""The laws, checked against what really arrived and what the servers really accepted. Each check counts what it saw."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from mailbot.demo.chronicle import Hush
from mailbot.demo.evidence import CHASING, CLIMBING, Evidence, LetterSeen


@dataclass(frozen=True, slots=True)
class Verdict:
    """One law: how often it was broken, with the places, and how many things were looked at."""

    law: str
    broken: tuple[str, ...]
    checked: int
    unit: str

    @property
    def kept(self) -> bool:
        """A check that looked at nothing proves nothing."""
        return not self.broken and self.checked > 0


def verdicts(evidence: Evidence) -> list[Verdict]:
    """All the laws."""
    return [law(evidence) for law in _LAWS]


def _chasing(letters: "list[LetterSeen] | tuple[LetterSeen, ...]") -> list[LetterSeen]:
    return [letter for letter in letters if letter.chasing]


def _name(letter: LetterSeen) -> str:
    return f"{letter.rung} to {letter.to} on {letter.at:%Y-%m-%d %H:%M} UTC"


def _before_go_live(seen: Evidence) -> Verdict:
    live_at = seen.chronicle.live_at
    early = [_name(letter) for letter in seen.accepted if live_at is None or letter.at < live_at]
    return Verdict("letters to clients while in draft mode", tuple(early), len(seen.accepted), "letters")


def _on_hold(seen: Evidence) -> Verdict:
    broken, pairs = [], 0
    for letter in seen.arrived:
        if not letter.climbs:
            continue
        for hush in seen.chronicle.hushes:
            if hush.code == letter.code and (not hush.invoices or set(hush.invoices) & set(letter.invoices)):
                pairs += 1
                if hush.since < letter.at and not _over(hush, letter, seen):
                    broken.append(f"{_name(letter)}, though: {hush.words[:60]}")
    return Verdict("letters sent while on hold", tuple(broken), pairs, "letters to clients who asked for quiet")


def _over(hush: Hush, letter: LetterSeen, seen: Evidence) -> bool:
    """Whether the quiet had ended when the letter came: by its day, or by the operator's word."""
    place = seen.places[hush.code]
    if hush.until is not None and letter.at.astimezone(place.zone).date() >= hush.until:
        return True
    about = {hush.code, *(hush.invoices or letter.invoices)}
    return any(r.about in about and hush.since < r.at <= letter.at for r in seen.chronicle.released)


def _delivered(seen: Evidence) -> list[LetterSeen]:
    """Letters that a mailbox got: one that bounced climbed nothing, and its rung goes to the better address."""
    ids = {letter.message_id for letter in seen.arrived}
    return [letter for letter in seen.accepted if letter.message_id in ids]


def _rungs_twice(seen: Evidence) -> Verdict:
    climbed = Counter(climb for letter in _delivered(seen) for climb in letter.climbs)
    twice = [f"{rung} of {number}, {count} times" for (number, rung), count in climbed.items() if count > 1]
    return Verdict("rungs climbed twice", tuple(twice), len(climbed), "rungs")


def _skipped(seen: Evidence) -> Verdict:
    """The friendliest first and none left out (law 7); what was delivered by other means needs no invoice letter."""
    broken, paths = [], dict[str, list[str]]()
    for letter in _delivered(seen):
        for number, rung in letter.climbs:
            paths.setdefault(number, []).append(rung)
    for number, path in paths.items():
        whole = list(CLIMBING) if path[0] == "invoice" else list(CHASING)
        if path != whole[: len(path)]:
            broken.append(f"{number}: {' > '.join(path)}")
    return Verdict("rungs skipped, or not the friendliest first", tuple(broken), len(paths), "invoices")


def _outside_hours(seen: Evidence) -> Verdict:
    broken = [
        f"{_name(letter)}: {shut}"
        for letter in seen.arrived
        if letter.code and (shut := seen.places[letter.code].shut(letter.at))
    ]
    return Verdict(
        "letters outside the client's hours, on weekends or holidays", tuple(broken), len(seen.arrived), "letters"
    )


def _after_payment(seen: Evidence) -> Verdict:
    broken, pairs = [], 0
    for paid in seen.chronicle.paid:
        about = [letter for letter in _chasing(list(seen.arrived)) if paid.invoice in letter.invoices]
        pairs += len(about) if paid.settled else 0
        broken += [_name(letter) for letter in about if paid.settled and letter.at > paid.at]
    return Verdict("reminders after the money was known", tuple(broken), pairs, "reminders of paid invoices")


def _inbox_down(seen: Evidence) -> Verdict:
    chasing = _chasing(list(seen.accepted))
    broken = [_name(c) for c in chasing if any(o.starts_at <= c.at < o.ends_at for o in seen.outages)]
    hours = sum((o.ends_at - o.starts_at).total_seconds() for o in seen.outages) / 3600
    checked = len(chasing) if seen.outages else 0
    return Verdict(
        "reminders while the inbox could not be read", tuple(broken), checked, f"reminders, {hours:.0f} h down"
    )


def _too_close(seen: Evidence) -> Verdict:
    broken, pairs = [], 0
    for code, place in seen.places.items():
        mine = [letter for letter in _chasing(list(seen.accepted)) if letter.code == code]
        for one, two in pairwise(sorted(mine, key=lambda letter: letter.at)):
            pairs += 1
            if (days := place.working_days(one.at, two.at)) < seen.budget_gap_days:
                broken.append(f"{_name(two)}, {days} working days after the one before")
    return Verdict("two chasing mails to a client within 5 business days", tuple(broken), pairs, "pairs")


def _ids_twice(seen: Evidence) -> Verdict:
    ids = Counter(letter.message_id for letter in (*seen.accepted, *seen.to_operator))
    return Verdict("same Message-ID twice", tuple(i for i, n in ids.items() if n > 1), len(ids), "letters")


def _unwritten(seen: Evidence) -> Verdict:
    broken, everything = [], (*seen.accepted, *seen.to_operator)
    for letter in everything:
        written = seen.written.get(letter.key)
        if written is None or written[0] > letter.at or written[1] != letter.octets:
            broken.append(_name(letter))
    return Verdict("letters that left before they were written down", tuple(broken), len(everything), "letters")


def _settled_by_mail(seen: Evidence) -> Verdict:
    told = {paid.invoice for paid in seen.chronicle.paid}
    thanked = {number for letter in seen.arrived if letter.rung == "thanks" for number in letter.invoices}
    settled = {number for number, standing in seen.standings.items() if standing == "settled"}
    broken = sorted((settled | thanked) - told)
    return Verdict("invoices settled without proven money", tuple(broken), len(seen.standings), "invoices")


def _flags_changed(seen: Evidence) -> Verdict:
    broken = [f"message {m.uid}: {sorted(m.now or ()) or 'gone'}" for m in seen.mailbox if m.now != m.before]
    return Verdict("flags changed or mails removed in the user's mailbox", tuple(broken), len(seen.mailbox), "mails")


def _unstored(seen: Evidence) -> Verdict:
    missing = Counter(seen.inbound) - Counter(seen.stored)
    law = f"mails not stored (stored: {len(seen.inbound) - missing.total()} of {len(seen.inbound)})"
    return Verdict(law, tuple(digest[:12] for digest in missing), len(seen.inbound), "mails")


def _unfiled(seen: Evidence) -> Verdict:
    filed = Counter(seen.filed)
    broken = [f"{_name(c)}: {filed[c.message_id]} copies" for c in seen.accepted if filed[c.message_id] != 1]
    return Verdict("letters without their one copy in the Sent folder", tuple(broken), len(seen.accepted), "letters")


def _other_ends(seen: Evidence) -> Verdict:
    told = {number: end for actor in seen.actors for number, end in actor.ends.items()}
    broken = [
        f"{n}: {seen.standings.get(n, 'missing')}, not {end}" for n, end in told.items() if seen.standings.get(n) != end
    ]
    return Verdict("stories that ended otherwise than told", tuple(broken), len(told), "invoices")


_LAWS: tuple[Callable[[Evidence], Verdict], ...] = (
    _before_go_live, _on_hold, _rungs_twice, _skipped, _outside_hours, _too_close, _after_payment, _inbox_down,
    _settled_by_mail, _ids_twice, _unwritten, _unfiled, _unstored, _flags_changed, _other_ends,
)  # fmt: skip
