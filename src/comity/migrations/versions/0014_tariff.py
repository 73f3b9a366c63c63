"""Tariff measures, quotas and their use."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tariff_areas",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("schedule", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("members", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tariff_areas")),
    )
    op.create_table(
        "tariff_assessments",
        sa.Column("declaration_id", sa.String(), nullable=False),
        sa.Column("assessment", sa.JSON(), nullable=False),
        sa.Column("assessed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("declaration_id", name=op.f("pk_tariff_assessments")),
    )
    op.create_table(
        "tariff_imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("content_sha256", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tariff_imports")),
    )
    op.create_index(op.f("ix_tariff_imports_content_sha256"), "tariff_imports", ["content_sha256"], unique=False)
    op.create_table(
        "tariff_laws",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_tariff_laws")),
    )
    op.create_table(
        "tariff_lines",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=True),
        sa.Column("schedule", sa.String(), nullable=False),
        sa.Column("parent", sa.String(), nullable=True),
        sa.Column("description", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("code", "first", name=op.f("pk_tariff_lines")),
    )
    op.create_table(
        "tariff_measures",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("schedule", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=True),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tariff_measures")),
    )
    op.create_index(op.f("ix_tariff_measures_code"), "tariff_measures", ["code"], unique=False)
    op.create_index(op.f("ix_tariff_measures_schedule"), "tariff_measures", ["schedule"], unique=False)
    op.create_table(
        "tariff_quotas",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("schedule", sa.String(), nullable=False),
        sa.Column("order_number", sa.String(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=True),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tariff_quotas")),
    )
    op.create_index(op.f("ix_tariff_quotas_order_number"), "tariff_quotas", ["order_number"], unique=False)
    op.create_table(
        "tariff_records",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("parent", sa.String(), nullable=True),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", name=op.f("pk_tariff_records")),
    )
    op.create_index(op.f("ix_tariff_records_parent"), "tariff_records", ["parent", "kind"], unique=False)
    op.create_table(
        "tariff_drawings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quota_id", sa.String(), nullable=False),
        sa.Column("declaration_id", sa.String(), nullable=False),
        sa.Column("item", sa.Integer(), nullable=False),
        sa.Column("accepted_on", sa.Date(), nullable=False),
        sa.Column("requested", sa.String(), nullable=False),
        sa.Column("allocated", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["quota_id"], ["tariff_quotas.id"], name=op.f("fk_tariff_drawings_quota_id_tariff_quotas")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tariff_drawings")),
        sa.UniqueConstraint("declaration_id", "item", name=op.f("uq_tariff_drawings_declaration_id")),
    )
    op.create_index(op.f("ix_tariff_drawings_quota_id"), "tariff_drawings", ["quota_id"], unique=False)


def downgrade() -> None:
    op.drop_table("tariff_drawings")
    op.drop_table("tariff_records")
    op.drop_table("tariff_quotas")
    op.drop_table("tariff_measures")
    op.drop_table("tariff_lines")
    op.drop_table("tariff_laws")
    op.drop_table("tariff_imports")
    op.drop_table("tariff_assessments")
    op.drop_table("tariff_areas")
