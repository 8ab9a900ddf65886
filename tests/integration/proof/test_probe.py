"""`mailbot check --probe` on real servers: what it says, and what it remembers."""

import sqlite3
from datetime import UTC, datetime

from mailbot.flows.proof import Proofs, proofs_of
from mailbot.store.store import SqlStore
from tests.integration.proof.conftest import Habits
from tests.servers.installation import Done, Installation


async def probed(account: Installation, wait_s: int) -> tuple[Done, Proofs]:
    """Probe, and look at what was remembered."""
    done = await account.mailbot("check", "--probe", "--wait", str(wait_s))
    assert done.code == 0, done.said
    store = await SqlStore.open(str(account.database), now=lambda: datetime.now(UTC), create=False)
    known = await proofs_of(store)
    await store.close()
    assert known is not None
    return done, known


async def test_a_provider_that_files_copies_and_reports_is_a_witness_and_is_known_in_a_moment(
    account: Installation, habits: Habits
) -> None:
    habits.files_copies = True
    habits.results = 'mx.provider.test (checked here); dkim=pass header.d="example.test"'
    done, known = await probed(account, 60)
    (mail,) = habits.seen
    assert mail.recipients == (mail.sender,)
    assert known.sent_copy_s is not None
    assert known.own_copy_s is not None
    assert known.report_s is not None
    assert max(known.sent_copy_s, known.own_copy_s, known.report_s) < 30, "it does not wait longer than it must"
    assert (known.message_id_kept, known.letter_field_kept, known.references_kept) == (True, True, True)
    assert (known.return_path, known.return_path_kept) == (mail.sender, True)
    assert known.authserv_id == "mx.provider.test"
    for line in (
        "✓ copy in Sent: filed by your provider",
        "✓ mail to yourself: in the inbox",
        "✓ Message-ID: kept",
        "✓ success report: came after",
        "✓ letters in doubt: settle themselves",
    ):
        assert line in done.out, done.out


async def test_a_provider_that_shows_nothing_is_no_witness(account: Installation, habits: Habits) -> None:
    """Mail to itself is kept back; a success report is asked for, since the server offers it, and stays out."""
    habits.keeps_own_mail = True
    done, known = await probed(account, 2)
    assert (known.sent_copy_s, known.own_copy_s, known.report_s) == (None, None, None)
    assert known.reports_offered
    assert "copy in Sent: none within 2 s" in done.out
    assert "mail to yourself: none within 2 s" in done.out
    assert "success report: offered, but none within 2 s" in done.out
    assert "letters in doubt: are shown to you" in done.out


async def test_a_provider_that_rewrites_ids_and_sender_is_seen_through(account: Installation, habits: Habits) -> None:
    """As SES does: our own fields still tie the mail to the letter."""
    habits.message_id, habits.sender = "<0100-abc@email.provider.test>", "bounces+77@provider.test"
    habits.results = "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=example.test; dkim=none"
    done, known = await probed(account, 2)
    assert known.own_copy_s is not None
    assert (known.message_id_kept, known.letter_field_kept, known.references_kept) == (False, True, True)
    assert (known.return_path, known.return_path_kept) == ("bounces+77@provider.test", False)
    assert known.authserv_id == "", "results without a name, as Microsoft's"
    assert "Message-ID: rewritten by your provider; References and X-Mailbot-Letter survived" in done.out
    assert "envelope sender: rewritten to bounces+77@provider.test" in done.out


async def test_postfix_and_dovecot_bring_the_mail_and_a_success_report_and_file_no_copy(
    real_account: Installation,
) -> None:
    done, known = await probed(real_account, 12)
    assert known.sent_copy_s is None
    assert known.own_copy_s is not None
    assert known.report_s is not None
    assert (known.message_id_kept, known.return_path_kept, known.reports_offered) == (True, True, True)
    assert "letters in doubt: are shown to you" in done.out
    real_account.replace("# bcc_self = false", "bcc_self = true")
    done, _ = await probed(real_account, 10)
    assert "bcc_self is on" in done.out
    assert "letters in doubt: settle themselves" in done.out


async def test_the_probe_is_written_down_like_any_letter_and_is_not_sent_twice(
    account: Installation, habits: Habits
) -> None:
    await probed(account, 1)
    with sqlite3.connect(account.database) as db:
        rows = db.execute("SELECT template, state, message_id FROM outbox").fetchall()
    db.close()
    assert [(template, state) for template, state, _ in rows] == [("probe", "sent")]
    assert len(habits.seen) == 1


async def test_without_the_option_nothing_is_sent(account: Installation, habits: Habits) -> None:
    done = await account.mailbot("check")
    assert done.code == 0, done.said
    assert habits.seen == []


async def test_a_server_that_refuses_the_mail_is_named_with_its_answer(account: Installation, habits: Habits) -> None:
    habits.refuse(account.email, "550 5.7.1 nothing from you to you")
    done = await account.mailbot("check", "--probe", "--wait", "2")
    assert done.code == 1
    assert f"✗ probe: the mail to {account.email} was not taken (550" in done.out
    assert "nothing from you to you" in done.out
