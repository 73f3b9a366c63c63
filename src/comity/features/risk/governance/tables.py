"""The rows of profiles: every version that was proposed, and every act about it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from comity.foundation.storage.base import Base


class ProfileRow(Base):
    """One version; its content never changes, its status follows the acts."""

    __tablename__ = "risk_profiles"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]]
    source: Mapped[str] = mapped_column(String(16))
    sender: Mapped[str | None] = mapped_column(String(2))
    status: Mapped[str] = mapped_column(String(16))
    backtest: Mapped[dict[str, Any]]


class ProfileActRow(Base):
    __tablename__ = "risk_profile_acts"
    __table_args__ = (Index("ix_risk_profile_acts_profile", "profile_id", "version"),)

    number: Mapped[int] = mapped_column(primary_key=True)
    profile_id: Mapped[str] = mapped_column(String(64))
    version: Mapped[int]
    act: Mapped[str] = mapped_column(String(16))
    officer: Mapped[str] = mapped_column(String(100))
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
