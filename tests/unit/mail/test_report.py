"""Delivery reports: the standard ones, the others, and 300 real ones."""

import json

import pytest

from mailbot.core.intent import Kind
from mailbot.mail.kind import kind_of
from mailbot.mail.parse import parse
from mailbot.mail.report import DeliveryReport, Outcome, report_of
from tests.unit.mail.corpus import corpus

# What is reached today on the corpus; a change that falls below is a step back.
RECALL = 0.99
CLASS = 0.965
DEAD = 0.87
MESSAGE_ID = 0.89
NO_BOUNCE = {"feedback", "vacation", "delivered"}


def standard(fields: str, returned: str = "Message-ID: <l7@s.example>") -> DeliveryReport:
    report = report_of(
        parse(
            "From: mailer-daemon@x.example\nTo: julie+l7-mac@s.example\n"
            "Content-Type: multipart/report; report-type=delivery-status; boundary=x\n\n--x\n\nSorry.\n--x\n"
            f"Content-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n{fields}\n\n--x\n"
            f"Content-Type: text/rfc822-headers\n\n{returned}\n\n--x--\n".encode()
        )
    )
    assert report is not None
    return report


def test_a_standard_report_gives_everything() -> None:
    """RFC 3464: action, status, both recipients, the diagnostic and the letter."""
    assert standard(
        "Original-Recipient: rfc822;Ada@Example.net\nFinal-Recipient: rfc822; ada@corp.example\nAction: failed\n"
        "Status: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 no such\n user"
    ) == DeliveryReport(
        outcome=Outcome.FAILED,
        permanent=True,
        dead=True,
        recipients=("ada@corp.example",),
        original_recipients=("ada@example.net",),
        status="5.1.1",
        diagnostic="smtp; 550 5.1.1 no such user",
        message_ids=("<l7@s.example>",),
        tokens=("l7-mac",),
        standard=True,
    )


@pytest.mark.parametrize(
    ("fields", "outcome", "permanent", "dead"),
    [
        pytest.param("Action: failed\nStatus: 4.2.2", Outcome.FAILED, False, False, id="given up, for now"),
        pytest.param("Action: failed\nStatus: 5.2.2", Outcome.FAILED, True, False, id="a full mailbox is not dead"),
        pytest.param(
            "Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 552 over quota",
            Outcome.FAILED,
            True,
            False,
            id="full, whatever the code says",
        ),
        pytest.param(
            "Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 5.1.1 unknown",
            Outcome.FAILED,
            True,
            True,
            id="the diagnostic knows better",
        ),
        pytest.param("Action: delayed\nStatus: 4.4.1", Outcome.DELAYED, False, False, id="still tried"),
        pytest.param("Action: relayed\nStatus: 2.0.0", Outcome.DELIVERED, False, False, id="handed on"),
        pytest.param("Status: 5.7.1", Outcome.FAILED, True, False, id="no action, a policy"),
    ],
)
def test_permanent_and_dead_follow_action_and_status(
    fields: str, outcome: Outcome, permanent: bool, dead: bool
) -> None:
    report = standard(f"Final-Recipient: rfc822; a@x.example\n{fields}")
    assert (report.outcome, report.permanent, report.dead) == (outcome, permanent, dead)


def test_a_server_that_follows_no_standard_is_read_by_its_words() -> None:
    report = report_of(
        parse(
            b"Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nSubject: failure notice\n\n"
            b"Hi. This is the qmail-send program.\n"
            b"I wasn't able to deliver your message to the following addresses.\n\n"
            b"<Ada@example.net>:\n192.0.2.1 does not like recipient.\nRemote host said: 550 5.1.1 User unknown\n\n"
            b"--- Below this line is a copy of the message.\n\nReturn-Path: <julie@s.example>\n"
            b"Message-ID: <l7@s.example>\nTo: ada@example.net\n\nhello"
        )
    )
    assert report is not None
    assert (report.recipients, report.status, report.dead) == (("ada@example.net",), "5.1.1", True)
    assert (report.message_ids, report.standard) == (("<l7@s.example>",), False)


def test_a_french_notice_of_delay_goes_on_being_tried() -> None:
    report = report_of(
        parse(
            "Return-Path: <>\nFrom: postmaster@fai.example\nSubject: Remise retardée\n\nVotre message à\n"
            "ada@example.net\na été retardé. De nouvelles tentatives seront faites.".encode()
        )
    )
    assert report is not None
    assert (report.outcome, report.permanent, report.recipients) == (Outcome.DELAYED, False, ("ada@example.net",))


def test_a_person_makes_no_report() -> None:
    text = (
        b"From: ada@example.net\nSubject: Re: Undelivered order\n\nThe order could not be delivered: 550 5.1.1 boxes."
    )
    assert report_of(parse(text)) is None


def test_real_bounces_are_found_classed_and_tied() -> None:
    """Recall and class on the labelled bounces.

    Many letters labelled `filtered` say "user unknown": the figure of dead addresses is low for that.
    """
    folder = corpus("bounces")
    labels = json.loads((folder / "labels.json").read_text("utf-8"))
    found = classed = dead = tied = total = false = 0
    for name, facts in labels.items():
        mail = parse((folder / name).read_bytes())
        report = report_of(mail)
        bounced = kind_of(mail)[0] in (Kind.BOUNCE, Kind.DELAY)
        if {fact["reason"] for fact in facts} <= NO_BOUNCE:
            false += bounced
            continue
        total += 1
        found += bounced
        if report is not None:
            assert report.recipients, name
            classed += report.permanent in {fact["status"].startswith("5") for fact in facts}
            dead += report.dead in {fact["hard"] for fact in facts}
            tied += bool(report.message_ids)
    assert total > 250
    assert found / total >= RECALL
    assert classed / found >= CLASS
    assert dead / found >= DEAD
    assert tied / found >= MESSAGE_ID
    assert false == 0
