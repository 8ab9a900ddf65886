"""Servers that answer, and not as they should: nothing is lost, nothing is blocked, nothing hangs."""

from datetime import UTC, date, datetime

import pytest

from mailbot.flows.inbound import Batch, Cursor
from mailbot.wire.imap import ImapAccount, ImapLimits, ImapRefused, ImapUnavailable, Mailbox, SentCopy
from tests.integration.imap.scripted import Answer, ScriptedServer, Talk
from tests.servers.dovecot import DovecotServer

SINCE = date(2026, 1, 1)
DAY = b'INTERNALDATE "02-Mar-2026 10:00:00 +0100"'


def literal(octets: bytes) -> bytes:
    return b"{%d}\r\n%s" % (len(octets), octets)


async def read(answers: dict[str, Answer], cursor: Cursor | None = None) -> tuple[list[Batch], list[str]]:
    with ScriptedServer(answers) as server:
        account = ImapAccount("localhost", server.port, "bot", "secret", "plain")
        async with Mailbox(account) as mailbox:
            batches = [batch async for batch in mailbox.fetch_new("INBOX", cursor, since=SINCE)]
    return batches, server.heard


def unreadable(broken: int, header: bytes | None, refusal: bytes = b"cannot read that") -> dict[str, Answer]:
    """Three messages; a FETCH of the body of one of them is refused, alone or among the others."""

    def fetch(talk: Talk, tag: bytes) -> None:
        _, _, listed, items = talk.command.split(maxsplit=3)
        uids = [int(uid) for uid in listed.split(",")]
        if "[HEADER]" in items and header is not None:
            talk.say(b"* %d FETCH (UID %d BODY[HEADER] %s)\r\n" % (broken, broken, literal(header)))
        elif "BODY" in items and broken in uids:
            talk.say(tag + b" NO " + refusal + b"\r\n")
            return
        else:
            for uid in uids:
                body = literal(b"S: %d\r\n\r\n" % uid)
                talk.say(b"* %d FETCH (UID %d RFC822.SIZE 9 %s BODY[] %s)\r\n" % (uid, uid, DAY, body))
        talk.say(tag + b" OK done\r\n")

    def search(talk: Talk, tag: bytes) -> None:
        found = b"* SEARCH %d\r\n" % broken if "UID SEARCH UID" in talk.command else b"* SEARCH 1 2 3\r\n"
        talk.say(found + tag + b" OK done\r\n")

    return {"UID FETCH": fetch, "UID SEARCH": search}


@pytest.mark.parametrize("header", [b"Subject: only this\r\n\r\n", None], ids=["its header", "nothing"])
async def test_a_message_that_the_server_cannot_read_comes_with_what_there_is(header: bytes | None) -> None:
    """The ones around it arrive whole, and it does not stop the mailbox for ever."""
    (batch,), _ = await read(unreadable(2, header))
    assert [mail.octets for mail in batch.mails] == [b"S: 1\r\n\r\n", header or b"", b"S: 3\r\n\r\n"]
    assert [mail.oversize for mail in batch.mails] == [False, True, False]
    assert batch.mails[0].arrived_at == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert batch.cursor == Cursor(1, 3)


async def test_a_message_over_which_the_server_fails_is_asked_for_again_and_named() -> None:
    """Its disk may be in trouble for a moment: no mail is passed over because of that."""
    with pytest.raises(ImapUnavailable, match='message UID 2 in "INBOX"'):
        await read(unreadable(2, None, b"[SERVERBUG] Internal error occurred"))
    (batch,), _ = await read(unreadable(2, b"Subject: x\r\n\r\n", b"[SERVERBUG] Internal error occurred"))
    assert batch.mails[1].octets == b"Subject: x\r\n\r\n"


async def test_the_last_message_coming_back_from_an_open_range_is_not_new() -> None:
    """`UID 2:*` also means `*:2` (RFC 9051 9)."""
    batches, heard = await read({"UID SEARCH": b"* SEARCH 1\r\n%t OK done\r\n"}, Cursor(1, 1))
    assert batches == []
    assert any(command.startswith("UID SEARCH UID 2:*") for command in heard)


async def test_uids_that_went_back_under_the_same_uidvalidity_are_read_again() -> None:
    """A server restored from a backup hands out the same UIDs anew; a cursor beyond them would be deaf for ever."""
    (batch,), heard = await read({}, Cursor(1, 500))
    assert batch.rescanned
    assert batch.cursor == Cursor(1, 1)
    assert "UID SEARCH SINCE 31-Dec-2025" in heard


