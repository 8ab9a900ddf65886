# ruff: noqa: E501 - a mail stands as it is written
"""Forged, replayed and misleading notices: each is found out by name, and none settles."""

import asyncio
import base64
from collections.abc import Mapping
from dataclasses import replace

import pytest

from mailbot.core.intent import Kind
from mailbot.core.notice import Check, NoticeEvent, lacking, suspicious
from mailbot.flows.desk import Desk, GivenRecords
from mailbot.flows.notice import Judged, examine, find
from mailbot.mail.kind import kind_of
from mailbot.mail.parse import parse
from tests.fakes.far_side import packaged_catalogue
from tests.fakes.provider import NOW, Key, key, signed, written
from tests.unit.notices.forged import (
    CONTENT,
    HTML,
    KEYS,
    QUOTING,
    STRIPE,
    SUBJECT,
    TEXT,
    forgeries,
    genuine,
    put_on_top,
)


def judged(octets: bytes, keys: Mapping[str, str | None] | None = None, authserv_id: str = "") -> Judged | None:
    """What is made of a mail; None where it is no notice."""
    mail = parse(octets)
    found = find(mail, kind_of(mail)[0], packaged_catalogue())
    if found is None:
        return None
    at_hand = Desk(packaged_catalogue, GivenRecords(KEYS if keys is None else keys), ("bot@studio.example",))
    return asyncio.run(examine(octets, mail, found, replace(at_hand, authserv_id=authserv_id), NOW))


def test_a_genuine_notice_passes_all_that_can_be_checked_without_books() -> None:
    found = judged(signed(written(STRIPE, SUBJECT, TEXT, HTML), "stripe.com"))
    assert found is not None
    assert lacking(found.checks) == ("unseen", "sender_confirmed", "fits_one_invoice")
    assert not found.settles
    assert not suspicious(found.checks)


def test_all_headers_signed_and_signed_twice_are_as_good() -> None:
    fields = (
        "from",
        "from",
        "to",
        "to",
        "subject",
        "subject",
        "date",
        "date",
        "message-id",
        "content-type",
        "mime-version",
    )
    found = judged(signed(written(STRIPE, SUBJECT, TEXT), "stripe.com", fields=fields))
    assert found is not None
    assert lacking(found.checks) == ("unseen", "sender_confirmed", "fits_one_invoice")


def test_of_two_signatures_one_of_the_providers_is_enough() -> None:
    """Providers send through mail services, which sign as well."""
    both = signed(genuine(), "amazonses.com", selector="ses")
    found = judged(both)
    assert found is not None
    assert lacking(found.checks) == ("unseen", "sender_confirmed", "fits_one_invoice")


@pytest.mark.parametrize(
    "octets",
    [
        signed(written(STRIPE, SUBJECT, QUOTING), "stripe.com", fields=CONTENT),
        signed(written(STRIPE, SUBJECT, TEXT, HTML), "stripe.com", fields=CONTENT[:-1]),
        signed(written(STRIPE, SUBJECT, TEXT, HTML), "stripe.com"),
        signed(written(STRIPE, SUBJECT, "", f"<!DOCTYPE html><html><p style=''>{HTML}</html>"), "stripe.com"),
        signed(written(STRIPE, SUBJECT, TEXT), "stripe.com"),
    ],
    ids=["all is signed", "parts, the type signed", "parts", "a page", "words"],
)
def test_a_body_that_shows_what_it_is_needs_no_more(octets: bytes) -> None:
    found = judged(octets)
    assert found is not None
    assert found.checks["signed_content"] is Check.PASS


def test_a_key_that_says_what_it_is_for_is_a_good_one() -> None:
    records_ = {name: f"{text}; h=sha1:sha256; s=email; t=s; n=ours;" for name, text in KEYS.items()}
    found = judged(genuine(), records_)
    assert found is not None
    assert found.checks["dkim"] is Check.PASS


@pytest.mark.parametrize("name", list(forgeries()))
def test_a_forged_or_misleading_notice_is_found_out(name: str) -> None:
    forged = forgeries()[name]
    found = judged(forged.octets, forged.keys)
    assert found is not None
    assert found.checks[forged.check] is forged.result, dict(found.checks)
    assert not found.settles
    assert forged.check in lacking(found.checks)


def test_without_dns_nothing_is_held_against_the_mail() -> None:
    found = judged(genuine(), {})
    assert found is not None
    assert not suspicious(found.checks)
    assert found.checks["dkim"] is Check.UNKNOWN


