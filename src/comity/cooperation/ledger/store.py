"""How the log is kept: entries, subtree hashes, head, co-signatures. Every query of the ledger is here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, insert, or_, select, update
from sqlalchemy.orm import Session

from comity.cooperation.ledger.tables import (
    CosignedCheckpointRow,
    ForkEvidenceRow,
    LedgerEntryRow,
    LedgerHeadRow,
    LedgerNodeRow,
    WitnessedLogRow,
)
from comity.cooperation.ledger.tree import EMPTY_ROOT
from comity.foundation.clock import Clock

HEAD_ID = 1


@dataclass(frozen=True, slots=True)
class LogHead:
    """The log's size and the root over all its leaves."""

    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One leaf. `salt` and `statement` are None once erased."""

    index: int
    kind: str
    subject: str
    at: datetime
    leaf_hash: bytes
    salt: bytes | None
    statement: bytes | None


@dataclass(frozen=True, slots=True)
class WitnessedLog:
    """The last checkpoint of a partner's log that we co-signed."""

    size: int
    root: bytes
    note: str


@dataclass(frozen=True, slots=True)
class CosignedCheckpoint:
    """A checkpoint of our log with a partner's co-signature."""

    authority: str
    size: int
    root: bytes
    note: str
    at: datetime


def head(session: Session) -> LogHead:
    """Return the log's size and root."""
    row = session.get(LedgerHeadRow, HEAD_ID)
    return LogHead(row.size, row.root) if row else LogHead(0, EMPTY_ROOT)


def lock_head(session: Session) -> LogHead:
    """Return the head and keep every other writer from appending until this transaction ends."""
    query = select(LedgerHeadRow.size, LedgerHeadRow.root).where(LedgerHeadRow.id == HEAD_ID).with_for_update()
    row = session.execute(query).one_or_none()
    if row is not None:
        return LogHead(row.size, row.root)
    session.execute(insert(LedgerHeadRow).values(id=HEAD_ID, size=0, root=EMPTY_ROOT))
    return LogHead(0, EMPTY_ROOT)


def move_head(session: Session, to: LogHead) -> None:
    """Write the new size and root."""
    session.execute(update(LedgerHeadRow).where(LedgerHeadRow.id == HEAD_ID).values(size=to.size, root=to.root))


def insert_entries(session: Session, entries: Sequence[LedgerEntry]) -> None:
    """Write entries, one statement for all."""
    session.execute(insert(LedgerEntryRow), [{name: getattr(entry, name) for name in _COLUMNS} for entry in entries])


def insert_nodes(session: Session, nodes: Iterable[tuple[int, int, bytes]]) -> None:
    """Write the hashes of complete subtrees: (level, index, hash)."""
    rows = [{"level": level, "index": index, "hash": digest} for level, index, digest in nodes]
    session.execute(insert(LedgerNodeRow), rows)


def read_nodes(session: Session, wanted: Iterable[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
    """Read the hashes of complete subtrees in one statement."""
    by_level: dict[int, list[int]] = {}
    for level, index in wanted:
        by_level.setdefault(level, []).append(index)
    if not by_level:
        return {}
    matching = [
        and_(LedgerNodeRow.level == level, LedgerNodeRow.index.in_(indexes)) for level, indexes in by_level.items()
    ]
    rows = session.execute(select(LedgerNodeRow.level, LedgerNodeRow.index, LedgerNodeRow.hash).where(or_(*matching)))
    return {(level, index): digest for level, index, digest in rows}


def entries_of(session: Session, subject: str) -> list[LedgerEntry]:
    """Return every entry about `subject`, oldest first."""
    query = select(LedgerEntryRow).where(LedgerEntryRow.subject == subject).order_by(LedgerEntryRow.index)
    return [_entry(row) for row in session.scalars(query)]


def latest(session: Session, limit: int, before: int | None = None) -> list[LedgerEntry]:
    """Return the newest entries, newest first; `before` is the index to go on from."""
    query = select(LedgerEntryRow).order_by(LedgerEntryRow.index.desc()).limit(limit)
    if before is not None:
        query = query.where(LedgerEntryRow.index < before)
    return [_entry(row) for row in session.scalars(query)]


def erase(session: Session, index: int) -> None:
    """Destroy an entry's salt and statement; the leaf and every proof stay."""
    session.execute(update(LedgerEntryRow).where(LedgerEntryRow.index == index).values(salt=None, statement=None))


def witnessed(session: Session, authority: str) -> WitnessedLog | None:
    """Return the last checkpoint of the partner's log that we co-signed, or None."""
    row = session.get(WitnessedLogRow, authority)
    return WitnessedLog(row.size, row.root, row.note) if row else None


def keep_witnessed(session: Session, authority: str, log: WitnessedLog, *, clock: Clock) -> None:
    """Keep the checkpoint that was co-signed in place of the earlier one."""
    values = {"size": log.size, "root": log.root, "note": log.note, "at": clock.now()}
    if session.get(WitnessedLogRow, authority) is None:
        session.execute(insert(WitnessedLogRow).values(authority=authority, **values))
    else:
        session.execute(update(WitnessedLogRow).where(WitnessedLogRow.authority == authority).values(values))


def keep_cosigned_checkpoint(session: Session, checkpoint: CosignedCheckpoint) -> None:
    """Keep a partner's co-signature on our log; the same one again changes nothing."""
    at = (checkpoint.authority, checkpoint.size)
    if session.get(CosignedCheckpointRow, at) is None:
        session.execute(insert(CosignedCheckpointRow).values({name: getattr(checkpoint, name) for name in _COSIGNED}))


def cosigned_size(session: Session, authority: str) -> int:
    """Return the size of our log that the partner co-signed last, 0 when none."""
    query = select(func.max(CosignedCheckpointRow.size)).where(CosignedCheckpointRow.authority == authority)
    return session.scalar(query) or 0


def cosigned_covering(session: Session, *, covering_index: int) -> list[CosignedCheckpoint]:
    """Return, for the smallest co-signed size that covers the entry, every partner's co-signature."""
    smallest = select(func.min(CosignedCheckpointRow.size)).where(CosignedCheckpointRow.size > covering_index)
    query = select(CosignedCheckpointRow).where(CosignedCheckpointRow.size == smallest.scalar_subquery())
    return [
        CosignedCheckpoint(row.authority, row.size, row.root, row.note, row.at)
        for row in session.scalars(query.order_by(CosignedCheckpointRow.authority))
    ]


def keep_evidence(session: Session, values: dict[str, Any]) -> None:
    """Keep two statements of a partner that cannot both be true."""
    session.execute(insert(ForkEvidenceRow).values(**values))


def evidence_against(session: Session, authority: str) -> list[dict[str, Any]]:
    """Return what was kept against a partner, oldest first."""
    query = select(ForkEvidenceRow).where(ForkEvidenceRow.authority == authority).order_by(ForkEvidenceRow.id)
    return [
        {"kind": row.kind, "witnessed_note": row.witnessed_note, "presented_note": row.presented_note, "at": row.at}
        for row in session.scalars(query)
    ]


_COLUMNS = ("index", "kind", "subject", "at", "leaf_hash", "salt", "statement")
_COSIGNED = ("authority", "size", "root", "note", "at")


def _entry(row: LedgerEntryRow) -> LedgerEntry:
    return LedgerEntry(row.index, row.kind, row.subject, row.at, row.leaf_hash, row.salt, row.statement)
