"""`mailbot next` and `mailbot why`: what will go out, and why something did not."""

import argparse
from datetime import timedelta
from typing import TYPE_CHECKING

from mailbot.cli.session import Teller, days_in, with_bot

if TYPE_CHECKING:
    from mailbot.bot import Assembled


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register both."""
    parser = subparsers.add_parser("next", help="what will go out, to whom, when and why")
    parser.add_argument("--days", type=days_in, default=30, help="how far to look (default 30)")
    parser.set_defaults(run=lambda args: with_bot(args, lambda parts: _next(parts, args.days)))
    parser = subparsers.add_parser("why", help="why a letter went, or why nothing went today")
    parser.add_argument("number")
    parser.set_defaults(run=lambda args: with_bot(args, lambda parts: _why(parts, args.number)))


async def _next(parts: "Assembled", days: int) -> int:
    from rich.table import Table

    from mailbot.flows.ahead import ahead

    tell = Teller(parts)
    bot = parts.bot
    until = bot.clock.now() + timedelta(days=days)
    steps = await ahead(bot, await bot.store.all_clients(), until)
    table = Table(box=None, pad_edge=False)
    table.add_column("when", no_wrap=True)
    table.add_column("what, to whom and why", overflow="fold")
    for step, client in steps:
        what = tell.word(step.rung, "rung") + (" (asks you first)" if step.approval else "")
        whom = f"{client.name} <{step.to}>" if step.to else f"{client.name} (a task for you)"
        head = f"{what}: {', '.join(step.invoices)}, {whom}"
        table.add_row(tell.there(step.at, client.timezone), f"{tell.plain(head)}\n{tell.plain(tell.say(step.why))}")
    if steps:
        tell.console.print(table)
        tell.console.print("if nobody writes and nobody pays in the meantime", style="dim")
    else:
        print(f"Nothing goes out in the next {days} days. `mailbot why NUMBER` says why for one invoice.")
    await tell.mode()
    return 0


async def _why(parts: "Assembled", number: str) -> int:
    from mailbot.core.ladder import outlook
    from mailbot.flows.bankage import knowing
    from mailbot.flows.command import client_owing

    tell = Teller(parts)
    bot = parts.bot
    client = await client_owing(bot, number)
    invoice = client.invoice(number)
    assert invoice is not None
    for entry in await bot.store.journal_of(client_id=client.id, invoice=number):
        tell.line(f"{tell.moment(entry.at)}  {tell.say(entry.reason)}")
    view = outlook(client, invoice, (await knowing(bot)).policy, bot.clock.now())
    if view.at is not None and view.rung is not None:
        tell.line(f"next: {tell.word(view.rung.name, 'rung')}, {tell.moment(view.at)}")
    tell.console.print(tell.plain(f"now: {tell.say(view.why)}"), style="bold")
    await tell.mode()
    return 0
