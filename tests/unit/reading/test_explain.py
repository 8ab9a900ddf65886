"""`mailbot explain`: from the octets of a mail to what it means, without a database."""

import argparse
import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.cli import explain as command
from mailbot.core.intent import Intent, Kind
from mailbot.flows.explain import as_json, explain

KEYS = ["file", "kind", "intent", "hold", "scope", "until", "amounts", "redirect_to", "redirect_name"]
KEYS += ["invoices", "reply_text", "evidence", "confidence", "because", "also", "roles"]
BROKEN = Path(__file__).parents[4] / "shared" / "corpora"


def mail(
    words: str, *headers: str, sender: str = "paul@lenoir.fr", sent: str = "Wed, 4 Mar 2026 10:00:00 +0100"
) -> bytes:
    head = [f"From: Paul <{sender}>", "To: me@example.net", "Subject: Re: Facture F-2026-104", f"Date: {sent}"]
    return "\r\n".join([*head, *headers, "Content-Type: text/plain; charset=utf-8", "", words]).encode()


PROMISE = """Bonjour,

Désolé, je n'ai pas encore payé les 1 250,00 €. Ce sera fait vendredi, promis.

Le 3 mars 2026 à 10:00, Marie <me@example.net> a écrit :
> Je suis à l'hôpital, le paiement du 12 avril est contesté.
"""


def test_the_json_has_its_keys_and_says_what_was_meant() -> None:
    said = as_json(explain(mail(PROMISE)), "a.eml")
    assert list(said) == KEYS
    assert (said["kind"], said["intent"], said["hold"], said["scope"]) == ("reply", "promise_to_pay", True, "invoice")
    assert said["until"] == "2026-03-06"
    assert said["amounts"] == [{"value": "1250.00", "currency": "EUR"}]
    assert said["invoices"] == ["F-2026-104"]
    assert said["evidence"] == "Ce sera fait vendredi, promis."
    assert "hôpital" not in str(said["reply_text"])


@pytest.mark.parametrize(
    ("words", "roles"),
    [
        ("J'ai payé 400 € hier par virement.", ["paid"]),
        ("Je conteste les 250 € de frais, qui n'étaient pas convenus.", ["contested"]),
        ("I paid 300 EUR last week and can offer 150 EUR on Friday.", ["paid", "offered"]),
    ],
)
def test_each_amount_has_its_role(words: str, roles: list[str]) -> None:
    said = as_json(explain(mail(words)), "a.eml")
    assert said["roles"] == roles


def test_days_count_from_the_mails_own_date_and_else_from_today() -> None:
    assert explain(mail("Je paie demain.")).reading.until == date(2026, 3, 5)
    undated = mail("Je paie demain.", sent="?")
    assert explain(undated, today=date(2026, 7, 1)).reading.until == date(2026, 7, 2)


@pytest.mark.parametrize(
    ("sender", "sent", "words", "day"),
    [
        ("a@b.com", "Wed, 4 Mar 2026 10:00:00 -0500", "I will pay you on 04/05.", date(2026, 4, 5)),
        ("a@b.co.uk", "Wed, 4 Mar 2026 10:00:00 +0000", "I will pay you on 04/05.", date(2026, 5, 4)),
        ("a@b.com", "Wed, 4 Mar 2026 10:00:00 -0500", "Je vous paie en fin de semaine.", date(2026, 3, 8)),
        ("a@b.fr", "Wed, 4 Mar 2026 10:00:00 +0100", "Je vous paie en fin de semaine.", date(2026, 3, 6)),
    ],
    ids=["American order", "British order", "the weekend in Québec", "the end of the working week in France"],
)
def test_the_writers_country_is_guessed_from_domain_clock_and_language(
    sender: str, sent: str, words: str, day: date
) -> None:
    assert explain(mail(words, sender=sender, sent=sent)).reading.until == day


def test_an_absence_note_holds_until_the_return() -> None:
    found = explain(
        mail("Je suis absent jusqu'au 16 mars. Urgences : compta@lenoir.fr", "Auto-Submitted: auto-replied")
    )
    assert (found.kind, found.reading.intent, found.reading.hold) == (Kind.AUTO_REPLY, Intent.AUTO_REPLY, True)
    assert found.reading.until == date(2026, 3, 16)
    assert found.reading.redirect_to == "compta@lenoir.fr"


