"""People, and the machines that answer in their place."""

import pytest

from mailbot.core.intent import Kind
from mailbot.mail.kind import kind_of
from mailbot.mail.parse import parse

THREAD = "In-Reply-To: <l7@s.example>\n"
REPORT = "Content-Type: multipart/report; report-type={}; boundary=x\n\n--x\nContent-Type: message/{}\n\n{}\n--x--\n"


@pytest.mark.parametrize(
    ("head", "body", "kind"),
    [
        pytest.param(THREAD, "Payé hier.", Kind.REPLY, id="a person answers"),
        pytest.param("Auto-Submitted: no\nPrecedence: bulk\n", "x", Kind.REPLY, id="Auto-Submitted: no is a person"),
        pytest.param("Auto-Submitted: auto-replied (vacation)\n", "x", Kind.AUTO_REPLY, id="RFC 3834"),
        pytest.param("Auto-Submitted: auto-generated\n" + THREAD, "x", Kind.AUTO_REPLY, id="generated, in our thread"),
        pytest.param("Auto-Submitted: auto-generated\n", "x", Kind.BULK, id="generated, in no thread"),
        pytest.param(
            "Message-ID: <1@shop.example>\nReferences: <1@shop.example>\nAuto-Submitted: auto-generated\n",
            "x",
            Kind.BULK,
            id="generated, in a thread that it begins itself",
        ),
        pytest.param("X-Autoreply: yes\n", "x", Kind.AUTO_REPLY, id="X-Autoreply"),
        pytest.param("X-Autoreply: no\n" + THREAD, "x", Kind.REPLY, id="X-Autoreply: no"),
        pytest.param(
            "Precedence: bulk\n" + THREAD, "x", Kind.AUTO_REPLY, id="bulk in our thread: an old vacation program"
        ),
        pytest.param("Subject: Réponse automatique : Facture\n", "x", Kind.AUTO_REPLY, id="a French subject"),
        pytest.param("Subject: En congé : Re: Facture 12\n", "x", Kind.AUTO_REPLY, id="a subject that tells of leave"),
        pytest.param("Subject: En congé demain mais payé\n", "x", Kind.REPLY, id="a person on leave who has paid"),
        pytest.param("Subject: Out of office: invoice paid?\n", "x", Kind.AUTO_REPLY, id="a subject that quotes ours"),
        pytest.param("Subject: RE: Réponse automatique : Facture\n", "x", Kind.REPLY, id="an answer to such a subject"),
        pytest.param(
            "X-Auto-Response-Suppress: All\n" + THREAD, "x", Kind.REPLY, id="Exchange asks for silence: a person"
        ),
        pytest.param("List-Id: <billing.acme.example>\n" + THREAD, "x", Kind.REPLY, id="a person, through a group"),
        pytest.param("List-Unsubscribe: <mailto:x@y.example>\n", "x", Kind.BULK, id="a newsletter"),
        pytest.param("Return-Path: <>\n", "Je suis en vacances", Kind.AUTO_REPLY, id="the null sender"),
        pytest.param(
            "Auto-Submitted: auto-generated\nX-Zendesk-Ticket-Id: 1\n" + THREAD,
            "Paid on Friday.",
            Kind.REPLY,
            id="a person, relayed by a ticket system",
        ),
        pytest.param(
            "X-Zendesk-Ticket-Id: 1\n",
            "Your request (12) has been received.",
            Kind.AUTO_REPLY,
            id="the ticket system itself",
        ),
        pytest.param(
            REPORT.format("disposition-notification", "disposition-notification", "Disposition: x; displayed"),
            "",
            Kind.RECEIPT,
            id="RFC 8098",
        ),
        pytest.param(
            "Subject: Lu : Facture 12\n", "Votre message a été lu", Kind.RECEIPT, id="a read receipt of Outlook"
        ),
        pytest.param(
            REPORT.format("delivery-status", "delivery-status", "Final-Recipient: rfc822; a@b.example\nAction: failed"),
            "",
            Kind.BOUNCE,
            id="RFC 3464 failed",
        ),
        pytest.param(
            REPORT.format(
                "delivery-status", "delivery-status", "Final-Recipient: rfc822; a@b.example\nAction: delayed"
            ),
            "",
            Kind.DELAY,
            id="RFC 3464 delayed",
        ),
        pytest.param(
            REPORT.format(
                "delivery-status", "delivery-status", "Final-Recipient: rfc822; a@b.example\nAction: delivered"
            ),
            "",
            Kind.RECEIPT,
            id="RFC 3464 delivered",
        ),
        pytest.param(
            REPORT.format("feedback-report", "feedback-report", "Feedback-Type: abuse"),
            "",
            Kind.REPLY,
            id="a complaint: a person pressed a button",
        ),
        pytest.param(
            "Subject: Re: delivery failed?\n" + THREAD,
            "The goods could not be delivered, 550 boxes",
            Kind.REPLY,
            id="a person who speaks of a delivery",
        ),
    ],
)
def test_kinds_are_told_apart(head: str, body: str, kind: Kind) -> None:
    found, why = kind_of(parse(f"From: Ada <ada@example.net>\n{head}\n{body}".encode()))
    assert found is kind, why
    assert why


def test_a_provider_is_known_by_its_exact_domain() -> None:
    """A look-alike is no provider; and a notice settles nothing anyway."""
    assert kind_of(parse(b"From: service@paypal.com\n\nx"))[0] is Kind.PAYMENT_NOTICE
    assert kind_of(parse(b"From: service@paypal.com.evil.example\n\nx"))[0] is Kind.REPLY
    assert kind_of(parse(b"From: service@notpaypal.com\n\nx"))[0] is Kind.REPLY
