"""`mailbot meant` and `mailbot learn`: say what a mail meant, and let the reader learn from it."""

import argparse
from datetime import date
from typing import TYPE_CHECKING

from mailbot.cli.session import Teller, numbered, with_bot

if TYPE_CHECKING:
    from mailbot.bot import Assembled
    from mailbot.core.intent import Intent
    from mailbot.flows.learn import Change, Lesson

_SHOWN = 72


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register both."""
    parser = subparsers.add_parser("meant", help="say what a client's mail meant, where mailbot misread it")
    parser.add_argument("mail", type=numbered, help="the mail's number, as `mailbot show CLIENT` lists it")
    parser.add_argument("intent", type=_intent, help="what it meant: absence, dispute, promise ... (French words too)")
    parser.add_argument("--until", type=_day, metavar="YYYY-MM-DD", help="the day that it names")
    parser.set_defaults(run=lambda args: with_bot(args, lambda parts: _meant(parts, args)))
    parser = subparsers.add_parser("learn", help="let the reader learn from what you said that mails meant")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--yes", action="store_true", help="go by the new examples from now on")
    how.add_argument("--undo", action="store_true", help="take the last adoption back")
    parser.set_defaults(run=lambda args: with_bot(args, lambda parts: _learn(parts, args)))


def _intent(text: str) -> "Intent":
    from mailbot.core.intent import Intent
    from mailbot.reading.answers import intent_named

    found = intent_named(text)
    if found is None:
        known = ", ".join(intent.value for intent in Intent)
        raise argparse.ArgumentTypeError(f"'{text}' is no meaning; choose among {known}")
    return found


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is not a date; write YYYY-MM-DD") from None


async def _meant(parts: "Assembled", args: argparse.Namespace) -> int:
    from mailbot.flows.meant import tell_meaning

    tell = Teller(parts)
    told = await tell_meaning(parts.bot, args.mail, args.intent, args.until)
    tell.line(f"mail {args.mail}: {tell.word(args.intent.value, 'intent')}")
    held = [hold for hold in told.client.standing_holds if hold.mail_id == args.mail]
    if held:
        until = f" until {held[0].until}" if held[0].until else " until you release it"
        tell.line(f"{held[0].invoice or told.client.code}: nothing goes out{until}")
    else:
        tell.line("this mail holds nothing (any more); `mailbot next` says what goes out")
    print("It is kept as an example; `mailbot learn` shows what the reader would make of it.")
    return 0


async def _learn(parts: "Assembled", args: argparse.Namespace) -> int:
    from mailbot.flows import learn

    tell = Teller(parts)
    if args.undo:
        taken = await learn.undo(parts.bot)
        print(f"{_count(len(taken), 'example')} taken back: the reader goes by what it knew before")
        return 0
    found = await (learn.adopt(parts.bot) if args.yes else learn.lesson(parts.bot))
    _report(tell, found)
    if args.yes:
        print(f"Adopted: the reader goes by {_count(len(found.new), 'new example')} from the next mail on.")
        print("To take it back: mailbot learn --undo")
    elif found.harmful:
        print("This cannot be adopted: sentences that must hold reminders would let them go.")
    elif found.new:
        print("To go by this from now on: mailbot learn --yes")
    return 0


def _report(tell: Teller, found: "Lesson") -> None:
    if found.no_model:
        print("The trained reader cannot be loaded, so nothing can be learnt; `mailbot check` says more.")
    if found.adopted:
        print(f"The reader goes by {_count(len(found.adopted), 'example')} of yours already.")
    if not found.new and not found.refused and not found.no_model:
        print("Nothing new to learn. Answer a digest with what a mail meant, or use `mailbot meant MAIL INTENT`.")
        return
    for change in found.new:
        _tell_change(tell, change)
    for example in found.refused:
        tell.line(f'mail {example.mail_id}: "{_short(example.text)}"')
        tell.line("  not learnt: the rules hold such words for sure, and go on to hold them")
    if found.new:
        moved = len(found.sentences)
        tell.line(f"\nOf {found.asked} plain sentences whose meaning must not move, {moved or 'none'} would:")
        for change in found.sentences:
            _tell_change(tell, change)


def _tell_change(tell: Teller, change: "Change") -> None:
    name = f"mail {change.example.mail_id}: " if change.example else "  "
    tell.line(f'{name}"{_short(change.words)}"')
    before, after = (
        f"{tell.word(reading.intent.value, 'intent')} ({'held' if reading.hold else 'goes on'})"
        for reading in (change.before, change.after)
    )
    tell.line(f"  {before} -> {after}" if change.moved else f"  {before}, as it is")
    if change.after.intent is not change.wanted:
        tell.line(f"  you said: {tell.word(change.wanted.value, 'intent')}; too little to go by, it stays as it is")


def _short(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


def _count(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
