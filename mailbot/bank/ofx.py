"""OFX 1 (SGML) and 2 (XML), as North American and French banks give it, also under the names QFX and QBO.

A reader of our own: the library ofxtools is GPL-3, which a program under MIT cannot take along. Only `STMTTRN` is
needed, whose fields are one to a tag, closed (XML) or not (SGML): OFX 1.6 section 11.4.3.
"""

import html
import re
from collections.abc import Iterator
from datetime import date

from mailbot.bank.entry import Entry, StatementFault, written
from mailbot.bank.fold import one_line

_TRANSACTION = re.compile(r"<STMTTRN>(.*?)(?=</STMTTRN>|<STMTTRN>|</BANKTRANLIST>|\Z)", re.DOTALL | re.IGNORECASE)
_END = re.compile(r"</(?:BANKTRANLIST|OFX)>", re.IGNORECASE)
_FIELD = re.compile(r"<([A-Z0-9.]+)>([^<\r\n]*)", re.IGNORECASE)
_CURRENCY = re.compile(r"<CURDEF>\s*([A-Z]{3})", re.IGNORECASE)


def read_ofx(text: str) -> Iterator[Entry]:
    """All transactions of all accounts in the file. Raises StatementFault."""
    last = max((found.end(1) for found in _TRANSACTION.finditer(text)), default=0)
    if last and not _END.search(text, last):
        raise StatementFault("breaks off before its end", "export it again", text.count("\n") + 1)
    sections = re.split(r"(?=<(?:CC)?STMTRS>)", text, flags=re.IGNORECASE)
    for section in sections:
        currency = _CURRENCY.search(section)
        for found in _TRANSACTION.finditer(section):
            line = text[: text.find(found[0])].count("\n") + 1
            if currency is None:
                raise StatementFault("names no currency (CURDEF)", "export it again", line)
            yield _entry(found[1], currency[1].upper(), line)


def _entry(block: str, currency: str, line: int) -> Entry:
    fields = {name.upper(): html.unescape(value).strip() for name, value in _FIELD.findall(block)}
    try:
        posted = fields["DTPOSTED"]
        booked_on = date(int(posted[:4]), int(posted[4:6]), int(posted[6:8]))
        amount = written(fields["TRNAMT"].replace(" ", "").replace(",", "."), currency)
    except (KeyError, ValueError) as error:
        raise StatementFault("has a transaction without a date or an amount", "export it again", line) from error
    return Entry(
        id=fields.get("FITID", ""),
        booked_on=booked_on,
        amount=amount,
        payer=one_line(fields.get("NAME")),
        reference=one_line(fields.get("CHECKNUM"), fields.get("REFNUM")),
        text=one_line(fields.get("MEMO")),
        reversal=bool(fields.get("CORRECTFITID")),
    )
