"""`mailbot run` as a process: from READY=1 to exit status 0, and every other way to end."""

import asyncio
import sqlite3
from datetime import timedelta

from mailbot.core.client import HeldBy, Standing
from mailbot.core.intent import Intent
from mailbot.flows.outbound import LetterState
from tests.integration.daemon.conftest import JULIE, TEN, House, came, reply
from tests.integration.smtp.scripted import HOLD, ScriptedSmtp
from tests.servers.installation import ended


def about_julie(octets: list[bytes]) -> int:
    """How many of the letters that a server stored are the invoice's."""
    return sum(b"To: " in one and JULIE.encode() in one for one in octets)


async def test_in_draft_mode_it_listens_and_tells_the_operator_and_writes_to_no_client(house: House) -> None:
    """The machine's own clock: ready, alive, hears a reply by IDLE, holds, alerts, refuses company, leaves with 0."""
    await house.bring_in(live=False)
    process = await house.run(at=None)
    await house.systemd.heard("WATCHDOG=1")
    second = await house.files.mailbot("run")
    assert second.code == 2
    assert "another mailbot already runs on" in second.err
    text = "Bonjour,\n\nJe conteste cette facture : le site ne correspond pas à ce que nous avions commandé."
    await house.world.deliver("noemie@atelier.test", reply(text))
    client = await house.client(lambda client: bool(client.standing_holds), "a hold")
    assert [(hold.by, hold.intent) for hold in client.standing_holds] == [(HeldBy.PERSON, Intent.DISPUTE)]
    assert client.invoices[0].standing is Standing.DISPUTED

    async def alerts() -> list[bytes]:
        return [octets for octets in await house.to("operator@atelier.test") if b"X-Mailbot-Letter: alert." in octets]

    (alert,) = await came(alerts, 1, "an alert to the operator")
    assert b"ne correspond pas" in alert
    done = await house.stop(process)
    assert (done.code, done.out) == (0, "")
    assert JULIE not in done.err, "no address in the log"
    assert any(said.startswith("STOPPING=1") for said in house.systemd.drain())
    assert await house.to(JULIE) == []


async def test_after_go_live_the_invoice_leaves_once_however_often_the_service_is_restarted(house: House) -> None:
    """Draft first: nothing. Then live: one letter, filed under Sent. Then twice more from the start: still one."""
    await house.bring_in(live=False)
    process = await house.run()
    await came(lambda: house.to("operator@atelier.test"), 1, "the digest")
    assert (await house.stop(process)).code == 0
    assert await house.to(JULIE) == []
    await house.type("go-live")
    process = await house.run(TEN + timedelta(hours=2))
    await came(lambda: house.to(JULIE), 1, "the invoice letter")
    await house.letter(LetterState.SENT)
    process.kill()
    await process.communicate()
    process = await house.run(TEN + timedelta(hours=3))
    await house.systemd.heard("WATCHDOG=1")

    async def filed() -> list[bytes]:
        return [mail.octets for mail in await house.world.messages("noemie@atelier.test", "Sent")]

    await came(filed, 1, "the copy in Sent")
    assert (await house.stop(process)).code == 0
    assert len(await house.to(JULIE)) == 1


async def test_the_letter_in_hand_is_finished_before_it_leaves(slow_house: House, smtp: ScriptedSmtp) -> None:
    """SIGTERM while the server thinks about the final dot: the answer is awaited and written down."""
    smtp.script["DOT"] = [HOLD]
    await slow_house.bring_in()
    process = await slow_house.run()
    await smtp.holding.wait()
    process.terminate()
    await slow_house.systemd.heard("STOPPING=1")
    assert process.returncode is None
    smtp.release.set()
    done = await ended(process)
    assert done.code == 0, done.err
    async with slow_house.store() as store:
        assert len(await store.letters([LetterState.SENT])) == len(smtp.stored) == 1


