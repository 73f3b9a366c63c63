"""Which rows the mirror keeps: records of both sides, their lookup keys, matches and discrepancies."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from comity.foundation.storage.base import Base


class MirrorMatchRow(Base):
    __tablename__ = "mirror_matches"

    id: Mapped[str] = mapped_column(primary_key=True)
    probability: Mapped[float]
    key: Mapped[str]
    reasons: Mapped[list[Any]]
    comparison: Mapped[dict[str, Any]]
    matched_at: Mapped[datetime]


class MirrorRecordRow(Base):
    __tablename__ = "mirror_records"
    __table_args__ = (
        Index("ix_mirror_records_partner_mrn", "partner", "mrn"),
        Index("ix_mirror_records_side_date", "side", "date"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    side: Mapped[str]
    partner: Mapped[str | None]
    message_id: Mapped[str | None]
    mrn: Mapped[str | None]
    date: Mapped[date]
    mirror: Mapped[dict[str, Any]]
    record: Mapped[dict[str, Any]]
    kept_at: Mapped[datetime]
    match_id: Mapped[str | None] = mapped_column(ForeignKey("mirror_matches.id"), index=True)


class MirrorKeyRow(Base):
    __tablename__ = "mirror_keys"

    side: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    record_id: Mapped[str] = mapped_column(ForeignKey("mirror_records.id"), primary_key=True, index=True)


class MirrorDiscrepancyRow(Base):
    __tablename__ = "mirror_discrepancies"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    record_id: Mapped[str] = mapped_column(ForeignKey("mirror_records.id"), index=True)
    match_id: Mapped[str | None] = mapped_column(ForeignKey("mirror_matches.id"), index=True)
    kind: Mapped[str] = mapped_column(index=True)
    path: Mapped[str]
    ours: Mapped[str | None]
    theirs: Mapped[str | None]
    ratio: Mapped[float | None]
    severity: Mapped[float] = mapped_column(index=True)
    message_id: Mapped[str]
    params: Mapped[list[Any]]
    found_at: Mapped[datetime]
