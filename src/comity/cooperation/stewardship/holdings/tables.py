"""The rows of what is held: received messages with their terms, legal holds, and what partners told of ours."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from comity.foundation.storage.base import Base


class HoldingRow(Base):
    """One received message: whose it is, under which terms it is held, and when it was disposed of.

    `originator` and `origin_id` differ from `partner` and `message_id` where it came onward through another holder.
    """

    __tablename__ = "stewardship_holdings"
    __table_args__ = (Index("ix_stewardship_holdings_due", "disposed_at", "due_at"),)

    message_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    partner: Mapped[str] = mapped_column(String(2), index=True)
    originator: Mapped[str] = mapped_column(String(2))
    origin_id: Mapped[str] = mapped_column(String(64))
    agreement_id: Mapped[str] = mapped_column(String(64))
    agreement_hash: Mapped[str] = mapped_column(String(64))
    clause: Mapped[str] = mapped_column(String(64))
    message_type: Mapped[str] = mapped_column(String(64))
    data_class: Mapped[str] = mapped_column(String(64))
    purpose: Mapped[str] = mapped_column(String(64))
    marking: Mapped[str] = mapped_column(String(16))
    retention_days: Mapped[int]
    received_at: Mapped[datetime]
    due_at: Mapped[datetime]
    refusal: Mapped[str | None] = mapped_column(String(64))
    superseded_by: Mapped[str | None] = mapped_column(String(64))
    superseded_at: Mapped[datetime | None]
    disposed_at: Mapped[datetime | None]
    rule: Mapped[str | None] = mapped_column(String(32))


class LegalHoldRow(Base):
    """A case that keeps a message longer than its retention."""

    __tablename__ = "stewardship_holds"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(String(64), index=True)
    case_name: Mapped[str] = mapped_column(String(100))
    reason: Mapped[str] = mapped_column(Text)
    until: Mapped[date]
    officer: Mapped[str] = mapped_column(String(100))
    placed_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str | None] = mapped_column(String(100))


class ToldRow(Base):
    """What a partner last told us of a message we sent it: disposed of under which rule, or held until when."""

    __tablename__ = "stewardship_told"

    message_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    partner: Mapped[str] = mapped_column(String(2), index=True)
    state: Mapped[str] = mapped_column(String(16))
    rule: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    until: Mapped[date | None]
