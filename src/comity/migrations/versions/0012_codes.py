"""Published code lists, by validity."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "code_list_versions",
        sa.Column("list", sa.String(80), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("content_sha256", sa.String(64), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=False),
        sa.Column("renamed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("list", "version", name=op.f("pk_code_list_versions")),
    )
    op.create_table(
        "code_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("list", sa.String(80), nullable=False),
        sa.Column("code", sa.String(70), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("searched", sa.String(300), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("attributes", sa.JSON(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("ended_version", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_entries")),
    )
    op.create_index("ix_code_entries_list_code", "code_entries", ["list", "code"])
    op.create_table(
        "code_correlations",
        sa.Column("list", sa.String(80), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("earlier", sa.String(12), nullable=False),
        sa.Column("later", sa.String(12), nullable=False),
        sa.PrimaryKeyConstraint("list", "version", "earlier", "later", name=op.f("pk_code_correlations")),
    )


def downgrade() -> None:
    op.drop_table("code_correlations")
    op.drop_table("code_entries")
    op.drop_table("code_list_versions")
