"""The whole bot on real mail servers with a hand-wound clock: what goes wrong in a freelancer's year."""

from datetime import date
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from mailbot.core.client import Standing
from tests.scenario.theatre import Curtain, play


def standing(curtain: Curtain, number: str) -> Standing:
    return next(i.standing for client in curtain.clients for i in client.invoices if i.number == number)


async def test_no_reminder_leaves_while_the_inbox_is_down_and_none_bursts_afterwards(tmp_path: Path) -> None:
    """Both reminders fall on a day without IMAP. Ana's mail waits behind the outage; Ben's reminder leaves once."""
    curtain = await play(
        tmp_path,
        starts=date(2026, 9, 14),
        days=18,
        invoices="A-1,ana,2026-09-14,2026-09-21,100,CAD,,\nB-1,ben,2026-09-14,2026-09-21,200,CAD,,",
        story="""
[[outage]]
starts = 2026-09-24T07:00:00
ends = 2026-09-28T10:30:00

[[client]]
code = "ana"
title = "writes while nobody can read"
program = "gmail"
[[client.writes]]
on = 2026-09-25
at = 08:00:00
hush = "invoice"
invoices = ["A-1"]
subject = "Facture A-1"
text = "Bonjour, la facture A-1 a été payée hier par virement. Merci"
""",
    )
    assert curtain.letters("B-1") == [
        ("invoice", "Mon 14 Sep 09:00"),
        ("courtesy", "Fri 18 Sep 09:00"),
        ("friendly", "Mon 28 Sep 10:30"),
    ]
    assert [rung for rung, _ in curtain.letters("A-1")] == ["invoice", "courtesy"]
    assert "mailbox" in {matter.kind for matter in curtain.matters}
    assert all(matter.closed_at for matter in curtain.matters if matter.kind == "mailbox")
    assert not curtain.broken


async def test_a_letter_due_on_a_holiday_waits_for_the_next_working_day_of_that_place(tmp_path: Path) -> None:
    """Thanksgiving is 12 October in Canada; the courtesy letters fall on the weekend before it."""
    curtain = await play(
        tmp_path,
        starts=date(2026, 9, 28),
        days=18,
        invoices="A-1,ana,2026-09-28,2026-10-13,100,CAD,,\nB-1,ben,2026-09-28,2026-10-15,200,CAD,,",
        story="",
    )
    assert curtain.chasing("ana") == curtain.chasing("ben") == ["Tue 13 Oct 09:00"]
    assert not curtain.broken


async def test_a_broken_promise_is_followed_by_the_next_rung_and_not_by_a_repeated_one(tmp_path: Path) -> None:
    """Ana promises the 25th after the friendly letter; with two days of grace nothing is heard until the 30th."""
    curtain = await play(
        tmp_path,
        starts=date(2026, 9, 7),
        days=28,
        invoices="A-1,ana,2026-09-08,2026-09-15,100,CAD,,",
        story="""
[[client]]
code = "ana"
title = "promises"
program = "outlook"
[[client.writes]]
after = "friendly"
days = 1
hush = "invoice"
until = 2026-09-26
text = "Bonjour, le virement partira vendredi 25 septembre. Cordialement,"
""",
    )
    assert curtain.letters("A-1") == [
        ("invoice", "Tue 08 Sep 09:00"),
        ("courtesy", "Mon 14 Sep 09:00"),
        ("friendly", "Mon 21 Sep 09:00"),
        ("promise_ack", "Tue 22 Sep 10:02"),
        ("personal", "Tue 29 Sep 09:00"),
    ]
    ana = next(client for client in curtain.clients if client.code == "ana")
    assert [(promise.due_on, promise.kept) for promise in ana.invoices[0].promises] == [(date(2026, 9, 25), False)]
    assert "promise_broken" in {entry.reason.code for entry in curtain.journal}
    assert not curtain.broken


async def test_a_dispute_stops_its_own_invoice_while_the_second_one_goes_on(tmp_path: Path) -> None:
    curtain = await play(
        tmp_path,
        starts=date(2026, 9, 14),
        days=28,
        invoices="B-1,ben,2026-09-14,2026-09-21,100,CAD,,\nB-2,ben,2026-09-21,2026-09-28,200,CAD,,",
        story="""
[[client]]
code = "ben"
title = "disputes"
program = "gmail"
[[client.writes]]
after = "courtesy"
about_letter = "B-1"
hush = "invoice"
invoices = ["B-1"]
text = "Hello, I dispute invoice B-1, the amount is wrong."
""",
    )
    assert [rung for rung, _ in curtain.letters("B-1")] == ["invoice", "courtesy"]
    assert [rung for rung, _ in curtain.letters("B-2")] == ["invoice", "courtesy", "friendly", "personal"]
    assert standing(curtain, "B-1") is Standing.DISPUTED
    assert any(matter.urgent and matter.invoice == "B-1" for matter in curtain.matters)
    assert not curtain.broken


