"""Classification decisions, binding rulings, second opinions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "classification_decisions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("declaration_id", sa.String(), nullable=True),
        sa.Column("item", sa.Integer(), nullable=True),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("facts", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("notes", sa.String(), nullable=False),
        sa.Column("reasons", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("declared_code", sa.String(), nullable=True),
        sa.Column("ruling_reference", sa.String(), nullable=True),
        sa.Column("opinion_id", sa.String(), nullable=True),
        sa.Column("model", sa.String(), nullable=True),
        sa.Column("uncertainty", sa.Double(), nullable=True),
        sa.Column("officer", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_classification_decisions")),
    )
    op.create_index(
        "ix_classification_decisions_declaration", "classification_decisions", ["declaration_id", "item"], unique=False
    )
    op.create_table(
        "binding_rulings",
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("reasons", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.Column("revoked_reason", sa.String(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("officer", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("reference", name=op.f("pk_binding_rulings")),
    )
    op.create_index(op.f("ix_binding_rulings_holder"), "binding_rulings", ["holder"], unique=False)
    op.create_table(
        "classification_opinions",
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("partner", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("facts", sa.String(), nullable=False),
        sa.Column("proposed_code", sa.String(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("declaration_id", sa.String(), nullable=True),
        sa.Column("item", sa.Integer(), nullable=True),
        sa.Column("question_message", sa.String(), nullable=True),
        sa.Column("answer_message", sa.String(), nullable=True),
        sa.Column("opinion", sa.JSON(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("officer", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("direction", "partner", "id", name=op.f("pk_classification_opinions")),
    )
    op.create_index(
        op.f("ix_classification_opinions_declaration_id"), "classification_opinions", ["declaration_id"], unique=False
    )
    for message in ("question_message", "answer_message"):
        op.create_index(
            op.f(f"ix_classification_opinions_{message}"), "classification_opinions", [message], unique=False
        )


def downgrade() -> None:
    op.drop_table("classification_opinions")
    op.drop_table("binding_rulings")
    op.drop_table("classification_decisions")
