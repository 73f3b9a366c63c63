"""Links."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "courier_parts",
        sa.Column("whole", sa.String(length=64), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("sender", sa.String(length=2), nullable=False),
        sa.Column("packed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("header", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("whole", "part", name=op.f("pk_courier_parts")),
    )
    op.create_table(
        "courier_batches",
        sa.Column("whole", sa.String(length=64), nullable=False),
        sa.Column("partner", sa.String(length=2), nullable=False),
        sa.Column("packed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("whole", name=op.f("pk_courier_batches")),
    )
    with op.batch_alter_table("courier_batches", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_courier_batches_partner"), ["partner"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("courier_batches", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_courier_batches_partner"))

    op.drop_table("courier_batches")
    op.drop_table("courier_parts")
