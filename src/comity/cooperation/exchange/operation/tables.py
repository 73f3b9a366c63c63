"""The rows of operation: releases that found no room in a queue, and how often batches were refused as a whole."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Date, String
from sqlalchemy.orm import Mapped, mapped_column

from comity.foundation.storage.base import Base


class HeldReleaseRow(Base):
    """What is owed to a partner whose queue is full: it is released when there is room."""

    __tablename__ = "exchange_held"

    id: Mapped[int] = mapped_column(primary_key=True)
    partner: Mapped[str] = mapped_column(String(2), index=True)
    request: Mapped[dict[str, Any]]
    at: Mapped[datetime]


class StuckStreamRow(Base):
    """The message of a partner that this node fails at; its stream waits until it goes through or is skipped."""

    __tablename__ = "exchange_stuck"

    partner: Mapped[str] = mapped_column(String(2), primary_key=True)
    agreement_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    message_id: Mapped[str] = mapped_column(String(64), index=True)
    type: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(128))
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(BigInteger)
    skipped_at: Mapped[datetime | None]


class BatchRefusalRow(Base):
    """How often batches were refused as a whole on a day, by partner (empty: no partner's signature) and code."""

    __tablename__ = "exchange_batch_refusals"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    partner: Mapped[str] = mapped_column(String(2), primary_key=True)
    code: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger)
    last_at: Mapped[datetime]
    last_hash: Mapped[str] = mapped_column(String(64))
