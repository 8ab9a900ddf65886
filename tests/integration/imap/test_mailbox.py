"""The mailbox against real servers: the embedded one everywhere, Dovecot where it is installed."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from mailbot.flows.inbound import Batch, Cursor
from mailbot.wire.imap import (
    ImapFolderMissing,
    ImapLimits,
    ImapLoginRefused,
    ImapUnavailable,
    Mailbox,
    SentCopy,
    Wake,
    WatchedFolders,
)
from tests.servers.mailhost import MailHost, by_hand, with_password

SINCE = date.today() - timedelta(days=7)  # noqa: DTZ011 - servers stamp mail with the real time


def letter(serial: int, *, size: int = 10, extra: str = "") -> bytes:
    head = f"From: client@example.test\r\nMessage-ID: <m{serial}@example.test>\r\n{extra}Subject: {serial}\r\n\r\n"
    return head.encode() + b"0123456789abcdef\r\n" * max(1, size // 18)


async def fetched(mailbox: Mailbox, folder: str, cursor: Cursor | None) -> list[Batch]:
    return [batch async for batch in mailbox.fetch_new(folder, cursor, since=SINCE)]


def subjects(batches: list[Batch]) -> list[str]:
    return [
        line.removeprefix("Subject: ")
        for batch in batches
        for mail in batch.mails
        for line in mail.octets.decode().splitlines()
        if line.startswith("Subject: ")
    ]


async def test_every_message_comes_once_and_octets_are_kept(mail_host: MailHost) -> None:
    """First read takes everything since a day; the next takes only what is new, even if nothing is."""
    async with Mailbox(mail_host.account) as mailbox:
        await mail_host.deliver(letter(1))
        first = await fetched(mailbox, "INBOX", None)
        assert subjects(first) == ["1"]
        mail = first[-1].mails[0]
        assert mail.octets.endswith(letter(1))
        assert (mail.account, mail.folder, mail.oversize) == (mail_host.account.user, "INBOX", False)
        assert abs(datetime.now(UTC) - mail.arrived_at) < timedelta(hours=1)
        assert await fetched(mailbox, "INBOX", first[-1].cursor) == []
        await mail_host.deliver(letter(2))
        await mail_host.deliver(letter(3))
        assert subjects(await fetched(mailbox, "INBOX", first[-1].cursor)) == ["2", "3"]


async def test_an_empty_folder_still_yields_a_cursor(mail_host: MailHost) -> None:
    """So that mail from before the start is never taken for new."""
    async with Mailbox(mail_host.account) as mailbox:
        (batch,) = await fetched(mailbox, "INBOX", None)
        assert batch.mails == ()
        await mail_host.deliver(letter(1))
        assert subjects(await fetched(mailbox, "INBOX", batch.cursor)) == ["1"]


async def test_the_mailbox_is_left_as_it_was_found(mail_host: MailHost) -> None:
    """No \\Seen, no other flag, nothing moved: the mailbox is the person's."""
    await mail_host.deliver(letter(1))
    await mail_host.deliver(letter(2, size=4000))
    async with Mailbox(mail_host.account, ImapLimits(oversize_octets=3000, oversize_head_octets=500)) as mailbox:
        assert subjects(await fetched(mailbox, "INBOX", None)) == ["1", "2"]
        await mailbox.holds("<m1@example.test>", "INBOX")

    def look(person: Any) -> Any:
        person.select_folder("INBOX", readonly=True)
        return person.get_flags(person.search())

    flags = await by_hand(mail_host.account, look)
    assert len(flags) == 2
    assert not any(b"\\Seen" in each for each in flags.values())


async def test_batches_are_bound_by_count_and_by_size_and_each_has_its_cursor(mail_host: MailHost) -> None:
    """A crash between two batches goes on where the last stored one ended."""
    for serial in range(5):
        await mail_host.deliver(letter(serial, size=10_000))
    async with Mailbox(mail_host.account, ImapLimits(batch_mails=2)) as mailbox:
        batches = await fetched(mailbox, "INBOX", None)
        assert [len(batch.mails) for batch in batches] == [2, 2, 1]
        assert [batch.cursor.last_uid for batch in batches] == [batch.mails[-1].uid for batch in batches]
        assert subjects(await fetched(mailbox, "INBOX", batches[0].cursor)) == ["2", "3", "4"]
    async with Mailbox(mail_host.account, ImapLimits(batch_octets=35_000)) as mailbox:
        assert [len(batch.mails) for batch in await fetched(mailbox, "INBOX", None)] == [3, 2]


