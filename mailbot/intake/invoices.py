"""Invoices from a file or from options: the same checks for both."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from mailbot.core.money import Money, exponent
from mailbot.intake.amounts import (
    AmbiguousAmountError,
    NotAnAmountError,
    currency_named,
    currency_of,
    decimal_mark,
    local_mark,
    number,
    take_apart,
)
from mailbot.intake.clients import client_of, typed, worded
from mailbot.intake.columns import INVOICE_COLUMNS, fold
from mailbot.intake.days import WRITE_ISO, NotADateError, day, evidence
from mailbot.intake.exports import INVOICE_EXPORTS, PARTLY, STATUSES, Export
from mailbot.intake.frame import Layout, Line, read_frame
from mailbot.intake.items import merged
from mailbot.intake.records import InvoiceRecord, Status
from mailbot.intake.sheet import DateOrder, Defaults, Fault, Sheet, in_order
from mailbot.intake.words import BadTextError, has_control, invoice_number

_LAYOUT = Layout(
    INVOICE_COLUMNS,
    (("number",), ("client", "client_name", "client_email"), ("issued_on",), ("amount",)),
    INVOICE_EXPORTS,
)
_DATES = ("issued_on", "due_on", "sent_on")
_AMOUNTS = ("amount", "paid", "balance")
_YEARS_BACK, _YEARS_AHEAD = 15, 5
_TERMS = re.compile(r"(?:net |n )?(\d{1,3})(?: (?:days?|jours?|j|d)(?: net)?)?")
_AT_ONCE = frozenset({"due on receipt", "on receipt", "a reception", "comptant", "immediate", "net 0"})


@dataclass(frozen=True, slots=True)
class Habits:
    """How this file writes: what its columns prove, else what the user's defaults say."""

    today: date
    defaults: Defaults
    orders: dict[str, DateOrder | None]
    mark: str | None
    local: str | None
    export: Export | None = None


def read_invoices(octets: bytes, *, file: str, today: date, defaults: Defaults) -> Sheet[InvoiceRecord]:
    """Read invoices from a CSV file's octets; every fault is in the sheet, and nothing is raised."""
    frame = read_frame(octets, file, _LAYOUT)
    habits, faults = _habits(frame.lines, file, today, defaults, frame.export)
    faults += frame.faults
    lines = frame.lines
    if frame.export and frame.export.lines:
        lines = merged(lines, habits.mark)
    records: list[InvoiceRecord] = []
    seen: dict[str, dict[str, int]] = {"number": {}, "pdf": {}}
    for line in lines:
        record = _invoice_of(line, habits)
        _once(line, "number", seen["number"])
        _once(line, "pdf", seen["pdf"])
        faults += line.faults
        if record and not line.faults:
            records.append(record)
    name = frame.export.name if frame.export else ""
    notes = frame.notes + _taken_as_sent(records, lines, file, name)
    return Sheet(tuple(records), in_order(faults), frame.dialect, frame.encoding, notes, name, file)


def one_invoice(
    *, today: date, defaults: Defaults, **options: str | int | None
) -> tuple[InvoiceRecord | None, tuple[Fault, ...]]:
    """Check one invoice that was typed; the keys are those of the columns, and faults name the option (`--amount`)."""
    line = typed(options)
    habits, faults = _habits((line,), "", today, defaults, None)
    record = _invoice_of(line, habits)
    faults += line.faults
    return (None if faults else record), tuple(faults)


def _habits(
    lines: tuple[Line, ...], file: str, today: date, defaults: Defaults, export: Export | None
) -> tuple[Habits, list[Fault]]:
    faults: list[Fault] = []
    orders: dict[str, DateOrder | None] = {}
    for name in _DATES:
        proof = evidence(line.text(name) for line in lines)
        orders[name] = proof.order
        if proof.clash and not defaults.dates:
            reason = f"mixes day/month ('{proof.clash[0]}') and month/day ('{proof.clash[1]}')"
            faults.append(Fault(file, 0, lines[0].headers.get(name, name), "", reason, "write all dates as YYYY-MM-DD"))
    agreed = {order for order in orders.values() if order}
    shared = agreed.pop() if len(agreed) == 1 else None  # one column may speak for the others of its file
    settled = {name: order or defaults.dates or shared for name, order in orders.items()}
    mark = decimal_mark(line.text(name) for line in lines for name in _AMOUNTS)
    local = local_mark(defaults.language, defaults.country)
    return Habits(today, defaults, settled, mark, local, export), faults


