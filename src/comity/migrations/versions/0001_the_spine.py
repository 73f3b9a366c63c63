"""The spine."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agreement_decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("direction", sa.String(length=8), nullable=False),
        sa.Column("sender", sa.String(length=8), nullable=False),
        sa.Column("recipient", sa.String(length=8), nullable=False),
        sa.Column("data_class", sa.String(length=64), nullable=False),
        sa.Column("message_type", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=128), nullable=False),
        sa.Column("agreement_id", sa.String(length=64), nullable=True),
        sa.Column("clause", sa.String(length=64), nullable=True),
        sa.Column("refusal", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_decisions")),
    )
    with op.batch_alter_table("agreement_decisions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agreement_decisions_subject"), ["subject"], unique=False)

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
        "api_tokens",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("trader_id", sa.String(length=64), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_tokens_token_hash")),
    )
    with op.batch_alter_table("api_tokens", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_tokens_trader_id"), ["trader_id"], unique=False)

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
        "exchange_inbox",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("partner", sa.String(length=2), nullable=False),
        sa.Column("agreement_id", sa.String(length=64), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.String(length=128), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refusal", sa.String(length=64), nullable=True),
        sa.Column("receipt", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_inbox")),
    )
    with op.batch_alter_table("exchange_inbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_exchange_inbox_partner"), ["partner"], unique=False)

    op.create_table(
        "exchange_outbox",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("partner", sa.String(length=2), nullable=False),
        sa.Column("agreement_id", sa.String(length=64), nullable=False),
        sa.Column("agreement_hash", sa.String(length=64), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.String(length=128), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("jws", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("outcome", sa.String(length=64), nullable=True),
        sa.Column("receipt", sa.LargeBinary(), nullable=True),
        sa.Column("receipt_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_outbox")),
    )
    with op.batch_alter_table("exchange_outbox", schema=None) as batch_op:
        batch_op.create_index(
            "ix_exchange_outbox_queue", ["partner", "state", "agreement_id", "sequence"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_exchange_outbox_subject"), ["subject"], unique=False)

    op.create_table(
        "exchange_peers",
        sa.Column("authority", sa.String(length=2), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("identity", sa.JSON(), nullable=False),
        sa.Column("tls_certificate", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("last_contact_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_batch_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("witnessed_size", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("authority", name=op.f("pk_exchange_peers")),
    )
    op.create_table(
        "exchange_streams",
        sa.Column("partner", sa.String(length=2), nullable=False),
        sa.Column("agreement_id", sa.String(length=64), nullable=False),
        sa.Column("direction", sa.String(length=4), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("last_id", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("partner", "agreement_id", "direction", name=op.f("pk_exchange_streams")),
    )
    op.create_table(
        "ledger_cosigned",
        sa.Column("authority", sa.String(length=2), nullable=False),
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("authority", "size", name=op.f("pk_ledger_cosigned")),
    )
    op.create_table(
        "ledger_entries",
        sa.Column("index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=128), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=32), nullable=True),
        sa.Column("statement", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("index", name=op.f("pk_ledger_entries")),
    )
    with op.batch_alter_table("ledger_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_entries_subject"), ["subject"], unique=False)

    op.create_table(
        "ledger_fork_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("authority", sa.String(length=2), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("witnessed_note", sa.Text(), nullable=False),
        sa.Column("presented_note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_fork_evidence")),
    )
    with op.batch_alter_table("ledger_fork_evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_fork_evidence_authority"), ["authority"], unique=False)

    op.create_table(
        "ledger_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_head")),
    )
    op.create_table(
        "ledger_nodes",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("level", "index", name=op.f("pk_ledger_nodes")),
    )
    op.create_table(
        "ledger_witnessed",
        sa.Column("authority", sa.String(length=2), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("authority", name=op.f("pk_ledger_witnessed")),
    )
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
        "officers",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_officers")),
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
        "officer_sessions",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("officer", sa.String(length=64), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["officer"], ["officers.name"], name=op.f("fk_officer_sessions_officer_officers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_officer_sessions")),
    )
    with op.batch_alter_table("officer_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_officer_sessions_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_officer_sessions_officer"), ["officer"], unique=False)

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
    with op.batch_alter_table("officer_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_officer_sessions_officer"))
        batch_op.drop_index(batch_op.f("ix_officer_sessions_expires_at"))

    op.drop_table("officer_sessions")
    with op.batch_alter_table("mirror_records", schema=None) as batch_op:
        batch_op.drop_index("ix_mirror_records_side_date")
        batch_op.drop_index("ix_mirror_records_partner_mrn")
        batch_op.drop_index(batch_op.f("ix_mirror_records_match_id"))

    op.drop_table("mirror_records")
    op.drop_table("agreement_signatures")
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
    op.drop_table("officers")
    op.drop_table("mirror_matches")
    op.drop_table("ledger_witnessed")
    op.drop_table("ledger_nodes")
    op.drop_table("ledger_head")
    with op.batch_alter_table("ledger_fork_evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_fork_evidence_authority"))

    op.drop_table("ledger_fork_evidence")
    with op.batch_alter_table("ledger_entries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_entries_subject"))

    op.drop_table("ledger_entries")
    op.drop_table("ledger_cosigned")
    op.drop_table("exchange_streams")
    op.drop_table("exchange_peers")
    with op.batch_alter_table("exchange_outbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_exchange_outbox_subject"))
        batch_op.drop_index("ix_exchange_outbox_queue")

    op.drop_table("exchange_outbox")
    with op.batch_alter_table("exchange_inbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_exchange_inbox_partner"))

    op.drop_table("exchange_inbox")
    with op.batch_alter_table("declarations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_declarations_ucr"))
        batch_op.drop_index(batch_op.f("ix_declarations_mrn"))
        batch_op.drop_index(batch_op.f("ix_declarations_lrn"))
        batch_op.drop_index("ix_declarations_kind_kept_at")
        batch_op.drop_index(batch_op.f("ix_declarations_kept_at"))
        batch_op.drop_index(batch_op.f("ix_declarations_importer"))
        batch_op.drop_index(batch_op.f("ix_declarations_exporter"))

    op.drop_table("declarations")
    with op.batch_alter_table("api_tokens", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_tokens_trader_id"))

    op.drop_table("api_tokens")
    op.drop_table("agreements")
    with op.batch_alter_table("agreement_decisions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agreement_decisions_subject"))

    op.drop_table("agreement_decisions")
