"""The rows of selection: capacity, opened days with their seed, the rules of offices, hits by profile version."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from comity.foundation.storage.base import Base


class CapacityRow(Base):
    """Slots a day; a later statement about the same office, resource and first day takes the place of the earlier."""

    __tablename__ = "selection_capacities"

    office: Mapped[str] = mapped_column(String(17), primary_key=True)
    resource: Mapped[str] = mapped_column(String(16), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_to: Mapped[date | None]
    slots: Mapped[int]
    weekdays: Mapped[list[Any]]
    officer: Mapped[str] = mapped_column(String(100))
    set_at: Mapped[datetime]


class SelectionDayRow(Base):
    """A day that was opened: its seed, secret until it is over."""

    __tablename__ = "selection_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    seed: Mapped[bytes] = mapped_column(LargeBinary(32))
    opened_at: Mapped[datetime]
    revealed_at: Mapped[datetime | None]


class OfficeRuleRow(Base):
    """The rule of an office on a day, and how many of its slots are used."""

    __tablename__ = "selection_rules"

    day: Mapped[date] = mapped_column(primary_key=True)
    office: Mapped[str] = mapped_column(String(17), primary_key=True)
    rule: Mapped[dict[str, Any]]
    used: Mapped[dict[str, Any]]


class HitRow(Base):
    """Which version of which profile hit a declaration when its lane was decided last."""

    __tablename__ = "selection_hits"

    declaration_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    profile_id: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)
    profile_version: Mapped[int]
