"""Reads monsters, each in a process of its own, and prints what that took: `python -m tests.hostile.measure`.

A line per monster: name, slowest step, its seconds (of the processor, by the yardstick), MiB beyond the message
itself, and what was raised.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

from mailbot.flows.explain import explain
from mailbot.mail.identity import Known, likeness
from mailbot.mail.kind import kind_of
from mailbot.mail.parse import parse
from mailbot.mail.quote import new_words
from mailbot.mail.report import report_of
from mailbot.mail.thread import thread_keys
from mailbot.reading.diversion import diversion
from tests.hostile.monsters import MONSTERS
from tests.yardstick import slowness

NUMBERS = tuple(f"F-{n}" for n in range(500))


def steps(octets: bytes) -> dict[str, Callable[[], object]]:
    """What the bot does with a message, step by step."""
    mail = parse(octets)
    return {
        "parse": lambda: parse(octets),
        "kind": lambda: kind_of(mail),
        "thread": lambda: thread_keys(mail, b"key", NUMBERS),
        "words": lambda: new_words(mail.text, mail.html),
        "report": lambda: report_of(mail),
        "identity": lambda: likeness(mail.from_email, mail.from_name, [Known("a@client.example", ("Anna Roy",))]),
        "diversion": lambda: diversion(new_words(mail.text, mail.html), mail.subject),
        "explain": lambda: explain(octets, known_numbers=NUMBERS),
    }


def measured(name: str) -> dict[str, object]:
    """Read one monster in this process; octets of a mail that is too big arrive cut, but here they come whole."""
    octets = MONSTERS[name]()
    before = _peak_mib(anew=True)
    slowest, seconds, raised = "", 0.0, ""
    started = time.process_time()
    todo = steps(octets)
    spent = {"parse": time.process_time() - started}
    for step, work in todo.items():
        started = time.process_time()
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - it is what we look for
            raised = f"{step}: {type(error).__name__}: {error}"[:300]
        spent[step] = time.process_time() - started
    slowest = max(spent, key=lambda step: spent[step])
    seconds = spent[slowest]
    if seconds > 1:
        seconds /= slowness()
    return {"name": name, "step": slowest, "s": round(seconds, 2), "mib": round(_peak_mib() - before), "raised": raised}


def _peak_mib(*, anew: bool = False) -> float:
    """The most memory that this process held, or holds if `anew` (proc(5): clear_refs 5 resets VmHWM)."""
    status, clear = Path("/proc/self/status"), Path("/proc/self/clear_refs")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if anew:
        clear.write_text("5", "ascii")
    return int(status.read_text("ascii").partition("VmHWM:")[2].split()[0]) / 1024


def main(names: list[str]) -> None:
    """Fork for each monster, so that one's memory is not another's."""
    explain(MONSTERS["an unknown charset"]())  # what is loaded once is not the monster's
    for name in names or list(MONSTERS):
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            with os.fdopen(writer, "w") as out:
                json.dump(measured(name), out)
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader) as told:
            line = told.read()
        _, status = os.waitpid(child, 0)
        print(line or json.dumps({"name": name, "step": "", "s": 0, "mib": 0, "raised": f"died: {status}"}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
