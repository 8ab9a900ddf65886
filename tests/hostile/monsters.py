"""Mails that nobody should send: each a name and a way to make it. Nothing here is opened, only read."""

import base64
import gzip
import io
import zipfile
from collections.abc import Callable

HEAD = (
    b"From: Anna <anna@client.example>\r\nTo: bot@studio.example\r\nSubject: Re: F-1\r\n"
    b"Date: Mon, 13 Apr 2026 10:00:00 -0400\r\nMessage-ID: <a@client.example>\r\nMIME-Version: 1.0\r\n"
)
PLAIN = HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\n"
HTML = HEAD + b"Content-Type: text/html; charset=utf-8\r\n\r\n"
MEGA = 1024 * 1024


def _mixed(*parts: bytes) -> bytes:
    joined = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts)
    return HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + joined + b"--b--\r\n"


def _file(name: str, octets: bytes) -> bytes:
    head = f'Content-Type: application/zip\r\nContent-Disposition: attachment; filename="{name}"\r\n'
    return head.encode() + b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(octets)


def _nested(depth: int) -> bytes:
    opened = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(depth))
    closed = b"".join(b"\r\n--b%d--" % n for n in reversed(range(depth)))
    return HEAD + opened + b"Content-Type: text/plain\r\n\r\nhello" + closed


def _messages(depth: int) -> bytes:
    return HEAD + b"Content-Type: message/rfc822\r\n\r\n" * depth + b"Subject: in\r\n\r\nhello"


def _zip_bomb() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in range(20):
            archive.writestr(f"../../{name}.txt", b"\x00" * MEGA)
    return _mixed(_file("bomb.zip", made.getvalue()), _file("bomb.gz", gzip.compress(b"\x00" * 20 * MEGA)))


def _report(fields: bytes) -> bytes:
    head = HEAD.replace(b"anna@client.example>\r\nTo", b"mailer-daemon@client.example>\r\nTo")
    return (
        head + b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\n" + fields + b"\r\n--b--\r\n"
    )


