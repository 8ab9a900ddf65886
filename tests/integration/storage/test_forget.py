"""A client is forgotten: nothing personal is left in the file, the books are, and nothing is acted on twice."""

import shutil
import sqlite3
from contextlib import closing
from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from mailbot.cli import forgetting
from mailbot.config.retention import keeping_of
from mailbot.core.intent import Intent
from mailbot.core.money import Money
from mailbot.daemon.metronome import prune_daily
from mailbot.flows import command
from mailbot.flows.command import CommandFault
from mailbot.flows.forget import forget
from mailbot.flows.meant import tell_meaning
from mailbot.flows.receive import sync
from mailbot.flows.report import compile_digest
from tests.integration.storage.conftest import ANNA, Rooms

BEN = "F-2,Ben Ltd,ben@ben.test,en,CA,ON,2026-09-08,2026-12-20,80.00,CAD,Logo\n"
SECRETS = (ANNA.encode(), b"Tremblay", b"hospital-word-7731", b"Site d'Anna", b"REF-ANNA-991", b"anna@", b"tremblay")
CODE = "anna-tremblay-sarl"


async def lived(rooms: Rooms, parts: object) -> None:
    """Anna is billed, answers, is alerted about, pays; Ben stays."""
    await rooms.bill(parts, BILLS)  # type: ignore[arg-type]
    await rooms.round(parts)  # type: ignore[arg-type]
    await rooms.writes("Bonjour, je suis à l'hôpital (hospital-word-7731). Anna Tremblay")
    await rooms.days(parts, 2)  # type: ignore[arg-type]
    await rooms.writes("Une question privée hospital-word-7731", subject="hospital-word-7731")
    await rooms.writes("Buy now!", sender="news@shop.test", subject="shop-word-5511")
    await rooms.round(parts)  # type: ignore[arg-type]


BILLS = f"F-1,Anna Tremblay SARL,{ANNA},fr,CA,QC,2026-09-08,2026-09-22,1250.00,CAD,Site d'Anna\n{BEN}"


def octets_of(rooms: Rooms) -> bytes:
    """Everything that lies in the database's files."""
    files = [rooms.files.database.with_name(rooms.files.database.name + end) for end in ("", "-wal", ".generation")]
    return b"".join(file.read_bytes() for file in files if file.exists())


async def test_an_open_invoice_is_no_time_to_forget(rooms: Rooms) -> None:
    async with rooms.opened() as parts:
        await rooms.bill(parts)
        with pytest.raises(
            CommandFault, match=r"anna-tremblay-sarl still owes F-1.*mailbot paid F-1.*mailbot cancel F-1"
        ):
            await forget(parts.bot, parts.store, CODE, None, apply=True)
        with pytest.raises(CommandFault, match="there is no client zoe"):
            await forget(parts.bot, parts.store, "zoe", None, apply=True)
        client = await parts.bot.store.client_of_invoice("F-1")
        assert client is not None
        assert client.contacts


async def test_nothing_personal_is_left_in_the_file_and_the_books_are(
    rooms: Rooms, capsys: pytest.CaptureFixture[str]
) -> None:
    async with rooms.opened() as parts:
        await lived(rooms, parts)
        told = next(mail for mail in await parts.bot.store.mails() if "question" in mail.reply_text)
        await tell_meaning(parts.bot, told.id, Intent.QUESTION)
        assert "hospital-word-7731" in (await parts.bot.store.examples())[0].text
        await command.paid(parts.bot, "F-1", None, date(2026, 9, 11), "REF-ANNA-991")
        await rooms.days(parts, 1)
        found = octets_of(rooms)
        assert all(secret in found for secret in SECRETS), "the test looks where it should"
        dry = SimpleNamespace(client=CODE, apply=False)
        assert await forgetting._forget(parts, dry) == 0  # type: ignore[arg-type]
        said = capsys.readouterr().out
        assert "Would be erased" in said
        assert "F-1 of 2026-09-08, 1250.00 CAD, paid 1250.00 CAD, until 2032-12-31" in said
        assert "s. 230(4)" in said
        assert ANNA.encode() in octets_of(rooms), "a dry run changes nothing"
        assert await forgetting._forget(parts, SimpleNamespace(client=CODE, apply=True)) == 0  # type: ignore[arg-type]
        assert "Kept: F-1" in capsys.readouterr().out
        left = octets_of(rooms)
        assert [secret for secret in SECRETS if secret in left] == []
        assert b"ben@ben.test" in left
        assert await parts.bot.store.examples() == ()

        paid = await parts.bot.store.payments(invoice="F-1")
        assert [(str(p.amount), p.paid_on, p.reference) for p in paid] == [("1250.00 CAD", date(2026, 9, 11), "")]
        client = await parts.bot.store.client_of_invoice("F-1")
        assert client is not None
        invoice = client.invoices[0]
        assert (client.name, client.contacts, str(invoice.amount), invoice.issued_on) == (
            f"forgotten-{client.id}", (), "1250.00 CAD", date(2026, 9, 8),
        )  # fmt: skip
        assert await parts.bot.store.journal_of(invoice="F-1"), "what happened stays, without words"
        # and the bot lives on with what is left
        await rooms.days(parts, 2)
        await compile_digest(parts.bot, rooms.clock.now().date(), None)
    left = octets_of(rooms)
    assert [secret for secret in SECRETS if secret in left] == []


