"""Start-up: what a person waits for after Enter, and systemd until READY=1, against `python -c pass`."""

from datetime import timedelta

from tests.bench.child import daemon, run_for
from tests.bench.farside import FarSide
from tests.bench.figure import Figure, median, millis
from tests.bench.house import NOW, OWNER, add_clients, configure, folder, opened

_CLIENTS = 20
_LIBRARIES = "import sqlmodel, sqlalchemy.ext.asyncio, aiosqlite, holidays.countries, babel.dates, rich.table"


async def measure(*, quick: bool) -> list[Figure]:
    """Medians of several starts that take turns, all with compiled modules on disk."""
    rounds = 3 if quick else 7
    async with FarSide() as far:
        await far.add_user(OWNER)
        with folder() as where:
            config = configure(where, far.smtp_port, far.imap_port)
            async with opened(config, live=False) as (parts, _):
                await add_clients(parts, _CLIENTS, due_on=NOW.date() + timedelta(days=30), issued_on=NOW.date())
            ways = {
                "mailbot --help": ("-m", "mailbot", "--help"),
                f"mailbot list, {_CLIENTS} clients": ("-m", "mailbot", "--config", str(config), "list"),
            }
            bare_ways = {"bare": ("-c", "pass"), "libraries": ("-c", _LIBRARIES)}
            took = {name: list[float]() for name in (*ways, *bare_ways, "run")}
            for turn in range(rounds + 1):
                for name, words in {**ways, **bare_ways}.items():
                    took[name].append(await run_for(*words))
                async with daemon(config) as (_, ready_s):
                    took["run"].append(ready_s)
                if turn == 0:  # it compiled and warmed the caches
                    for times in took.values():
                        times.clear()
    bare, libraries = median(took["bare"]), median(took["libraries"])
    named = {**{name: name for name in ways}, "run": "mailbot run, until READY=1"}
    figures = [
        Figure(name, millis(median(took[key])), "python -c pass", millis(bare), median(took[key]) / bare)
        for key, name in named.items()
    ]
    listed = median(took[list(ways)[1]])
    peer = "python that imports SQLModel, holidays, Babel, rich"
    return [*figures, Figure(list(ways)[1], millis(listed), peer, millis(libraries), listed / libraries)]
