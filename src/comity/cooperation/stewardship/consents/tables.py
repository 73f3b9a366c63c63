"""The rows of onward sharing: what was asked and answered, and who holds what onward."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from comity.foundation.storage.base import Base


class ConsentRow(Base):
    """One request, ours (`out`) or a partner's (`in`), with the originator's signed answer once it came."""

    __tablename__ = "stewardship_consents"

    direction: Mapped[str] = mapped_column(String(4), primary_key=True)
    partner: Mapped[str] = mapped_column(String(2), primary_key=True)
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    messages: Mapped[list[Any]]
    recipient: Mapped[str] = mapped_column(String(2))
    purpose: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime]
    consents: Mapped[bool | None]
    conditions: Mapped[str | None] = mapped_column(Text)
    valid_to: Mapped[date | None]
    answer_reason: Mapped[str | None] = mapped_column(Text)
    signature: Mapped[bytes | None] = mapped_column(LargeBinary)
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None] = mapped_column(String(100))


class OnwardRow(Base):
    """A received message that we passed on: `onward_id` is our message to the holder."""

    __tablename__ = "stewardship_onward"

    onward_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    message_id: Mapped[str] = mapped_column(String(64), index=True)
    holder: Mapped[str] = mapped_column(String(2))
    consent_id: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
