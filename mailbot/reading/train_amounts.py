"""Train the reading of amounts: `python -m mailbot.reading.train_amounts --corpus tests/corpus/replies --out FOLDER`.

As for days (`train_days.py`): the heads had not read the author, and every mail is seen with and without them.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from mailbot.core.intent import Role
from mailbot.core.money import Money
from mailbot.reading.amounts import amounts_at, currency_of
from mailbot.reading.amounts_meant import ROLES, WEIGHTS, features_of_amounts, of_role
from mailbot.reading.choice_fit import Offer, choice_weights
from mailbot.reading.commitment import Row, odds_by_rules
from mailbot.reading.model import Guess
from mailbot.reading.train import Example, examples_in, listener_in
from mailbot.reading.train_days import unseen_guesses
from mailbot.reading.weigh import weighed
from mailbot.reading.words import sentences_of

_PENALTY = 3.0
_ROLE_PENALTY = 7.0

Labels = dict[str, dict[tuple[str, str], Role]]
"""What each mail says of its amounts: by mail, then by value and currency."""


def labels_in(folder: Path) -> Labels:
    """The labelled amounts of a corpus. Raises ValueError naming the file where a line is wrong."""
    found: Labels = {}
    for path in sorted(folder.glob("*.jsonl")):
        try:
            for line in path.read_text(encoding="utf-8").splitlines():
                row = json.loads(line)
                amounts = row.get("amounts") or []
                found[row["id"]] = {_key(each["value"], each["currency"]): Role(each["role"]) for each in amounts}
        except (ValueError, KeyError, TypeError, ArithmeticError) as error:
            raise ValueError(f"{path}: an example's amounts cannot be read: {error!r}") from error
    return found


def _key(value: str, currency: str) -> tuple[str, str]:
    """As `Money` writes it: without minor units where the currency has none."""
    return str(Money.of(value, currency).amount), currency


def offers_of(
    example: Example, guess: Guess | None, said: dict[tuple[str, str], Role]
) -> tuple[list[Offer], list[Offer]]:
    """What one mail teaches: of its bare numbers whether each is money, of its labelled amounts what each is for."""
    found = amounts_at(example.text, currency_of(example.country))
    sentences = [weighed(each) for each in sentences_of(example.text)]
    rows = features_of_amounts(
        example.text,
        sentences,
        found,
        sent_on=date.fromisoformat(example.sent_on),
        country=example.country,
        intents=guess.intents if guess else odds_by_rules(sentences),
        parts=guess.sentences if guess else (),
    )
    money, roles = [], []
    for each, row in zip(found, rows, strict=True):
        role = said.get((str(each.money.amount), each.money.currency))
        if not each.named:
            money.append(Offer(example.author, (row,), (role is not None,)))
        if role is not None:
            roles.append(_role_offer(example.author, row, role))
    return money, roles


def _role_offer(author: str, row: Row, role: Role) -> Offer:
    return Offer(author, tuple(of_role(row, each) for each in ROLES), tuple(each is role for each in ROLES))


def amount_weights(
    examples: Sequence[Example], guesses: Sequence[Guess], labels: Labels
) -> dict[str, dict[str, float]]:
    """Weights for the reading of amounts, from mails and what heads that had not read them say."""
    money: list[Offer] = []
    roles: list[Offer] = []
    for example, guess in zip(examples, guesses, strict=True):
        for heard in (guess, None):
            of_money, of_roles = offers_of(example, heard, labels.get(example.id, {}))
            money += of_money
            roles += of_roles
    return {"money": choice_weights(money, _PENALTY), "roles": choice_weights(roles, _ROLE_PENALTY)}


def main(arguments: Sequence[str] | None = None) -> int:
    """Train and write; 1 and one line where the corpus cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m mailbot.reading.train_amounts", description="Train amounts.")
    parser.add_argument("--corpus", type=Path, required=True, help="folder of *.jsonl examples")
    parser.add_argument("--unseen", type=Path, nargs=2, required=True, help="as for mailbot.reading.train")
    parser.add_argument("--out", type=Path, required=True, help="folder with the network, to write the weights to")
    options = parser.parse_args(arguments)
    try:
        examples, labels = examples_in(options.corpus), labels_in(options.corpus)
        heard_of = listener_in(options.out, *options.unseen)
    except (OSError, ValueError) as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    weights = amount_weights(examples, unseen_guesses(examples, heard_of), labels)
    text = json.dumps(weights, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    (options.out / WEIGHTS).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
