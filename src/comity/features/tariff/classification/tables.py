"""Which rows classification keeps: decisions, binding rulings, second opinions asked and answered."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from comity.foundation.storage.base import Base


class ClassificationDecisionRow(Base):
    __tablename__ = "classification_decisions"
    __table_args__ = (Index("ix_classification_decisions_declaration", "declaration_id", "item"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    declaration_id: Mapped[str | None]
    item: Mapped[int | None]
    description: Mapped[str]
    facts: Mapped[str]
    code: Mapped[str]
    edition: Mapped[str]
    rules: Mapped[list[Any]]
    notes: Mapped[str]
    reasons: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    declared_code: Mapped[str | None]
    ruling_reference: Mapped[str | None]
    opinion_id: Mapped[str | None]
    model: Mapped[str | None]
    uncertainty: Mapped[float | None]
    officer: Mapped[str]
    decided_at: Mapped[datetime]


class BindingRulingRow(Base):
    __tablename__ = "binding_rulings"

    reference: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str] = mapped_column(index=True)
    code: Mapped[str]
    edition: Mapped[str]
    description: Mapped[str]
    reasons: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date]
    revoked_on: Mapped[date | None]
    revoked_reason: Mapped[str | None]
    added_at: Mapped[datetime]
    officer: Mapped[str]


class ClassificationOpinionRow(Base):
    __tablename__ = "classification_opinions"

    direction: Mapped[str] = mapped_column(primary_key=True)
    partner: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    description: Mapped[str]
    facts: Mapped[str]
    proposed_code: Mapped[str]
    edition: Mapped[str]
    due_on: Mapped[date]
    asked_at: Mapped[datetime]
    declaration_id: Mapped[str | None] = mapped_column(index=True)
    item: Mapped[int | None]
    question_message: Mapped[str | None] = mapped_column(index=True)
    answer_message: Mapped[str | None] = mapped_column(index=True)
    opinion: Mapped[dict[str, Any] | None]
    answered_at: Mapped[datetime | None]
    officer: Mapped[str | None]
