"""The rows of identity: key histories that parted, and the epochs of membership."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from comity.foundation.storage.base import Base


class KeyForkRow(Base):
    """Two statements that succeed one key of one administration."""

    __tablename__ = "identity_forks"

    id: Mapped[int] = mapped_column(primary_key=True)
    authority: Mapped[str] = mapped_column(String(2), index=True)
    kept: Mapped[str] = mapped_column(Text)
    presented: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class EpochRow(Base):
    """One change of who this node's partners are, as signed."""

    __tablename__ = "identity_epochs"
    __table_args__ = (Index("ix_identity_epochs_partner", "partner", "epoch"),)

    epoch: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    partner: Mapped[str] = mapped_column(String(2))
    change: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(Text)
    statement: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]
