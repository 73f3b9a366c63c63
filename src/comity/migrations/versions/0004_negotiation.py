"""Negotiation: an agreement has several texts, kept by their hash; notices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agreement_texts",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("agreement_id", sa.String(length=64), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by", sa.String(length=2), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answers", sa.String(length=64), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_agreement_texts")),
    )
    with op.batch_alter_table("agreement_texts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agreement_texts_agreement_id"), ["agreement_id"], unique=False)
    op.create_table(
        "agreement_text_signatures",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("authority", sa.String(length=2), nullable=False),
        sa.Column("fingerprint", sa.String(length=128), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["hash"], ["agreement_texts.hash"], name=op.f("fk_agreement_text_signatures_hash_agreement_texts")
        ),
        sa.PrimaryKeyConstraint("hash", "authority", name=op.f("pk_agreement_text_signatures")),
    )
    op.create_table(
        "agreement_notices",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("agreement_id", sa.String(length=64), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_agreement_notices")),
    )
    with op.batch_alter_table("agreement_notices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agreement_notices_agreement_id"), ["agreement_id"], unique=False)
    op.execute(
        "INSERT INTO agreement_texts (hash, agreement_id, document, kept_at)"
        " SELECT hash, id, document, kept_at FROM agreements"
    )
    op.execute(
        "INSERT INTO agreement_text_signatures (hash, authority, fingerprint, signature, signed_at)"
        " SELECT a.hash, s.authority, s.fingerprint, s.signature, s.signed_at"
        " FROM agreement_signatures s JOIN agreements a ON a.id = s.agreement_id"
    )
    op.drop_table("agreement_signatures")
    op.drop_table("agreements")


def downgrade() -> None:
    op.create_table(
        "agreements",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("terminated_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreements")),
    )
    op.create_table(
        "agreement_signatures",
        sa.Column("agreement_id", sa.String(length=64), nullable=False),
        sa.Column("authority", sa.String(length=2), nullable=False),
        sa.Column("fingerprint", sa.String(length=128), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreements.id"], name=op.f("fk_agreement_signatures_agreement_id_agreements")
        ),
        sa.PrimaryKeyConstraint("agreement_id", "authority", name=op.f("pk_agreement_signatures")),
    )
    op.execute(  # the schema before knows one text an agreement: the one kept last
        "INSERT INTO agreements (id, hash, document, kept_at)"
        " SELECT agreement_id, hash, document, kept_at FROM agreement_texts t WHERE NOT EXISTS"
        " (SELECT 1 FROM agreement_texts later WHERE later.agreement_id = t.agreement_id AND"
        " (later.kept_at > t.kept_at OR (later.kept_at = t.kept_at AND later.hash > t.hash)))"
    )
    op.execute(
        "INSERT INTO agreement_signatures (agreement_id, authority, fingerprint, signature, signed_at)"
        " SELECT a.id, s.authority, s.fingerprint, s.signature, s.signed_at"
        " FROM agreement_text_signatures s JOIN agreements a ON a.hash = s.hash"
    )
    with op.batch_alter_table("agreement_notices", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agreement_notices_agreement_id"))
    op.drop_table("agreement_notices")
    op.drop_table("agreement_text_signatures")
    with op.batch_alter_table("agreement_texts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agreement_texts_agreement_id"))
    op.drop_table("agreement_texts")
