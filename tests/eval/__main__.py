"""Judge the reader and print tables: `python -m tests.eval [--write] [--no-cross]`.

Trains on all authors but one, reads that one, for each; then judges the shipped weights on held-out authors.
`--write` makes the figures the baseline below which the tests fail.
"""

import argparse
import json
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import fields
from importlib import resources
from pathlib import Path

from rich.console import Console
from rich.table import Table

from mailbot.reading.model import model
from mailbot.reading.train import examples_in, prepared
from tests.eval import judge
from tests.eval.details import Details, details_of
from tests.eval.figures import Answer, by_author, by_intent, figures_of, reliability, worst

BASELINE = Path(__file__).with_name("baseline.json")
_NAMES = ("intent", "hold_recall", "emergencies_held", "false_holds", "needless", "auto_right", "dates", "invented")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.eval", description="How well replies are understood.")
    parser.add_argument("--write", action="store_true", help="make these figures the baseline")
    parser.add_argument("--no-cross", action="store_true", help="only the shipped weights, no training")
    options = parser.parse_args()
    console = Console(width=150)
    sets = _sets(cross=not options.no_cross, console=console)
    table = Table("mails of", "n", *(name.replace("_", " ") for name in _NAMES), title="Shares, by who read what")
    for name, answers in sets.items():
        _rows(table, name, answers)
    console.print(table)
    console.print(_found_in(sets))
    for name in ("unseen authors", "held-out authors", "development"):
        if name in sets:
            _details(console, name, sets[name])
    if options.write:
        kept = {name: figures_of(answers).rounded() for name, answers in sets.items()}
        kept["model card"] = card_figures()
        BASELINE.write_text(json.dumps(kept, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return 0


def _sets(*, cross: bool, console: Console) -> dict[str, list[Answer]]:
    sets: dict[str, list[Answer]] = {}
    if cross:
        examples = examples_in(judge.CORPUS)
        mails = [prepared(example) for example in examples]
        assert model() is not None, "the weights in mailbot/reading/weights are missing or changed"
        sets["unseen authors"] = judge.unseen_answers(mails)
        sets["unseen authors, rules alone"] = judge.answers(examples, judge.by_rules)
    blind = judge.held_out()
    for name, examples in (("held-out authors", blind), ("development", judge.development())):
        if examples:
            started = time.perf_counter()
            sets[name] = judge.answers(examples)
            spent = (time.perf_counter() - started) * 1000 / len(examples)
            console.print(f"{name}: {spent:.1f} ms a mail")
            sets[f"{name}, rules alone"] = judge.answers(examples, judge.by_rules)
            if name == "development":
                sets["development, odd lines"] = sets[name][1::2]
                sets["development, odd lines, rules alone"] = sets[f"{name}, rules alone"][1::2]
    for author in sorted({each.author for each in blind}):
        sets[f"held-out {author}"] = by_author(sets["held-out authors"], author)
    return sets


def card_figures() -> dict[str, float]:
    """What the model card says of mails by authors whom the model had not read."""
    card = (resources.files("mailbot.reading") / "weights" / "README.md").read_text(encoding="utf-8")
    intent = re.search(r"had not read: ([\d.]+)", card)
    curve = re.search(r"\| 99\.0% \| ([\d.]+)% \|", card)
    assert intent is not None
    assert curve is not None
    return {"intent": float(intent[1]), "held_without_need": float(curve[1]) / 100}


def _rows(table: Table, name: str, answers: Sequence[Answer]) -> None:
    _row(table, name, answers)
    if name == "unseen authors":
        for author in sorted({each.meant.author for each in answers}):
            _row(table, f"  {author}", by_author(answers, author))
    if "rules" not in name and "odd" not in name:
        for language in sorted({each.meant.lang for each in answers}):
            _row(table, f"  {language}", [each for each in answers if each.meant.lang == language])


def _found_in(sets: dict[str, list[Answer]]) -> Table:
    names = [field.name for field in fields(Details)]
    table = Table("mails of", *(name.replace("_", " ") for name in names), title="Amounts and redirects")
    for name, folder in (("unseen authors", judge.CORPUS), ("held-out authors", judge.HELD_OUT)):
        if name in sets:
            found = details_of(sets[name], folder)
            table.add_row(name, *(f"{getattr(found, each):.3f}" for each in names))
    return table


def _row(table: Table, name: str, answers: Sequence[Answer]) -> None:
    figures = figures_of(answers).rounded()
    unknown = () if any(each.meant.until for each in answers) else ("dates", "invented")
    cells = ("-" if each in unknown else f"{figures[each]:.3f}" for each in _NAMES)
    table.add_row(name, str(len(answers)), *cells)


def _details(console: Console, name: str, answers: Sequence[Answer]) -> None:
    table = Table("intent", "n", "recall", "precision", "most often taken for", title=f"{name}: intents")
    for intent, count, recall, precision, taken in by_intent(answers):
        table.add_row(intent, str(count), f"{recall:.2f}", f"{precision:.2f}", taken)
    console.print(table)
    table = Table("confidence", "n", "mean", "right", title=f"{name}: can confidence be believed?")
    for span, count, mean, right in reliability(answers):
        table.add_row(span, str(count), f"{mean:.2f}", f"{right:.2f}")
    console.print(table)
    console.print(f"{name}: the worst mistakes", style="bold")
    for each in worst(answers):
        held = "held" if each.found.hold else "NOT held"
        text = " ".join(each.meant.text.split())[:110]
        line = (
            f"{each.meant.id} {each.meant.intent} read as {each.found.intent} ({each.found.confidence}), {held}: {text}"
        )
        console.print(line, highlight=False, markup=False)


if __name__ == "__main__":
    sys.exit(main())
