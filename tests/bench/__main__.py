"""Run benchmarks and print one table: `python -m tests.bench [--quick] [name ...]`."""

import argparse
import asyncio
import os
import platform
import sys
import time
from importlib import import_module

from rich.console import Console
from rich.table import Table

from tests.bench.figure import Figure, Unproven

NAMES = ("letters", "replies", "ticks", "memory", "startup")


def main() -> int:
    """Measure; 1 if a benchmark did not do what it should, or a goal was missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Figures and ratios of mailbot.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of: {', '.join(NAMES)} (default: all)")
    parser.add_argument("--quick", action="store_true", help="less of everything: a look, not a measurement")
    args = parser.parse_args()
    if unknown := [name for name in args.names if name not in NAMES]:
        parser.error(f"no benchmark is called {unknown[0]}; there are {', '.join(NAMES)}")
    table = _table(quick=args.quick)
    faults = []
    started = time.perf_counter()
    for name in args.names or NAMES:
        began = time.perf_counter()
        try:
            figures: list[Figure] = asyncio.run(import_module(f"tests.bench.{name}").measure(quick=args.quick))
        except Unproven as fault:
            faults.append(f"{name}: {fault}")
            continue
        for figure in figures:
            table.add_row(*_cells(name, figure))
            if figure.met is False:
                faults.append(f"{name}: {figure.what}: {figure.value}, the goal is {figure.goal}")
        table.add_section()
        print(f"{name}: {time.perf_counter() - began:.0f} s", file=sys.stderr)
    Console(width=None if sys.stdout.isatty() else 170).print(table)
    print(f"measured in {time.perf_counter() - started:.0f} s")
    for told in faults:
        print(f"bench: {told}", file=sys.stderr)
    return 1 if faults else 0


def _table(*, quick: bool) -> Table:
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores, load {load}{', quick' if quick else ''}"
    table = Table(title=f"mailbot, measured ({machine})", title_justify="left")
    for title, right in (("benchmark", False), ("what", False), ("figure", True), ("peer", False)):
        table.add_column(title, justify="right" if right else "left", overflow="fold")
    table.add_column("its figure", justify="right")
    table.add_column("ratio", justify="right")
    table.add_column("goal")
    return table


def _cells(name: str, figure: Figure) -> tuple[str, ...]:
    ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
    goal = figure.goal if figure.met is None else f"{figure.goal}: {'met' if figure.met else 'MISSED'}"
    return (name, figure.what, figure.value, figure.peer, figure.peer_value, ratio, goal)


if __name__ == "__main__":
    sys.exit(main())
