"""Handing a letter over: what each fault of the far side means, and what may never happen."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from mailbot.demo.world import MailWorld
from mailbot.mail.compose import Draft, compose, mint_message_id
from mailbot.wire.smtp import SmtpAccount, SmtpLimits, Submission
from tests.integration.smtp.desk import JULIE, LETTER, PAUL, desk
from tests.integration.smtp.scripted import (
    DROP,
    HOLD,
    MID_DATA_DROP,
    RESET,
    STORE_AND_DROP,
    STORE_AND_RESET,
    ScriptedSmtp,
    ehlo,
)

if TYPE_CHECKING:
    from mailbot.flows.outside import PostOffice

    def is_a_post_office(post: Submission) -> PostOffice:
        return post


FAULTS: list[tuple[str, dict[str, list[str]], tuple[str, int, str, str], int, bool]] = [
    (
        "the greeting says come back later",
        {"GREETING": ["421 4.3.2 busy"]},
        ("deferred", 421, "connect", "4.3.2"),
        0,
        False,
    ),
    ("the greeting says there is no service", {"GREETING": ["554 no"]}, ("account", 554, "connect", ""), 0, False),
    ("the greeting never comes", {"GREETING": [DROP]}, ("deferred", 0, "connect", ""), 0, False),
    ("it drops at MAIL", {"MAIL": [DROP]}, ("deferred", 0, "mail", ""), 0, False),
    ("it resets at MAIL", {"MAIL": [RESET]}, ("deferred", 0, "mail", ""), 0, False),
    ("it refuses the sender", {"MAIL": ["553 5.7.1 not yours"]}, ("account", 553, "mail", "5.7.1"), 0, False),
    ("it defers the sender", {"MAIL": ["451 4.3.0 later"]}, ("deferred", 451, "mail", "4.3.0"), 0, False),
    ("it drops at RCPT", {"RCPT": [DROP]}, ("deferred", 0, "rcpt", ""), 0, False),
    ("it greylists", {"RCPT": ["450 4.2.0 greylisted"]}, ("deferred", 450, "rcpt", "4.2.0"), 0, False),
    ("it hangs up with 421 at RCPT", {"RCPT": ["421 4.4.2 bye"]}, ("deferred", 421, "rcpt", "4.4.2"), 0, False),
    ("it knows no such user", {"RCPT": ["550 5.1.1 unknown"]}, ("refused", 550, "rcpt", "5.1.1"), 0, False),
    ("it defers DATA", {"DATA": ["452 4.3.1 full"]}, ("deferred", 452, "data", "4.3.1"), 0, True),
    ("it answers DATA with nonsense", {"DATA": ["250 sure"]}, ("unknown", 0, "data", ""), 0, True),
    ("it drops instead of 354", {"DATA": [DROP]}, ("unknown", 0, "data", ""), 0, True),
    ("it drops in the middle of DATA", {"DATA": [MID_DATA_DROP]}, ("unknown", 0, "data", ""), 0, True),
    ("it loses the letter after the dot and drops", {"DOT": [DROP]}, ("unknown", 0, "data", ""), 0, True),
    ("it loses the letter after the dot and resets", {"DOT": [RESET]}, ("unknown", 0, "data", ""), 0, True),
    ("it stores the letter and drops", {"DOT": [STORE_AND_DROP]}, ("unknown", 0, "data", ""), 1, True),
    ("it stores the letter and resets", {"DOT": [STORE_AND_RESET]}, ("unknown", 0, "data", ""), 1, True),
    ("it answers the dot with garbage", {"DOT": ["hello?"]}, ("unknown", 0, "data", ""), 0, True),
    ("it defers after the dot", {"DOT": ["451 4.3.0 later"]}, ("deferred", 451, "data", "4.3.0"), 0, True),
    ("it refuses after the dot", {"DOT": ["554 5.7.1 spam"]}, ("refused", 554, "data", "5.7.1"), 0, True),
    ("all is well", {}, ("accepted", 250, "data", "2.0.0"), 1, True),
]


@pytest.mark.parametrize(
    ("script", "expected", "stored", "committed"), [case[1:] for case in FAULTS], ids=[case[0] for case in FAULTS]
)
async def test_each_fault_has_its_outcome_and_commit_comes_once_before_data(
    server: ScriptedSmtp,
    script: dict[str, list[str]],
    expected: tuple[str, int, str, str],
    stored: int,
    committed: bool,
) -> None:
    server.script = {verb: list(actions) for verb, actions in script.items()}
    letters = desk(server)
    outcome = await letters.submit()
    assert (outcome.verdict, outcome.code, outcome.phase, outcome.enhanced) == expected
    assert len(server.stored) == stored
    assert letters.seen == ([["EHLO", "MAIL", "RCPT"]] if committed else [])
    again = await letters.submit()
    assert again.verdict == "accepted"
    assert server.stored[-1] == LETTER.replace(b"\r\n.", b"\r\n..")
    await letters.post.close()


async def test_a_slow_250_is_waited_for(server: ScriptedSmtp) -> None:
    server.script["DOT"] = [HOLD]
    letters = desk(server)
    sending = asyncio.create_task(letters.submit())
    await server.holding.wait()
    assert not sending.done()
    server.release.set()
    assert (await sending).verdict == "accepted"
    await letters.post.close()


async def test_a_250_that_never_comes_leaves_doubt(server: ScriptedSmtp) -> None:
    server.script["DOT"] = [HOLD]
    letters = desk(server, SmtpLimits(data_s=0.5))
    outcome = await letters.submit()
    assert (outcome.verdict, outcome.phase) == ("unknown", "data")
    assert f"127.0.0.1:{server.port}" in outcome.text


async def test_a_cancellation_inside_data_cuts_the_connection_and_says_that_the_fate_is_unknown(
    server: ScriptedSmtp,
) -> None:
    server.script["DOT"] = [HOLD]
    letters = desk(server)
    sending = asyncio.create_task(letters.submit())
    await server.holding.wait()
    sending.cancel()
    with pytest.raises(asyncio.CancelledError) as cancelled:
        await sending
    assert "unknown" in cancelled.value.__notes__[0]
    assert letters.seen == [["EHLO", "MAIL", "RCPT"]]
    server.release.set()
    await server.hung_up.wait()
    assert (await letters.submit()).verdict == "accepted"
    assert server.connections == 2
    await letters.post.close()


async def test_a_commit_that_fails_sends_nothing(server: ScriptedSmtp) -> None:
    letters = desk(server)

    async def conflict() -> None:
        raise LookupError("withdrawn meanwhile")

    with pytest.raises(LookupError):
        await letters.post.submit("k", "bot@x.test", [JULIE], LETTER, on_committed=conflict)
    assert "DATA" not in server.verbs
    assert (await letters.submit()).verdict == "accepted"
    await letters.post.close()


async def test_a_connection_lost_while_committing_defers_because_data_was_never_said(server: ScriptedSmtp) -> None:
    letters = desk(server)

    async def commit_while_it_hangs_up() -> None:
        assert letters.post._smtp
        assert letters.post._smtp.transport
        letters.post._smtp.transport.close()

    outcome = await letters.post.submit("k", "bot@x.test", [JULIE], LETTER, on_committed=commit_while_it_hangs_up)
    assert (outcome.verdict, outcome.phase) == ("deferred", "rcpt")


@pytest.mark.parametrize(
    ("script", "verdict", "named"),
    [
        ({PAUL: ["550 5.1.1 unknown"]}, "refused", [PAUL]),
        ({JULIE: ["450 4.2.0 later"], PAUL: ["550 5.1.1 unknown"]}, "refused", [JULIE, PAUL]),
        ({JULIE: ["450 4.2.0 later"]}, "deferred", [JULIE]),
    ],
    ids=["one is unknown", "one is unknown and one deferred", "one is deferred"],
)
async def test_a_letter_to_two_leaves_for_both_or_for_none(
    server: ScriptedSmtp, script: dict[str, list[str]], verdict: str, named: Sequence[str]
) -> None:
    server.script = script
    letters = desk(server)
    outcome = await letters.submit(JULIE, PAUL)
    assert outcome.verdict == verdict
    assert [who for who in (JULIE, PAUL) if who in outcome.text] == named
    assert server.verbs[-1] == "RSET"
    assert letters.seen == []
    assert (await letters.submit(JULIE, PAUL)).verdict == "accepted"
    assert server.connections == 1
    await letters.post.close()


async def test_a_connection_is_kept_for_the_next_letter_and_closed_after_its_share(server: ScriptedSmtp) -> None:
    letters = desk(server, SmtpLimits(letters_per_connection=2))
    for _ in range(4):
        assert (await letters.submit()).verdict == "accepted"
    assert (server.connections, server.verbs.count("QUIT"), server.verbs.count("NOOP")) == (2, 1, 0)
    await letters.post.close()
    assert server.verbs.count("QUIT") == 2


async def test_an_idle_connection_is_tried_with_noop_first(server: ScriptedSmtp) -> None:
    letters = desk(server, SmtpLimits(noop_after_s=0))
    await letters.submit()
    await letters.submit()
    assert (server.connections, server.verbs.count("NOOP")) == (1, 1)
    server.script["NOOP"] = [DROP]
    assert (await letters.submit()).verdict == "accepted"
    assert server.connections == 2
    await letters.post.close()


async def test_a_long_idle_connection_is_closed_politely(server: ScriptedSmtp) -> None:
    letters = desk(server, SmtpLimits(close_after_s=0.01))
    await letters.submit()
    await server.hung_up.wait()
    assert server.verbs[-1] == "QUIT"


@pytest.mark.parametrize("action", [DROP, "421 4.4.2 idle too long"], ids=["silently", "with a 421"])
async def test_a_kept_connection_that_went_stale_is_replaced_within_one_submit(
    server: ScriptedSmtp, action: str
) -> None:
    letters = desk(server)
    await letters.submit()
    server.script["MAIL"] = [action]
    assert (await letters.submit()).verdict == "accepted"
    assert server.connections == 2
    await letters.post.close()


async def test_a_server_that_reports_delivery_is_told_the_letters_key(server: ScriptedSmtp) -> None:
    server.usual["EHLO"] = ehlo("SIZE 1000", "DSN")
    letters = desk(server, SmtpLimits(success_reports=True))
    await letters.submit("a+b=c@client.test", key="INV-1/première +1")
    mail, rcpt = server.lines[1:3]
    assert mail == f"MAIL FROM:<bot@x.test> SIZE={len(LETTER)} RET=HDRS ENVID=INV-1/premi%C3%A8re%20+2B1"
    assert rcpt == ("RCPT TO:<a+b=c@client.test> NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;a+2Bb+3Dc@client.test")
    await letters.post.close()


async def test_a_server_that_offers_reports_and_refuses_them_gets_the_letter_without(server: ScriptedSmtp) -> None:
    server.usual["EHLO"] = ehlo("DSN")
    server.script["MAIL"] = ["501 5.5.4 Bad ENVID parameter syntax"]
    letters = desk(server)
    assert (await letters.submit()).verdict == "accepted"
    assert server.lines[2:4] == ["MAIL FROM:<bot@x.test>", f"RCPT TO:<{JULIE}>"]
    await letters.post.close()


async def test_a_letter_too_big_for_the_server_is_refused_with_both_sizes(server: ScriptedSmtp) -> None:
    server.usual["EHLO"] = ehlo("SIZE 2000")
    letters = desk(server)
    outcome = await letters.submit(octets=LETTER + b"x" * 2000)
    assert (outcome.verdict, outcome.phase) == ("refused", "mail")
    assert f"{len(LETTER) + 2000:,} octets" in outcome.text
    assert "2,000 at most" in outcome.text
    assert server.verbs == ["EHLO"]
    await letters.post.close()


@pytest.mark.parametrize("address", ["a@b.test>\r\nDATA", "a b@c.test", "<a@b.test>", "zoé@c.test", "", "julie"])
async def test_an_address_that_smtp_cannot_carry_is_refused_before_any_connection(
    server: ScriptedSmtp, address: str
) -> None:
    outcome = await desk(server).submit(JULIE, address)
    assert (outcome.verdict, server.connections) == ("refused", 0)


async def test_close_is_bounded_even_while_a_letter_hangs(server: ScriptedSmtp) -> None:
    server.script["DOT"] = [HOLD]
    letters = desk(server, SmtpLimits(goodbye_s=0.05))
    sending = asyncio.create_task(letters.submit())
    await server.holding.wait()
    await letters.post.close()
    assert (await sending).verdict == "unknown"


async def test_through_a_real_server_a_letter_arrives_and_a_bounce_carries_key_and_message_id() -> None:
    async with MailWorld(lambda: datetime(2026, 3, 9, tzinfo=UTC)) as world:
        world.add_user("bot@atelier.test", "secret")
        world.add_user(JULIE, "x")
        account = SmtpAccount("127.0.0.1", world.smtp_port, "bot@atelier.test", "secret", "plain")
        post = Submission(account)
        message_id = mint_message_id("INV-1/first", "atelier.test")

        async def nothing() -> None:
            return None

        for name in ("julie", "nobody"):
            octets = compose(
                Draft(
                    message_id,
                    world.now(),
                    ("Zoé", "bot@atelier.test"),
                    (("", f"{name}@client.test"),),
                    "Facture",
                    "Bonjour,\n.\n",
                    letter_key="INV-1/first",
                )
            )
            outcome = await post.submit(
                "INV-1/first", "bot@atelier.test", [f"{name}@client.test"], octets, on_committed=nothing
            )
            assert (outcome.verdict, outcome.enhanced) == ("accepted", "2.0.0")
        await post.close()
        [letter] = await world.messages(JULIE)
        assert letter.octets.endswith(world.accepted[0].octets)
        [bounce] = await world.messages("bot@atelier.test")
        assert b"Original-Envelope-Id: INV-1/first" in bounce.octets
        assert f"Message-ID: {message_id}".encode() in bounce.octets
        assert b"Final-Recipient: rfc822; nobody@client.test" in bounce.octets
