"""The rows of risk: decisions, overrides, examinations, feedback received."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Float, Index, Numeric, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from comity.foundation.storage.base import Base


class DecisionRow(Base):
    """The engine's decision, and what the worklist shows of the declaration; `lane_rank` is of the lane in force."""

    __tablename__ = "risk_decisions"
    __table_args__ = (
        Index("ix_risk_decisions_worklist", "kind", "is_examined", "lane_rank", "score"),
        Index("ix_risk_decisions_importer", "importer_id", "declared_on"),
        Index("ix_risk_decisions_office", "office", "decided_at"),
        Index("ix_risk_decisions_decided", "kind", "decided_at"),
    )

    declaration_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    lane: Mapped[str] = mapped_column(String(8))
    current_lane: Mapped[str] = mapped_column(String(8))
    lane_rank: Mapped[int]
    score: Mapped[float] = mapped_column(Float)
    reasons: Mapped[list[Any]]
    random_selected: Mapped[bool]
    propensity: Mapped[float] = mapped_column(Float)
    draw: Mapped[float] = mapped_column(Float)
    engine_version: Mapped[str] = mapped_column(String(32))
    decided_at: Mapped[datetime]
    is_examined: Mapped[bool]
    is_irregular: Mapped[bool]
    mrn: Mapped[str | None] = mapped_column(String(70))
    importer_id: Mapped[str | None] = mapped_column(String(70))
    importer_name: Mapped[str | None] = mapped_column(String(200))
    goods_code: Mapped[str | None] = mapped_column(String(18))
    origin_country: Mapped[str | None] = mapped_column(String(4))
    declared_on: Mapped[date]
    discrepancy_kinds: Mapped[list[Any]]
    office: Mapped[str | None] = mapped_column(String(17))
    ground: Mapped[str | None] = mapped_column(String(12))
    curiosity: Mapped[float | None] = mapped_column(Float)
    mandatory: Mapped[str | None] = mapped_column(String(8))
    has_slot: Mapped[bool | None]


class OverrideRow(Base):
    __tablename__ = "risk_overrides"

    id: Mapped[int] = mapped_column(primary_key=True)
    declaration_id: Mapped[str] = mapped_column(String(64), index=True)
    lane_before: Mapped[str] = mapped_column(String(8))
    lane: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(Text)
    officer: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime]


class ExaminationRow(Base):
    __tablename__ = "risk_examinations"

    id: Mapped[int] = mapped_column(primary_key=True)
    declaration_id: Mapped[str] = mapped_column(String(64), index=True)
    outcome: Mapped[str] = mapped_column(String(32))
    found: Mapped[str] = mapped_column(Text)
    recovered_amount: Mapped[Any | None] = mapped_column(Numeric(20, 4))
    recovered_currency: Mapped[str | None] = mapped_column(String(3))
    officer: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime]


class FeedbackRow(Base):
    """What a partner's examination found, of goods whose export record we sent."""

    __tablename__ = "risk_feedback"

    message_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    partner: Mapped[str] = mapped_column(String(2))
    export_mrn: Mapped[str | None] = mapped_column(String(70), index=True)
    outcome: Mapped[str] = mapped_column(String(32))
    payload: Mapped[dict[str, Any]]
    received_at: Mapped[datetime]
