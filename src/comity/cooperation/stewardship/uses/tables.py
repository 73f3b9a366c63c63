"""The rows of the use log: ids only, never what was read."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from comity.foundation.storage.base import Base


class UseRow(Base):
    """One reading of a partner record; `leaf` is its place in the ledger, None until its period is logged."""

    __tablename__ = "stewardship_uses"
    __table_args__ = (
        Index("ix_stewardship_uses_originator", "originator", "at"),
        Index("ix_stewardship_uses_leaf", "leaf"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    originator: Mapped[str] = mapped_column(String(2))
    message_id: Mapped[str] = mapped_column(String(64))
    officer: Mapped[str] = mapped_column(String(100))
    purpose: Mapped[str] = mapped_column(String(64))
    door: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime]
    leaf: Mapped[int | None] = mapped_column(BigInteger)
