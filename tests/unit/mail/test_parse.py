"""Reading a message: what a well-formed one says, and what is made of broken and hostile ones."""

import datetime as dt
import resource
from collections.abc import Callable

import pytest

from mailbot.mail.parse import ParsedMail, parse

HEAD = b"From: a@example.net\r\nDate: Mon, 2 Nov 2026 10:00:00 +0100\r\n"


def test_a_reply_of_a_french_client_is_read_in_full() -> None:
    """Names, subject, dates, thread, both bodies and the attachment come out decoded."""
    mail = parse(
        b"Return-Path: <Rene@Example.fr>\r\n"
        b"From: =?utf-8?q?Ren=C3=A9?= Dupont <Rene@Example.FR>\r\n"
        b'To: "Studio, Julie" <julie+l7-abc@studio.example>, b@studio.example\r\n'
        b"Cc: Compta <compta@example.fr>\r\n"
        b"Subject: =?utf-8?q?RE=3A_Facture_caf=C3?= =?utf-8?q?=A9?=\r\n n=?iso-8859-1?b?sA==?= 12\r\n"
        b"Message-ID: <r1@example.fr>\r\nIn-Reply-To: <l7@studio.example>\r\n"
        b"References: <l1@studio.example>\r\n <l7@\r\n studio.example>\r\n"
        b"Date: Tue, 3 Nov 2026 23:30:00 -0500\r\n"
        b'Content-Type: multipart/mixed; boundary="m"\r\n\r\npreamble\r\n--m\r\n'
        b'Content-Type: multipart/alternative; boundary="ma"\r\n\r\n--ma\r\n'
        b"Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        b"R=E9gl=E9 hier, =80 12.\r\n--ma\r\n"
        b"Content-Type: text/html; charset=utf-8\r\n\r\n<p>R\xc3\xa9gl\xc3\xa9</p>\r\n"
        b"--ma--\r\n--m\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n"
        b"Content-Disposition: attachment; filename*=utf-8''re%C3%A7u.pdf\r\n\r\nAAAA\r\nAAA=\r\n--m--\r\n"
    )
    assert (mail.from_name, mail.from_email, mail.return_path) == ("René Dupont", "rene@example.fr", "rene@example.fr")
    assert mail.to == ("julie+l7-abc@studio.example", "b@studio.example")
    assert mail.cc == ("compta@example.fr",)
    assert mail.subject == "RE: Facture café n° 12"
    assert (mail.message_id, mail.in_reply_to) == ("<r1@example.fr>", "<l7@studio.example>")
    assert mail.references == ("<l1@studio.example>", "<l7@studio.example>")
    assert mail.sent_at == dt.datetime(2026, 11, 4, 4, 30, tzinfo=dt.UTC)
    assert mail.sent_on == dt.date(2026, 11, 3)
    assert mail.text.strip() == "Réglé hier, € 12."
    assert mail.html.strip() == "<p>Réglé</p>"
    assert [(a.name, a.content_type, a.size) for a in mail.attachments] == [("reçu.pdf", "application/pdf", 5)]
    assert mail.plus_tokens == ("l7-abc",)
    assert mail.faults == ()


