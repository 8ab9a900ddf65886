"""Money: a Decimal with its currency. Different currencies are never added."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

# ISO 4217 minor units where they are not 2.
_EXPONENTS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV"), 0),
    **dict.fromkeys(("XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}


class MixedCurrencies(ValueError):
    """Two amounts in different currencies were put together."""


def exponent(currency: str) -> int:
    """Digits after the decimal point of a currency (ISO 4217)."""
    return _EXPONENTS.get(currency, 2)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency; `currency` is an ISO 4217 code in capitals."""

    amount: Decimal
    currency: str

    @classmethod
    def of(cls, amount: str | int | Decimal, currency: str) -> "Money":
        """Build from text or a number, rounded to the currency's minor unit."""
        step = Decimal(1).scaleb(-exponent(currency))
        return cls(Decimal(amount).quantize(step, ROUND_HALF_EVEN), currency)

    @classmethod
    def from_minor(cls, minor: int, currency: str) -> "Money":
        """Build from integer minor units (cents)."""
        return cls.of(Decimal(minor).scaleb(-exponent(currency)), currency)

    @property
    def minor(self) -> int:
        """The amount in integer minor units."""
        return int(self.amount.scaleb(exponent(self.currency)).to_integral_value(ROUND_HALF_EVEN))

    def _same(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise MixedCurrencies(f"{self} and {other} are in different currencies")

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money.of(self.amount + other.amount, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money.of(self.amount - other.amount, self.currency)

    def __lt__(self, other: "Money") -> bool:
        self._same(other)
        return self.amount < other.amount

    def __le__(self, other: "Money") -> bool:
        self._same(other)
        return self.amount <= other.amount

    def __bool__(self) -> bool:
        return self.amount != 0

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


def totals(amounts: Iterable[Money]) -> tuple[Money, ...]:
    """Sum per currency, in alphabetical order of the currencies."""
    sums: dict[str, Money] = {}
    for money in amounts:
        sums[money.currency] = sums[money.currency] + money if money.currency in sums else money
    return tuple(sums[currency] for currency in sorted(sums))
