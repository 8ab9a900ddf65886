"""Ties of a mail to the letter that it answers."""

import pytest

from mailbot.mail.parse import parse
from mailbot.mail.thread import mint_token, numbers_in, thread_keys, verify_token

KEY = b"a key of this installation"


def test_a_minted_token_comes_back_whatever_the_case() -> None:
    """Mail systems fold the case of addresses."""
    token = mint_token(KEY, "L7-Friendly")
    assert verify_token(KEY, token.upper()) == "l7-friendly"
    assert len(token) <= 64 - len("julie+")


@pytest.mark.parametrize(
    "spoil", [lambda t: "x" + t, lambda t: t[:-1] + ("a" if t[-1] != "a" else "b"), lambda t: t[1:]]
)
def test_a_changed_token_proves_nothing(spoil: object) -> None:
    assert callable(spoil)
    assert verify_token(KEY, spoil(mint_token(KEY, "l7"))) is None
    assert verify_token(b"another key", mint_token(KEY, "l7")) is None


@pytest.mark.parametrize("letter", ["", "a b", "a@b", "x" * 41, "é"])
def test_a_letter_key_that_no_address_can_carry_is_refused(letter: str) -> None:
    with pytest.raises(ValueError, match="letter key"):
        mint_token(KEY, letter)


def test_the_ties_of_a_reply_come_strongest_first() -> None:
    token = mint_token(KEY, "l7")
    mail = parse(
        f"To: Julie <julie+{token}@studio.example>, a+{token[:-1]}@b.example\nIn-Reply-To: <l7@s.example>\n"
        "References: <l1@s.example> <l5@s.example>\nX-Mailbot-Letter: l7\n"
        "Subject: Re: INV-1042\n\nand inv 1043".encode()
    )
    keys = thread_keys(mail, KEY, ("INV-10", "INV-1042", "INV-1043"))
    assert keys.letters == ("l7",)
    assert keys.message_ids == ("<l7@s.example>", "<l5@s.example>", "<l1@s.example>")
    assert keys.claimed_letters == ("l7",)
    assert keys.numbers == ("INV-1042", "INV-1043")
    assert thread_keys(mail).letters == ()


def test_a_report_is_tied_by_the_letter_inside_it() -> None:
    mail = parse(
        b"From: mailer-daemon@x.example\nReturn-Path: <>\n"
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\n\n--x\n\nfailed\n--x\n"
        b"Content-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nFinal-Recipient: rfc822; a@x.example\n"
        b"Action: failed\nStatus: 5.1.1\n\n--x\nContent-Type: message/rfc822\n\nMessage-ID: <l7@s.example>\n"
        b"References: <l1@s.example>\nX-Mailbot-Letter: l7\nSubject: s\n\nhello\n--x--\n"
    )
    keys = thread_keys(mail)
    assert keys.message_ids == ("<l7@s.example>", "<l1@s.example>")
    assert keys.claimed_letters == ("l7",)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("facture INV-1042.", ("INV-1042",)),
        ("inv 1042 et INV\u20111043", ("INV-1042", "INV-1043")),
        ("INV-104", ()),
        ("INV-10425 XINV-1042", ()),
        ("F2026/007 svp", ("F2026/007",)),
        ("le 12 mars", ()),
        ("n°2026118", ("2026118",)),
        ("", ()),
    ],
)
def test_known_numbers_are_found_whole_and_no_other(text: str, found: tuple[str, ...]) -> None:
    assert numbers_in(text, ("INV-10", "INV-1042", "INV-1043", "F2026/007", "12", "2026118", "")) == found