async def test_a_message_of_30_mb_comes_as_its_head_and_does_not_stop_the_others(mail_host: MailHost) -> None:
    """It is flagged, and small mail around it arrives whole."""
    await mail_host.deliver(letter(1))
    await mail_host.deliver(letter(2, size=30_000_000))
    await mail_host.deliver(letter(3))
    async with Mailbox(mail_host.account) as mailbox:
        batches = await fetched(mailbox, "INBOX", None)
    mails = [mail for batch in batches for mail in batch.mails]
    assert subjects(batches) == ["1", "2", "3"]
    assert [mail.oversize for mail in mails] == [False, True, False]
    assert len(mails[1].octets) == ImapLimits().oversize_head_octets


async def test_messages_that_vanish_between_search_and_fetch_are_no_error(mail_host: MailHost) -> None:
    """The person deletes two while the bot reads; the rest arrives."""
    for serial in range(6):
        await mail_host.deliver(letter(serial))
    async with Mailbox(mail_host.account, ImapLimits(batch_mails=2)) as mailbox:
        batches = mailbox.fetch_new("INBOX", None, since=SINCE)
        first = await anext(batches)

        def delete_two(person: Any) -> list[int]:
            person.select_folder("INBOX")
            uids = list(person.search())
            person.delete_messages([uids[2], uids[5]])
            person.expunge()
            return uids

        uids = await by_hand(mail_host.account, delete_two)
        rest = [batch async for batch in batches]
        assert subjects([first]) == ["0", "1"]
        assert subjects(rest) == ["3", "4"]
        assert rest[-1].cursor.last_uid == uids[5]
        assert await fetched(mailbox, "INBOX", rest[-1].cursor) == []


async def test_a_folder_that_was_deleted_and_made_again_is_read_again(mail_host: MailHost) -> None:
    """UIDVALIDITY changed: what the old cursor says is void, and the batch says so."""

    def make(person: Any) -> None:
        person.create_folder("Clients")
        for serial in range(3):
            person.append("Clients", letter(serial))

    def make_again(person: Any) -> None:
        person.delete_folder("Clients")
        person.create_folder("Clients")
        person.append("Clients", letter(9))

    await by_hand(mail_host.account, make)
    async with Mailbox(mail_host.account) as mailbox:
        old = (await fetched(mailbox, "Clients", None))[-1].cursor
    await by_hand(mail_host.account, make_again)
    async with Mailbox(mail_host.account) as mailbox:
        (batch,) = await fetched(mailbox, "Clients", old)
        assert batch.rescanned
        assert subjects([batch]) == ["9"]
        assert batch.cursor.uidvalidity != old.uidvalidity
        assert await fetched(mailbox, "Clients", batch.cursor) == []


async def test_junk_is_found_by_its_special_use_and_read(mail_host: MailHost) -> None:
    """Replies land there."""
    await mail_host.deliver(letter(1), "Junk")
    async with Mailbox(mail_host.account) as mailbox:
        folders = await mailbox.folders()
        assert folders == WatchedFolders("INBOX", "Junk", "Sent")
        assert subjects(await fetched(mailbox, folders.watched[1], None)) == ["1"]


async def test_a_folder_that_is_not_there_is_named_and_the_connection_goes_on(mail_host: MailHost) -> None:
    """The operator reads which folder, on which server."""
    async with Mailbox(mail_host.account) as mailbox:
        with pytest.raises(ImapFolderMissing, match='folder "Nowhere" cannot be opened'):
            await fetched(mailbox, "Nowhere", None)
        assert mailbox.connected
        assert (await fetched(mailbox, "INBOX", None))[0].mails == ()


async def test_new_mail_ends_a_wait(mail_host: MailHost) -> None:
    """By IDLE, long before the time-out."""
    async with Mailbox(mail_host.account) as mailbox:
        cursor = (await fetched(mailbox, "INBOX", None))[-1].cursor
        waiting = asyncio.create_task(mailbox.wait(120))
        await mail_host.deliver(letter(1))
        assert await waiting is Wake.NEWS
        assert subjects(await fetched(mailbox, "INBOX", cursor)) == ["1"]