async def test_a_server_that_never_answers_holds_it_up_for_no_more_than_ten_seconds(
    slow_house: House, smtp: ScriptedSmtp
) -> None:
    """The letter is then in doubt, for the operator to decide; it is not sent again."""
    smtp.script["DOT"] = [HOLD]
    await slow_house.bring_in()
    process = await slow_house.run()
    await smtp.holding.wait()
    process.terminate()
    done = await ended(process)
    assert done.code == 0, done.err
    assert "dispatcher was cut short" in done.err
    async with slow_house.store() as store:
        (cut,) = await store.letters([LetterState.SENDING])
    smtp.script.clear()
    process = await slow_house.run(TEN + timedelta(minutes=20))

    async def doubted() -> list[bytes]:
        return [matter.subject_key.encode() for matter in await slow_house.matters() if matter.kind == "doubt"]

    assert await came(doubted, 1, "the operator is asked") == [cut.key.encode()]
    assert (await slow_house.stop(process)).code == 0
    assert not [one for one in smtp.stored if cut.message_id.encode() in one]


async def test_a_mailbox_that_never_says_a_word_does_not_keep_it_from_leaving(house: House) -> None:
    """The port is open and silent, as behind a firewall that swallows everything."""
    silence = asyncio.Event()

    async def never_answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await silence.wait()
        writer.close()

    async with await asyncio.start_server(never_answer, "127.0.0.1", 0) as server:
        house.files.replace(f"port = {house.world.imap_port}", f"port = {server.sockets[0].getsockname()[1]}")
        process = await house.run(at=None)
        done = await house.stop(process)
        silence.set()
    assert done.code == 0, done.err
    assert "watcher was cut short" in done.err


async def test_killed_inside_data_the_letter_is_in_doubt_until_its_copy_proves_that_it_left(
    slow_house: House, smtp: ScriptedSmtp
) -> None:
    """kill -9 after the last RCPT: never sent twice. The provider's own copy in Sent settles the doubt."""
    smtp.script["DOT"] = [HOLD]
    await slow_house.bring_in()
    process = await slow_house.run()
    await smtp.holding.wait()
    letter = await slow_house.letter(LetterState.SENDING)
    process.kill()
    await process.communicate()
    await slow_house.world.deliver("noemie@atelier.test", letter.octets, "Sent")
    smtp.script.clear()
    process = await slow_house.run(TEN + timedelta(minutes=20))
    await slow_house.letter(LetterState.IN_DOUBT)
    assert (await slow_house.stop(process)).code == 0
    process = await slow_house.run(TEN + timedelta(minutes=60))
    await slow_house.letter(LetterState.SENT)
    assert (await slow_house.stop(process)).code == 0
    assert about_julie(smtp.stored) == 0, "the test's server never had it; the bot must not send it again"


async def test_killed_before_data_the_letter_leaves_after_the_restart_exactly_once(
    slow_house: House, smtp: ScriptedSmtp
) -> None:
    """kill -9 while the server thinks about RCPT: the letter cannot have left, so it goes again, once."""
    smtp.script[JULIE] = [HOLD]
    await slow_house.bring_in()
    process = await slow_house.run()
    await smtp.holding.wait()
    process.kill()
    await process.communicate()
    smtp.script.clear()
    process = await slow_house.run(TEN + timedelta(minutes=20))
    await slow_house.letter(LetterState.SENT)
    assert (await slow_house.stop(process)).code == 0
    assert about_julie(smtp.stored) == 1


async def test_a_task_that_dies_ends_the_process_with_a_reason(house: House) -> None:
    """Here a table vanishes under the watcher; systemd would start the service anew."""
    await house.bring_in()
    process = await house.run()
    with sqlite3.connect(house.files.database, timeout=20) as raw:
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute("DROP TABLE inbox_mail")
    raw.close()
    await house.world.deliver("noemie@atelier.test", reply("Bonjour"))
    done = await ended(process)
    assert done.code == 1
    assert "mailbot stops" in done.err
    assert "inbox_mail" in done.err
    assert "Traceback" not in done.err
    assert any("died" in said for said in house.systemd.drain())
