"""Invoices and clients come in: octets and options to checked records, records to a plan. Pure."""

from mailbot.intake.amounts import AmbiguousAmountError, NotAnAmountError, typed_amount
from mailbot.intake.clients import one_client, read_clients
from mailbot.intake.columns import CLIENT_COLUMNS, INVOICE_COLUMNS, Column
from mailbot.intake.invoices import one_invoice, read_invoices
from mailbot.intake.plan import Act, Change, ClientStep, InvoiceStep, Known, KnownInvoice, Plan, client_record, plan
from mailbot.intake.records import ClientRecord, InvoiceRecord, Status
from mailbot.intake.sheet import DateOrder, Defaults, Fault, Sheet

__all__ = [
    "CLIENT_COLUMNS",
    "INVOICE_COLUMNS",
    "Act",
    "AmbiguousAmountError",
    "Change",
    "ClientRecord",
    "ClientStep",
    "Column",
    "DateOrder",
    "Defaults",
    "Fault",
    "InvoiceRecord",
    "InvoiceStep",
    "Known",
    "KnownInvoice",
    "NotAnAmountError",
    "Plan",
    "Sheet",
    "Status",
    "client_record",
    "one_client",
    "one_invoice",
    "plan",
    "read_clients",
    "read_invoices",
    "typed_amount",
]