MONSTERS: dict[str, Callable[[], bytes]] = {
    "nothing at all": lambda: b"",
    "10,000 nested parts": lambda: _nested(10_000),
    "10,000 messages inside each other": lambda: _messages(10_000),
    "100,000 parts side by side": lambda: _mixed(*[b"Content-Type: text/plain\r\n\r\nx"] * 100_000),
    "a million boundary lines that almost fit": lambda: (
        HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--bb\r\n" * 1_000_000
    ),
    "1 MB of newlines": lambda: PLAIN + b"\n" * MEGA,
    "1 MB of newlines before the header": lambda: b"\r\n" * (MEGA // 2) + PLAIN + b"hello",
    "1 MB of carriage returns": lambda: PLAIN.replace(b"\r\n", b"\r") + b"\r" * MEGA,
    "30 MB HTML part": lambda: HTML + b"<p>We will pay on Friday. </p>\n" * (MEGA),
    "30 MB of one HTML word": lambda: HTML + b"a" * 30 * MEGA,
    "30 MB of tags that never close": lambda: HTML + b"<div><b><i>" * (3 * MEGA),
    "100,000 nested HTML elements": lambda: HTML + b"<div>" * 100_000 + b"hello" + b"</div>" * 100_000,
    "100,000 nested quotes": lambda: HTML + b"<blockquote type=cite>" * 100_000 + b"hello",
    "a table of 300,000 cells": lambda: HTML + b"<table>" + b"<tr>" + b"<td>1" * 300_000,
    "100,000 nested tables": lambda: HTML + b"<table><tr><td>" * 100_000 + b"hello",
    "100,000 attributes": lambda: HTML + b"<p " + b" ".join(b'a%d="x"' % n for n in range(100_000)) + b">hi</p>",
    "an attribute of 5 MB": lambda: HTML + b'<p style="' + b"display:" * (5 * MEGA // 8) + b'">hi</p>',
    "HTML entities that grow": lambda: (
        HTML
        + b"<!DOCTYPE html [<!ENTITY a 'aaaaaaaaaa'>"
        + b"".join(b"<!ENTITY a%d '&a%d;&a%d;&a%d;'>" % (n, n - 1, n - 1, n - 1) for n in range(1, 30))
        + b"]><p>&a29;</p>"
    ),
    "a zip bomb and a gzip bomb": _zip_bomb,
    "10 MB of quoted-printable": lambda: (
        HEAD
        + b"Content-Transfer-Encoding: quoted-printable\r\nContent-Type: text/plain\r\n\r\n"
        + b"=3D=20=\r\n" * (MEGA)
    ),
    "a quoted-printable line of 10 MB": lambda: (
        HEAD + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=E9" * (3 * MEGA)
    ),
    "10 MB of broken base64": lambda: HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"=A=\xff" * (2 * MEGA),
    "an unknown charset": lambda: HEAD + b"Content-Type: text/plain; charset=x-klingon\r\n\r\n\xff\xfe\xe9",
    "a charset that is a path": lambda: HEAD + b'Content-Type: text/plain; charset="../../etc/passwd"\r\n\r\nhi',
    "a charset that unpacks": lambda: HEAD + b"Content-Type: text/plain; charset=zlib\r\n\r\n" + b"x" * 1000,
    "punycode of 1 MB": lambda: HEAD + b"Content-Type: text/plain; charset=punycode\r\n\r\n" + b"a-9" * (MEGA // 3),
    "UTF-7 of 1 MB": lambda: HEAD + b"Content-Type: text/plain; charset=utf-7\r\n\r\n" + b"+AAAA-" * (MEGA // 6),
    "UTF-16 without its mark": lambda: HEAD + b"Content-Type: text/plain; charset=utf-16\r\n\r\n\xd8\x00\xdc" * 9,
    "NUL bytes everywhere": lambda: PLAIN.replace(b"Anna", b"An\x00na") + b"pa\x00id\x00" * 100_000,
    "100,000 recipients": lambda: (
        b"To: "
        + b",\r\n ".join(b'"Name, %d" <a%d@client.example>' % (n, n) for n in range(100_000))
        + b"\r\n"
        + PLAIN
        + b"hi"
    ),
    "100,000 Received headers": lambda: (
        b"Received: from a by b; Mon, 13 Apr 2026 10:00:00 -0400\r\n" * 100_000 + PLAIN + b"hi"
    ),
    "100,000 different headers": lambda: b"".join(b"X-%d: %d\r\n" % (n, n) for n in range(100_000)) + PLAIN + b"hi",
    "a subject of 5 MB": lambda: b"Subject: " + b"a " * (5 * MEGA // 2) + b"\r\n" + PLAIN + b"hi",
    "a subject folded 100,000 times": lambda: b"Subject: a\r\n" + b" b\r\n" * 100_000 + PLAIN + b"hi",
    "100,000 encoded words": lambda: b"Subject: " + b"=?utf-8?b?w6k=?= " * 100_000 + b"\r\n" + PLAIN + b"hi",
    "References of 5 MB": lambda: b"References: " + b"<a@b.example>\r\n " * 300_000 + b"\r\n" + PLAIN + b"hi",
    "50,000 open brackets in From": lambda: b"From: " + b"(" * 50_000 + b"a@b.example\r\n" + PLAIN + b"hi",
    "50,000 quotes in From": lambda: b"From: " + b'"\\"' * 50_000 + b" <a@b.example>\r\n" + PLAIN + b"hi",
    "50,000 group colons in To": lambda: b"To: " + b"a:b@c.example;" * 50_000 + b"\r\n" + PLAIN + b"hi",
    "parameters without end": lambda: (
        HEAD + b"Content-Type: text/plain; " + b"; ".join(b"n*%d*=utf-8''a" % n for n in range(5_000)) + b"\r\n\r\nhi"
    ),
    "a date of 1 MB": lambda: b"Date: " + b"1 " * (MEGA // 2) + b"\r\n" + PLAIN + b"hi",
    "text direction turned around": lambda: (
        PLAIN + "\u202eneffo troppus\u202c \u2066gpj.exe\u2069 \u200f\u061c".encode() * 5_000
    ),
    "a name in five scripts": lambda: (
        "From: \u0410\u03bd\u043d\u0430 \u05e9\u202e <\u0430nna@client.example>\r\n".encode() + PLAIN + b"hi"
    ),
    "combining marks without end": lambda: PLAIN + b"e" + "\u0301".encode() * 500_000,
    "one line of 20 MB": lambda: PLAIN + b"On 3 Nov 2026 at 10:00, A <a@x.example> wrote: " * 400_000,
    "2 million quoted lines": lambda: PLAIN + b">\n" * 2_000_000,
    "quotes that never get announced": lambda: PLAIN + b"On Mon, 3 Nov 2026 at 10:00, Anna <a@x.example>\n" * 50_000,
    "digits without end": lambda: PLAIN + b"1" * MEGA,
    "amounts without end": lambda: PLAIN + b"1,000.00 EUR " * 80_000,
    "dates without end": lambda: PLAIN + b"le 3 novembre, demain, fin du mois, le 12/13/2026. " * 20_000,
    "addresses without end": lambda: PLAIN + b"a.b.c.d.e@x.y.z " * 60_000,
    "one address without end": lambda: PLAIN + b"a." * 300_000 + b"@" + b"b." * 300_000,
    "an IBAN without end": lambda: PLAIN + b"transfer to GB82 WEST 1234 5698 7654 32" * 20_000,
    "a report of a million fields": lambda: _report(b"Final-Recipient: rfc822; a@b.example\r\n" * 300_000),
    "a report of 100,000 recipients": lambda: _report(
        b"".join(
            b"Final-Recipient: rfc822; a%d@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n" % n
            for n in range(100_000)
        )
    ),
    "a report in words without end": lambda: (
        HEAD.replace(b"anna@client", b"mailer-daemon@client")
        + b"\r\n"
        + b"550 5.1.1 user unknown <a@b.example> could not be delivered to:\n" * 50_000
    ),
    "a boundary of 4 KB": lambda: (
        HEAD
        + b'Content-Type: multipart/mixed; boundary="'
        + b"x" * 4_000
        + b'"\r\n\r\n--'
        + b"x" * 4_000
        + b"\r\n\r\nhi\r\n"
    ),
    "a part that is its own parent": lambda: (
        HEAD
        + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        + b"--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" * 20_000
    ),
}
