"""Features' history, models and their scores."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "risk_subjects",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("known", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_risk_subjects")),
    )
    op.create_table(
        "risk_closed_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_risk_closed_days")),
    )


def downgrade() -> None:
    op.drop_table("risk_closed_days")
    op.drop_table("risk_subjects")
