"""Money keeps its currency and its cents."""

import operator
from collections.abc import Callable
from decimal import Decimal

import pytest

from mailbot.core.aging import Bucket, aging, bucket_of
from mailbot.core.brief import Digest
from mailbot.core.money import MixedCurrencies, Money, totals
from tests.fakes.people import day, eur


@pytest.mark.parametrize(
    ("text", "currency", "minor", "shown"),
    [
        ("1250.5", "EUR", 125050, "1250.50 EUR"),
        ("5000", "JPY", 5000, "5000 JPY"),
        ("1.2345", "KWD", 1234, "1.234 KWD"),
        ("0.005", "CAD", 0, "0.00 CAD"),
        ("-3", "USD", -300, "-3.00 USD"),
    ],
)
def test_an_amount_is_kept_in_its_minor_unit(text: str, currency: str, minor: int, shown: str) -> None:
    money = Money.of(text, currency)
    assert (money.minor, str(money)) == (minor, shown)
    assert Money.from_minor(minor, currency) == money


def test_ten_times_ten_cents_is_one_euro_exactly() -> None:
    assert totals([eur("0.10")] * 10) == (eur(1),)


@pytest.mark.parametrize("act", [operator.add, operator.sub, operator.lt, operator.le])
def test_different_currencies_are_never_put_together(act: Callable[[Money, Money], object]) -> None:
    with pytest.raises(MixedCurrencies):
        act(eur(1), Money.of(1, "CAD"))


def test_totals_stand_apart_by_currency() -> None:
    assert totals([Money.of(1, "USD"), eur(2), Money.of(3, "USD")]) == (eur(2), Money.of(4, "USD"))
    assert totals([]) == ()


def test_no_money_is_false() -> None:
    assert not eur(0)
    assert eur("-0.01")


@pytest.mark.parametrize(
    ("due", "bucket"),
    [
        pytest.param("2026-04-01", Bucket.NOT_DUE, id="due tomorrow"),
        pytest.param("2026-03-31", Bucket.NOT_DUE, id="due today is not yet late"),
        pytest.param("2026-03-30", Bucket.TO_30, id="a day late"),
        pytest.param("2026-03-01", Bucket.TO_30, id="thirty days late"),
        pytest.param("2026-02-28", Bucket.TO_60, id="thirty-one days late"),
        pytest.param("2026-01-30", Bucket.TO_60, id="sixty days late"),
        pytest.param("2025-12-31", Bucket.TO_90, id="ninety days late"),
        pytest.param("2025-12-30", Bucket.OLDER, id="ninety-one days late"),
    ],
)
def test_the_aging_bucket(due: str, bucket: Bucket) -> None:
    assert bucket_of(day(due), day("2026-03-31")) is bucket


def test_aging_has_five_rows_per_currency_and_loses_no_cent() -> None:
    owed = [(day("2026-03-31"), eur("0.01")), (day("2026-01-01"), eur(1000)), (day("2026-01-01"), Money.of(5, "CAD"))]
    cad, euros = aging(owed, day("2026-03-31"))
    assert (cad.currency, euros.currency) == ("CAD", "EUR")
    assert len(cad.rows) == len(euros.rows) == 5
    assert sum((row.amount.amount for row in euros.rows), Decimal()) == euros.total.amount == Decimal("1000.01")
    assert [row.share for row in euros.rows] == [2, 0, 0, 100, 0]  # a bar that cannot be seen tells a lie


def test_what_was_overpaid_is_not_owed() -> None:
    assert aging([(day("2026-01-01"), eur(-5)), (day("2026-01-01"), eur(0))], day("2026-03-31")) == ()


def test_money_that_is_merely_owed_is_no_news() -> None:
    assert Digest(day("2026-03-31"), aging=aging([(day("2026-01-01"), eur(5))], day("2026-03-31"))).empty
    assert not Digest(day("2026-03-31"), received=(eur(5),)).empty
