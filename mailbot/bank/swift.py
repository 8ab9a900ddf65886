"""MT940: statements as SWIFT defined them, with the habits of German and Dutch banks in field 86 (library mt-940)."""

import io
import logging
import re
from collections.abc import Iterator
from datetime import date

import mt940
import mt940.models

from mailbot.bank.entry import Entry, StatementFault
from mailbot.bank.fold import one_line
from mailbot.core.money import Money

# The library logs lines of the statement that it cannot read: names and accounts do not belong in a log.
logging.getLogger("mt940").setLevel(logging.CRITICAL + 1)

_NO_ID = frozenset(("", "NONREF", "NOTPROVIDED", "EREF", "KREF"))
_IBAN = re.compile(r"^([A-Z]{2}\d{2}[A-Z0-9]{11,30}?)(?=[A-Z][a-z]|\s|$)")
# How long an IBAN is (ISO 13616 registry): nothing else tells where a name in capitals begins that follows it.
_IBAN_SIGNS = {
    "AT": 20, "BE": 16, "CH": 21, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "ES": 24, "FI": 18, "FR": 27, "GB": 22,
    "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IT": 27, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MT": 31,
    "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27,
}  # fmt: skip
_FULL = 65  # signs in a line of field 86
_REVERSED = ("RC", "RD")
_MOVEMENT = re.compile(r":61:\d{6}(?:\d{4})?(?:RC|RD|EC|ED|C|D)[A-Z]?\d+,\d*[A-Z]")
_BALANCE = re.compile(r":6[02][FM]:[CD]\d{6}[A-Z]{3}\d+,?\d*")
# Dutch banks put tagged words into field 86: /NAME/Jansen BV/REMI/Factuur 12/IBAN/NL..
_TAGGED = re.compile(
    r"/(EREF|NAME|IBAN|REMI|ORDP|CSID|MARF|TRTP|BIC|PURP|RTRN|USTD|CNTP|ISDT|BENM|ADDR|INIT|ULTB|ULTD|SVCL|PREF|IREF)/"
)


def read_mt940(text: str) -> Iterator[Entry]:
    """All entries of all statements in the text. Raises StatementFault."""
    try:
        found = mt940.parse(io.StringIO(text))  # a handle: the library opens a string that happens to name a file
    except Exception as error:
        line, what = _culprit(text)
        raise StatementFault(f"is no MT940 that can be read{what}", "export it as CAMT.053 or CSV", line) from error
    booked = re.findall(r"^:61:", text, re.MULTILINE)
    if booked and not re.search(r"^(?::(?:62|64|65|90)|-)", text[text.rindex("\n:61:") :], re.MULTILINE):
        raise StatementFault(
            "breaks off before its closing balance (field 62)", "export it again", text.rstrip().count("\n") + 1
        )
    if len(found.transactions) != len(booked):
        line, _ = _culprit(text)
        raise StatementFault(
            f"holds {len(booked)} lines of field 61, of which {len(found.transactions)} can be read",
            "export it again", line,
        )  # fmt: skip
    for transaction in found:
        yield _entry({key: value for key, value in transaction.data.items() if value is not None})


def _culprit(text: str) -> tuple[int, str]:
    """The first line that is no movement, balance or header as SWIFT defines it, if one can be told."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith(":61:") and not _MOVEMENT.match(line):
            return number, ": this movement has no day, direction and amount"
        if re.match(r":6[02][FM]:", line) and not _BALANCE.match(line):
            return number, ": this balance has no direction, day, currency and amount"
    return 0, ""


def _entry(told: dict[str, object]) -> Entry:
    def said(*names: str) -> str:
        return one_line(*(str(told[name]) for name in names if told.get(name)))

    amount, booked_on = told.get("amount"), told.get("entry_date") or told.get("date")
    if not isinstance(amount, mt940.models.Amount) or not amount.currency or booked_on is None:
        raise StatementFault("has an entry without a date or an amount", "export it again")
    details = said("transaction_details")
    tags = _tags(_unbroken(str(told.get("transaction_details", ""))))
    name = said("applicant_name")
    iban = said("gvc_applicant_iban")
    account, name = _swallowed(name)  # the library joins the subfields 31 and 32
    iban = iban or account
    bank = said("bank_reference")
    reference = [said("end_to_end_reference"), tags.get("EREF", ""), said("customer_reference")]
    mark = str(told.get("status", "")).upper()
    value = abs(amount.amount) if mark in ("C", "RD") else -abs(amount.amount)  # SWIFT: RC takes a credit back
    return Entry(
        id="" if bank.upper() in _NO_ID else bank,
        booked_on=_day(booked_on),
        amount=Money.of(value, amount.currency),
        payer=one_line(name or tags.get("NAME", "") or _party(tags, 2)),
        payer_iban=iban or tags.get("IBAN", "") or _party(tags, 0),
        reference=one_line(*(one for one in reference if one.upper() not in _NO_ID)),
        text=one_line(
            tags.get("REMI") or tags.get("USTD") or details, said("purpose", "posting_text", "extra_details")
        ),
        reversal=mark in _REVERSED or "return_debit_notes" in told or "RTRN" in tags,
    )


def _swallowed(name: str) -> tuple[str, str]:
    """An IBAN at the beginning of a name, and the name without it."""
    found = _IBAN.match(name)
    size = _IBAN_SIGNS.get(name[:2], 0)
    if size and re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]+", name[:size]) and len(name) >= size:
        return name[:size], name[size:]
    return (found[1], name[found.end() :]) if found else ("", name)


def _party(tags: dict[str, str], part: int) -> str:
    """A part of `/CNTP/account/BIC/name/city`, as Dutch banks tell of the other side."""
    parts = tags.get("CNTP", "").split("/")
    return parts[part].strip() if len(parts) > part else ""


def _day(value: object) -> date:
    assert isinstance(value, date)
    return date(value.year, value.month, value.day)


def _unbroken(details: str) -> str:
    """Tagged words in one line: they break anywhere, and a line that is one sign short of full ended in a blank."""
    lines = details.split("\n")
    return "".join(line + (" " if len(line) == _FULL - 1 else "") for line in lines)


def _tags(details: str) -> dict[str, str]:
    parts = _TAGGED.split(details)
    return {
        name: one_line(words.strip("/").removeprefix("USTD//"))
        for name, words in zip(parts[1::2], parts[2::2], strict=False)
    }
