"""What a person mistypes: it is said, and nothing is written."""

import pytest

from tests.integration.bank.conftest import Type


def test_a_new_client_under_a_known_code_in_capitals_is_refused_and_changes_nobody(typed: Type) -> None:
    before = typed("show", "atelier-moulin").out
    done = typed(
        "client", "add", "Atelier-Moulin", "--name", "Moulin Neuf", "--email", "neuf@moulin.test", "--kind", "business"
    )
    assert (done.code, "there is a client atelier-moulin already" in done.err) == (2, True), done.said
    assert typed("show", "atelier-moulin").out == before


@pytest.mark.parametrize("subject", ["F-2026-018", "atelier-moulin"], ids=["an invoice", "a client"])
def test_a_hold_until_a_day_that_is_past_is_refused(typed: Type, subject: str) -> None:
    """A year mistyped would let the letters go on that it was to stop."""
    done = typed("hold", subject, "--until", "2020-12-01")
    assert (done.code, "2020-12-01 is past" in done.err) == (2, True), done.said
    assert "held" not in typed("show", subject).out


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("credit-note", "F-2026-018"), id="a credit note"),
        pytest.param(("write-off", "F-2026-018"), id="a write-off"),
        pytest.param(("chargeback", "F-2026-018"), id="a chargeback"),
    ],
)
def test_nothing_is_booked_on_a_day_to_come(typed: Type, words: tuple[str, ...]) -> None:
    assert typed("paid", "F-2026-018", "--amount", "80").code == 0
    done = typed(*words, "--amount", "10", "--on", "2999-01-01")
    assert (done.code, "--on: 2999-01-01 is still to come" in done.err) == (2, True), done.said
    assert len(typed("ledger", "F-2026-018", "--json").out.splitlines()) == 1


@pytest.mark.parametrize("days", ["-5", "99999999999", "9999999"])
def test_days_that_no_calendar_has_are_refused(typed: Type, days: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        typed("next", "--days", days)
    assert f"--days: '{days}' is no number of days" in capsys.readouterr().err


@pytest.mark.parametrize("terms", ["-5", "99999999999", "9999999"])
def test_terms_that_no_calendar_has_are_refused(typed: Type, terms: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        typed("invoice", "add", "F-9", "--client", "atelier-moulin", "--amount", "10", "--terms", terms)
    assert f"--terms: '{terms}' is no number of days" in capsys.readouterr().err
    assert typed("show", "F-9").code == 2


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("undo", "99999999999999999999999"), id="an entry"),
        pytest.param(("meant", "99999999999999999999999", "dispute"), id="a mail"),
        pytest.param(("send-answer", "99999999999999999999999"), id="an answer"),
    ],
)
def test_a_number_that_no_table_reaches_is_refused(
    typed: Type, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        typed(*words)
    assert f"'{words[1]}' is no number that mailbot gives" in capsys.readouterr().err
