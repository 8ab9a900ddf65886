"""The digest says how old the bank's word is, to those who ever imported a statement."""

from datetime import UTC, datetime, timedelta

from mailbot.bank import read_statement
from mailbot.core.money import Money
from mailbot.flows.bankage import data_on
from mailbot.flows.remit import propose, settle, take_in
from mailbot.flows.report import compile_digest
from tests.fakes.far_side import live_house
from tests.fakes.people import anna, at, bill

ROW = "date;label;amount;currency\n2026-03-01;VIR ANNA INC F-2026-900;100,00;EUR\n"


async def test_old_bank_data_is_told_once_there_was_any() -> None:
    home = await live_house(at("2026-03-05"))
    async with home.store.begin() as tx:
        client = await tx.add_client(anna(bill("F-2026-900", issued_on=datetime(2026, 2, 1, tzinfo=UTC).date())), None)

    async def notes() -> list[str]:
        today = home.clock.now().date()
        digest = await compile_digest(home.bot, today, today - timedelta(days=1))
        return [str(note) for note in digest.notes if note.code == "bank_data_old"]

    assert await notes() == []
    found = await propose(home.bot, [("march.csv", read_statement(ROW.encode(), "EUR"))])
    assert len((await settle(home.bot, found)).entries) == 1
    paid = (await home.store.client(client.id, also=["F-2026-900"])).invoice("F-2026-900")
    assert paid is not None
    assert paid.paid == Money.of(100, "EUR")
    assert str(await data_on(home.bot)) == "2026-03-01"
    assert await notes() == []
    home.clock.advance(timedelta(days=6))
    assert await notes() == ["bank_data_old days=10"]


async def test_a_statement_without_movements_is_news_too() -> None:
    """A quiet account is no reason to think that nobody looked."""
    home = await live_house(at("2026-03-20"))
    empty = b":20:X\n:25:10020030/1234567\n:28C:1/1\n:60F:C260301EUR10,00\n:62F:C260318EUR10,00\n-\n"
    taken = await take_in(home.bot, "quiet.sta", empty, "EUR")
    assert taken.fault == ""
    assert str(await data_on(home.bot)) == "2026-03-18"