def _once(line: Line, name: str, seen: dict[str, int]) -> None:
    text = line.text(name)
    if text and seen.setdefault(text.casefold(), line.number) != line.number:
        mend = "keep one of them" if name == "number" else "give each invoice its own file"
        line.fault(name, f"is already on line {seen[text.casefold()]}", mend)


def _invoice_of(line: Line, habits: Habits) -> InvoiceRecord | None:
    said = _number(line)
    currency = _currency(line, habits)
    status, partly = _status(line)
    amount = _money(line, "amount", currency, habits)
    if amount is not None and status is not Status.VOID:
        _positive(line, amount)
    paid = _paid(line, amount, status, habits, partly=partly)
    issued_on = _date(line, "issued_on", habits)
    due_on = _due(line, issued_on, habits)
    sent_on = _sent(line, issued_on, status, habits)
    client = worded(line, "client", 200)
    name = worded(line, "client_name", 200)
    bill_to = None
    if line.text("client_email"):
        called = name or client or line.text("client_email")
        inner = Line(
            line.file, line.number, {**line.cells, "client_name": called, "code": ""}, line.headers, line.faults
        )
        bill_to = client_of(inner, habits.defaults, "client_email", "client_name")
    if not (client or name or bill_to):
        line.fault(
            "client" if "client" in line.headers else "client_name",
            "is empty",
            "write the client's code or name",
            value="",
        )
    if not said or amount is None or paid is None or not issued_on or not due_on:
        return None
    return InvoiceRecord(
        number=said,
        client=client or name or (bill_to.email if bill_to else ""),
        issued_on=issued_on,
        due_on=due_on,
        amount=amount,
        paid=paid,
        status=status if status is not Status.NEW or not sent_on else Status.SENT,
        subject=worded(line, "subject", 500),
        sent_on=sent_on,
        pdf=_pdf(line),
        bill_to=bill_to,
        line=line.number,
    )


def _number(line: Line) -> str:
    text = line.text("number")
    if not text:
        line.fault("number", "is empty", "write the invoice number", value="")
        return ""
    try:
        return invoice_number(text)
    except BadTextError as error:
        line.fault("number", str(error), error.mend)
        return ""


def _currency(line: Line, habits: Habits) -> str:
    """The currency of a line: its column, else what stands in the amount, else the default."""
    text = line.text("currency")
    named = currency_named(text) if text else ""
    if named is None:
        line.fault("currency", "is not a currency", "write its three letters, such as EUR or CAD")
        return ""
    try:
        unit = take_apart(line.text("amount")).unit
    except NotAnAmountError:
        return named or habits.defaults.currency
    written = currency_of(unit, named or habits.defaults.currency)
    if written is None:
        line.fault(
            "amount", f"names no currency that can be told ('{unit}')", "add a column currency with its three letters"
        )
        return ""
    if written and named and written != named:
        line.fault("amount", f"says {written} where the currency column says {named}", "correct one of them")
        return ""
    found = written or named or habits.defaults.currency
    if not found and not line.faults:
        line.fault("currency", "is missing, and there is no default", "add it, such as EUR or CAD", value="")
    return found


def _money(line: Line, name: str, currency: str, habits: Habits) -> Money | None:
    text = line.text(name)
    if not text:
        line.fault(name, "is empty", "write the amount with taxes", value="")
        return None
    try:
        parts = take_apart(text)
        value = number(parts.digits, habits.mark, habits.local, exponent(currency or "EUR"))
    except AmbiguousAmountError as error:
        line.fault(name, str(error), "write it without a mark for thousands and with two decimals, such as 1250.00")
        return None
    except NotAnAmountError as error:
        line.fault(name, str(error), "write digits and a decimal mark, such as 1250.00")
        return None
    if name != "amount" and currency_of(parts.unit, currency) not in ("", currency):
        line.fault(name, "is in an other currency than the amount", "write it in the currency of the invoice")
        return None
    if not currency:
        return None
    return Money.of(-value if parts.negative else value, currency)


