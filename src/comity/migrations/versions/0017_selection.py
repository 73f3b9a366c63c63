"""Selection: capacity, opened days, rules of offices, why each declaration was chosen, hits by profile version."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, and say of earlier decisions what is known of their choice."""
    op.create_table(
        "selection_capacities",
        sa.Column("office", sa.String(length=17), nullable=False),
        sa.Column("resource", sa.String(length=16), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.Column("weekdays", sa.JSON(), nullable=False),
        sa.Column("officer", sa.String(length=100), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("office", "resource", "valid_from", name=op.f("pk_selection_capacities")),
    )
    op.create_table(
        "selection_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("seed", sa.LargeBinary(length=32), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_selection_days")),
    )
    op.create_table(
        "selection_rules",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("office", sa.String(length=17), nullable=False),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("used", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("day", "office", name=op.f("pk_selection_rules")),
    )
    op.create_table(
        "selection_hits",
        sa.Column("declaration_id", sa.String(length=64), nullable=False),
        sa.Column("profile_id", sa.String(length=64), nullable=False),
        sa.Column("profile_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("declaration_id", "profile_id", name=op.f("pk_selection_hits")),
    )
    op.create_index(op.f("ix_selection_hits_profile_id"), "selection_hits", ["profile_id"])
    for column in (
        sa.Column("office", sa.String(length=17), nullable=True),
        sa.Column("ground", sa.String(length=12), nullable=True),
        sa.Column("curiosity", sa.Float(), nullable=True),
        sa.Column("mandatory", sa.String(length=8), nullable=True),
        sa.Column("has_slot", sa.Boolean(), nullable=True),
    ):
        op.add_column("risk_decisions", column)
    op.create_index("ix_risk_decisions_office", "risk_decisions", ["office", "decided_at"])
    op.create_index("ix_risk_decisions_decided", "risk_decisions", ["kind", "decided_at"])
    decisions = sa.table(
        "risk_decisions",
        sa.column("ground", sa.String),
        sa.column("random_selected", sa.Boolean),
        sa.column("lane", sa.String),
    )
    looked_at = decisions.c.lane.in_(["yellow", "orange", "red"])
    ground = sa.case((decisions.c.random_selected.is_(True), "random"), (looked_at, "exploit"), else_="none")
    op.execute(decisions.update().values(ground=ground))


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_risk_decisions_decided", table_name="risk_decisions")
    op.drop_index("ix_risk_decisions_office", table_name="risk_decisions")
    for name in ("has_slot", "mandatory", "curiosity", "ground", "office"):
        op.drop_column("risk_decisions", name)
    for name in ("selection_hits", "selection_rules", "selection_days", "selection_capacities"):
        op.drop_table(name)