def test_a_forwarded_genuine_notice_is_the_forwarders_word() -> None:
    """As an attachment, inline, or quoted: none of it is a notice."""
    inner = base64.b64encode(genuine()).decode()
    attached = (
        "From: Jean <jean@client.example>\r\nTo: bot@studio.example\r\nSubject: Fwd: Payment received\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nLook, I paid.\r\n"
        f"--b\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n{inner}\r\n--b--\r\n"
    ).encode()
    inline = written(
        "Jean <jean@client.example>", "Fwd: Payment received", f"---- Forwarded ----\nFrom: {STRIPE}\n\n{TEXT}"
    )
    assert judged(attached) is None
    assert judged(inline) is None


def test_a_genuine_mail_that_only_carries_a_notice_is_none() -> None:
    """The service's own help desk sends a mail on: its attachment is not its word."""
    whole = (
        (
            f"From: {STRIPE}\r\nTo: bot@studio.example\r\nSubject: Your case\r\nDate: Fri, 20 Nov 2026 09:30:00 +0000\r\nMIME-Version: 1.0\r\n"
            "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nAs you asked.\r\n"
            "--b\r\nContent-Type: message/rfc822\r\n\r\n"
        ).encode()
        + genuine()
        + b"\r\n--b--\r\n"
    )
    found = judged(signed(whole, "stripe.com"))
    assert found is not None
    assert found.notice.event is None


@pytest.mark.parametrize(
    ("line", "result"),
    [
        ("mx.studio.example; dkim=pass header.d=stripe.com; dmarc=pass", Check.PASS),
        ("mx.studio.example (checked); dkim=pass (2048-bit key) header.i=@stripe.com header.s=s1", Check.PASS),
        ("mx.studio.example; dkim=pass header.d=evil.example", Check.FAIL),
        ("mx.studio.example; dkim=fail header.d=stripe.com", Check.FAIL),
        ("mx.studio.example; dkim=pass header.d=stripe.com; dmarc=fail", Check.FAIL),
        ("mx.studio.example; none", Check.FAIL),
        ("other.example; dkim=pass header.d=stripe.com", Check.UNKNOWN),
        ("", Check.UNKNOWN),
    ],
)  # fmt: skip
def test_our_own_mail_provider_is_asked_too(line: str, result: Check) -> None:
    octets = put_on_top(genuine(), f"Authentication-Results: {line}") if line else genuine()
    found = judged(octets, authserv_id="mx.studio.example")
    assert found is not None
    assert found.checks["authentication_results"] is result


def test_only_the_topmost_result_of_our_provider_counts() -> None:
    """What stands below came with the mail: anybody can have written it."""
    below = put_on_top(genuine(), "Authentication-Results: mx.studio.example; dkim=pass header.d=stripe.com")
    octets = put_on_top(below, "Authentication-Results: mx.studio.example; dkim=none")
    found = judged(octets, authserv_id="mx.studio.example")
    assert found is not None
    assert found.checks["authentication_results"] is Check.FAIL


def test_a_persons_mail_from_a_bank_is_no_notice() -> None:
    octets = written(
        "Jeanne Roy <jeanne.roy@bnpparibas.com>", "Votre facture", "Bonjour, je la transmets au service achats."
    )
    assert judged(octets) is None


def test_a_person_with_a_services_name_is_a_person() -> None:
    words = "You received a payment of €100.00 for the deposit already, the rest follows."
    assert judged(written("Mollie Smith <mollie@client.example>", "Re: invoice", words)) is None


@pytest.mark.parametrize(
    "noise", ["{", "(((((", ", " * 40_000, "a " * 60_000, "1 250,00 € " * 8_000, "vous avez reçu " * 9_000]
)
def test_hostile_words_are_read_in_no_time_and_never_raise(noise: str) -> None:
    found = judged(written(STRIPE, noise[:900], noise))
    assert found is not None
    assert found.notice.event in (None, *NoticeEvent)


def test_octets_that_are_no_mail_are_no_notice() -> None:
    for octets in (b"", b"\x00" * 100, b"From: x@stripe.com\r\n", b"From: notifications@stripe.com\nbad header\n\nx"):
        mail = parse(octets)
        find(mail, Kind.PAYMENT_NOTICE, packaged_catalogue())


def test_the_key_of_the_tests_is_one() -> None:
    assert isinstance(key(), Key)
    assert key(seed=1) == key()
