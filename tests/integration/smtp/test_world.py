"""The mail world that the demo and the tests stand on behaves like a provider's servers."""

import asyncio
import smtplib
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from typing import Any

import aiosmtplib
import pytest
import pytest_asyncio
from imapclient import IMAPClient
from imapclient.exceptions import LoginError

from mailbot.demo.world import MailWorld

NOW = datetime(2026, 3, 9, 14, 30, tzinfo=UTC)
BOT, CLIENT = "bot@atelier.test", "julie@client.test"
LETTER = b"From: bot@atelier.test\r\nTo: julie@client.test\r\nMessage-ID: <a@atelier.test>\r\n\r\nBonjour\r\n.\r\n"


@pytest_asyncio.fixture
async def world() -> AsyncIterator[MailWorld]:
    async with MailWorld(lambda: NOW) as world:
        world.add_user(BOT, "bot-pass")
        world.add_user(CLIENT, "client-pass")
        yield world


async def send(world: MailWorld, sender: str, to: str, octets: bytes = LETTER, **mail: list[str]) -> None:
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=world.smtp_port, start_tls=False) as smtp:
        await smtp.mail(sender, options=mail.get("mail"))
        await smtp.rcpt(to, options=mail.get("rcpt"))
        await smtp.data(octets)


def imap(world: MailWorld) -> IMAPClient:
    client = IMAPClient("127.0.0.1", world.imap_port, ssl=False, timeout=60)
    client.login(CLIENT, "client-pass")
    return client


async def test_a_letter_arrives_with_trace_headers_and_the_clocks_internal_date(world: MailWorld) -> None:
    await send(world, BOT, "Julie+inv42@client.test")
    [accepted] = world.accepted
    assert (accepted.sender, accepted.recipients, accepted.octets, accepted.at) == (
        BOT,
        ("Julie+inv42@client.test",),
        LETTER,
        NOW,
    )

    def look() -> tuple[bytes, datetime]:
        with imap(world) as client:
            client.select_folder("INBOX", readonly=True)
            [uid] = client.search("ALL")
            got = client.fetch([uid], ["BODY.PEEK[]", "INTERNALDATE"])[uid]
            return got[b"BODY[]"], got[b"INTERNALDATE"]

    octets, at = await asyncio.to_thread(look)
    assert octets.startswith(b"Return-Path: <bot@atelier.test>\r\n")
    assert b"\r\nReceived: from" in octets
    assert octets.endswith(LETTER)
    assert at.astimezone(UTC) == NOW


async def test_an_unknown_local_address_bounces_with_envelope_id_and_returned_headers(
    world: MailWorld,
) -> None:
    await send(world, BOT, "nobody@client.test", mail=["RET=HDRS", "ENVID=letter-7"])
    [bounce] = await world.messages(BOT)
    report: Any = message_from_bytes(bounce.octets, policy=default)
    assert report["Return-Path"] == "<>"
    assert report.get_content_type() == "multipart/report"
    assert report.get_param("report-type") == "delivery-status"
    _, status, returned = report.iter_parts()
    per_message, per_recipient = status.get_payload()
    assert per_message["Original-Envelope-Id"] == "letter-7"
    assert (per_recipient["Action"], per_recipient["Status"]) == ("failed", "5.1.1")
    assert returned.get_content_type() == "text/rfc822-headers"
    assert "Message-ID: <a@atelier.test>" in returned.get_content()


async def test_a_marked_address_bounces_with_the_whole_letter_and_its_own_words(world: MailWorld) -> None:
    world.bounces(CLIENT, "5.2.2", "Mailbox full")
    await send(world, BOT, CLIENT)
    assert await world.messages(CLIENT) == []
    [bounce] = await world.messages(BOT)
    report: Any = message_from_bytes(bounce.octets, policy=default)
    _, status, returned = report.iter_parts()
    assert status.get_payload()[1]["Diagnostic-Code"] == "smtp; 550 5.2.2 Mailbox full"
    assert returned.get_payload()[0]["Message-ID"] == "<a@atelier.test>"


async def test_a_bounce_of_a_mail_with_a_null_return_path_is_not_reported(world: MailWorld) -> None:
    await send(world, "", "nobody@client.test")
    assert [mail.sender for mail in world.accepted] == [""]


async def test_wrong_passwords_are_refused_by_both_servers_and_right_ones_taken(world: MailWorld) -> None:
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=world.smtp_port, start_tls=False) as smtp:
        await smtp.ehlo()
        for mechanism in (smtp.auth_plain, smtp.auth_login):
            with pytest.raises(aiosmtplib.SMTPAuthenticationError) as wrong:
                await mechanism(BOT, "not-it")
            assert wrong.value.code == 535
        assert (await smtp.login(BOT, "bot-pass")).code == 235

    def wrong_login() -> None:
        with IMAPClient("127.0.0.1", world.imap_port, ssl=False) as client:
            client.login(BOT, "not-it")

    with pytest.raises(LoginError):
        await asyncio.to_thread(wrong_login)


async def test_idle_tells_of_new_mail_and_folders_say_what_they_are_for(world: MailWorld) -> None:
    def watch(loop: asyncio.AbstractEventLoop, idling: asyncio.Event) -> tuple[dict[str, Any], list[Any]]:
        with imap(world) as client:
            folders = {name: flags for flags, _, name in client.list_folders()}
            answer = client.select_folder("INBOX")
            assert b"\\*" in answer[b"PERMANENTFLAGS"]
            client.idle()
            loop.call_soon_threadsafe(idling.set)
            pushed = client.idle_check(timeout=60)
            client.idle_done()
            return folders, pushed

    idling = asyncio.Event()
    watcher = asyncio.create_task(asyncio.to_thread(watch, asyncio.get_running_loop(), idling))
    await idling.wait()
    await world.deliver(CLIENT, LETTER)
    folders, pushed = await watcher
    assert b"\\Sent" in folders["Sent"]
    assert b"\\Junk" in folders["Junk"]
    assert (1, b"EXISTS") in pushed


async def test_an_outage_cuts_connections_and_keeps_ports_and_mail(world: MailWorld) -> None:
    await world.deliver(CLIENT, LETTER, folder="Junk")
    ports = world.imap_port, world.smtp_port
    client = await asyncio.to_thread(imap, world)
    smtp = aiosmtplib.SMTP(hostname="127.0.0.1", port=world.smtp_port, start_tls=False)
    await smtp.connect()
    await world.imap_down()
    await world.smtp_down()
    with pytest.raises((ConnectionError, OSError, IMAPClient.AbortError)):
        await asyncio.to_thread(client.noop)
    await asyncio.to_thread(client.shutdown)
    with pytest.raises(aiosmtplib.SMTPServerDisconnected):
        await smtp.noop()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.to_thread(smtplib.SMTP, "127.0.0.1", world.smtp_port)
    for port in ports:
        with socket.socket() as other, pytest.raises(OSError, match="in use"):
            other.bind(("127.0.0.1", port))
    await world.imap_up()
    await world.smtp_up()
    assert (world.imap_port, world.smtp_port) == ports
    await send(world, BOT, CLIENT)

    def count() -> list[int]:
        with imap(world) as again:
            return [again.select_folder(name)[b"EXISTS"] for name in ("Junk", "INBOX")]

    assert await asyncio.to_thread(count) == [1, 1]
