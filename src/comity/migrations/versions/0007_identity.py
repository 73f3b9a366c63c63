"""Key histories that parted, membership, and what partners know of our keys."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "identity_forks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("authority", sa.String(length=2), nullable=False),
        sa.Column("kept", sa.Text(), nullable=False),
        sa.Column("presented", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_forks")),
    )
    with op.batch_alter_table("identity_forks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_identity_forks_authority"), ["authority"], unique=False)
    op.create_table(
        "identity_epochs",
        sa.Column("epoch", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("partner", sa.String(length=2), nullable=False),
        sa.Column("change", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("statement", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("epoch", name=op.f("pk_identity_epochs")),
    )
    with op.batch_alter_table("identity_epochs", schema=None) as batch_op:
        batch_op.create_index("ix_identity_epochs_partner", ["partner", "epoch"], unique=False)
    with op.batch_alter_table("exchange_peers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("told_sequence", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    with op.batch_alter_table("exchange_peers", schema=None) as batch_op:
        batch_op.drop_column("told_sequence")
    with op.batch_alter_table("identity_epochs", schema=None) as batch_op:
        batch_op.drop_index("ix_identity_epochs_partner")
    op.drop_table("identity_epochs")
    with op.batch_alter_table("identity_forks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_identity_forks_authority"))
    op.drop_table("identity_forks")
