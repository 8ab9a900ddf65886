"""CAMT.053 and CAMT.054 (ISO 20022): statements and credit notices in XML, whatever the version of the schema."""

from collections.abc import Iterator
from datetime import date

from lxml import etree  # type: ignore[import-untyped]  # it ships no types

from mailbot.bank.entry import Entry, StatementFault, written
from mailbot.bank.fold import one_line
from mailbot.core.money import Money

_BOOKED = ("", "BOOK")  # all else is announced, and may not come: PDNG, INFO, FUTR
_NO_ID = frozenset(("", "NOTPROVIDED", "NONREF", "NOTAVAILABLE", "0"))


def read_camt(octets: bytes) -> Iterator[Entry]:
    """Booked entries, one per transaction of a batch. Raises StatementFault; a DTD is refused, not read."""
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(octets, parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 0
        raise StatementFault(f"is no well-formed XML ({error.msg})", "export it again", line) from error
    if root.getroottree().docinfo.doctype:
        raise StatementFault("holds a document type declaration, which no bank writes", "do not trust this file")
    for element in root.iter():
        if isinstance(element.tag, str):
            element.tag = etree.QName(element).localname
    for account in root.iter("Stmt", "Ntfctn", "Rpt"):
        for entry in account.iter("Ntry"):
            if (_text(entry, "Sts/Cd") or _text(entry, "Sts")) in _BOOKED:
                yield from _entry(entry)


def _entry(node: etree._Element) -> Iterator[Entry]:
    try:
        booked_on = date.fromisoformat(_first(node, "BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm")[:10])
        amount = _money(node.find("Amt"))
    except ValueError as error:
        raise StatementFault(
            "has an entry without a date or an amount", "export it again", node.sourceline or 0
        ) from error
    credit = _text(node, "CdtDbtInd") == "CRDT"
    reversal = _text(node, "RvslInd") in ("true", "1")
    parts = node.findall("NtryDtls/TxDtls")
    for part in parts or [node]:
        own = part.find("AmtDtls/TxAmt/Amt") if part.find("Amt") is None else part.find("Amt")
        try:
            money = _money(own) if own is not None and len(parts) > 1 else amount
        except ValueError as error:
            line = part.sourceline or 0
            raise StatementFault("has a transaction whose amount cannot be read", "export it again", line) from error
        side = _text(part, "CdtDbtInd") or ("CRDT" if credit else "DBIT")
        yield _part(node, part, booked_on, money if side == "CRDT" else Money.of(-money.amount, money.currency),
                    reversal=reversal or part.find("RtrInf") is not None, alone=len(parts) < 2)  # fmt: skip


def _part(
    node: etree._Element, part: etree._Element, booked_on: date, amount: Money, *, reversal: bool, alone: bool
) -> Entry:
    other = "Dbtr" if amount.amount > 0 else "Cdtr"
    names = (f"RltdPties/{other}/Nm", f"RltdPties/{other}/Pty/Nm", f"RltdPties/Ultmt{other}/Nm")
    reference = [item.text or "" for item in part.findall("RmtInf/Strd/CdtrRefInf/Ref")]
    reference += [item.text or "" for item in part.findall("RmtInf/Strd/RfrdDocInf/Nb")]
    given = [_text(part, "Refs/AcctSvcrRef"), _text(part, "Refs/TxId"), _text(part, "Refs/InstrId")]
    if alone:
        given = [_text(node, "AcctSvcrRef"), *given, _text(node, "NtryRef")]
    end_to_end = _text(part, "Refs/EndToEndId")
    return Entry(
        id=next((one for one in given if one.upper() not in _NO_ID), ""),
        booked_on=booked_on,
        amount=amount,
        payer=one_line(_first(part, *names)),
        payer_iban=_text(part, f"RltdPties/{other}Acct/Id/IBAN").replace(" ", ""),
        reference=one_line(*reference, "" if end_to_end.upper() in _NO_ID else end_to_end),
        text=one_line(
            *(item.text for item in part.findall("RmtInf/Ustrd")),
            *(item.text for item in part.findall("RmtInf/Strd/AddtlRmtInf")),
            _text(part, "AddtlTxInf"),
            _text(node, "AddtlNtryInf") if alone else "",
        ),
        reversal=reversal,
        purpose=_text(part, "Purp/Cd").upper(),
    )


def _money(node: etree._Element | None) -> Money:
    if node is None or not node.get("Ccy"):
        raise ValueError
    return written(node.text or "", str(node.get("Ccy")))


def _text(node: etree._Element, path: str) -> str:
    return (node.findtext(path) or "").strip()


def _first(node: etree._Element, *paths: str) -> str:
    return next((found for path in paths if (found := _text(node, path))), "")