@pytest.mark.parametrize(
    ("octets", "text", "fault"),
    [
        pytest.param(HEAD + b"Content-Type: text/plain; charset=x-unheard\r\n\r\nh\xe9", "hé", "charset", id="unknown"),
        pytest.param(HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\nh\xe9", "hé", "charset", id="wrong"),
        pytest.param(
            HEAD + b"Content-Type: text/plain; charset=iso-8859-1\r\n\r\nR\xc3\xa9gl\xc3\xa9 \xe2\x82\xac",
            "Réglé €",
            "charset",
            id="UTF-8 that calls itself Latin-1",
        ),
        pytest.param(
            HEAD + b"Content-Type: text/plain; charset=iso-8859-1\r\n\r\nR\xe9gl\xe9",
            "Réglé",
            "",
            id="Latin-1 that is Latin-1",
        ),
        pytest.param(
            HEAD + b"Content-Type: text/plain; charset=rot13\r\n\r\nabc", "abc", "charset", id="no text codec"
        ),
        pytest.param(
            HEAD + b"Content-Type: text/plain; charset=utf-7\r\n\r\na+2AA-b", "a\ufffdb", "", id="lone surrogate"
        ),
        pytest.param(HEAD + b"\r\na\x00b", "ab", "", id="NUL octets"),
        pytest.param(
            HEAD + b"Content-Type: text/html\r\n\r\n<p>a<br>b</p><script>x</script>", "a\nb", "", id="HTML only"
        ),
        pytest.param(HEAD + b"Content-Type: multipart/mixed\r\n\r\nwords", "words", "no parts", id="no boundary"),
        pytest.param(
            HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nwords", "words", "", id="no end"
        ),
        pytest.param(b"just some words\r\nand more", "just some words\nand more", "no sender", id="not MIME at all"),
        pytest.param(HEAD.replace(b"\r\n", b"\r") + b"\rwords", "words", "CR only", id="lines end in CR"),
        pytest.param(b"From nobody Mon\n" + HEAD + b"\r\nwords", "words", "", id="mbox line on top"),
        pytest.param(
            HEAD + b"this is no field\r\nSubject: s\r\n\r\nwords", "words", "no field", id="junk in the header"
        ),
        pytest.param(b"", "", "no sender", id="empty"),
    ],
)
def test_broken_mail_keeps_its_words_and_names_its_fault(octets: bytes, text: str, fault: str) -> None:
    mail = parse(octets)
    assert mail.text.strip() == text
    assert fault in " ".join(mail.faults)
    mail.text.encode("utf-8")


@pytest.mark.parametrize(
    "value", ["yesterday", "Mon, 99 Foo 2026 10:00", "", "Mon, 2 Nov 99999 10:00:00 +0000", "1 2 3"]
)
def test_an_unreadable_date_is_none_and_a_fault(value: str) -> None:
    mail = parse(f"From: a@example.net\nDate: {value}\n\nx".encode())
    assert (mail.sent_at, mail.sent_on) == (None, None)
    assert "no readable date" in mail.faults


def test_a_header_can_not_smuggle_a_line() -> None:
    """An encoded line end in a subject or a name becomes a space (law 9)."""
    mail = parse(b"From: =?utf-8?q?a=0D=0ABcc=3A?= <a@example.net>\nSubject: =?utf-8?b?YQ0KQmNjOiB4?=\n\n")
    assert (mail.subject, mail.from_name) == ("a Bcc: x", "a Bcc:")


def test_a_second_from_is_a_fault() -> None:
    """Which of two senders is meant nobody knows; both are in the headers."""
    mail = parse(b"From: a@example.net\nFrom: b@example.net\n\n")
    assert "from appears twice" in mail.faults
    assert mail.headers["from"] == ("a@example.net", "b@example.net")


def test_the_null_sender_is_told_from_a_missing_one() -> None:
    """An empty envelope sender is a machine's; none noted says nothing."""
    assert parse(b"Return-Path: <>\n\n").return_path == ""
    assert parse(b"From: a@example.net\n\n").return_path is None


def _nested() -> bytes:
    return HEAD + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i) for i in range(10_000)
    )


MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n"


@pytest.mark.parametrize(
    ("make", "fault"),
    [
        pytest.param(
            lambda: (
                MIXED + b"--x\r\n\r\nhi\r\n--x\r\nContent-Type: application/pdf; name=a.pdf\r\n"
                b"Content-Transfer-Encoding: base64\r\n\r\n" + b"QUJD" * 19 * 400_000
            ),
            "",
            id="30 MB attachment",
        ),
        pytest.param(lambda: HEAD + b"\r\n" + b"hello world\n" * 2_600_000, "cut", id="30 MB of text"),
        pytest.param(lambda: HEAD + b"Content-Type: text/html\r\n\r\n" + b"<div>" * 6_000_000, "", id="30 MB of div"),
        pytest.param(lambda: HEAD + b"X-A: " + b"b\r\n c" * 6_000_000, "header is too long", id="30 MB of header"),
        pytest.param(lambda: MIXED + b"--xy\r\n" * 5_000_000, "no parts", id="5,000,000 false boundaries"),
        pytest.param(lambda: MIXED + b"--x\r\n\r\na\r\n" * 1_000_000, "too many parts", id="a million parts"),
        pytest.param(_nested, "too deep", id="10,000 nested parts"),
        pytest.param(lambda: HEAD + b"\r\n" + b"\n" * 1_000_000, "", id="1 MB of line ends"),
        pytest.param(lambda: b"From: " + b"(" * 500_000 + b"\r\n\r\n", "no sender", id="half a million brackets"),
        pytest.param(lambda: b"Subject: " + b"=?utf-8?q?" * 50_000 + b"\r\n\r\n", "", id="50,000 torn encoded words"),
    ],
)
def test_hostile_sizes_are_capped(make: Callable[[], bytes], fault: str) -> None:
    """Whatever is sent, the text stays small, the fault is named, and reading takes no memory beyond 100 MB."""
    octets = make()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    mail = parse(octets)
    grown_mib = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert len(mail.text) <= 64 * 1024
    assert mail.text.count("\n") < 2_000
    assert fault in " ".join(mail.faults)
    assert grown_mib < 100


def test_a_large_attachment_keeps_its_size_and_the_words_before_it() -> None:
    octets = MIXED + b"--x\r\n\r\nhi\r\n--x\r\nContent-Type: application/pdf; name=a.pdf\r\n"
    octets += b"Content-Transfer-Encoding: base64\r\n\r\n" + (b"QUJD" * 19 + b"\r\n") * 1_000 + b"--x--\r\n"
    mail: ParsedMail = parse(octets)
    assert mail.text.strip() == "hi"
    assert abs(mail.attachments[0].size - 57_000) <= 2