async def test_folders_are_only_examined_and_bodies_only_peeked_at() -> None:
    """What the bot says on the wire, word by word."""
    fetch = b"* 1 FETCH (UID 1 RFC822.SIZE 5 " + DAY + b" BODY[] {5}\r\nA: b\n)\r\n%t OK done\r\n"
    answers: dict[str, Answer] = {"UID SEARCH": b"* SEARCH 1\r\n%t OK done\r\n", "UID FETCH": fetch}
    (batch,), heard = await read(answers)
    assert batch.mails[0].octets == b"A: b\n"
    verbs = {command.split()[0] for command in heard}
    assert verbs == {"CAPABILITY", "LOGIN", "EXAMINE", "UID", "LOGOUT"}
    assert {command.split()[1] for command in heard if command.startswith("UID")} == {"SEARCH", "FETCH"}
    assert all("PEEK" in command for command in heard if "BODY" in command)


@pytest.mark.parametrize(
    "answer",
    [
        b"* 1 FETCH (UID 1 RFC822.SIZE {9999999999}\r\n",
        b"* 1 FETCH (UID x RFC822.SIZE 3)\r\n%t OK done\r\n",
        b"* 1 FETCH nonsense\r\n%t OK done\r\n",
        b"* 1 FETCH (UID 1 RFC822.SIZE 3\r\n%t OK done\r\n",
        b"* 1 FETCH (UID 1 RFC822.SIZE oops)\r\n%t OK done\r\n",
        b"%t OK \xff\xfe\r\n",
        b"x" * 9_000_000,
    ],
    ids=["a giant", "no number", "no list", "no end", "a word for a size", "odd octets", "a line without end"],
)
async def test_nonsense_is_a_reason_to_come_back_later_and_no_crash(answer: bytes) -> None:
    """Neither memory nor the thread is lost to it."""
    answers: dict[str, Answer] = {"UID SEARCH": b"* SEARCH 1\r\n%t OK done\r\n", "UID FETCH": answer}
    try:
        batches, _ = await read(answers)
    except ImapUnavailable:
        return
    assert [mail.octets for batch in batches for mail in batch.mails] in ([], [b""])


async def test_a_full_mailbox_refuses_our_copy_and_says_for_how_long_to_wait() -> None:
    """[OVERQUOTA] (RFC 5530); the connection stays."""
    answers: dict[str, Answer] = {
        "LIST": b'* LIST (\\Sent) "/" Sent\r\n%t OK done\r\n',
        "APPEND": b"%t NO [OVERQUOTA] Mailbox is full\r\n",
    }
    with ScriptedServer(answers) as server:
        async with Mailbox(ImapAccount("localhost", server.port, "bot", "secret", "plain")) as mailbox:
            with pytest.raises(ImapRefused, match="Mailbox is full") as refusal:
                await mailbox.append_sent(b"Message-ID: <a@b.test>\r\n\r\n", datetime(2026, 3, 2, tzinfo=UTC))
            assert refusal.value.retry_after_s == 900
            assert mailbox.connected


@pytest.mark.parametrize("sent_folder", ["", "auto"])
async def test_without_a_sent_folder_nothing_is_filed(sent_folder: str) -> None:
    """By wish, or because the server has none."""
    with ScriptedServer() as server:
        account = ImapAccount("localhost", server.port, "bot", "secret", "plain", sent_folder=sent_folder)
        async with Mailbox(account) as mailbox:
            at = datetime(2026, 3, 2, tzinfo=UTC)
            assert await mailbox.append_sent(b"Message-ID: <a@b.test>\r\n\r\n", at) is SentCopy.NO_FOLDER


async def test_dovecot_without_idle_is_polled() -> None:
    """News come with the next look."""
    server = DovecotServer(idle=False)
    try:
        server.start()
        server.add_user("poll@example.test", "secret")
        account = ImapAccount(server.host, server.imaps_port, "poll@example.test", "secret", ca_file=server.ca_file)
        async with Mailbox(account, ImapLimits(poll_s=0.05)) as mailbox:
            cursor = [batch async for batch in mailbox.fetch_new("INBOX", None, since=SINCE)][-1].cursor
            assert await mailbox.wait(60) == "timeout"
            server.deliver("poll@example.test", b"Subject: hello\r\n\r\nhi\r\n")
            assert await mailbox.wait(60) == "news"
            (batch,) = [batch async for batch in mailbox.fetch_new("INBOX", cursor, since=SINCE)]
            assert len(batch.mails) == 1
    finally:
        server.remove()
