"""`mailbot explain` on a payment notice, with the books at hand and without, and `mailbot trust`."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailbot.cli import main
from tests.fakes.provider import records, signed, written
from tests.integration.bank.conftest import Type

NOTICE = ["provider", "event", "amount", "currency", "reference", "transaction_id", "payer"]


def notice(number: str = "F-2026-017", amount: str = "1 250,00 €", to: str = "noemie@atelier.test") -> bytes:
    """A minute ago, Stripe said that an invoice was paid."""
    now = datetime.now(UTC) - timedelta(minutes=1)
    text = f"Vous avez reçu un paiement de {amount} de la part de Brasserie Lutèce.\n"
    text += f"Facture : {number}\nch_3Pabcdefghijkl\n"
    octets = written("Stripe <notifications@stripe.com>", "Vous avez reçu un paiement", text, to=to, at=now)
    return signed(octets, "stripe.com", tags={"t": f"{now.timestamp():.0f}"})


@pytest.fixture
def dns(tmp_path: Path) -> str:
    """A file in place of DNS, with a trailing dot as in a zone file, and one record in pieces."""
    file = tmp_path / "dns.json"
    ((name, text),) = records("stripe.com").items()
    file.write_text(json.dumps({f"{name}.": [text[:50], text[50:]]}), "utf-8")
    return str(file)


def explained(typed: Type, *words: str) -> dict[str, object]:
    done = typed("explain", "--json", *words)
    assert done.code == 0, done.err
    told: dict[str, object] = json.loads(done.out)
    return told


def test_with_the_books_at_hand_it_settles_once_the_sender_is_confirmed(
    typed: Type, put: Callable[[str, bytes], str], dns: str
) -> None:
    mail = put("notice.eml", notice())
    before = explained(typed, mail, "--dns", dns)
    checks = before["checks"]
    assert isinstance(checks, dict)
    assert {name for name, result in checks.items() if result != "pass"} == {
        "authentication_results",
        "sender_confirmed",
    }
    assert before["settles"] is False
    done = typed("trust", "stripe")
    assert (done.code, "Stripe is confirmed" in done.out) == (0, True)
    after = explained(typed, mail, "--dns", dns)
    assert after["settles"] is True
    assert list(after["notice"]) == NOTICE  # type: ignore[call-overload]
    assert after["notice"] == {
        "provider": "stripe", "event": "received", "amount": "1250.00", "currency": "EUR", "reference": "F-2026-017",
        "transaction_id": "ch_3Pabcdefghijkl", "payer": "Brasserie Lutèce",
    }  # fmt: skip
    assert "stripe" in typed("trust").out
    assert typed("distrust", "stripe.com").code == 0
    assert explained(typed, mail, "--dns", dns)["settles"] is False


@pytest.mark.parametrize(
    ("octets", "check"),
    [
        (notice(amount="1 200,00 €"), "fits_one_invoice"),
        (notice(amount="1 250,00 $ CA"), "fits_one_invoice"),
        (notice(number="F-2026-999"), "fits_one_invoice"),
        (notice(to="else@where.test"), "to_us"),
    ],
    ids=["a part", "another currency", "a number that is not ours", "written to somebody else"],
)  # fmt: skip
def test_what_does_not_hold_is_named(
    typed: Type, put: Callable[[str, bytes], str], dns: str, octets: bytes, check: str
) -> None:
    assert typed("trust", "stripe").code == 0
    told = explained(typed, put("notice.eml", octets), "--dns", dns)
    checks = told["checks"]
    assert isinstance(checks, dict)
    assert (checks[check], told["settles"]) == ("fail", False)


def test_people_see_what_was_checked_and_what_to_type(typed: Type, put: Callable[[str, bytes], str], dns: str) -> None:
    done = typed("explain", put("notice.eml", notice()), "--dns", dns)
    assert "pass    dkim" in done.out
    assert "settles  no: sender_confirmed" in done.out
    assert "mailbot trust stripe" in done.out


def test_without_a_configuration_nothing_settles_and_nothing_is_asked_of_it(
    tmp_path: Path, dns: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    (tmp_path / "notice.eml").write_bytes(notice())
    assert main(["explain", "--json", "--dns", dns, "notice.eml"]) == 0
    told = json.loads(capsys.readouterr().out)
    unknown = {name for name, result in told["checks"].items() if result == "unknown"}
    assert unknown == {"authentication_results", "to_us", "unseen", "sender_confirmed", "fits_one_invoice"}
    assert told["settles"] is False
    assert main(["explain", "--json", "--dns", dns, "--to", "Noemie@atelier.test", "notice.eml"]) == 0
    assert json.loads(capsys.readouterr().out)["checks"]["to_us"] == "pass"


def test_a_mail_that_is_no_notice_has_none_of_its_keys(typed: Type, put: Callable[[str, bytes], str]) -> None:
    told = explained(typed, put("reply.eml", written("Anna <anna@lutece.test>", "Re: facture", "Je paie vendredi.")))
    assert not {"notice", "checks", "settles"} & told.keys()


@pytest.mark.parametrize(
    ("text", "says"),
    [("{", "is no JSON"), ("[]", "must hold an object"), ('{"a": 3}', "must give each name a text")],
)
def test_a_file_that_cannot_stand_in_for_dns_is_told_in_a_line(
    typed: Type, put: Callable[[str, bytes], str], text: str, says: str
) -> None:
    done = typed("explain", put("notice.eml", notice()), "--dns", put("dns.json", text.encode()))
    assert done.code == 2
    assert says in done.err


def test_a_sender_that_nobody_knows_cannot_be_trusted(typed: Type) -> None:
    done = typed("trust", "nobody.example")
    assert (done.code, "it knows" in done.err) == (2, True)