async def test_whom_we_owe_money_is_not_forgotten(rooms: Rooms) -> None:
    """Too much was paid: it must go back to somebody."""
    async with rooms.opened() as parts:
        await rooms.bill(parts)
        await command.paid(parts.bot, "F-1", Money.of(1300, "CAD"), date(2026, 9, 9))
        with pytest.raises(CommandFault, match=r"has a credit of 50.00 CAD.*mailbot refund anna-tremblay-sarl"):
            await forget(parts.bot, parts.store, CODE, None, apply=True)


async def test_mails_of_a_forgotten_client_are_not_acted_on_again(rooms: Rooms) -> None:
    """The folder is rebuilt under another UIDVALIDITY: known hashes are known still."""
    async with rooms.opened() as parts:
        await lived(rooms, parts)
        await command.cancel(parts.bot, "F-1", "")
        await forget(parts.bot, parts.store, CODE, keeping_of("FR"), apply=True)
        before = len(rooms.to()), len(await parts.bot.store.matters())
        async with parts.bot.store.begin() as tx:
            from mailbot.flows.inbound import Cursor

            await tx.move_cursor(parts.bot.mailbox.name, "INBOX", Cursor(1, 0))
        await sync(parts.bot)
        await rooms.days(parts, 1)
        assert (len(rooms.to()), len(await parts.bot.store.matters())) == before


async def test_a_client_is_forgotten_for_good_while_the_daemon_runs(rooms: Rooms) -> None:
    """The command is another process: the log of the database and its free pages are clean all the same."""
    async with rooms.opened() as daemon:
        await lived(rooms, daemon)
        await command.cancel(daemon.bot, "F-1", "")
        async with rooms.opened() as parts:
            await forget(parts.bot, parts.store, CODE, None, apply=True)
        left = octets_of(rooms)
        assert [secret for secret in SECRETS if secret in left] == []
        await rooms.days(daemon, 1)
    left = octets_of(rooms)
    assert [secret for secret in SECRETS if secret in left] == []


def test_the_books_are_kept_as_long_as_the_law_says_by_country() -> None:
    france, canada = keeping_of("FR"), keeping_of("CA")
    assert france is not None
    assert canada is not None
    assert (france.until(date(2026, 3, 1)), canada.until(date(2026, 3, 1))) == (date(2036, 12, 31), date(2032, 12, 31))
    assert "L123-22" in france.source
    assert keeping_of("ZZ") is None


async def test_unrelated_mail_loses_its_words_after_a_month_and_is_still_known(rooms: Rooms) -> None:
    async with rooms.opened() as parts:
        await lived(rooms, parts)
        assert b"shop-word-5511" in octets_of(rooms)
        rooms.clock.advance(timedelta(days=29))
        await prune_daily(parts)
        assert "shop-word-5511" in {mail.subject for mail in await parts.bot.store.mails()}
        rooms.clock.advance(timedelta(days=4))
        await prune_daily(parts)
        mails = await parts.bot.store.mails()
        assert "shop-word-5511" not in {mail.subject for mail in mails}
        assert any("hospital-word-7731" in mail.reply_text for mail in mails), "a client's mails stay"
        with closing(sqlite3.connect(rooms.files.database)) as raw:
            rows = raw.execute("SELECT length(octets), length(sha256), length(message_id) FROM inbox_mail").fetchall()
        assert [row for row in rows if row[0] == 0]
        assert all(sha == 64 and ident for _, sha, ident in rows)
        rooms.clock.advance(timedelta(days=3650))
        await prune_daily(parts)
        with closing(sqlite3.connect(rooms.files.database)) as raw:
            full = raw.execute(
                "SELECT count(*) FROM inbox_mail WHERE length(octets) > 0 AND id NOT IN"
                " (SELECT mail_id FROM matter WHERE closed_at IS NULL AND mail_id IS NOT NULL)"
            ).fetchone()
        assert full == (0,)


async def test_retention_is_configurable(rooms: Rooms) -> None:
    rooms.files.replace("# keep_unrelated_days = 30", "keep_unrelated_days = 3")
    async with rooms.opened() as parts:
        await lived(rooms, parts)
        rooms.clock.advance(timedelta(days=4))
        await prune_daily(parts)
        assert "shop-word-5511" not in {mail.subject for mail in await parts.bot.store.mails()}
    shutil.rmtree(rooms.files.folder / "backups", ignore_errors=True)
