"""The rows of recalls, sent and received, and of each message they name."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from comity.foundation.storage.base import Base


class RecallRow(Base):
    """One notice to or from a partner. `parent_…` names the received notice that this one passes on."""

    __tablename__ = "stewardship_recalls"

    direction: Mapped[str] = mapped_column(String(4), primary_key=True)
    partner: Mapped[str] = mapped_column(String(2), primary_key=True)
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text)
    deadline: Mapped[datetime]
    created_at: Mapped[datetime]
    parent_partner: Mapped[str | None] = mapped_column(String(2))
    parent_id: Mapped[str | None] = mapped_column(String(64))
    chased_at: Mapped[datetime]
    chases: Mapped[int]
    completed_at: Mapped[datetime | None] = mapped_column(index=True)


class RecalledRow(Base):
    """One message that a notice names; `onward` lists what became of it at each onward holder."""

    __tablename__ = "stewardship_recalled"
    __table_args__ = (
        ForeignKeyConstraint(
            ["direction", "partner", "recall_id"],
            ["stewardship_recalls.direction", "stewardship_recalls.partner", "stewardship_recalls.id"],
        ),
        Index("ix_stewardship_recalled_message", "direction", "message_id"),
    )

    direction: Mapped[str] = mapped_column(String(4), primary_key=True)
    partner: Mapped[str] = mapped_column(String(2), primary_key=True)
    recall_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    message_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    replaced_by: Mapped[str | None] = mapped_column(String(64))
    outcome: Mapped[str | None] = mapped_column(String(16))
    ground: Mapped[str | None] = mapped_column(Text)
    until: Mapped[date | None]
    onward: Mapped[list[Any]]
