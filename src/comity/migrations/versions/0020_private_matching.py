"""Private matching: rounds and budget."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "private_runs",
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("partner", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=False),
        sa.Column("value_steps", sa.Integer(), nullable=False),
        sa.Column("mass_steps", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("ground", sa.String(), nullable=True),
        sa.Column("officer", sa.String(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("keys_ours", sa.Integer(), nullable=False),
        sa.Column("keys_theirs", sa.Integer(), nullable=False),
        sa.Column("met", sa.Integer(), nullable=False),
        sa.Column("crossed", sa.Integer(), nullable=False),
        sa.Column("records_sent", sa.Integer(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("keyed", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "partner", name=op.f("pk_private_runs")),
    )
    op.create_index("ix_private_runs_budget", "private_runs", ["partner", "role", "started_on"], unique=False)
    op.create_table(
        "private_parts",
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("partner", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "partner", "step", "part", name=op.f("pk_private_parts")),
    )
    op.create_table(
        "private_learned",
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("partner", sa.String(), nullable=False),
        sa.Column("meeting", sa.Integer(), nullable=False),
        sa.Column("records", sa.JSON(), nullable=False),
        sa.Column("keys", sa.Integer(), nullable=False),
        sa.Column("value_ours", sa.Integer(), nullable=True),
        sa.Column("value_theirs", sa.Integer(), nullable=True),
        sa.Column("mass_ours", sa.Integer(), nullable=True),
        sa.Column("mass_theirs", sa.Integer(), nullable=True),
        sa.Column("chapters_theirs", sa.JSON(), nullable=False),
        sa.Column("crossed", sa.Boolean(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "partner", "meeting", name=op.f("pk_private_learned")),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("private_learned")
    op.drop_table("private_parts")
    op.drop_index("ix_private_runs_budget", table_name="private_runs")
    op.drop_table("private_runs")
