"""Mails whose meaning the operator told."""

import sqlalchemy as sa
from alembic import op

from mailbot.store.columns import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "example",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mail_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("intent", sa.String(), nullable=False),
        sa.Column("hold", sa.Boolean(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("told_at", UtcDateTime(), nullable=False),
        sa.Column("read_as", sa.String(), nullable=False),
        sa.Column("adopted_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_example_client_id_client")),
        sa.ForeignKeyConstraint(["mail_id"], ["inbox_mail.id"], name=op.f("fk_example_mail_id_inbox_mail")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_example")),
        sa.UniqueConstraint("mail_id", name=op.f("uq_example_mail_id")),
    )
    op.create_index(op.f("ix_example_client_id"), "example", ["client_id"], unique=False)


def downgrade() -> None:
    """Drop it."""
    op.drop_table("example")
