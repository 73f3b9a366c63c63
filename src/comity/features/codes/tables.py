"""Where code lists are kept: each version of each list, its entries with their validity, and HS correlations."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from comity.foundation.storage.base import Base


class CodeListVersionRow(Base):
    __tablename__ = "code_list_versions"

    list: Mapped[str] = mapped_column(String(80), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(String(200))
    content_sha256: Mapped[str] = mapped_column(String(64))
    valid_from: Mapped[date | None]
    imported_at: Mapped[datetime]
    entries: Mapped[int]
    added: Mapped[int]
    ended: Mapped[int]
    renamed: Mapped[int]


class CodeEntryRow(Base):
    __tablename__ = "code_entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    list: Mapped[str] = mapped_column(String(80))
    code: Mapped[str] = mapped_column(String(70))
    name: Mapped[str] = mapped_column(Text)
    searched: Mapped[str] = mapped_column(String(300))
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    attributes: Mapped[dict[str, Any] | None]
    version: Mapped[int]
    ended_version: Mapped[int | None]

    __table_args__ = (Index("ix_code_entries_list_code", "list", "code"),)


class CodeCorrelationRow(Base):
    __tablename__ = "code_correlations"

    list: Mapped[str] = mapped_column(String(80), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    earlier: Mapped[str] = mapped_column(String(12), primary_key=True)
    later: Mapped[str] = mapped_column(String(12), primary_key=True)
