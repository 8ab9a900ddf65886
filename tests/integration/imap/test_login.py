"""Connecting and logging in: every refusal says where, what happened and what to do, and never the password."""

import base64
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from mailbot.wire.imap import (
    ImapAccount,
    ImapCertificateError,
    ImapError,
    ImapLimits,
    ImapLoginRefused,
    ImapUnavailable,
    Mailbox,
)
from tests.integration.imap.scripted import ScriptedServer, Talk
from tests.servers.dovecot import DovecotServer

SECRET = "s3cret-horse"


def account_on(server: ScriptedServer, **changes: object) -> ImapAccount:
    return replace(ImapAccount("localhost", server.port, "bot", SECRET, "plain"), **changes)  # type: ignore[arg-type]


async def refused(account: ImapAccount, limits: ImapLimits | None = None) -> ImapError:
    with pytest.raises(ImapError) as caught:
        async with Mailbox(account, limits):
            pass
    assert account.where in str(caught.value)
    assert account.password not in str(caught.value)
    return caught.value


@pytest.fixture(scope="module")
def user(dovecot: DovecotServer) -> str:
    dovecot.add_user("login@example.test", SECRET)
    return "login@example.test"


async def test_a_certificate_for_another_name_is_refused(dovecot: DovecotServer, user: str) -> None:
    """The certificate is for localhost; 127.0.0.1 is the same machine and another name."""
    account = ImapAccount("127.0.0.1", dovecot.imaps_port, user, SECRET, ca_file=dovecot.ca_file)
    fault = await refused(account)
    assert isinstance(fault, ImapCertificateError)
    assert "Set the host to the name in the certificate" in str(fault)


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_a_self_signed_certificate_is_refused_unless_trusted_by_ca_file(
    dovecot: DovecotServer, user: str, security: str
) -> None:
    """For TLS from the start and for STARTTLS alike."""
    port = dovecot.imaps_port if security == "tls" else dovecot.imap_port
    account = ImapAccount(dovecot.host, port, user, SECRET, security)  # type: ignore[arg-type]
    fault = await refused(account)
    assert isinstance(fault, ImapCertificateError)
    assert "set ca_file" in str(fault)
    async with Mailbox(replace(account, ca_file=dovecot.ca_file)) as mailbox:
        assert (await mailbox.folders()).sent == "Sent"


async def test_tls_on_a_port_without_tls_says_which_setting_fits(dovecot: DovecotServer, user: str) -> None:
    """Port 143 with security = tls is the usual mistake."""
    fault = await refused(ImapAccount(dovecot.host, dovecot.imap_port, user, SECRET, ca_file=dovecot.ca_file))
    assert isinstance(fault, ImapUnavailable)
    assert 'security = "starttls"' in str(fault)


async def test_a_ca_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """Missing, or no PEM file at all."""
    (tmp_path / "junk.pem").write_text("no certificate")
    for name in ("missing.pem", "junk.pem"):
        fault = await refused(ImapAccount("localhost", 1, "bot", SECRET, ca_file=tmp_path / name))
        assert isinstance(fault, ImapCertificateError)
        assert name in str(fault)


async def test_without_starttls_on_the_server_no_password_is_sent() -> None:
    """Somebody in between may have taken the offer away."""
    with ScriptedServer() as server:
        fault = await refused(account_on(server, security="starttls"))
    assert isinstance(fault, ImapUnavailable)
    assert "offers no STARTTLS" in str(fault)
    assert not any("LOGIN" in command for command in server.heard)


async def test_text_injected_before_tls_is_not_taken_for_an_answer() -> None:
    """What comes in the clear together with the OK to STARTTLS was not written by the server we verify."""
    with ScriptedServer(
        {"STARTTLS": b"%t OK go\r\n* OK injected\r\n"}, capability=b"IMAP4rev1 STARTTLS IDLE"
    ) as server:
        fault = await refused(account_on(server, security="starttls"))
    assert "between STARTTLS and TLS" in str(fault)


async def test_a_server_that_takes_no_password_in_the_clear_says_so() -> None:
    """LOGINDISABLED (RFC 9051 6.2.3)."""
    with ScriptedServer(capability=b"IMAP4rev1 LOGINDISABLED") as server:
        fault = await refused(account_on(server))
    assert isinstance(fault, ImapLoginRefused)
    assert not any("LOGIN" in command for command in server.heard)


