"""The rows of what is known of subjects, and of the days that are in it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from comity.foundation.storage.base import Base


class SubjectRow(Base):
    """One subject, named by its dimension and key; its sums, days and moments as little-endian doubles, in order."""

    __tablename__ = "risk_subjects"

    name: Mapped[str] = mapped_column(String, primary_key=True)
    known: Mapped[bytes] = mapped_column(LargeBinary)


class ClosedDayRow(Base):
    """A day whose lines and results the subjects' rows hold."""

    __tablename__ = "risk_closed_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    lines: Mapped[int]
