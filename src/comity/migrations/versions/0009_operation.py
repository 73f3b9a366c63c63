"""Operation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "exchange_held",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("partner", sa.String(length=2), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_held")),
    )
    with op.batch_alter_table("exchange_held", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_exchange_held_partner"), ["partner"], unique=False)

    op.create_table(
        "exchange_stuck",
        sa.Column("partner", sa.String(length=2), nullable=False),
        sa.Column("agreement_id", sa.String(length=64), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.String(length=64), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=128), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("skipped_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("partner", "agreement_id", name=op.f("pk_exchange_stuck")),
    )
    with op.batch_alter_table("exchange_stuck", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_exchange_stuck_message_id"), ["message_id"], unique=False)

    op.create_table(
        "exchange_batch_refusals",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("partner", sa.String(length=2), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("day", "partner", "code", name=op.f("pk_exchange_batch_refusals")),
    )


def downgrade() -> None:
    op.drop_table("exchange_batch_refusals")
    with op.batch_alter_table("exchange_stuck", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_exchange_stuck_message_id"))

    op.drop_table("exchange_stuck")
    with op.batch_alter_table("exchange_held", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_exchange_held_partner"))

    op.drop_table("exchange_held")
