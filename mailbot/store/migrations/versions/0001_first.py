"""The first schema."""

import sqlalchemy as sa
from alembic import op

from mailbot.store.columns import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create every table."""
    _clients()
    _mail()
    _rest()


def _clients() -> None:
    op.create_table(
        "business",
        sa.Column("id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_business")),
    )
    op.create_table(
        "client",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("business_id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("pay_day", sa.Integer(), nullable=True),
        sa.Column("ladder", sa.String(), nullable=False),
        sa.Column("chased_at", UtcDateTime(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("next_look_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('business', 'consumer')", name=op.f("ck_client_kind")),
        sa.ForeignKeyConstraint(["business_id"], ["business.id"], name=op.f("fk_client_business_id_business")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client")),
        sa.UniqueConstraint("business_id", "code", name=op.f("uq_client_business_id_code")),
    )
    op.create_index(
        "ix_client_next_look_at",
        "client",
        ["next_look_at"],
        unique=False,
        sqlite_where=sa.text("next_look_at IS NOT NULL"),
        postgresql_where=sa.text("next_look_at IS NOT NULL"),
    )
    op.create_table(
        "contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("first_name", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("reachability", sa.String(), nullable=False),
        sa.CheckConstraint("reachability IN ('good', 'doubtful', 'dead')", name=op.f("ck_contact_reachability")),
        sa.CheckConstraint("role IN ('client', 'billing', 'assistant')", name=op.f("ck_contact_role")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_contact_client_id_client")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sa.UniqueConstraint("client_id", "email", name=op.f("uq_contact_client_id_email")),
    )
    op.create_index(op.f("ix_contact_address"), "contact", ["address"], unique=False)
    op.create_table(
        "hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("invoice", sa.String(), nullable=True),
        sa.Column("held_by", sa.String(), nullable=False),
        sa.Column("intent", sa.String(), nullable=True),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("lapses", sa.Boolean(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("mail_id", sa.Integer(), nullable=True),
        sa.Column("lifted_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("held_by IN ('person', 'machine', 'operator')", name=op.f("ck_hold_held_by")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_hold_client_id_client")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
        sa.UniqueConstraint("client_id", "number", name=op.f("uq_hold_client_id_number")),
    )
    op.create_table(
        "invoice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("business_id", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("paid_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("standing", sa.String(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.Column("pdf", sa.String(), nullable=False),
        sa.Column("auto_answers", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "standing IN ('open', 'promised', 'disputed', 'settled', 'written_off')", name=op.f("ck_invoice_standing")
        ),
        sa.ForeignKeyConstraint(["business_id"], ["business.id"], name=op.f("fk_invoice_business_id_business")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_invoice_client_id_client")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice")),
        sa.UniqueConstraint("business_id", "number", name=op.f("uq_invoice_business_id_number")),
    )
    op.create_index("ix_invoice_client_id", "invoice", ["client_id"], unique=False)
    op.create_index(
        "ix_invoice_live",
        "invoice",
        ["client_id"],
        unique=False,
        sqlite_where=sa.text("live = 1"),
        postgresql_where=sa.text("live"),
    )
    op.create_index("ix_invoice_number", "invoice", ["number"], unique=False)
    op.create_table(
        "invoice_file",
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("octets", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_invoice_file_invoice_id_invoice")),
        sa.PrimaryKeyConstraint("invoice_id", name=op.f("pk_invoice_file")),
    )
    op.create_table(
        "payment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("amount_minor <> 0", name=op.f("ck_payment_amount")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_payment_invoice_id_invoice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
    )
    op.create_index(op.f("ix_payment_invoice_id"), "payment", ["invoice_id"], unique=False)
    op.create_index(op.f("ix_payment_paid_on"), "payment", ["paid_on"], unique=False)
    op.create_table(
        "promise",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("kept", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_promise_invoice_id_invoice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise")),
        sa.UniqueConstraint("invoice_id", "made_on", "due_on", name=op.f("uq_promise_invoice_id_made_on_due_on")),
    )


def _mail() -> None:
    op.create_table(
        "cursor",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("folder", sa.String(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("last_uid", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", "folder", name=op.f("pk_cursor")),
    )
    op.create_table(
        "inbox_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("business_id", sa.String(), nullable=True),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("folder", sa.String(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("arrived_at", UtcDateTime(), nullable=False),
        sa.Column("oversize", sa.Boolean(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("from_email", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=True),
        sa.Column("invoices", sa.JSON(), nullable=False),
        sa.Column("intent", sa.String(), nullable=False),
        sa.Column("reply_text", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("outcome_facts", sa.JSON(), nullable=False),
        sa.Column("fault", sa.String(), nullable=False),
        sa.Column("octets", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["business_id"], ["business.id"], name=op.f("fk_inbox_mail_business_id_business")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_inbox_mail_client_id_client")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_mail")),
        sa.UniqueConstraint(
            "account", "folder", "uidvalidity", "uid", name=op.f("uq_inbox_mail_account_folder_uidvalidity_uid")
        ),
    )
    op.create_index("ix_inbox_mail_client_id_received_at", "inbox_mail", ["client_id", "received_at"], unique=False)
    op.create_index(op.f("ix_inbox_mail_message_id"), "inbox_mail", ["message_id"], unique=False)
    op.create_index(op.f("ix_inbox_mail_received_at"), "inbox_mail", ["received_at"], unique=False)
    op.create_index(op.f("ix_inbox_mail_sha256"), "inbox_mail", ["sha256"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("business_id", sa.String(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_at", UtcDateTime(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("invoices", sa.JSON(), nullable=False),
        sa.Column("climbs", sa.JSON(), nullable=False),
        sa.Column("chasing", sa.Boolean(), nullable=False),
        sa.Column("automatic_answer", sa.Boolean(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("envelope_from", sa.String(), nullable=False),
        sa.Column("recipients", sa.JSON(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("not_before", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_by", sa.String(), nullable=False),
        sa.Column("claimed_until", UtcDateTime(), nullable=True),
        sa.Column("response", sa.String(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("filed_at", UtcDateTime(), nullable=True),
        sa.Column("octets", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "state IN ('proposed', 'queued', 'claimed', 'sending', 'sent', 'deferred', "
            "'refused', 'withdrawn', 'in_doubt')",
            name=op.f("ck_outbox_state"),
        ),
        sa.ForeignKeyConstraint(["business_id"], ["business.id"], name=op.f("fk_outbox_business_id_business")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_outbox_client_id_client")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    op.create_index(
        "ix_outbox_answers",
        "outbox",
        ["client_id", "created_at"],
        unique=False,
        sqlite_where=sa.text("automatic_answer = 1"),
        postgresql_where=sa.text("automatic_answer"),
    )
    op.create_index("ix_outbox_client_id_state", "outbox", ["client_id", "state"], unique=False)
    op.create_index("ix_outbox_message_id", "outbox", ["message_id"], unique=False)
    op.create_index("ix_outbox_state_not_before", "outbox", ["state", "not_before"], unique=False)
    op.create_index(
        "ix_outbox_unfiled",
        "outbox",
        ["state", "sent_at"],
        unique=False,
        sqlite_where=sa.text("filed_at IS NULL AND client_id IS NOT NULL"),
        postgresql_where=sa.text("filed_at IS NULL AND client_id IS NOT NULL"),
    )
    op.create_table(
        "climb",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("rung", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("outbox_id", sa.Integer(), nullable=True),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_climb_invoice_id_invoice")),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_climb_outbox_id_outbox")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_climb")),
    )
    op.create_index("ix_climb_outbox_id", "climb", ["outbox_id"], unique=False)
    op.create_index(
        "uq_climb_invoice_id_rung_live",
        "climb",
        ["invoice_id", "rung"],
        unique=True,
        sqlite_where=sa.text("live = 1"),
        postgresql_where=sa.text("live"),
    )
    op.create_table(
        "outbox_invoice",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("outbox_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_outbox_invoice_outbox_id_outbox")),
        sa.PrimaryKeyConstraint("number", "outbox_id", name=op.f("pk_outbox_invoice")),
    )


def _rest() -> None:
    op.create_table(
        "meta",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("business_id", sa.String(), nullable=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["business_id"], ["business.id"], name=op.f("fk_meta_business_id_business")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meta")),
        sa.UniqueConstraint("business_id", "key", name=op.f("uq_meta_business_id_key")),
    )
    op.create_index(
        "uq_meta_key_installation",
        "meta",
        ["key"],
        unique=True,
        sqlite_where=sa.text("business_id IS NULL"),
        postgresql_where=sa.text("business_id IS NULL"),
    )
    op.create_table(
        "journal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("business_id", sa.String(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=True),
        sa.Column("invoice", sa.String(), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["business_id"], ["business.id"], name=op.f("fk_journal_business_id_business")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_journal_client_id_client")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal")),
    )
    op.create_index(op.f("ix_journal_at"), "journal", ["at"], unique=False)
    op.create_index(op.f("ix_journal_client_id"), "journal", ["client_id"], unique=False)
    op.create_index(op.f("ix_journal_invoice"), "journal", ["invoice"], unique=False)
    op.create_table(
        "matter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("business_id", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("thing", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=True),
        sa.Column("invoice", sa.String(), nullable=True),
        sa.Column("subject_key", sa.String(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("mail_id", sa.Integer(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("alerted_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["business_id"], ["business.id"], name=op.f("fk_matter_business_id_business")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_matter_client_id_client")),
        sa.ForeignKeyConstraint(["mail_id"], ["inbox_mail.id"], name=op.f("fk_matter_mail_id_inbox_mail")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter")),
    )
    op.create_index("ix_matter_at", "matter", ["at"], unique=False)
    op.create_index(op.f("ix_matter_client_id"), "matter", ["client_id"], unique=False)
    op.create_index(
        "uq_matter_thing_open",
        "matter",
        ["thing"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )


def downgrade() -> None:
    """Drop every table."""
    for table in (
        "matter",
        "journal",
        "meta",
        "outbox_invoice",
        "climb",
        "outbox",
        "inbox_mail",
        "cursor",
        "promise",
        "payment",
        "invoice_file",
        "invoice",
        "hold",
        "contact",
        "client",
        "business",
    ):
        op.drop_table(table)
