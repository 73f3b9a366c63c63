"""The rows of the courier: parts that wait for their missing ones, and batches that were packed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from comity.foundation.storage.base import Base, Bytes


class CourierPartRow(Base):
    __tablename__ = "courier_parts"

    whole: Mapped[str] = mapped_column(String(64), primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True)
    parts: Mapped[int]
    kind: Mapped[str] = mapped_column(String(8))
    sender: Mapped[str] = mapped_column(String(2))
    packed_at: Mapped[datetime]
    number: Mapped[int]
    header: Mapped[bytes] = mapped_column(Bytes)
    content: Mapped[bytes] = mapped_column(Bytes)


class CourierBatchRow(Base):
    """A batch packed for a courier; `answered_at` is the partner's time in the answer."""

    __tablename__ = "courier_batches"

    whole: Mapped[str] = mapped_column(String(64), primary_key=True)
    partner: Mapped[str] = mapped_column(String(2), index=True)
    packed_at: Mapped[datetime]
    messages: Mapped[int]
    answered_at: Mapped[datetime | None]
