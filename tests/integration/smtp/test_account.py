"""Getting through to the account: login, encryption, certificates, and a server that is not there."""

import socket
import subprocess
from pathlib import Path
from shutil import which
from ssl import PROTOCOL_TLS_SERVER, SSLContext

import pytest

from mailbot.wire.smtp import SmtpAccount, SmtpLimits, Submission
from mailbot.wire.smtp_account import Security
from mailbot.wire.smtp_errors import SmtpCertificateError, SmtpError, SmtpLoginRefused, SmtpRefused, SmtpUnavailable
from tests.integration.smtp.desk import desk
from tests.integration.smtp.scripted import ScriptedSmtp, ehlo


async def test_a_wrong_password_is_tried_once_and_is_the_accounts_fault(server: ScriptedSmtp) -> None:
    server.usual["EHLO"] = ehlo("AUTH LOGIN PLAIN")
    letters = desk(server, password="wrong")
    outcome = await letters.submit()
    assert (outcome.verdict, outcome.code, outcome.phase) == ("account", 535, "login")
    assert server.verbs.count("AUTH") == 1
    with pytest.raises(SmtpLoginRefused, match=rf"127\.0\.0\.1:{server.port}: login refused.*Check user and password"):
        await letters.post.check_login()
    assert "wrong" not in repr(letters.post.account)


async def test_a_right_password_logs_in(server: ScriptedSmtp) -> None:
    server.usual["EHLO"] = ehlo("AUTH LOGIN PLAIN")
    letters = desk(server, password="right")
    await letters.post.check_login()
    assert (await letters.submit()).verdict == "accepted"
    await letters.post.close()


async def test_a_server_without_login_says_what_to_do(server: ScriptedSmtp) -> None:
    with pytest.raises(SmtpRefused, match="no password login; set security"):
        await desk(server, password="right").post.check_login()


async def test_a_refused_connection_names_host_and_port() -> None:
    with socket.socket() as nobody:  # bound, so that nobody else gets the port, and not listening
        nobody.bind(("127.0.0.1", 0))
        gone = ScriptedSmtp(port=nobody.getsockname()[1])
        letters = desk(gone)
        outcome = await letters.submit()
        assert (outcome.verdict, outcome.code, outcome.phase) == ("deferred", 0, "connect")
        words = rf"127\.0\.0\.1:{gone.port}: connection refused; the server is down"
        with pytest.raises(SmtpUnavailable, match=words):
            await letters.post.check_login()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    if which("openssl") is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    command = f"req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -keyout {key} -out {cert}"
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run(["openssl", *command.split(), *names], check=True, capture_output=True)  # noqa: S603, S607 - fixed words
    return key, cert


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_certificates_are_checked_against_the_name_and_the_authority(
    certificate: tuple[Path, Path], security: Security
) -> None:
    key, cert = certificate
    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    async with ScriptedSmtp(tls=context, implicit_tls=security == "tls") as server:
        server.usual["EHLO"] = ehlo("STARTTLS", "AUTH PLAIN")

        def post(host: str, ca_file: Path | None) -> Submission:
            return Submission(SmtpAccount(host, server.port, "bot", "right", security, ca_file))

        await post("localhost", cert).check_login()
        with pytest.raises(SmtpCertificateError, match=r"mismatch.*Set the host to the name in the certificate"):
            await post("127.0.0.1", cert).check_login()
        with pytest.raises(SmtpCertificateError, match=r"self.*set ca_file"):
            await post("localhost", None).check_login()
        with pytest.raises(SmtpCertificateError, match=r"ca_file .*missing\.pem: No such file"):
            await post("localhost", cert.parent / "missing.pem").check_login()
        assert not any("AUTH" in line for line in server.lines[server.verbs.index("AUTH") + 1 :])


@pytest.mark.parametrize(
    ("security", "words"), [("tls", "no TLS on this port"), ("starttls", "offers no STARTTLS here")]
)
async def test_the_wrong_kind_of_port_says_which_one_to_use(
    server: ScriptedSmtp, security: Security, words: str
) -> None:
    account = SmtpAccount("127.0.0.1", server.port, "bot", "right", security)
    with pytest.raises(SmtpError, match=words):
        await Submission(account, SmtpLimits(connect_s=2)).check_login()
