"""Features."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "declarations",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("mrn", sa.String(length=70), nullable=True),
        sa.Column("lrn", sa.String(length=70), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("function", sa.String(length=16), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("importer", sa.String(length=70), nullable=True),
        sa.Column("exporter", sa.String(length=70), nullable=True),
        sa.Column("ucr", sa.String(length=70), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declarations")),
        sa.UniqueConstraint("content_sha256", name=op.f("uq_declarations_content_sha256")),
    )
    with op.batch_alter_table("declarations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_declarations_exporter"), ["exporter"], unique=False)
        batch_op.create_index(batch_op.f("ix_declarations_importer"), ["importer"], unique=False)
        batch_op.create_index(batch_op.f("ix_declarations_kept_at"), ["kept_at"], unique=False)
        batch_op.create_index("ix_declarations_kind_kept_at", ["kind", "kept_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_declarations_lrn"), ["lrn"], unique=False)
        batch_op.create_index(batch_op.f("ix_declarations_mrn"), ["mrn"], unique=False)
        batch_op.create_index(batch_op.f("ix_declarations_ucr"), ["ucr"], unique=False)

    op.create_table(
        "mirror_matches",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("comparison", sa.JSON(), nullable=False),
        sa.Column("matched_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mirror_matches")),
    )
    op.create_table(
        "risk_decisions",
        sa.Column("declaration_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("lane", sa.String(length=8), nullable=False),
        sa.Column("current_lane", sa.String(length=8), nullable=False),
        sa.Column("lane_rank", sa.Integer(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("random_selected", sa.Boolean(), nullable=False),
        sa.Column("propensity", sa.Float(), nullable=False),
        sa.Column("draw", sa.Float(), nullable=False),
        sa.Column("engine_version", sa.String(length=32), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_examined", sa.Boolean(), nullable=False),
        sa.Column("is_irregular", sa.Boolean(), nullable=False),
        sa.Column("mrn", sa.String(length=70), nullable=True),
        sa.Column("importer_id", sa.String(length=70), nullable=True),
        sa.Column("importer_name", sa.String(length=200), nullable=True),
        sa.Column("goods_code", sa.String(length=18), nullable=True),
        sa.Column("origin_country", sa.String(length=4), nullable=True),
        sa.Column("declared_on", sa.Date(), nullable=False),
        sa.Column("discrepancy_kinds", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("declaration_id", name=op.f("pk_risk_decisions")),
    )
    with op.batch_alter_table("risk_decisions", schema=None) as batch_op:
        batch_op.create_index("ix_risk_decisions_importer", ["importer_id", "declared_on"], unique=False)
        batch_op.create_index("ix_risk_decisions_worklist", ["kind", "is_examined", "lane_rank", "score"], unique=False)

    op.create_table(
        "risk_examinations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("declaration_id", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("found", sa.Text(), nullable=False),
        sa.Column("recovered_amount", sa.Numeric(precision=20, scale=4), nullable=True),
        sa.Column("recovered_currency", sa.String(length=3), nullable=True),
        sa.Column("officer", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_examinations")),
    )
    with op.batch_alter_table("risk_examinations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_risk_examinations_declaration_id"), ["declaration_id"], unique=False)

    op.create_table(
        "risk_feedback",
        sa.Column("message_id", sa.String(length=64), nullable=False),
        sa.Column("partner", sa.String(length=2), nullable=False),
        sa.Column("export_mrn", sa.String(length=70), nullable=True),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_risk_feedback")),
    )
    with op.batch_alter_table("risk_feedback", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_risk_feedback_export_mrn"), ["export_mrn"], unique=False)

    op.create_table(
        "risk_overrides",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("declaration_id", sa.String(length=64), nullable=False),
        sa.Column("lane_before", sa.String(length=8), nullable=False),
        sa.Column("lane", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("officer", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_overrides")),
    )
    with op.batch_alter_table("risk_overrides", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_risk_overrides_declaration_id"), ["declaration_id"], unique=False)

    op.create_table(
        "mirror_records",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("partner", sa.String(), nullable=True),
        sa.Column("message_id", sa.String(), nullable=True),
        sa.Column("mrn", sa.String(), nullable=True),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("mirror", sa.JSON(), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("match_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["match_id"], ["mirror_matches.id"], name=op.f("fk_mirror_records_match_id_mirror_matches")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mirror_records")),
    )
    with op.batch_alter_table("mirror_records", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mirror_records_match_id"), ["match_id"], unique=False)
        batch_op.create_index("ix_mirror_records_partner_mrn", ["partner", "mrn"], unique=False)
        batch_op.create_index("ix_mirror_records_side_date", ["side", "date"], unique=False)

    op.create_table(
        "mirror_discrepancies",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("match_id", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("ours", sa.String(), nullable=True),
        sa.Column("theirs", sa.String(), nullable=True),
        sa.Column("ratio", sa.Double(), nullable=True),
        sa.Column("severity", sa.Double(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["match_id"], ["mirror_matches.id"], name=op.f("fk_mirror_discrepancies_match_id_mirror_matches")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["mirror_records.id"], name=op.f("fk_mirror_discrepancies_record_id_mirror_records")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mirror_discrepancies")),
    )
    with op.batch_alter_table("mirror_discrepancies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mirror_discrepancies_kind"), ["kind"], unique=False)
        batch_op.create_index(batch_op.f("ix_mirror_discrepancies_match_id"), ["match_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mirror_discrepancies_record_id"), ["record_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mirror_discrepancies_severity"), ["severity"], unique=False)

    op.create_table(
        "mirror_keys",
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["mirror_records.id"], name=op.f("fk_mirror_keys_record_id_mirror_records")
        ),
        sa.PrimaryKeyConstraint("side", "key", "record_id", name=op.f("pk_mirror_keys")),
    )
    with op.batch_alter_table("mirror_keys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mirror_keys_record_id"), ["record_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("mirror_keys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mirror_keys_record_id"))

    op.drop_table("mirror_keys")
    with op.batch_alter_table("mirror_discrepancies", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mirror_discrepancies_severity"))
        batch_op.drop_index(batch_op.f("ix_mirror_discrepancies_record_id"))
        batch_op.drop_index(batch_op.f("ix_mirror_discrepancies_match_id"))
        batch_op.drop_index(batch_op.f("ix_mirror_discrepancies_kind"))

    op.drop_table("mirror_discrepancies")
    with op.batch_alter_table("mirror_records", schema=None) as batch_op:
        batch_op.drop_index("ix_mirror_records_side_date")
        batch_op.drop_index("ix_mirror_records_partner_mrn")
        batch_op.drop_index(batch_op.f("ix_mirror_records_match_id"))

    op.drop_table("mirror_records")
    with op.batch_alter_table("risk_overrides", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_risk_overrides_declaration_id"))

    op.drop_table("risk_overrides")
    with op.batch_alter_table("risk_feedback", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_risk_feedback_export_mrn"))

    op.drop_table("risk_feedback")
    with op.batch_alter_table("risk_examinations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_risk_examinations_declaration_id"))

    op.drop_table("risk_examinations")
    with op.batch_alter_table("risk_decisions", schema=None) as batch_op:
        batch_op.drop_index("ix_risk_decisions_worklist")
        batch_op.drop_index("ix_risk_decisions_importer")

    op.drop_table("risk_decisions")
    op.drop_table("mirror_matches")
    with op.batch_alter_table("declarations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_declarations_ucr"))
        batch_op.drop_index(batch_op.f("ix_declarations_mrn"))
        batch_op.drop_index(batch_op.f("ix_declarations_lrn"))
        batch_op.drop_index("ix_declarations_kind_kept_at")
        batch_op.drop_index(batch_op.f("ix_declarations_kept_at"))
        batch_op.drop_index(batch_op.f("ix_declarations_importer"))
        batch_op.drop_index(batch_op.f("ix_declarations_exporter"))

    op.drop_table("declarations")
