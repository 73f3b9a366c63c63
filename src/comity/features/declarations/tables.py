"""Where declarations and other trade documents are kept: one row each, what is searched, and the canonical record."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from comity.foundation.storage.base import Base


class DeclarationRow(Base):
    __tablename__ = "declarations"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    mrn: Mapped[str | None] = mapped_column(String(70), index=True)
    lrn: Mapped[str | None] = mapped_column(String(70), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    function: Mapped[str] = mapped_column(String(16))
    content_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    importer: Mapped[str | None] = mapped_column(String(70), index=True)
    exporter: Mapped[str | None] = mapped_column(String(70), index=True)
    ucr: Mapped[str | None] = mapped_column(String(70), index=True)
    source: Mapped[str] = mapped_column(String(200))
    kept_at: Mapped[datetime] = mapped_column(index=True)
    record: Mapped[dict[str, Any]]

    __table_args__ = (Index("ix_declarations_kind_kept_at", "kind", "kept_at"),)


class TradeDocumentRow(Base):
    __tablename__ = "trade_documents"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    mrn: Mapped[str | None] = mapped_column(String(70), index=True)
    content_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    source: Mapped[str] = mapped_column(String(200))
    kept_at: Mapped[datetime] = mapped_column(index=True)
    record: Mapped[dict[str, Any]]

    __table_args__ = (Index("ix_trade_documents_kind_kept_at", "kind", "kept_at"),)
