"""Amounts with what is said of them, and redirects, against their labels."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mailbot.reading.train_amounts import labels_in
from tests.eval.figures import Answer, share


@dataclass(frozen=True, slots=True)
class Details:
    """Shares from 0 to 1. `needless` is the share of the amounts found that no label knows."""

    amounts: float
    with_role: float
    needless: float
    redirects: float
    redirects_invented: float


def details_of(answers: Sequence[Answer], folder: Path) -> Details:
    """How well the amounts and the redirects of labelled mails were understood."""
    labels, redirects = labels_in(folder), _redirects_in(folder)
    found, roles, needless = [], [], []
    for each in answers:
        said = labels.get(each.meant.id, {})
        heard = {
            (str(money.amount), money.currency): role
            for money, role in zip(each.found.amounts, each.found.roles, strict=True)
        }
        found += [amount in heard for amount in said]
        roles += [heard.get(amount) is role for amount, role in said.items()]
        needless += [amount not in said for amount in heard]
    pointed = [each for each in answers if redirects.get(each.meant.id)]
    silent = [each for each in answers if not redirects.get(each.meant.id)]
    return Details(
        amounts=share(found),
        with_role=share(roles),
        needless=share(needless) if needless else 0.0,
        redirects=share([each.found.redirect_to == redirects[each.meant.id] for each in pointed]),
        redirects_invented=share([each.found.redirect_to is not None for each in silent]) if silent else 0.0,
    )


def _redirects_in(folder: Path) -> dict[str, str | None]:
    rows = [
        json.loads(line)
        for path in sorted(folder.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    return {row["id"]: row.get("redirect_to") for row in rows}
