"""The rows of accounts: what was reconciled, reciprocity statements, when a partner was told of others' logs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from comity.foundation.storage.base import Base


class ReconciliationRow(Base):
    """One comparison with a partner; `opened_by` is who began it."""

    __tablename__ = "accounts_reconciliations"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    partner: Mapped[str] = mapped_column(String(2), index=True)
    opened_by: Mapped[str] = mapped_column(String(2))
    period_from: Mapped[datetime]
    period_to: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(16))
    messages: Mapped[int]
    differences: Mapped[list[Any]]
    at: Mapped[datetime]


class ReciprocityRow(Base):
    """What two parties gave each other under an agreement in a period; complete when both have signed."""

    __tablename__ = "accounts_reciprocity"

    agreement_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    partner: Mapped[str] = mapped_column(String(2), primary_key=True)
    period_from: Mapped[date] = mapped_column(primary_key=True)
    period_to: Mapped[date] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(16))
    statement: Mapped[dict[str, Any]]
    signatures: Mapped[list[Any]]
    differences: Mapped[list[Any]]
    at: Mapped[datetime]


class WitnessReportRow(Base):
    """When a partner was last told which checkpoints we were shown."""

    __tablename__ = "accounts_witness_reports"

    partner: Mapped[str] = mapped_column(String(2), primary_key=True)
    at: Mapped[datetime]