async def test_mail_that_came_after_the_last_look_and_before_idle_is_not_slept_over(mail_host: MailHost) -> None:
    """Reading junk in between closes the inbox; the server then announces nothing."""
    async with Mailbox(mail_host.account) as mailbox:
        await fetched(mailbox, "INBOX", None)
        await fetched(mailbox, "Junk", None)
        await mail_host.deliver(letter(1))
        assert await mailbox.wait(120) is Wake.NEWS


async def test_other_calls_do_not_stand_behind_a_wait(mail_host: MailHost) -> None:
    """Filing a letter interrupts IDLE, and the wait goes on after it until there is news."""
    async with Mailbox(mail_host.account) as mailbox:
        await fetched(mailbox, "INBOX", None)
        waiting = asyncio.create_task(mailbox.wait(120))
        assert await mailbox.append_sent(letter(7), datetime.now(UTC)) is SentCopy.FILED
        assert not waiting.done()
        await mail_host.deliver(letter(1))
        assert await waiting is Wake.NEWS


async def test_a_wait_can_be_interrupted_and_cancelled(mail_host: MailHost) -> None:
    """Both leave the connection in order."""
    async with Mailbox(mail_host.account) as mailbox:
        waiting = asyncio.create_task(mailbox.wait(120))
        await mailbox.folders()
        mailbox.interrupt()
        assert await waiting is Wake.INTERRUPTED
        waiting = asyncio.create_task(mailbox.wait(120))
        await mailbox.folders()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert await mailbox.wait(0) is Wake.TIMEOUT


async def test_our_letter_is_filed_once_as_read_and_is_found_again(mail_host: MailHost) -> None:
    """A copy with the same Message-ID is not filed twice; proof is by whole ids, not parts of them."""
    octets = letter(12, extra="X-Mailbot-Letter: INV-12/friendly\r\n")
    at = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    async with Mailbox(mail_host.account) as mailbox:
        assert await mailbox.append_sent(octets, at) is SentCopy.FILED
        assert await mailbox.append_sent(octets, at) is SentCopy.ALREADY_THERE
        assert await mailbox.holds("<m12@example.test>", "Sent")
        assert not await mailbox.holds("m12@example.test", "Sent")
        assert not await mailbox.holds("<m1@example.test>", "Sent")
        assert await mailbox.holds("<rewritten@example.test>", "Sent", letter="INV-12/friendly")
        assert not await mailbox.holds("<rewritten@example.test>", "Sent", letter="INV-12/friend")

    def look(person: Any) -> Any:
        person.select_folder("Sent", readonly=True)
        return person.fetch(person.search(), ["FLAGS", "INTERNALDATE", "BODY.PEEK[]"])

    (filed,) = (await by_hand(mail_host.account, look)).values()
    assert b"\\Seen" in filed[b"FLAGS"]
    assert filed[b"INTERNALDATE"] == at
    assert filed[b"BODY[]"] == octets


async def test_a_wrong_password_says_so_and_never_repeats_it(mail_host: MailHost) -> None:
    """Host, what happened and what to do."""
    account = with_password(mail_host.account, "wrong horse")
    with pytest.raises(ImapLoginRefused) as refused:
        await Mailbox(account).__aenter__()
    assert account.where in str(refused.value)
    assert "app password" in str(refused.value)
    assert "wrong horse" not in str(refused.value)


async def test_a_server_that_goes_down_is_noticed_and_one_that_comes_back_is_used(mail_host: MailHost) -> None:
    """Within a wait, at connecting, and for calls in between; mail from before is still there."""
    async with Mailbox(mail_host.account) as mailbox:
        cursor = (await fetched(mailbox, "INBOX", None))[-1].cursor
        waiting = asyncio.create_task(mailbox.wait(120))
        await mailbox.folders()
        await mail_host.down()
        with pytest.raises(ImapUnavailable):
            await waiting
        assert not mailbox.connected
        with pytest.raises(ImapUnavailable, match="not connected"):
            await mailbox.folders()
        with pytest.raises(ImapUnavailable, match="connection refused"):
            await mailbox.connect()
        await mail_host.up()
        await mailbox.connect()
        await mail_host.deliver(letter(1))
        assert subjects(await fetched(mailbox, "INBOX", cursor)) == ["1"]
