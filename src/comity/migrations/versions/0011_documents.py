"""The trade documents that are no declarations: notices, cargo reports, movements, stowage, travellers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "trade_documents",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("mrn", sa.String(length=70), nullable=True),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trade_documents")),
        sa.UniqueConstraint("content_sha256", name=op.f("uq_trade_documents_content_sha256")),
    )
    op.create_index(op.f("ix_trade_documents_mrn"), "trade_documents", ["mrn"])
    op.create_index(op.f("ix_trade_documents_kept_at"), "trade_documents", ["kept_at"])
    op.create_index("ix_trade_documents_kind_kept_at", "trade_documents", ["kind", "kept_at"])


def downgrade() -> None:
    op.drop_table("trade_documents")
