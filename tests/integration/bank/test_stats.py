"""`mailbot stats` as typed: expected money, DSO, days late and promises, for a person and for a program."""

import json
from datetime import UTC, datetime

import pytest

from mailbot.clock import HandClock
from tests.integration.bank.conftest import Type


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """Monday 16 March 2026, six days after everything fell due."""
    monkeypatch.setattr("mailbot.bot.SystemClock", lambda: HandClock(datetime(2026, 3, 16, 9, tzinfo=UTC)))


def stats(typed: Type, *words: str) -> dict[str, list[dict[str, object]]]:
    done = typed("stats", "--json", *words)
    assert done.code == 0, done.err
    found: dict[str, list[dict[str, object]]] = json.loads(done.out)
    return found


def test_a_program_gets_decimal_text_and_every_open_cent_once(typed: Type) -> None:
    typed("paid", "F-2026-017", "--on", "2026-03-15")
    typed("hold", "F-2026-018")
    found = stats(typed)
    (cash,) = found["expected"]
    assert (cash["currency"], cash["total"]) == ("EUR", "1230.00")
    weeks = cash["weeks"]
    assert isinstance(weeks, list)
    assert weeks[0] == {"starts_on": "2026-03-16", "amount": "750.00", "invoices": 2, "promised": "0.00"}
    assert [week["starts_on"] for week in weeks][-1] == "2026-05-04"
    assert cash["uncertain"] == [{"why": "held", "amount": "480.00", "invoices": 1}]
    assert found["dso"] == [
        {
            "currency": "EUR",
            "days": 17,
            "open": "1230.00",
            "invoiced": "2480.00",
            "period_days": 35,
            "formula": "open / invoiced * period_days",
        }
    ]
    assert [(one["code"], one["average_days_late"]) for one in found["clients"]][-1] == ("brasserie-lutece", 5)


def test_a_person_sees_bars_and_how_the_figures_were_made(typed: Type) -> None:
    done = typed("stats")
    assert done.code == 0
    assert "████████" in done.out
    assert "Credit Research Foundation" in done.out
    assert "Théâtre des Carmes" in done.out


def test_the_picture_fits_a_narrow_terminal(typed: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    assert max(len(line) for line in typed("stats").out.splitlines()) <= 60


def test_an_unknown_business_is_told_with_those_that_are_known(typed: Type) -> None:
    done = typed("stats", "--business", "elsewhere")
    assert done.code != 0
    assert "there is no elsewhere; known: default" in done.err
    assert stats(typed, "--business", "default")["expected"]


def test_a_ledger_with_nothing_owed_and_nothing_paid_says_so(typed: Type) -> None:
    for number in ("F-2026-017", "F-2026-018", "F-2026-031", "F-2026-032"):
        typed("cancel", number)
    done = typed("stats")
    assert (done.code, "No figures yet" in done.out or "Pas encore de chiffres" in done.out) == (0, True)
