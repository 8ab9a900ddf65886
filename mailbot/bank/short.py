"""The shapes of a difference between what was owed and what came."""

import re
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from mailbot.core.money import Money, exponent

_FEES_MOST = Decimal(50)  # what banks on the way keep of an international transfer
_FEES_SHARE = Decimal("0.05")
_DISCOUNTS = tuple(Decimal(one) for one in ("0.01", "0.015", "0.02", "0.025", "0.03", "0.05"))
_DISCOUNT_WITHIN = timedelta(days=21)
_SAID = re.compile(r"\b(?:ESCOMPTE|SKONTO|DISCOUNT|SCONTO|KORTING|RABATT|RABAIS|EARLY PAYMENT|REMISE (?:DE )?\d)")
_MOST_SAID = Decimal("0.05")
_SURPLUS_SHARE = Decimal("0.03")
_RECOVERY = Decimal(40)  # what EU law adds to a late commercial debt (directive 2011/7/EU, article 6)


class Gap(StrEnum):
    """What a difference looks like. The ledger takes what came, whatever it looks like."""

    FEES = "fees"
    DISCOUNT = "discount"
    SURPLUS = "surplus"
    PART = "part"
    OVER = "over"


def gap(owed: Money, came: Money, on: date, issued_on: date, words: str = "") -> Gap:
    """What kind of difference this is; the two are in one currency and not equal.

    A discount that the payer's `words` (folded) tell of is one late as well, and need be no usual part.
    """
    step = Decimal(1).scaleb(-exponent(owed.currency))
    if came < owed:
        short = owed.amount - came.amount
        early = on - issued_on <= _DISCOUNT_WITHIN
        if _SAID.search(words) and short <= owed.amount * _MOST_SAID + step:
            return Gap.DISCOUNT
        if early and any(abs(owed.amount * part - short) <= step for part in _DISCOUNTS):
            return Gap.DISCOUNT
        if short <= min(_FEES_MOST, max(owed.amount * _FEES_SHARE, Decimal(2))):
            return Gap.FEES
        return Gap.PART
    extra = came.amount - owed.amount
    if extra == _RECOVERY or extra <= max(Decimal(1), owed.amount * _SURPLUS_SHARE):
        return Gap.SURPLUS
    return Gap.OVER
