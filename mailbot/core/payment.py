"""How a client can pay: the ways that the business offers, and what each of them says for an invoice. Pure."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from mailbot.core.money import Money

LONGEST_HOLDER = 70
"""Characters of the beneficiary's name in SEPA (EPC069-12 v2, AT-21)."""

_LONGEST_RF = 21
_LONGEST_TEXT = 140
_LONGEST_PAYLOAD = 331
_LARGEST_AMOUNT = 999_999_999_99
# EPC409-09: the countries of SEPA's IBANs; without a BIC a QR code is for the EEA only (EPC069-12 v2).
_EEA = frozenset(
    (
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS",
        "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
    )
)  # fmt: skip
_SEPA = _EEA | frozenset(("AD", "AL", "CH", "GB", "GI", "MC", "MD", "ME", "MK", "RS", "SM", "VA"))


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways to pay that hold for a currency. `iban` and `bic` are compact, in capitals.

    `fields` are what an account is known by where there are no IBANs, each with its label. `link` may hold {number},
    {amount} and {currency}. `rf` writes references of ISO 11649; `qr` adds the code of EPC069-12 for SEPA in euros.
    """

    holder: str = ""
    iban: str = ""
    bic: str = ""
    bank: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    interac: str = ""
    link: str = ""
    cheque_to: str = ""
    cheque_lines: tuple[str, ...] = ()
    rf: bool = True
    qr: bool = True

    @property
    def transfer(self) -> bool:
        """Whether money can be sent to an account."""
        return bool(self.iban or self.fields)

    @property
    def offered(self) -> bool:
        """Whether there is any way at all."""
        return bool(self.transfer or self.interac or self.link or self.cheque_to)


@dataclass(frozen=True, slots=True)
class Paying:
    """What the business configured: the usual ways, and others for single currencies."""

    usual: Ways = field(default_factory=Ways)
    by_currency: tuple[tuple[str, Ways], ...] = ()

    def ways(self, currency: str) -> Ways:
        """The ways for an amount in this currency."""
        return dict(self.by_currency).get(currency, self.usual)

    @property
    def every(self) -> tuple[Ways, ...]:
        """All ways, the usual ones first."""
        return (self.usual, *(ways for _, ways in self.by_currency))

    @property
    def own_accounts(self) -> tuple[str, ...]:
        """Our own accounts: a client who repeats one of them announces nothing new."""
        return tuple(
            account for ways in self.every for account in (ways.iban, *(value for _, value in ways.fields)) if account
        )


def rf_reference(number: str) -> str | None:
    """The creditor reference of an invoice number, or None where its letters and digits do not fit (ISO 11649).

    What stands between letters and digits is left out, so that the number can be read in it: 2026-042 > RF792026042.
    """
    plain = unicodedata.normalize("NFKD", number).upper()
    core = "".join(sign for sign in plain if sign.isalnum())
    if not core.isascii() or not 1 <= len(core) <= _LONGEST_RF:
        return None
    # ISO 7064, MOD 97-10: the check digits make the whole, turned round, 1 modulo 97.
    rest = int("".join(str(int(sign, 36)) for sign in f"{core}RF00")) % 97
    return f"RF{98 - rest:02d}{core}"


def in_fours(text: str) -> str:
    """In groups of four, as IBANs and references are printed: `FR76 3000 6000 01`."""
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def reference_for(ways: Ways, numbers: Sequence[str]) -> tuple[str, bool]:
    """What the payer shall quote, and whether it is a structured reference: the RF of one invoice, else the numbers."""
    if ways.rf and ways.iban and len(numbers) == 1 and (found := rf_reference(numbers[0])):
        return found, True
    return ", ".join(numbers), False


def epc_payload(ways: Ways, amount: Money, numbers: Sequence[str]) -> str | None:
    """The text of the QR code for a SEPA credit transfer, or None where it cannot be one (EPC069-12 v2).

    Euros only, 0.01 to 999 999 999.99. The RF where there is one, else the numbers as free text; never both.
    """
    country = ways.iban[:2]
    sepa = country in _SEPA and (bool(ways.bic) or country in _EEA)
    if not (ways.qr and sepa and ways.holder and amount.currency == "EUR" and 1 <= amount.minor <= _LARGEST_AMOUNT):
        return None
    reference, structured = reference_for(ways, numbers)
    if len(reference) > _LONGEST_TEXT:
        return None
    holder = " ".join(ways.holder.split())[:LONGEST_HOLDER]
    head = ("BCD", "002", "1", "SCT", ways.bic, holder, ways.iban, f"EUR{amount.amount:.2f}", "")
    payload = "\n".join((*head, reference) if structured else (*head, "", reference))
    return payload if len(payload.encode()) <= _LONGEST_PAYLOAD else None


def link_for(ways: Ways, number: str, amount: Money) -> str:
    """The payment link of one invoice, each value escaped (RFC 3986 2.1)."""
    values = {"number": number, "amount": f"{amount.amount}", "currency": amount.currency}
    return re.sub(r"\{(number|amount|currency)\}", lambda found: quote(values[found[1]], safe=""), ways.link)


def fingerprint(paying: Paying, lines: Sequence[str]) -> str:
    """What the details are known by: it changes when money would go elsewhere."""
    told = [(w.holder, w.iban, w.bic, w.fields, w.interac, w.link, w.cheque_to, w.cheque_lines) for w in paying.every]
    return hashlib.sha256(repr((told, [c for c, _ in paying.by_currency], tuple(lines))).encode()).hexdigest()
