"""The log's rows: entries, the hashes of complete subtrees in tiles, the head, and what was co-signed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from comity.foundation.storage.base import Base, Bytes


class LedgerEntryRow(Base):
    __tablename__ = "ledger_entries"

    index: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(128), index=True)
    at: Mapped[datetime]
    leaf_hash: Mapped[bytes] = mapped_column(Bytes(32))
    salt: Mapped[bytes | None] = mapped_column(Bytes(32))
    statement: Mapped[bytes | None] = mapped_column(Bytes)


class LedgerTileRow(Base):
    """Up to 256 hashes of complete subtrees of height 8·level, one after the other."""

    __tablename__ = "ledger_tiles"

    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    index: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hashes: Mapped[bytes] = mapped_column(Bytes)


class LedgerHeadRow(Base):
    """One row: the size and root, and the lock that puts appends in order."""

    __tablename__ = "ledger_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    size: Mapped[int] = mapped_column(BigInteger)
    root: Mapped[bytes] = mapped_column(Bytes(32))


class WitnessedLogRow(Base):
    """The last checkpoint of a partner's log that we co-signed."""

    __tablename__ = "ledger_witnessed"

    authority: Mapped[str] = mapped_column(String(2), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    root: Mapped[bytes] = mapped_column(Bytes(32))
    note: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class CosignedCheckpointRow(Base):
    """A checkpoint of our log that a partner co-signed."""

    __tablename__ = "ledger_cosigned"

    authority: Mapped[str] = mapped_column(String(2), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root: Mapped[bytes] = mapped_column(Bytes(32))
    note: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class ForkEvidenceRow(Base):
    """Two statements of a log's owner that cannot both be true, and what was said of it after clarification."""

    __tablename__ = "ledger_fork_evidence"

    id: Mapped[int] = mapped_column(primary_key=True)
    authority: Mapped[str] = mapped_column(String(2), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    witnessed_note: Mapped[str] = mapped_column(Text)
    presented_note: Mapped[str] = mapped_column(Text)
    shown_to: Mapped[str | None] = mapped_column(String(2))
    at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    acknowledgement: Mapped[str | None] = mapped_column(Text)


class ReportedCheckpointRow(Base):
    """What another administration was shown of a partner's log, until the log is proved to continue it."""

    __tablename__ = "ledger_reported"

    authority: Mapped[str] = mapped_column(String(2), primary_key=True)
    reporter: Mapped[str] = mapped_column(String(2), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    root: Mapped[bytes] = mapped_column(Bytes(32))
    note: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
