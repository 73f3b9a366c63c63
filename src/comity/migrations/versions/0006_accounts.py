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


def downgrade() -> None:
    op.drop_table("ledger_reported")
    with op.batch_alter_table("ledger_fork_evidence") as batch_op:
        for name in ("acknowledgement", "acknowledged_at", "shown_to"):
            batch_op.drop_column(name)
