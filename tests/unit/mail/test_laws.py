"""Laws of reading mail: it never raises, on anything."""

from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.core.intent import Kind
from mailbot.mail.kind import kind_of
from mailbot.mail.parse import ParsedMail, parse
from mailbot.mail.quote import new_words
from mailbot.mail.report import report_of
from mailbot.mail.thread import numbers_in, thread_keys, verify_token
from tests.unit.mail.corpus import corpus

FRAGMENTS = st.sampled_from(
    [
        b"From: ",
        b"To: a+b-c@x.example",
        b"Subject: ",
        b"Date: ",
        b"Message-ID: <",
        b">",
        b"References: ",
        b"\r\n",
        b"\n",
        b"\r\n\r\n",
        b"--x",
        b"--x--",
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=x",
        b"Content-Type: message/delivery-status",
        b"Content-Type: text/plain; charset=",
        b"utf-7",
        b"punycode",
        b"idna",
        b"Content-Transfer-Encoding: base64",
        b"Content-Transfer-Encoding: quoted-printable",
        b"=?utf-8?b?",
        b"?=",
        b"=",
        b"Content-Disposition: attachment; filename*0*=",
        b"'''",
        b"%",
        b";",
        b'"',
        b"\\",
        b"(",
        b"[",
        b"<>",
        b",",
        b":",
        b"Final-Recipient: rfc822; ",
        b"Action: failed",
        b"Status: 5.1.1",
        b"mailer-daemon@x.example",
        b"\x00",
        b"\xff\xfe",
        b"> ",
        b"On 3 Nov 2026 at 10:00, A <a@x.example> wrote:",
        b"<div class=gmail_quote>",
        b"<blockquote type=cite>",
        b"Auto-Submitted: auto-replied",
        b"Return-Path: <>",
        b"Content-Type: text/html",
        b"<!--",
        b"&#55296;",
    ]
)
OCTETS = st.lists(FRAGMENTS | st.binary(max_size=12), max_size=60).map(b"".join) | st.binary(max_size=400)


def _read(octets: bytes) -> ParsedMail:
    mail = parse(octets)
    kind, why = kind_of(mail)
    report_of(mail)
    thread_keys(mail, b"key", ("INV-1042",))
    for text in (mail.text, mail.html, mail.subject, why, new_words(mail.text, mail.html)):
        text.encode("utf-8")
        assert "\x00" not in text
    assert isinstance(kind, Kind)
    assert "\n" not in mail.subject
    assert not [fault for fault in mail.faults if fault.startswith("could not be read")]
    return mail


@settings(max_examples=400)
@given(OCTETS)
def test_no_octets_whatever_make_the_reading_raise(octets: bytes) -> None:
    """Parse, kind, report, thread and new words hold on anything, and their text can be stored."""
    _read(octets)


@settings(max_examples=200)
@given(st.text(max_size=300), st.text(max_size=300))
def test_no_text_whatever_makes_the_words_raise(text: str, html: str) -> None:
    """The new words of any text are found without an error; so are its numbers and tokens."""
    new_words(text, html)
    numbers_in(text, [html, "INV-1"])
    verify_token(b"key", text)


def test_the_odd_messages_of_two_mail_libraries_are_read_without_a_fault_of_ours() -> None:
    """Every broken message of the corpus is read by the walker itself, not by its last guard."""
    paths = [path for path in corpus("malformed").iterdir() if not path.name.startswith("LICENSE")]
    assert len(paths) > 50
    for path in paths:
        _read(path.read_bytes())
