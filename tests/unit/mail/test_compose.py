"""From a draft to octets: what every mail program must be able to read, and what nobody can smuggle in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr, parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.mail.compose import (
    Draft,
    FilePart,
    InlineImage,
    Mailbox,
    ascii_address,
    compose,
    mint_message_id,
)

MESSAGE_ID = mint_message_id("INV-1042/friendly", "atelier.test")
DRAFT = Draft(
    message_id=MESSAGE_ID,
    date=datetime(2026, 3, 9, 10, 30, tzinfo=timezone(timedelta(hours=-4))),
    sender=("Zoé Tremblay", "zoe@atelier.test"),
    to=(("Julie Côté", "julie@client.test"),),
    subject="Facture INV-1042 : un petit rappel",
    text="Bonjour Julie,\n\nLa facture de 1 250,00 € était due hier.\n",
    letter_key="INV-1042/friendly",
)
HTML = "<p>Bonjour Julie</p><img src='cid:aging'>"
PNG = InlineImage("aging", "image/png", b"\x89PNG\r\n\x1a\n" + bytes(300))
PDF = FilePart("facture été.pdf", "application/pdf", b"%PDF-1.7\r\n\x00\xff" * 200)
FULL = replace(DRAFT, html=HTML, inline_images=(PNG,), attachments=(PDF,))


def read(octets: bytes) -> EmailMessage:
    message = message_from_bytes(octets, policy=default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def part(message: EmailMessage, *kinds: str) -> EmailMessage:
    found = message.get_body(kinds)
    assert isinstance(found, EmailMessage)
    return found


def safe(octets: bytes) -> bool:
    """RFC 5322 2.1.1 and 2.3: 7-bit, CRLF only, no line over 998."""
    lines = octets.split(b"\r\n")
    return octets.isascii() and not any(b"\n" in line or b"\r" in line or len(line) > 998 for line in lines)


def test_a_letter_carries_what_threads_it_and_what_keeps_robots_quiet() -> None:
    octets = compose(replace(DRAFT, in_reply_to="<b@x.test>", references=("<a@x.test>", "<b@x.test>")))
    message = read(octets)
    assert message["Message-ID"] == MESSAGE_ID
    assert message["In-Reply-To"] == "<b@x.test>"
    assert message["References"].split() == ["<a@x.test>", "<b@x.test>", MESSAGE_ID]
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert message["X-Mailbot-Letter"] == "INV-1042/friendly"
    assert message["Precedence"] is None
    assert message["MIME-Version"] == "1.0"
    assert parsedate_to_datetime(message["Date"]) == DRAFT.date
    assert part(message, "plain").get_content().replace("\r\n", "\n") == DRAFT.text


def test_a_first_letter_still_names_itself_in_references() -> None:
    message = read(compose(DRAFT))
    assert message["References"] == MESSAGE_ID
    assert message["In-Reply-To"] is None


def test_a_long_thread_keeps_its_first_and_its_last_letters() -> None:
    ids = tuple(f"<{number}@x.test>" for number in range(100))
    references = read(compose(replace(DRAFT, references=ids)))["References"].split()
    assert len(references) == 21
    assert references[0] == ids[0]
    assert references[-2:] == [ids[-1], MESSAGE_ID]


def test_the_same_draft_gives_the_same_octets_and_another_id_another_boundary() -> None:
    assert compose(FULL) == compose(FULL)
    other = compose(replace(FULL, message_id=mint_message_id("other", "atelier.test")))
    boundaries = {read(octets).get_boundary() for octets in (compose(FULL), other)}
    assert len(boundaries) == 2


def test_parts_nest_as_mixed_alternative_related() -> None:
    octets = compose(FULL)
    message = read(octets)
    shape = [inner.get_content_type() for inner in message.walk()]
    assert shape == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "application/pdf",
    ]
    assert part(message, "html").get_content().strip() == HTML
    [attached] = message.iter_attachments()
    assert attached.get_filename() == "facture été.pdf"
    assert attached.get_content() == PDF.octets
    image = next(inner for inner in message.walk() if inner.get_content_type() == "image/png")
    assert (image["Content-ID"], image.get_content_disposition()) == ("<aging>", "inline")
    assert image.get_payload(decode=True) == PNG.octets
    assert octets.count(b"MIME-Version") == 1
    assert safe(octets)


@pytest.mark.parametrize(
    "name",
    [
        "Zoé Tremblay",
        "Tremblay, Zoé",
        "Tremblay, Zoe",
        'Zoe "Zed" Tremblay',
        "O'Brien (billing) <accounts>",
        "שרה לוי",
        "محمد عبد الله",
        "株式会社サンプル",
        "=?utf-8?q?Boss?=",
        "Zoé = ?= 100% <x>",
        "A very long company name, with many words in it, which does not fit on a line; Ltd",
        "Une très longue raison sociale, avec beaucoup de mots accentués qui déborde de la ligne et même deux",
        "back\\slash",
    ],
)
def test_a_display_name_arrives_as_it_was_written(name: str) -> None:
    octets = compose(replace(DRAFT, sender=(name, "zoe@atelier.test"), to=((name, "a@x.test"), ("", "b@x.test"))))
    shown, address = parseaddr(message_from_bytes(octets)["From"].replace("\r\n", ""))
    # email.policy.default puts a space between adjacent encoded words of a name, against RFC 2047 6.2.
    assert (str(make_header(decode_header(shown))), address) == (name, "zoe@atelier.test")
    message = read(octets)
    assert [one.addr_spec for one in message["To"].addresses] == ["a@x.test", "b@x.test"]
    assert max(len(line) for line in octets.partition(b"\r\n\r\n")[0].split(b"\r\n")) <= 110


@pytest.mark.parametrize(
    "subject",
    [
        "Invoice INV-1042",
        "Facture INV-1042 : déjà échue (1 250,00 €)",
        "word " * 60 + "end",
        "été " * 80 + "fin",
        "x" * 1500,
        "=?utf-8?q?not_decoded?=",
        "חשבונית 1042",
    ],
)
def test_a_subject_arrives_as_it_was_written(subject: str) -> None:
    octets = compose(replace(DRAFT, subject=subject))
    assert read(octets)["Subject"] == subject
    assert safe(octets)


EVIL = ["a\r\nBcc: all@x.test", "a\nX: y", "a\rb", "a\0b", "a\x0bb", "a\u2028b", "a\x85b", "a\x7fb", "a\ud800b"]
PLACES = {
    "From": lambda text: replace(DRAFT, sender=(text, "z@x.test")),
    "From address": lambda text: replace(DRAFT, sender=("", f"{text}@x.test")),
    "To": lambda text: replace(DRAFT, to=((text, "z@x.test"),)),
    "To address": lambda text: replace(DRAFT, to=(("", f"z@{text}"),)),
    "Reply-To": lambda text: replace(DRAFT, reply_to=f"{text}@x.test"),
    "Subject": lambda text: replace(DRAFT, subject=text),
    "message_id": lambda text: replace(DRAFT, message_id=f"<{text}@x>"),
    "in_reply_to": lambda text: replace(DRAFT, in_reply_to=f"<{text}@x>"),
    "references": lambda text: replace(DRAFT, references=(f"<{text}@x>",)),
    "letter_key": lambda text: replace(DRAFT, letter_key=text),
    "auto_submitted": lambda text: replace(DRAFT, auto_submitted=text),
    "attachments": lambda text: replace(DRAFT, attachments=(FilePart(text, "a/b", b""),)),
    "attachments type": lambda text: replace(DRAFT, attachments=(FilePart("a", text, b""),)),
    "inline_images": lambda text: replace(DRAFT, html="x", inline_images=(InlineImage(text, "a/b", b""),)),
}


@pytest.mark.parametrize("evil", EVIL, ids=[ascii(text) for text in EVIL])
@pytest.mark.parametrize("place", PLACES)
def test_nothing_smuggles_a_line_into_the_headers(place: str, evil: str) -> None:
    with pytest.raises(ValueError, match=f"^{place.split(maxsplit=1)[0]}: .*control character"):
        compose(PLACES[place](evil))


@pytest.mark.parametrize(
    ("faulty", "words"),
    [
        (replace(DRAFT, to=()), "to: a letter needs a recipient"),
        (replace(DRAFT, text=" \n"), "text: a letter needs words"),
        (replace(DRAFT, text="a\ud800"), "text: the words hold half a character"),
        (replace(DRAFT, date=datetime(2026, 1, 1)), "date: a letter's date needs a time zone"),  # noqa: DTZ001 - on purpose
        (replace(DRAFT, message_id="abc"), "message_id: 'abc' is not a Message-ID"),
        (replace(DRAFT, references=("x y",)), "references: 'x y' is not"),
        (replace(DRAFT, inline_images=(PNG,)), "inline_images: images need html"),
        (replace(DRAFT, attachments=(FilePart("../a", "a/b", b""),)), "attachments: '../a' is not a plain file name"),
        (replace(DRAFT, attachments=(FilePart("a", "message/rfc822", b""),)), "attachments: message/rfc822 cannot"),
        (replace(DRAFT, to=(("", "julie"),)), "To: 'julie' is not an email address"),
        (replace(DRAFT, to=(("", "a@b@c.test"),)), "To: 'a@b@c.test' is not an email address"),
        (replace(DRAFT, to=(("", "a b@c.test"),)), "To: 'a b@c.test' is not an email address"),
        (replace(DRAFT, to=(("", "a@<c.test>"),)), "is not a domain name"),
        (replace(DRAFT, to=(("", "zoé@c.test"),)), "ask for a plain address"),
        (replace(DRAFT, to=(("", "a@straße.test"),)), r"in its ASCII form \(xn--"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_faulty_draft_says_which_field_and_why(faulty: Draft, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        compose(faulty)


def test_an_internationalised_domain_is_written_in_its_a_labels() -> None:
    assert ascii_address("info@québec.ca") == "info@xn--qubec-csa.ca"


def test_recipients_hold_bcc_which_the_octets_never_show() -> None:
    draft = replace(DRAFT, bcc=(("", "bot@atelier.test"), ("", "julie@client.test")))
    assert draft.recipients == ("julie@client.test", "bot@atelier.test")
    assert b"bot@atelier.test" not in compose(draft)


def test_a_message_id_comes_from_its_key_alone() -> None:
    assert mint_message_id("k", "x.test") == mint_message_id("k", "x.test") != mint_message_id("l", "x.test")
    with pytest.raises(ValueError, match=r"^domain: "):
        mint_message_id("k", "x.test>\r\n")


names = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=120)


@given(name=names, subject=names, body=st.text(min_size=1, max_size=400).map(lambda text: "x" + text))
def test_any_words_give_safe_octets_with_the_same_headers(name: str, subject: str, body: str) -> None:
    mailbox: Mailbox = (name, "z@x.test")
    try:
        octets = compose(replace(DRAFT, to=(mailbox,), subject=subject, text=body, html=body))
    except ValueError as fault:
        assert "half a character" in str(fault)  # noqa: PT017 - hypothesis finds both kinds
        return
    assert safe(octets)
    message = message_from_bytes(octets)
    assert message.get_all("To") is not None
    assert set(message.keys()) == {*read(compose(replace(DRAFT, html="x"))).keys()}
    assert len(message.keys()) == len(set(message.keys()))


def test_dates_keep_the_zone_they_were_given() -> None:
    assert b"\r\nDate: Mon, 09 Mar 2026 10:30:00 -0400\r\n" in compose(DRAFT)
    assert b"\r\nDate: Mon, 09 Mar 2026 14:30:00 +0000\r\n" in compose(replace(DRAFT, date=DRAFT.date.astimezone(UTC)))
