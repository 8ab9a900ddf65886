"""The same hand-over through Postfix into Dovecot, from the distribution's packages."""

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from imapclient import IMAPClient

from mailbot.mail.compose import Draft, compose, mint_message_id
from mailbot.wire.smtp import Outcome, SmtpAccount, Submission
from tests.servers.dovecot import DovecotServer
from tests.servers.postfix import PostfixServer
from tests.servers.waiting import PATIENCE_S

BOT, JULIE, GHOST = "bot@example.test", "julie@example.test", "ghost@example.test"
KEY = "INV-1042/première"
MESSAGE_ID = mint_message_id(KEY, "example.test")


@pytest.fixture(scope="module")
def dovecot() -> Iterator[DovecotServer]:
    server = DovecotServer()
    try:
        server.add_user(BOT, "bot-pass")
        server.add_user(JULIE, "julie-pass")
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="module")
def postfix(dovecot: DovecotServer) -> Iterator[PostfixServer]:
    with PostfixServer(dovecot.lmtp_port, [BOT, JULIE, GHOST]) as server:
        yield server


def first_mail(server: DovecotServer, user: str, password: str) -> bytes:
    """Wait in IDLE until the inbox holds a mail, and give it."""
    with IMAPClient("127.0.0.1", server.imap_port, ssl=False, timeout=PATIENCE_S) as client:
        client.login(user, password)
        client.select_folder("INBOX")
        until = time.monotonic() + PATIENCE_S
        while not (uids := client.search("ALL")):
            assert time.monotonic() < until, "no mail arrived"
            client.idle()
            client.idle_check(timeout=1)
            client.idle_done()
        octets: bytes = client.fetch(uids[:1], ["BODY.PEEK[]"])[uids[0]][b"BODY[]"]
        return octets


async def hand_over(server: PostfixServer, recipient: str, padding: bytes = b"") -> Outcome:
    draft = Draft(
        MESSAGE_ID,
        datetime.now(UTC),
        ("Zoé Tremblay", BOT),
        (("", recipient),),
        "Facture INV-1042 échue",
        "Bonjour,\n\n.\nÀ bientôt\n",
    )
    post = Submission(SmtpAccount(server.host, server.port, "", "", "plain"))

    async def nothing() -> None:
        return None

    try:
        return await post.submit(KEY, BOT, [recipient], compose(draft) + padding, on_committed=nothing)
    finally:
        await post.close()


async def test_a_letter_through_postfix_arrives_as_it_was_composed(
    postfix: PostfixServer, dovecot: DovecotServer
) -> None:
    outcome = await hand_over(postfix, JULIE)
    assert (outcome.verdict, outcome.code, outcome.enhanced) == ("accepted", 250, "2.0.0")
    octets = await asyncio.to_thread(first_mail, dovecot, JULIE, "julie-pass")
    assert f"Message-ID: {MESSAGE_ID}".encode() in octets
    assert octets.startswith(b"Return-Path: <bot@example.test>")
    assert octets.endswith(b"Bonjour,\r\n\r\n.\r\n=C3=80 bient=C3=B4t\r\n")


async def test_a_mailbox_that_is_unknown_behind_postfix_bounces_with_our_key_and_message_id(
    postfix: PostfixServer, dovecot: DovecotServer
) -> None:
    assert (await hand_over(postfix, GHOST)).verdict == "accepted"
    bounce = await asyncio.to_thread(first_mail, dovecot, BOT, "bot-pass")
    assert b"report-type=delivery-status" in bounce
    assert b"Original-Envelope-Id: INV-1042/premi%C3%A8re" in bounce
    assert b"Original-Recipient: rfc822;ghost@example.test" in bounce
    assert b"Action: failed" in bounce
    assert f"Message-ID: {MESSAGE_ID}".encode() in bounce


async def test_an_address_that_postfix_itself_does_not_know_is_refused_at_once(
    postfix: PostfixServer,
) -> None:
    outcome = await hand_over(postfix, "nobody@example.test")
    assert (outcome.verdict, outcome.code, outcome.phase, outcome.enhanced) == ("refused", 550, "rcpt", "5.1.1")


async def test_a_letter_over_postfix_limit_is_refused_before_it_is_sent(postfix: PostfixServer) -> None:
    outcome = await hand_over(postfix, JULIE, padding=b"x\r\n" * 10_000_000)
    assert (outcome.verdict, outcome.phase) == ("refused", "mail")
    assert "30,000,000" in outcome.text
