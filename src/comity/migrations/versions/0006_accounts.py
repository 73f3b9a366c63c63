"""Accounts: what partners count together; reports of others' logs; what was said of a contradiction."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("ledger_fork_evidence") as batch_op:
        batch_op.add_column(sa.Column("shown_to", sa.String(length=2), nullable=True))
        batch_op.add_column(sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("acknowledgement", sa.Text(), nullable=True))
    op.create_table(
        "ledger_reported",
        sa.Column("authority", sa.String(length=2), nullable=False),
        sa.Column("reporter", sa.String(length=2), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("authority", "reporter", name=op.f("pk_ledger_reported")),
    )
    op.create_table(
        "accounts_reconciliations",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("partner", sa.String(length=2), nullable=False),
        sa.Column("opened_by", sa.String(length=2), nullable=False),
        sa.Column("period_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("period_to", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("differences", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts_reconciliations")),
    )
    op.create_index(op.f("ix_accounts_reconciliations_partner"), "accounts_reconciliations", ["partner"], unique=False)
    op.create_table(
        "accounts_reciprocity",
        sa.Column("agreement_id", sa.String(length=64), nullable=False),
        sa.Column("partner", sa.String(length=2), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("statement", sa.JSON(), nullable=False),
        sa.Column("signatures", sa.JSON(), nullable=False),
        sa.Column("differences", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "agreement_id", "partner", "period_from", "period_to", name=op.f("pk_accounts_reciprocity")
        ),
    )
    op.create_table(
        "accounts_witness_reports",
        sa.Column("partner", sa.String(length=2), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("partner", name=op.f("pk_accounts_witness_reports")),
    )


def downgrade() -> None:
    for name in ("accounts_witness_reports", "accounts_reciprocity"):
        op.drop_table(name)
    op.drop_index(op.f("ix_accounts_reconciliations_partner"), table_name="accounts_reconciliations")
    op.drop_table("accounts_reconciliations")
    op.drop_table("ledger_reported")
    with op.batch_alter_table("ledger_fork_evidence") as batch_op:
        for name in ("acknowledgement", "acknowledged_at", "shown_to"):
            batch_op.drop_column(name)
