"""The rows of private matching: runs, the parts that have come, and what each run taught us."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from comity.foundation.storage.base import Base


class PrivateRunRow(Base):
    """One run with a partner; `secret` and `keyed` are emptied when it is over."""

    __tablename__ = "private_runs"
    __table_args__ = (Index("ix_private_runs_budget", "partner", "role", "started_on"),)

    run_id: Mapped[str] = mapped_column(primary_key=True)
    partner: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str]
    side: Mapped[str]
    from_day: Mapped[date]
    to_day: Mapped[date]
    value_steps: Mapped[int]
    mass_steps: Mapped[int]
    state: Mapped[str]
    ground: Mapped[str | None]
    officer: Mapped[str | None]
    started_on: Mapped[date]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    keys_ours: Mapped[int]
    keys_theirs: Mapped[int]
    met: Mapped[int]
    crossed: Mapped[int]
    records_sent: Mapped[int]
    secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    keyed: Mapped[dict[str, Any]]


class PrivatePartRow(Base):
    """A part of a step that waits for the others."""

    __tablename__ = "private_parts"

    run_id: Mapped[str] = mapped_column(primary_key=True)
    partner: Mapped[str] = mapped_column(primary_key=True)
    step: Mapped[str] = mapped_column(primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True)
    payload: Mapped[dict[str, Any]]


class PrivateLearnedRow(Base):
    """What one meeting told us: which of our records, the partner's buckets, whether the threshold was crossed."""

    __tablename__ = "private_learned"

    run_id: Mapped[str] = mapped_column(primary_key=True)
    partner: Mapped[str] = mapped_column(primary_key=True)
    meeting: Mapped[int] = mapped_column(primary_key=True)
    records: Mapped[list[Any]]
    keys: Mapped[int]
    value_ours: Mapped[int | None]
    value_theirs: Mapped[int | None]
    mass_ours: Mapped[int | None]
    mass_theirs: Mapped[int | None]
    chapters_theirs: Mapped[list[Any]]
    crossed: Mapped[bool | None]
    told_at: Mapped[datetime]
