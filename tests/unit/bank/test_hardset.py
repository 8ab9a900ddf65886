"""The target of matching: no wrong settlement, and nine true payments of ten found."""

from collections import Counter

import pytest

from mailbot.bank import Matcher
from tests.unit.bank.hardset import SETTLE, Line, hard_set, ledger


def _judged(line: Line) -> tuple[str, tuple[str, ...]]:
    proposal = Matcher(ledger()).propose(line.entry)
    return proposal.verdict.value, tuple(sorted(share.number for share in proposal.shares))


def test_nothing_is_settled_wrongly_and_nine_of_ten_true_payments_are_found(capsys: pytest.CaptureFixture[str]) -> None:
    lines = hard_set()
    wrong, missed, other = [], [], []
    for line in lines:
        verdict, numbers = _judged(line)
        told = f"{line.shape}: {line.entry.amount} {line.entry.payer!r} {line.entry.text!r} -> {verdict} {numbers}"
        if verdict == SETTLE and (line.decision != SETTLE or numbers != tuple(sorted(line.truly))):
            wrong.append(told)
        elif line.decision == SETTLE and verdict != SETTLE:
            missed.append(told)
        elif verdict != line.decision:
            other.append(told)
    true = sum(line.decision == SETTLE for line in lines)
    with capsys.disabled():
        print(
            f"\nmatching: {len(lines)} lines, {true} true payments, {true - len(missed)} found "
            f"({100 * (true - len(missed)) / true:.1f} %), {len(wrong)} wrong settlements, "
            f"{len(other)} others decided otherwise {dict(Counter(told.split(':')[0] for told in missed + other))}"
        )
    assert len(lines) >= 300
    assert wrong == []
    assert len(missed) <= 0.1 * true, "\n".join(missed)
    assert len(other) <= 0.02 * len(lines), "\n".join(other)
