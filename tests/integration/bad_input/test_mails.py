"""Replies that no mail program should have written: stored, held, told; and the mailbox stays readable afterwards."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from mailbot.bot import Assembled, assemble
from mailbot.cli import main
from mailbot.clock import HandClock
from mailbot.core.client import Client
from mailbot.demo.world import MailWorld
from mailbot.flows import receive as receiving
from mailbot.flows.command import set_mode
from mailbot.flows.ports import StoreUnavailable
from mailbot.flows.receive import sync
from mailbot.flows.report import alert, compile_digest
from tests.servers.installation import Installation, Servers

NOW = datetime(2026, 3, 3, 15, tzinfo=UTC)
BOT, JULIE = "noemie@atelier.test", "julie@client.test"
INVOICES = (
    "number,client_name,client_email,language,country,region,issued_on,due_on,amount\n"
    f"F-1,Julie inc.,{JULIE},fr,CA,QC,2026-03-01,2026-03-31,100.00\n"
)
HEAD = f"From: {JULIE}\r\nTo: {BOT}\r\nMessage-ID: <m1@client.test>\r\nSubject: Facture F-1\r\n"


@pytest_asyncio.fixture
async def world() -> AsyncIterator[MailWorld]:
    async with MailWorld(lambda: NOW) as world:
        for address in (BOT, "operator@atelier.test"):
            world.add_user(address, "secret")
        yield world


@pytest_asyncio.fixture
async def parts(world: MailWorld, tmp_path: Path) -> AsyncIterator[Assembled]:
    """A live bot that knows Julie and her invoice, and has read its empty inbox."""
    files = Installation(tmp_path, Servers(("127.0.0.1", world.imap_port), ("127.0.0.1", world.smtp_port)))
    (tmp_path / "invoices.csv").write_text(INVOICES, encoding="utf-8")
    words = ["--config", str(files.file), "import", str(tmp_path / "invoices.csv"), "--apply"]
    assert await asyncio.to_thread(main, words) == 0
    async with assemble(files.settings(), HandClock(NOW)) as parts:
        await set_mode(parts.bot, live=True)
        await sync(parts.bot)
        yield parts


async def client_of(parts: Assembled) -> Client:
    client = await parts.store.client_of_invoice("F-1")
    assert client is not None
    return client


ODD = [
    (f"From: {JULIE}\r\n\r\n".encode(), "a header and nothing else"),
    (HEAD.encode() + b"\r\n", "an empty body"),
    (HEAD.encode() + b"\r\n" + bytes(range(256)) * 40, "binary instead of words"),
    (
        HEAD.encode() + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--y\r\n\r\nne paie pas\r\n",
        "no such boundary",
    ),
    (HEAD.encode() + b"Content-Type: text/plain; charset=klingon\r\n\r\nJe conteste.\r\n", "an unknown charset"),
    (HEAD.encode() + b"Content-Transfer-Encoding: base64\r\n\r\n!!!not base64!!!\r\n", "broken base64"),
    (HEAD.encode() + b"Date: yesterday\r\n\r\nJe conteste.\r\n", "a date that is none"),
    (HEAD.encode().replace(b"F-1", b"=?utf-8?q?=ZZ?= \xff\xfe") + b"\r\nJe conteste.\r\n", "a broken subject"),
    (HEAD.encode() + b"Content-Type: text/html\r\n\r\n" + b"<div>" * 5000 + b"Je conteste.", "5,000 nested boxes"),
]


@pytest.mark.parametrize("octets", [case[0] for case in ODD], ids=[case[1] for case in ODD])
async def test_a_reply_that_is_hardly_a_mail_is_kept_and_holds(
    world: MailWorld, parts: Assembled, octets: bytes
) -> None:
    """Not understood means held; the next mail is read as if nothing had been."""
    await world.deliver(BOT, octets)
    assert await sync(parts.bot) == 1
    (mail,) = await parts.store.mails()
    assert await parts.store.mail_octets(mail.id) == octets
    assert (await client_of(parts)).standing_holds
    assert [matter.kind for matter in await parts.store.matters()] == ["reply"]
    await world.deliver(BOT, HEAD.replace("m1@", "m2@").encode() + b"\r\nBonjour, tout va bien ?\r\n")
    assert await sync(parts.bot) == 1
    assert await sync(parts.bot) == 0


async def test_octets_that_are_no_mail_at_all_are_kept_and_block_nobody(world: MailWorld, parts: Assembled) -> None:
    """Without a sender nobody can be held for them."""
    for octets in (b"", b"\x00\xff" * 1000, b"just words, no header\r\n"):
        await world.deliver(BOT, octets)
    await world.deliver(BOT, HEAD.encode() + b"\r\nJe conteste la facture.\r\n")
    await sync(parts.bot)
    assert len(await parts.store.mails()) == 4
    assert len((await client_of(parts)).standing_holds) == 1


async def test_a_reply_of_thirty_megabytes_is_kept_as_its_head_and_judged(world: MailWorld, parts: Assembled) -> None:
    """The words come first in a mail with a large attachment; they are enough to hold, and the operator is told."""
    words = "Je conteste cette facture : le site ne fonctionne pas, voyez la vidéo."
    part = f"--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{words}\r\n--x\r\nContent-Type: video/mp4\r\n\r\n"
    body = HEAD + f"Content-Type: multipart/mixed; boundary=x\r\n\r\n{part}"
    octets = body.encode() + b"0123456789abcdef" * (30 * 1024 * 1024 // 16) + b"\r\n--x--\r\n"
    await world.deliver(BOT, octets)
    assert await sync(parts.bot) == 1
    (mail,) = await parts.store.mails()
    kept = await parts.store.mail_octets(mail.id)
    assert octets.startswith(kept)
    assert 200_000 < len(kept) < 1_000_000
    assert (await client_of(parts)).standing_holds
    (matter,) = await parts.store.matters()
    assert matter.urgent
    assert "ne fonctionne pas" in str(matter.facts["words"])
    assert await alert(parts.bot) == 1


async def test_a_mail_that_makes_the_judgement_fail_is_kept_told_and_blocks_nobody(
    world: MailWorld, parts: Assembled, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bug of ours: the mail is shown to the operator at once, with the next ones read as usual."""
    sound = receiving.decide  # type: ignore[attr-defined]

    def broken(*_: object) -> object:
        monkeypatch.setattr(receiving, "decide", sound)
        raise RuntimeError("a bug")

    monkeypatch.setattr(receiving, "decide", broken)
    await world.deliver(BOT, HEAD.encode() + b"\r\nBonjour\r\n")
    await world.deliver(BOT, HEAD.replace("m1@", "m2@").encode() + b"\r\nJe conteste la facture.\r\n")
    assert await sync(parts.bot) == 2
    kinds = {str(matter.kind): matter.urgent for matter in await parts.store.matters()}
    assert kinds["unreadable"] is True
    assert (await client_of(parts)).standing_holds
    digest = await compile_digest(parts.bot, NOW.date(), None)
    assert {need.kind for need in digest.needs_you} == {"unreadable", "reply"}


async def test_a_database_that_is_locked_for_a_while_is_no_fault_of_the_mail(
    world: MailWorld, parts: Assembled, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fault goes up, the cursor stays, and the same mail is judged as it should be on the next reading."""
    judge = receiving._receive

    async def locked(*_: object) -> None:
        monkeypatch.setattr(receiving, "_receive", judge)
        raise StoreUnavailable("another program keeps it locked")

    monkeypatch.setattr(receiving, "_receive", locked)
    await world.deliver(BOT, HEAD.encode() + b"\r\nJe conteste la facture.\r\n")
    with pytest.raises(StoreUnavailable):
        await sync(parts.bot)
    assert not await parts.store.mails()
    assert await sync(parts.bot) == 1
    assert [matter.kind for matter in await parts.store.matters()] == ["reply"]
