"""The values of the operator's mails: aging never adds currencies and loses no money."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.aging import Bucket, aging, bucket_of
from mailbot.core.brief import Digest
from mailbot.core.money import Money, totals
from mailbot.core.reason import because

TODAY = date(2026, 12, 14)


@pytest.mark.parametrize(
    ("late_days", "bucket"),
    [
        (-5, "not_due"),
        (0, "not_due"),
        (1, "to_30"),
        (30, "to_30"),
        (31, "to_60"),
        (60, "to_60"),
        (61, "to_90"),
        (91, "older"),
    ],
)
def test_an_invoice_falls_into_the_bucket_of_its_age(late_days: int, bucket: str) -> None:
    assert bucket_of(TODAY - timedelta(days=late_days), TODAY) == Bucket(bucket)


owed = st.tuples(
    st.integers(-60, 400).map(lambda days: TODAY - timedelta(days=days)),
    st.builds(Money.from_minor, st.integers(1, 10**9), st.sampled_from(["CAD", "EUR", "USD"])),
)


@given(st.lists(owed, max_size=20))
def test_money_is_neither_lost_nor_mixed(balances: list[tuple[date, Money]]) -> None:
    found = aging(balances, TODAY)
    assert tuple(part.total for part in found) == totals(money for _, money in balances)
    for part in found:
        assert sum((row.amount.amount for row in part.rows), Decimal(0)) == part.total.amount
        assert [row.bucket for row in part.rows] == list(Bucket)
        assert max(row.share for row in part.rows) == 100
        assert all((row.share > 0) == bool(row.amount) == (row.count > 0) for row in part.rows)


def test_credit_is_no_money_owed() -> None:
    assert aging([(TODAY, Money.of("-10", "EUR")), (TODAY, Money.of("0", "EUR"))], TODAY) == ()


def test_money_that_is_merely_owed_is_no_news() -> None:
    assert Digest(on=TODAY, aging=aging([(TODAY, Money.of("10", "EUR"))], TODAY)).empty
    assert not Digest(on=TODAY, notes=(because("inbox_stale"),)).empty