async def test_after_a_part_payment_only_the_rest_is_asked_for(tmp_path: Path) -> None:
    curtain = await play(
        tmp_path,
        starts=date(2026, 9, 14),
        days=28,
        invoices="B-1,ben,2026-09-14,2026-09-21,1000,CAD,,",
        story="""
[[client]]
code = "ben"
title = "pays half"
program = "gmail"
ends = { "B-1" = "settled" }
[[client.pays]]
after = "friendly"
days = 1
invoice = "B-1"
amount = "400.00"
[[client.pays]]
after = "personal"
days = 1
invoice = "B-1"
""",
    )
    personal = next(seen for seen in curtain.evidence.arrived if seen.rung == "personal")
    assert b"600.00" in personal.octets
    assert standing(curtain, "B-1") is Standing.SETTLED
    assert not curtain.broken


async def test_a_late_installation_starts_with_the_friendliest_letter_and_never_bursts(tmp_path: Path) -> None:
    """Three invoices, the oldest forty days overdue, were sent by other means before mailbot came."""
    curtain = await play(
        tmp_path,
        starts=date(2026, 9, 14),
        days=21,
        invoices=(
            "B-1,ben,2026-07-06,2026-08-05,100,CAD,,2026-07-06\n"
            "B-2,ben,2026-07-20,2026-08-19,200,CAD,,2026-07-20\n"
            "B-3,ben,2026-08-03,2026-09-02,300,CAD,,2026-08-03"
        ),
        story="",
    )
    assert [rung for rung, _ in curtain.letters("B-1")] == ["courtesy", "friendly", "personal"]
    assert curtain.letters("B-1") == curtain.letters("B-2") == curtain.letters("B-3")
    assert curtain.chasing("ben") == ["Mon 14 Sep 09:00", "Mon 21 Sep 09:00", "Mon 28 Sep 09:00"]
    assert not curtain.broken


async def test_after_two_weeks_of_downtime_the_ladder_goes_on_one_rung_at_a_time(tmp_path: Path) -> None:
    """The machine is off from 19 September to 3 October: friendly and personal letters fell due meanwhile."""
    curtain = await play(
        tmp_path,
        starts=date(2026, 9, 14),
        days=35,
        invoices="A-1,ana,2026-09-14,2026-09-21,100,CAD,,\nA-2,ana,2026-09-14,2026-09-22,200,CAD,,",
        story="""
[[downtime]]
starts = 2026-09-19T00:00:00
ends = 2026-10-03T12:00:00
""",
    )
    assert curtain.chasing("ana") == ["Fri 18 Sep 09:00", "Mon 05 Oct 09:00", "Tue 13 Oct 09:00"]
    assert [rung for rung, _ in curtain.letters("A-1")] == ["invoice", "courtesy", "friendly", "personal"]
    assert [rung for rung, _ in curtain.letters("A-2")] == ["invoice", "courtesy", "friendly"]
    assert not curtain.broken


async def test_draft_mode_sends_nothing_to_clients_and_says_what_it_would_send(tmp_path: Path) -> None:
    curtain = await play(
        tmp_path,
        starts=date(2026, 9, 14),
        days=14,
        live=False,
        invoices="A-1,ana,2026-09-14,2026-09-21,100,CAD,,\nB-1,ben,2026-08-03,2026-09-02,200,CAD,,2026-08-03",
        story="",
    )
    assert not curtain.evidence.accepted
    digests = [seen for seen in curtain.evidence.to_operator if seen.key.startswith("digest")]
    assert len(digests) == 10
    assert b"A-1" in digests[1].octets
    assert all(not invoice.climbs for client in curtain.clients for invoice in client.invoices)


async def test_the_digest_does_not_tell_of_itself(tmp_path: Path) -> None:
    curtain = await play(
        tmp_path,
        starts=date(2026, 9, 14),
        days=4,
        invoices="A-1,ana,2026-09-14,2026-09-28,100,CAD,,",
        story="",
    )
    digests = [seen for seen in curtain.evidence.to_operator if seen.key.startswith("digest")]
    second = message_from_bytes(digests[1].octets, policy=default).get_body(("plain",))
    assert second is not None
    assert "envoi de la facture" in second.get_content()
    assert "point du matin" not in second.get_content()
