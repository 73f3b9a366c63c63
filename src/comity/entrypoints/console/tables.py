"""Which rows the console keeps: officers and the sessions they are signed in with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from comity.foundation.storage.base import Base


class OfficerRow(Base):
    __tablename__ = "officers"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    roles: Mapped[list[Any]]
    language: Mapped[str] = mapped_column(String(8))
    is_active: Mapped[bool] = mapped_column(Boolean)
    added_at: Mapped[datetime]


class OfficerSessionRow(Base):
    __tablename__ = "officer_sessions"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    officer: Mapped[str] = mapped_column(ForeignKey("officers.name", ondelete="CASCADE"), index=True)
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