def _positive(line: Line, amount: Money) -> None:
    if amount.amount < 0:
        mend = "leave credit notes out, and lower `paid` or the amount of the invoice that it settles"
        line.fault("amount", "is negative, so this is a credit note and no invoice", mend)
    elif amount.amount == 0:
        line.fault("amount", "is zero, so there is nothing to ask for", "leave this invoice out")


def _paid(line: Line, amount: Money | None, status: Status, habits: Habits, *, partly: bool) -> Money | None:
    if amount is None:
        return None
    nothing = Money(Decimal(0), amount.currency)
    paid: Money | None = Money.of(0, amount.currency)
    if status is Status.PAID:
        return amount
    source = next((name for name in ("paid", "balance") if line.text(name)), None)
    if source is None:
        if partly:
            line.fault("status", "says partly paid, and not how much", "add a column paid with what was received")
        return paid
    written = _money(line, source, amount.currency, habits)
    if written is None:
        return None
    paid = written if source == "paid" else amount - written
    if paid < nothing:
        reason = "is negative" if source == "paid" else "is more than the amount"
        line.fault(source, reason, "write what was received, or leave it empty")
    elif amount < paid and amount.amount > 0:
        line.fault(source, "is more than the amount", "check both; an overpayment is not imported")
    return paid


def _status(line: Line) -> tuple[Status, bool]:
    text = line.text("status")
    if not text:
        return Status.NEW, False
    plain = fold(text)
    found = STATUSES.get(plain)
    if found is None:
        line.fault("status", "is not a status", "write draft, sent, paid or void, or leave it empty")
        return Status.NEW, False
    return Status(found), plain in PARTLY


def _date(line: Line, name: str, habits: Habits) -> date | None:
    text = line.text(name)
    if not text:
        if name == "issued_on":
            line.fault(name, "is empty", WRITE_ISO, value="")
        return None
    try:
        found = day(text, habits.orders[name])
    except NotADateError as error:
        line.fault(name, str(error), error.mend)
        return None
    if not habits.today.year - _YEARS_BACK <= found.year <= habits.today.year + _YEARS_AHEAD:
        line.fault(name, "has a year that cannot be meant", "check it")
        return None
    return found


def _due(line: Line, issued_on: date | None, habits: Habits) -> date | None:
    if line.text("due_on"):
        due_on = _date(line, "due_on", habits)
        if due_on and issued_on and due_on < issued_on:
            line.fault(
                "due_on", f"is before the issue date {issued_on}", "check both dates, and their order of day and month"
            )
        return due_on
    terms = line.text("terms_days")
    days = habits.defaults.terms_days
    if terms:
        plain = fold(terms)
        found = _TERMS.fullmatch(plain)
        days = 0 if plain in _AT_ONCE else int(found[1]) if found else None
        if days is None or days > 365:
            line.fault("terms_days", "is not a number of days", "write a number of days, or the date in due_on")
            return None
    if days is None:
        line.fault("due_on", "is empty, and there are no usual terms", "write the due date or terms_days", value="")
    return issued_on + timedelta(days=days) if issued_on and days is not None else None


def _sent(line: Line, issued_on: date | None, status: Status, habits: Habits) -> date | None:
    sent_on = _date(line, "sent_on", habits)
    if sent_on and sent_on > habits.today:
        line.fault("sent_on", "is in the future", "leave it empty, and mailbot sends the invoice")
    if sent_on is None and status in (Status.SENT, Status.PAID) and not line.text("sent_on"):
        return issued_on
    return sent_on


def _pdf(line: Line) -> str:
    text = line.text("pdf")
    if text and has_control(text):
        line.fault("pdf", "holds control characters", "write the path of a PDF file")
    elif text and not text.casefold().endswith(".pdf"):
        line.fault("pdf", "is not a PDF", "write the path of a file that ends in .pdf")
    return text


def _taken_as_sent(records: list[InvoiceRecord], lines: tuple[Line, ...], file: str, name: str) -> tuple[Fault, ...]:
    said = {line.number for line in lines if line.text("sent_on")}
    count = sum(1 for r in records if r.status is Status.SENT and r.line not in said)
    if not count:
        return ()
    who = f" by {name}" if name else ""
    reason = f"{count} invoice{'s' if count > 1 else ''} taken as sent{who} on the date of issue"
    return (Fault(file, 0, "", "", reason, "where a client never got one, empty its status and mailbot sends it"),)
