"""History of lines, risk profiles with approvals, lists."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_LINES_BY = {
    "importer": "importer_id",
    "exporter": "exporter_id",
    "declarant": "declarant_id",
    "hs6": "hs6",
    "hs4": "hs4",
    "kind": "kind",
}


def upgrade() -> None:
    op.create_table(
        "risk_lines",
        sa.Column("declaration_id", sa.String(length=64), nullable=False),
        sa.Column("item", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("importer_id", sa.String(), nullable=True),
        sa.Column("exporter_id", sa.String(), nullable=True),
        sa.Column("declarant_id", sa.String(), nullable=True),
        sa.Column("hs6", sa.String(), nullable=True),
        sa.Column("hs4", sa.String(), nullable=True),
        sa.Column("hs2", sa.String(), nullable=True),
        sa.Column("export_country", sa.String(), nullable=True),
        sa.Column("origin_country", sa.String(), nullable=True),
        sa.Column("office", sa.String(), nullable=True),
        sa.Column("procedure", sa.String(), nullable=True),
        sa.Column("customs_value_usd", sa.BigInteger(), nullable=True),
        sa.Column("invoice_value_usd", sa.BigInteger(), nullable=True),
        sa.Column("net_mass_kg", sa.BigInteger(), nullable=True),
        sa.Column("gross_mass_kg", sa.BigInteger(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("examined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("irregular", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("declaration_id", "item", name=op.f("pk_risk_lines")),
    )
    for name, column in _LINES_BY.items():
        op.create_index(f"ix_risk_lines_{name}", "risk_lines", [column, "accepted_at"], unique=False)

    op.create_table(
        "risk_profiles",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("sender", sa.String(length=2), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("backtest", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", "version", name=op.f("pk_risk_profiles")),
    )
    op.create_table(
        "risk_profile_acts",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("profile_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("officer", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_risk_profile_acts")),
    )
    op.create_index("ix_risk_profile_acts_profile", "risk_profile_acts", ["profile_id", "version"], unique=False)


def downgrade() -> None:
    op.drop_table("risk_profile_acts")
    op.drop_table("risk_profiles")
    op.drop_table("risk_lines")
