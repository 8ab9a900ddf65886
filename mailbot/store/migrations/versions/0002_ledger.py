"""Payments become a ledger: every kind of entry, what it gave to the invoice, and what stays the client's credit."""

from collections import defaultdict
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from mailbot.store.columns import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_KINDS = (
    "'payment', 'credit_used', 'credit_note', 'write_off', 'fee', 'discount', 'cancellation', 'refund', 'chargeback'"
)


def upgrade() -> None:
    """Make the ledger, carry the payments over, and drop their table."""
    op.create_table(
        "ledger",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("cash_minor", sa.BigInteger(), nullable=False),
        sa.Column("paid_minor", sa.BigInteger(), nullable=False),
        sa.Column("waived_minor", sa.BigInteger(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("cash_minor <> 0 OR paid_minor <> 0 OR waived_minor <> 0", name=op.f("ck_ledger_amount")),
        sa.CheckConstraint(f"kind IN ({_KINDS})", name=op.f("ck_ledger_kind")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_ledger_client_id_client")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_ledger_invoice_id_invoice")),
        sa.ForeignKeyConstraint(["undoes"], ["ledger.id"], name=op.f("fk_ledger_undoes_ledger")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger")),
        sa.UniqueConstraint("undoes", name=op.f("uq_ledger_undoes")),
    )
    for column in ("client_id", "invoice_id", "booked_on"):
        op.create_index(op.f(f"ix_ledger_{column}"), "ledger", [column], unique=False)
    op.add_column("invoice", sa.Column("waived_minor", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("client", sa.Column("credit", sa.JSON(), nullable=False, server_default="{}"))
    _carry_over()
    op.drop_table("payment")


def _carry_over() -> None:
    """Each payment as an entry: an invoice gets no more than it asked for, and the rest is the client's credit."""
    conn = op.get_bind()
    meta = sa.MetaData()
    payment, invoice = (sa.Table(name, meta, autoload_with=conn) for name in ("payment", "invoice"))
    ledger = sa.Table(
        "ledger", meta, sa.Column("recorded_at", UtcDateTime()), sa.Column("before", sa.JSON()), autoload_with=conn
    )
    paid: dict[int, int] = defaultdict(int)
    credit: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    invoices = {row.id: row for row in conn.execute(sa.select(invoice))}
    rows = []
    for row in conn.execute(sa.select(payment).order_by(payment.c.id)):
        bill = invoices[row.invoice_id]
        got = max(min(row.amount_minor, bill.amount_minor - paid[bill.id]), -paid[bill.id])
        paid[bill.id] += got
        credit[bill.client_id][bill.currency] += row.amount_minor - got
        rows.append(
            _row(bill, "payment" if row.amount_minor > 0 else "chargeback", row.amount_minor, got, 0)
            | {"booked_on": row.paid_on, "source": row.source, "reference": row.reference}
            | {"recorded_at": row.recorded_at.replace(tzinfo=UTC)}
        )
    for bill in invoices.values():
        rest = bill.amount_minor - paid[bill.id]
        if bill.standing == "written_off" and rest > 0:
            now = datetime.now(UTC)
            rows.append(
                _row(bill, "cancellation", 0, 0, rest)
                | {"booked_on": now.date(), "source": "operator", "reference": "", "recorded_at": now}
            )
            conn.execute(sa.update(invoice).where(invoice.c.id == bill.id).values(waived_minor=rest))
        conn.execute(sa.update(invoice).where(invoice.c.id == bill.id).values(paid_minor=paid[bill.id]))
    if rows:
        conn.execute(sa.insert(ledger), rows)
    heads = sa.table("client", sa.column("id"), sa.column("credit", sa.JSON()))
    for client_id, theirs in credit.items():
        left = {code: minor for code, minor in theirs.items() if minor}
        conn.execute(sa.update(heads).where(heads.c.id == client_id).values(credit=left))


def _row(bill: sa.Row[tuple[object, ...]], kind: str, cash: int, paid: int, waived: int) -> dict[str, object]:
    return {
        "client_id": bill.client_id,
        "invoice_id": bill.id,
        "kind": kind,
        "currency": bill.currency,
        "cash_minor": cash,
        "paid_minor": paid,
        "waived_minor": waived,
        "note": "",
        "undoes": None,
        "before": {},
    }
