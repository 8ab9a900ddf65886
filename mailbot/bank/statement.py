"""A bank's file, whatever its format: recognised by its own first words, never by its name."""

import re
from collections.abc import Mapping
from datetime import date

from mailbot.bank.camt import read_camt
from mailbot.bank.entry import Statement, StatementFault, identified
from mailbot.bank.headers import Columns
from mailbot.bank.ofx import read_ofx
from mailbot.bank.swift import read_mt940
from mailbot.bank.table import read_table
from mailbot.bank.until import camt_until, mt940_until, ofx_until

LARGEST = 20 * 1024 * 1024
_OTHERS = (
    (b"%PDF", "a PDF, made for reading", "export the same days as CAMT.053, OFX, MT940 or CSV"),
    (b"PK\x03\x04", "a spreadsheet or an archive", "unpack it, or save it as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old spreadsheet", "save it as CSV"),
    (b"!Type:", "a QIF file, whose days and amounts every program reads otherwise", "export it as OFX or CSV"),
)


def read_statement(
    octets: bytes,
    currency: str,
    known: Mapping[str, Columns] | None = None,
    told: Columns | None = None,
    between: tuple[date, date] | None = None,
) -> Statement:
    """Read CAMT.053/.054, OFX, MT940 or CSV; `currency` holds where a table names none. Raises StatementFault.

    `known` are the columns of tables by their layout's mark, `told` those of this one, if a person said so.
    `between` are the days that a line may be of: it decides on days that can be read in two ways, and refuses none.
    """
    if len(octets) > LARGEST:
        raise StatementFault("is larger than 20 MB", "export fewer days")
    for sign, what, mend in _OTHERS:
        if octets.startswith(sign):
            raise StatementFault(f"is {what}", mend)
    start = octets[:4096].lstrip(b"\xef\xbb\xbf \r\n\t")
    if re.search(rb"<OFX>|OFXHEADER", octets[:65536], re.IGNORECASE):
        text = _text(octets)
        return Statement("ofx", identified(read_ofx(text)), until=ofx_until(text))
    if start.startswith((b"<", b"\xff\xfe<", b"\xfe\xff\x00<")):
        return _camt(octets)
    text = _text(octets)
    if re.search(r"^:61:", text, re.MULTILINE) or re.search(r"^:(20|25|60F):", text, re.MULTILINE):
        return Statement("mt940", identified(read_mt940(text)), until=mt940_until(text))
    if not text.strip():
        raise StatementFault("is empty", "export it again")
    entries, layout, faults = read_table(text, currency, known, told, between)
    return Statement("csv", identified(entries), layout.shown, tuple(faults), layout.mark, layout.columns)


def _camt(octets: bytes) -> Statement:
    entries = tuple(read_camt(octets))
    if not entries and b"Ntry" not in octets and b"BkToCstmr" not in octets:
        raise StatementFault("is XML, and no CAMT statement", "choose CAMT.053, OFX, MT940 or CSV")
    return Statement("camt", identified(entries), until=camt_until(octets))


def _text(octets: bytes) -> str:
    """Decode by byte order mark, else UTF-8, else Windows-1252, else Latin-1, which never fails."""
    if octets.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return octets.decode("utf-16")
        except UnicodeDecodeError as error:
            raise StatementFault("begins as UTF-16 and then breaks off", "save it again as UTF-8") from error
    for codec in ("utf-8-sig", "cp1252"):
        try:
            text = octets.decode(codec)
        except UnicodeDecodeError:
            continue
        break
    else:
        text = octets.decode("latin-1")
    if "\x00" in text:
        raise StatementFault("holds NUL characters, so it is no statement", "choose CAMT.053, OFX, MT940 or CSV")
    return text
