"""Which rows the tariff keeps: what came in, the measures it makes, areas, lines, quotas, use, and assessments."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from comity.foundation.storage.base import Base


class TariffImportRow(Base):
    __tablename__ = "tariff_imports"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    content_sha256: Mapped[str] = mapped_column(index=True)
    form: Mapped[str]
    counts: Mapped[dict[str, Any]]
    imported_at: Mapped[datetime]


class TariffRecordRow(Base):
    __tablename__ = "tariff_records"
    __table_args__ = (Index("ix_tariff_records_parent", "parent", "kind"),)

    kind: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    parent: Mapped[str | None]
    fields: Mapped[dict[str, Any]]


class TariffMeasureRow(Base):
    __tablename__ = "tariff_measures"
    __table_args__ = (Index("ix_tariff_measures_schedule", "schedule"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    schedule: Mapped[str]
    type: Mapped[str]
    code: Mapped[str] = mapped_column(index=True)
    area: Mapped[str]
    first: Mapped[date]
    last: Mapped[date | None]
    terms: Mapped[dict[str, Any]]


class TariffAreaRow(Base):
    __tablename__ = "tariff_areas"

    id: Mapped[str] = mapped_column(primary_key=True)
    schedule: Mapped[str]
    description: Mapped[str]
    members: Mapped[list[Any]]


class TariffLineRow(Base):
    __tablename__ = "tariff_lines"

    code: Mapped[str] = mapped_column(primary_key=True)
    first: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[date | None]
    schedule: Mapped[str]
    parent: Mapped[str | None]
    description: Mapped[str]


class TariffQuotaRow(Base):
    __tablename__ = "tariff_quotas"

    id: Mapped[str] = mapped_column(primary_key=True)
    schedule: Mapped[str]
    order_number: Mapped[str] = mapped_column(index=True)
    first: Mapped[date]
    last: Mapped[date | None]
    terms: Mapped[dict[str, Any]]


class TariffDrawingRow(Base):
    __tablename__ = "tariff_drawings"
    __table_args__ = (UniqueConstraint("declaration_id", "item"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    quota_id: Mapped[str] = mapped_column(ForeignKey("tariff_quotas.id"), index=True)
    declaration_id: Mapped[str]
    item: Mapped[int]
    accepted_on: Mapped[date]
    requested: Mapped[str]
    allocated: Mapped[str]
    status: Mapped[str]
    drawn_at: Mapped[datetime]


class TariffLawRow(Base):
    __tablename__ = "tariff_laws"

    name: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
    imported_at: Mapped[datetime]


class TariffAssessmentRow(Base):
    __tablename__ = "tariff_assessments"

    declaration_id: Mapped[str] = mapped_column(primary_key=True)
    assessment: Mapped[dict[str, Any]]
    assessed_at: Mapped[datetime]
