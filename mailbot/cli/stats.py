"""`mailbot stats`: expected money by week, DSO, how late clients pay, and promises kept."""

import argparse
import json
from typing import TYPE_CHECKING

from mailbot.cli.session import Teller, operator_day, with_bot

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.table import Table

    from mailbot.bot import Assembled
    from mailbot.core.cash import Cash
    from mailbot.core.figures import Figures
    from mailbot.core.money import Money

_BAR = 24
_WORST = 15


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register `mailbot stats`."""
    parser = subparsers.add_parser("stats", help="expected money by week, DSO, who pays late, promises kept")
    parser.add_argument("--business", metavar="ID", help="of one business, where several are kept here")
    parser.add_argument("--json", action="store_true", help="one JSON object, for a program; amounts are text")
    parser.set_defaults(run=lambda args: with_bot(args, lambda parts: _stats(parts, args)))


async def _stats(parts: "Assembled", args: argparse.Namespace) -> int:
    from mailbot.flows.command import CommandFault
    from mailbot.flows.figures import businesses, figures_of

    if args.business is not None and args.business not in (known := await businesses(parts.bot)):
        raise CommandFault(f"--business: there is no {args.business}; known: {', '.join(known)}")
    found = await figures_of(parts.bot, operator_day(parts), args.business)
    if args.json:
        print(json.dumps(plain(found), ensure_ascii=False, indent=2))
        return 0
    tell = Teller(parts)
    if found.empty:
        tell.line(tell.word("nothing", "figure"))
        return 0
    for cash in found.cash:
        _tell_cash(tell, cash)
    if found.cash:
        tell.console.print(tell.word("expected_how", "figure") + "\n", style="dim")
    _tell_aging(tell, found)
    _tell_dso(tell, found)
    _tell_payers(tell, found)
    _tell_promises(tell, found)
    return 0


def _tell_cash(tell: Teller, cash: "Cash") -> None:
    from mailbot.core.reason import because

    title = because("figure_expected", currency=cash.currency, amount=cash.total)
    tell.console.print(tell.plain(tell.say(title)), style="bold")
    rows = [
        (tell.word("this_week", "span") if week == cash.weeks[0] else f"{week.starts_on}", week.amount, week.count)
        for week in cash.weeks
    ]
    rows.append((tell.word("later", "span"), cash.later, cash.later_count))
    rows += [(tell.word(part.doubt, "doubt"), part.amount, part.count) for part in cash.uncertain]
    tell.console.print(_bars(tell, rows))
    promised = sum((week.promised for week in cash.weeks[1:]), cash.weeks[0].promised)
    if promised:
        tell.line(f"  {tell.say(because('figure_promised', amount=promised))}")
    tell.console.print()


def _tell_aging(tell: Teller, found: "Figures") -> None:
    for part in found.aging:
        title = f"{tell.word('aging', 'figure')} ({part.currency})"
        tell.console.print(tell.plain(title), style="bold")
        tell.console.print(_bars(tell, [(tell.word(row.bucket, "bucket"), row.amount, row.count) for row in part.rows]))
        tell.console.print()


def _tell_dso(tell: Teller, found: "Figures") -> None:
    from mailbot.core.reason import because

    for dso in found.dso:
        days = because("figure_dso", days=dso.days, currency=dso.currency, period=dso.period_days)
        tell.console.print(tell.plain(tell.say(days)), style="bold")
        how = because("figure_dso_how", owed=dso.owed, invoiced=dso.invoiced, period=dso.period_days)
        tell.line(f"  {tell.say(how)}")
    if found.dso:
        tell.console.print(tell.word("dso_source", "figure") + "\n", style="dim")


def _tell_payers(tell: Teller, found: "Figures") -> None:
    from rich.table import Table

    if not found.payers:
        return
    tell.console.print(tell.word("late", "figure"), style="bold")
    table = Table(box=None, pad_edge=False)
    table.add_column(tell.word("client", "figure"), overflow="fold")
    for name in ("average", "usual", "settled", "overdue"):
        table.add_column(tell.word(name, "figure"), justify="right")
    for payer in found.payers[:_WORST]:
        usual = "" if payer.usual_days is None else f"{payer.usual_days}"
        table.add_row(
            tell.plain(f"{payer.name} ({payer.code})"), f"{payer.average_days}", usual,
            f"{payer.settled}", f"{payer.overdue}",
        )  # fmt: skip
    tell.console.print(table)
    if len(found.payers) > _WORST:
        tell.line(f"… {len(found.payers) - _WORST}")
    tell.console.print(tell.word("late_how", "figure") + "\n", style="dim")


def _tell_promises(tell: Teller, found: "Figures") -> None:
    from mailbot.core.reason import because

    one, share = found.promises, found.promises.share
    if one.kept or one.broken or one.open:
        tell.line(
            tell.say(because("figure_promises_whole", kept=one.kept, broken=one.broken, open=one.open, share=share))
        )


def _bars(tell: Teller, rows: "Iterable[tuple[str, Money, int]]") -> "Table":
    """A small picture: one bar a row, the longest as wide as there is room for."""
    from rich.table import Table

    from mailbot.core.aging import share

    drawn = list(rows)
    most = max(amount for _, amount, _ in drawn)
    utf8 = tell.console.encoding.lower().startswith("utf")
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(overflow="fold")
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    for label, amount, count in drawn:
        length = -(-share(amount, most) * _BAR // 100) if most else 0
        bar = ("█" if utf8 else "#") * length
        table.add_row(
            tell.plain(f"  {label}"), bar.ljust(_BAR), *((tell.money(amount), f"({count})") if count else ("-", ""))
        )
    return table


def plain(found: "Figures") -> dict[str, object]:
    """The values under the keys of `mailbot stats --json`; amounts are decimal text, in their own currency."""
    return {
        "on": found.on.isoformat(),
        "expected": [_plain_cash(cash) for cash in found.cash],
        "aging": [
            {"currency": part.currency, "total": _amount(part.total)}
            | {row.bucket.value: _amount(row.amount) for row in part.rows}
            for part in found.aging
        ],
        "dso": [
            {
                "currency": dso.currency,
                "days": dso.days,
                "open": _amount(dso.owed),
                "invoiced": _amount(dso.invoiced),
                "period_days": dso.period_days,
                "formula": "open / invoiced * period_days",
            }
            for dso in found.dso
        ],
        "clients": [
            {
                "code": payer.code,
                "name": payer.name,
                "average_days_late": payer.average_days,
                "median_days_late": payer.usual_days,
                "forecast_days_late": payer.reckoned_days,
                "settled": payer.settled,
                "overdue": payer.overdue,
            }
            for payer in found.payers
        ],
        "promises": {
            "kept": found.promises.kept,
            "broken": found.promises.broken,
            "open": found.promises.open,
            "kept_percent": found.promises.share,
        },
    }


def _plain_cash(cash: "Cash") -> dict[str, object]:
    return {
        "currency": cash.currency,
        "total": _amount(cash.total),
        "weeks": [
            {
                "starts_on": week.starts_on.isoformat(),
                "amount": _amount(week.amount),
                "invoices": week.count,
                "promised": _amount(week.promised),
            }
            for week in cash.weeks
        ],
        "later": {"amount": _amount(cash.later), "invoices": cash.later_count},
        "uncertain": [
            {"why": part.doubt.value, "amount": _amount(part.amount), "invoices": part.count} for part in cash.uncertain
        ],
    }


def _amount(money: "Money") -> str:
    return str(money.amount)
