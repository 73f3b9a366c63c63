"""The rows of the exchange: partners, streams, what goes out, what came in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from comity.foundation.storage.base import Base, Bytes


class PeerRow(Base):
    __tablename__ = "exchange_peers"

    authority: Mapped[str] = mapped_column(String(2), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    url: Mapped[str] = mapped_column(String(500))
    identity: Mapped[dict[str, Any]]
    tls_certificate: Mapped[str] = mapped_column(Text)
    added_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(16))
    last_error: Mapped[str | None] = mapped_column(Text)
    last_contact_at: Mapped[datetime | None]
    last_batch_at: Mapped[datetime | None]
    witnessed_size: Mapped[int] = mapped_column(BigInteger, default=0)
    told_sequence: Mapped[int] = mapped_column(default=0, server_default="0")


class StreamRow(Base):
    """One chain of messages: a partner, an agreement, a direction."""

    __tablename__ = "exchange_streams"

    partner: Mapped[str] = mapped_column(String(2), primary_key=True)
    agreement_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    direction: Mapped[str] = mapped_column(String(4), primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    last_id: Mapped[str] = mapped_column(String(64))


class OutboxRow(Base):
    __tablename__ = "exchange_outbox"
    __table_args__ = (Index("ix_exchange_outbox_queue", "partner", "state", "agreement_id", "sequence"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    partner: Mapped[str] = mapped_column(String(2))
    agreement_id: Mapped[str] = mapped_column(String(64))
    agreement_hash: Mapped[str] = mapped_column(String(64))
    sequence: Mapped[int] = mapped_column(BigInteger)
    subject: Mapped[str] = mapped_column(String(128), index=True)
    type: Mapped[str] = mapped_column(String(64))
    jws: Mapped[bytes] = mapped_column(Bytes)
    created_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(16))
    outcome: Mapped[str | None] = mapped_column(String(64))
    receipt: Mapped[bytes | None] = mapped_column(Bytes)
    receipt_at: Mapped[datetime | None]


class InboxRow(Base):
    __tablename__ = "exchange_inbox"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    partner: Mapped[str] = mapped_column(String(2), index=True)
    agreement_id: Mapped[str] = mapped_column(String(64))
    sequence: Mapped[int] = mapped_column(BigInteger)
    subject: Mapped[str] = mapped_column(String(128))
    type: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[datetime]
    refusal: Mapped[str | None] = mapped_column(String(64))
    receipt: Mapped[bytes] = mapped_column(Bytes)