@pytest.mark.parametrize(
    ("answer", "kind", "retry_after_s"),
    [
        (b"%t NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)\r\n", ImapLoginRefused, None),
        (b"%t NO LOGIN failed.\r\n", ImapLoginRefused, None),
        (b"%t NO no user with " + SECRET.encode() + b"\r\n", ImapLoginRefused, None),
        (b"%t NO [UNAVAILABLE] Temporary authentication failure\r\n", ImapUnavailable, 60),
        (b"%t NO [ALERT] Too many simultaneous connections. (Failure)\r\n", ImapUnavailable, None),
        (b"* BYE [THROTTLED] bandwidth limits\r\n", ImapUnavailable, 300),
        (b"%t NO Throttled. Suggested Backoff Time: 299961 milliseconds\r\n", ImapUnavailable, 299.961),
    ],
)
async def test_a_wrong_password_is_told_from_a_server_that_wants_a_pause(
    answer: bytes, kind: type[ImapError], retry_after_s: float | None
) -> None:
    """One is mended by a person, the other by waiting as long as the server asks."""
    with ScriptedServer({"LOGIN": answer}) as server:
        fault = await refused(account_on(server))
    assert type(fault) is kind
    assert fault.retry_after_s == retry_after_s


@pytest.mark.parametrize(
    ("user", "advice"),
    [("me@gmail.com", "myaccount.google.com/apppasswords"), ("me@example.test", "two-factor")],
)
async def test_the_advice_fits_the_provider(user: str, advice: str) -> None:
    """Gmail never takes the password of the web page."""
    with ScriptedServer({"LOGIN": b"%t NO [AUTHENTICATIONFAILED] no\r\n"}) as server:
        assert advice in str(await refused(account_on(server, user=user)))


async def test_a_password_with_accents_goes_as_utf_8() -> None:
    """LOGIN cannot carry it; AUTHENTICATE PLAIN can (RFC 4616)."""
    heard = []

    def authenticate(talk: Talk, tag: bytes) -> None:
        talk.say(b"+ \r\n")
        heard.append(base64.b64decode(talk.hear()))
        talk.say(tag + b" OK in\r\n")

    with ScriptedServer({"AUTHENTICATE": authenticate}) as server:
        async with Mailbox(account_on(server, password="été")):
            pass
    assert heard == ["\0bot\0été".encode()]


async def test_a_user_name_with_a_space_is_quoted() -> None:
    """As some offices' servers have them."""
    with ScriptedServer() as server:
        async with Mailbox(account_on(server, user="Jean Tremblay")):
            pass
    assert f'LOGIN "Jean Tremblay" "{SECRET}"' in server.heard


@pytest.mark.parametrize("greeting", [b"* BYE too busy, try again\r\n", b"220 mail ESMTP\r\n", b"\0\xff\r\n", b"* OK"])
async def test_a_greeting_that_is_none_is_a_server_to_come_back_to(greeting: bytes) -> None:
    """A proxy, an SMTP port, a server in trouble."""
    with ScriptedServer(greeting=greeting) as server:
        assert isinstance(await refused(account_on(server), ImapLimits(read_s=0.5)), ImapUnavailable)


async def test_a_port_where_nobody_listens_and_a_host_that_nobody_knows_are_told_apart() -> None:
    """The port is bound, so that nobody else gets it, and not listened to."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        closed = await refused(ImapAccount("127.0.0.1", nobody.getsockname()[1], "bot", SECRET, "plain"))
    assert "connection refused" in str(closed)
    unknown = await refused(ImapAccount("no-such-host.invalid", 993, "bot", SECRET))
    assert "host name is not known" in str(unknown)


def test_the_password_is_not_in_the_repr_and_line_breaks_are_refused() -> None:
    """A line break in a user name would be a command of its own."""
    account = ImapAccount("localhost", 993, "bot", SECRET)
    assert SECRET not in repr(account)
    with pytest.raises(ValueError, match="IMAP user holds a control character"):
        replace(account, user="bot\r\nA1 DELETE INBOX")
    with pytest.raises(ValueError, match="tls, starttls or plain"):
        replace(account, security="none")  # type: ignore[arg-type]
