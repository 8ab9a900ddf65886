"""Keep what the network says of mails written after it was tuned: `python -m mailbot.reading.train_unseen --help`.

`mailbot.reading.finetune` keeps what networks say of every mail of its corpus that they had not read. A mail that is
not kept was therefore written later, and what the network that is shipped says of it is honest. Kept here, that stays
so when the network is tuned again on these mails too. To be run before the next fine-tuning, never after it.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from mailbot.reading import model_body
from mailbot.reading.model import BODY
from mailbot.reading.model_body import Body
from mailbot.reading.train import Example, examples_in
from mailbot.reading.unseen import Unseen


def with_later(kept: Unseen, examples: Sequence[Example], body: Body) -> Unseen:
    """What was kept, unchanged, and what the network says of every mail that is not in it."""
    later = {each.text: body.heard(each.text) for each in examples if kept.said_of(each.text) is None}
    return Unseen({**Unseen.of(later).heard, **kept.heard})


def main(arguments: Sequence[str] | None = None) -> int:
    """Add to the file; 1 and one line where the corpus or a file cannot be read."""
    parser = argparse.ArgumentParser(
        prog="python -m mailbot.reading.train_unseen",
        description="Keep what the network says of mails that were written after it was tuned.",
    )
    parser.add_argument("--corpus", type=Path, required=True, help="folder of *.jsonl examples")
    parser.add_argument("--network", type=Path, required=True, help="folder of the network as it was tuned")
    parser.add_argument("--add-to", type=Path, required=True, help="what networks said of authors they had not read")
    options = parser.parse_args(arguments)
    try:
        examples, kept = examples_in(options.corpus), Unseen.read(options.add_to)
        body = model_body.opened((options.network / BODY).read_bytes())
    except (OSError, ValueError) as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    now = with_later(kept, examples, body)
    now.write(options.add_to)
    sys.stdout.write(f"{len(now.heard) - len(kept.heard)} mails added, {len(now.heard)} kept\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