def test_a_payment_providers_notice_proves_nothing() -> None:
    found = explain(mail("You received 100 USD", sender="service@paypal.com"))
    assert found.kind is Kind.PAYMENT_NOTICE
    assert found.reading.hold


def test_mass_mail_is_no_answer() -> None:
    found = explain(
        b"From: a@b.c\r\nList-Unsubscribe: <mailto:x@b.c>\r\nSubject: News\r\n\r\nOur sale is on, pay less!"
    )
    assert found.kind is Kind.BULK
    assert not found.reading.hold


@pytest.mark.parametrize("octets", [b"", b"\x00\xff", b"From: a@b.c\r\n\r\n"], ids=["nothing", "noise", "no words"])
def test_what_has_no_words_is_held(octets: bytes) -> None:
    assert explain(octets).reading.hold


@given(st.binary(max_size=600))
@settings(max_examples=100)
def test_any_octets_are_explained(octets: bytes) -> None:
    said = as_json(explain(octets), "x.eml")
    assert list(said) == KEYS
    json.dumps(said)


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    command.add(parser.add_subparsers())
    return parser.parse_args(["explain", *words])


def test_a_folder_is_explained_one_object_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "b.eml").write_bytes(mail("Bien reçu, merci."))
    (tmp_path / "a.eml").write_bytes(mail(PROMISE))
    (tmp_path / "notes.txt").write_text("no mail")
    assert command.run(parsed("--json", str(tmp_path))) == 0
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(each["intent"], each["hold"]) for each in said] == [("promise_to_pay", True), ("acknowledgement", False)]


def test_a_missing_file_is_named_and_the_others_are_still_explained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.eml").write_bytes(mail("Bien reçu, merci."))
    assert command.run(parsed("--json", str(tmp_path / "missing.eml"), str(tmp_path / "a.eml"))) == 1
    printed = capsys.readouterr()
    assert "missing.eml: No such file or directory" in printed.err
    assert len(printed.out.splitlines()) == 1


def test_the_view_for_people_shows_words_day_and_what_follows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.eml").write_bytes(mail(PROMISE))
    assert command.run(parsed(str(tmp_path / "a.eml"))) == 0
    shown = capsys.readouterr().out
    for words in ("Ce sera fait vendredi, promis.", "promise_to_pay", "2026-03-06", "1250.00 EUR", "promised to pay"):
        assert words in shown


def test_a_mail_cannot_drive_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.eml").write_bytes(mail("Bien reçu \x1b[2J\x1b]0;owned\x07 [red]merci[/red]"))
    command.run(parsed(str(tmp_path / "a.eml")))
    shown = capsys.readouterr().out
    assert "\x1b[2J" not in shown
    assert "\x07" not in shown
    assert "[red]merci[/red]" in shown


@pytest.mark.skipif(not BROKEN.exists(), reason="the corpora are not beside this checkout")
@pytest.mark.parametrize("folder", ["malformed", "bounces"])
def test_broken_and_returned_mail_is_explained_whole(folder: str) -> None:
    for path in sorted((BROKEN / folder).glob("*.eml")):
        said = as_json(explain(path.read_bytes()), path.name)
        assert list(said) == KEYS
        assert said["because"], path.name


FRENCH_LETTER = (
    "Bonjour,\n\nMa mère est décédée jeudi.\n\n"
    "Le 1 mars 2026 à 10:00, Studio <me@studio.test> a écrit :\n> Et la facture ?\n"
)


def test_the_view_marks_the_evidence_without_colour_and_bars_what_is_quoted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    (tmp_path / "a.eml").write_bytes(mail(FRENCH_LETTER))
    command.run(parsed(str(tmp_path / "a.eml")))
    shown = capsys.readouterr().out
    assert ">>Ma mère est décédée jeudi.<<" in shown
    assert "| > Et la facture ?" in shown
    assert "you are told at once" in shown
    assert "after a hard time" in shown


def test_a_french_terminal_is_told_in_french(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    (tmp_path / "a.eml").write_bytes(mail(FRENCH_LETTER))
    command.run(parsed(str(tmp_path / "a.eml")))
    shown = capsys.readouterr().out
    assert "traverse un moment difficile" in shown
    assert "vous êtes prévenu tout de suite" in shown
    assert "reminder" not in shown
