"""Money and days that are typed: what may mean two things is asked back, and today is the operator's."""

from datetime import UTC, datetime

import pytest

from mailbot.clock import SystemClock
from tests.integration.bad_input.conftest import Type
from tests.servers.installation import Installation


@pytest.fixture
def owed(files: Installation, typed: Type) -> str:
    """An invoice of 1,890 dollars."""
    assert (
        typed("client", "add", "julie", "--name", "Julie", "--email", "j@client.test", "--kind", "business").code == 0
    )
    done = typed("invoice", "add", "F-1", "--client", "julie", "--amount", "1890", "--issued-on", "2026-03-01")
    assert done.code == 0, done.said
    return "F-1"


@pytest.mark.parametrize(
    ("amount", "told"),
    [
        ("1,25O", "is not an amount"),
        ("1e3", "is not an amount"),
        ("12,3456", "more than 2 decimals"),
        ("0", "is nothing"),
        ("500 €", "not in CAD"),
        ("beaucoup", "is not an amount"),
    ],
)
def test_an_amount_that_will_not_do_is_not_recorded(owed: str, typed: Type, amount: str, told: str) -> None:
    done = typed("paid", owed, "--amount", amount)
    assert done.code == 2
    assert told in done.err
    assert "Traceback" not in done.err
    assert "1\N{NO-BREAK SPACE}890,00" in typed("list").out.replace("\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}")


def test_a_thousand_in_the_other_country_s_way_is_asked_back_and_never_taken_for_one(owed: str, typed: Type) -> None:
    """`1,250` is a thousand in English; in Québec it may be 1,25 with a nought too many."""
    done = typed("paid", owed, "--amount", "1,250")
    assert done.code == 2
    assert "may be a thousand" in done.err
    assert "640.00 CAD still open" in typed("paid", owed, "--amount", "1 250,00 $").out


def test_money_cannot_have_come_tomorrow(owed: str, typed: Type) -> None:
    done = typed("paid", owed, "--on", "2099-01-01")
    assert done.code == 2
    assert "still to come" in done.err


def test_in_the_evening_today_is_the_operator_s_today(owed: str, typed: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    """At 21:30 in Montréal it is tomorrow in UTC."""
    monkeypatch.setattr(SystemClock, "now", lambda _: datetime(2026, 3, 31, 1, 30, tzinfo=UTC))
    typed("invoice", "add", "F-2", "--client", "julie", "--amount", "10")
    assert "issued 2026-03-30" in typed("show", "F-2").out
    assert typed("paid", owed, "--on", "2026-03-31").code == 2
    typed("paid", owed)
    assert "30 mars 2026" in typed("show", owed).out


def test_what_changed_nothing_says_so(owed: str, typed: Type) -> None:
    assert "nothing was held" in typed("release", owed).out
    typed("hold", owed)
    assert "the ladder may go on" in typed("release", owed).out
    typed("hold", owed)
    assert f"{owed} was held for a reason of its own" in typed("release", "julie").out
    assert "is cancelled" in typed("cancel", owed).out
    assert "nothing was cancelled" in typed("cancel", owed).out
