"""How the log is kept: entries, tiles of hashes, head, co-signatures. Every query of the ledger is here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Executable, and_, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from comity.cooperation.ledger.tables import (
    CosignedCheckpointRow,
    ForkEvidenceRow,
    LedgerEntryRow,
    LedgerHeadRow,
    LedgerTileRow,
    ReportedCheckpointRow,
    WitnessedLogRow,
)
from comity.cooperation.ledger.tiles import Place
from comity.cooperation.ledger.tree import EMPTY_ROOT
from comity.foundation.clock import Clock
from comity.foundation.storage.bulk import insert_rows

HEAD_ID = 1
MOST_PLACES_A_READ = 5_000  # bound values in one statement: SQLite takes 32,766, PostgreSQL 65,535
MOST_EVIDENCE_A_PARTNER = 1_000  # a guess: the first contradictions prove as much as all; revisit with the console page


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


@dataclass(frozen=True, slots=True)
class ReportedCheckpoint:
    """A checkpoint of a partner's log that was shown to another administration, which reported it."""

    authority: str
    reporter: str
    size: int
    root: bytes
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class KeptEvidence:
    """Two statements of one log that cannot both be true; `acknowledgement` is what an operator signed of it."""

    id: int
    authority: str
    kind: str
    witnessed_note: str
    presented_note: str
    shown_to: str | None
    at: datetime
    acknowledged_at: datetime | None
    acknowledgement: str | None


def head(session: Session) -> LogHead:
    """Return the log's size and root."""
    query = select(LedgerHeadRow.size, LedgerHeadRow.root).where(LedgerHeadRow.id == HEAD_ID)
    row = session.execute(query).one_or_none()
    return LogHead(row.size, row.root) if row else LogHead(0, EMPTY_ROOT)


def lock_head(session: Session) -> LogHead:
    """Return the head and keep every other writer from appending until this transaction ends."""
    query = select(LedgerHeadRow.size, LedgerHeadRow.root).where(LedgerHeadRow.id == HEAD_ID).with_for_update()
    row = session.execute(query).one_or_none()
    if row is None:
        _insert_unless_there(session, insert(LedgerHeadRow).values(id=HEAD_ID, size=0, root=EMPTY_ROOT))
        row = session.execute(query).one()
    return LogHead(row.size, row.root)


def move_head(session: Session, to: LogHead) -> None:
    """Write the new size and root."""
    session.execute(update(LedgerHeadRow).where(LedgerHeadRow.id == HEAD_ID).values(size=to.size, root=to.root))


def insert_entries(session: Session, entries: Sequence[LedgerEntry]) -> None:
    """Write entries, one statement for all."""
    insert_rows(session, LedgerEntryRow, [{name: getattr(entry, name) for name in _COLUMNS} for entry in entries])


def write_tiles(session: Session, tiles: Mapping[Place, bytes], *, kept: Collection[Place]) -> None:
    """Write tiles by (level, index); those in `kept` are there already and are rewritten."""
    rows = [{"level": level, "index": index, "hashes": hashes} for (level, index), hashes in tiles.items()]
    insert_rows(session, LedgerTileRow, [row for row in rows if (row["level"], row["index"]) not in kept])
    rewritten = [row for row in rows if (row["level"], row["index"]) in kept]
    if rewritten:
        session.execute(update(LedgerTileRow), rewritten)


def read_tiles(session: Session, wanted: Iterable[Place]) -> dict[Place, bytes]:
    """Read tiles; one statement for up to 5,000 places."""
    places, found = sorted(set(wanted)), {}
    for start in range(0, len(places), MOST_PLACES_A_READ):
        by_level: dict[int, list[int]] = {}
        for level, index in places[start : start + MOST_PLACES_A_READ]:
            by_level.setdefault(level, []).append(index)
        matching = [
            and_(LedgerTileRow.level == level, LedgerTileRow.index.in_(some)) for level, some in by_level.items()
        ]
        query = select(LedgerTileRow.level, LedgerTileRow.index, LedgerTileRow.hashes).where(or_(*matching))
        found.update({(level, index): hashes for level, index, hashes in session.execute(query)})
    return found


def entries_of(session: Session, subject: str) -> list[LedgerEntry]:
    """Return every entry about `subject`, oldest first."""
    return entries_about(session, [subject])


def entries_about(session: Session, subjects: Sequence[str], *, limit: int | None = None) -> list[LedgerEntry]:
    """Return the entries about any of the subjects, oldest first, at most `limit`."""
    query = select(LedgerEntryRow).where(LedgerEntryRow.subject.in_(subjects)).order_by(LedgerEntryRow.index)
    return [_entry(row) for row in session.scalars(query.limit(limit))]


def latest(session: Session, limit: int, before: int | None = None) -> list[LedgerEntry]:
    """Return the newest entries, newest first; `before` is the index to go on from."""
    query = select(LedgerEntryRow).order_by(LedgerEntryRow.index.desc()).limit(limit)
    if before is not None:
        query = query.where(LedgerEntryRow.index < before)
    return [_entry(row) for row in session.scalars(query)]


def entries_from(session: Session, index: int, *, limit: int) -> list[LedgerEntry]:
    """Return the entries from `index` on, oldest first, at most `limit`."""
    query = select(LedgerEntryRow).where(LedgerEntryRow.index >= index).order_by(LedgerEntryRow.index).limit(limit)
    return [_entry(row) for row in session.scalars(query)]


def erase(session: Session, index: int) -> None:
    """Destroy an entry's salt and statement; the leaf and every proof stay."""
    session.execute(update(LedgerEntryRow).where(LedgerEntryRow.index == index).values(salt=None, statement=None))


def witnessed(session: Session, authority: str) -> WitnessedLog | None:
    """Return the last checkpoint of the partner's log that we co-signed, or None."""
    row = session.execute(_WITNESSED.where(WitnessedLogRow.authority == authority)).one_or_none()
    return WitnessedLog(row.size, row.root, row.note) if row and row.note else None


def lock_witnessed(session: Session, authority: str, *, clock: Clock) -> WitnessedLog | None:
    """Return the same and keep others from witnessing this partner's log until this transaction ends.

    Without it two transactions could each co-sign another continuation (C2SP tlog-witness: check and store at once).
    """
    query = _WITNESSED.where(WitnessedLogRow.authority == authority).with_for_update()
    if session.execute(query).one_or_none() is None:
        nothing = {"authority": authority, "size": 0, "root": EMPTY_ROOT, "note": "", "at": clock.now()}
        _insert_unless_there(session, insert(WitnessedLogRow).values(nothing))
        session.execute(query).one()
    return witnessed(session, authority)


def keep_witnessed(session: Session, authority: str, log: WitnessedLog, *, clock: Clock) -> None:
    """Keep the checkpoint that was co-signed in place of the earlier one; the row is there once it was locked."""
    values = {"size": log.size, "root": log.root, "note": log.note, "at": clock.now()}
    session.execute(update(WitnessedLogRow).where(WitnessedLogRow.authority == authority).values(values))


def keep_cosigned_checkpoint(session: Session, checkpoint: CosignedCheckpoint) -> None:
    """Keep a partner's co-signature on our log; another one on the same size changes nothing."""
    same = (CosignedCheckpointRow.authority == checkpoint.authority, CosignedCheckpointRow.size == checkpoint.size)
    if session.scalar(select(CosignedCheckpointRow.size).where(*same)) is None:
        values = {name: getattr(checkpoint, name) for name in _COSIGNED}
        _insert_unless_there(session, insert(CosignedCheckpointRow).values(values))


def cosigned_size(session: Session, authority: str) -> int:
    """Return the size of our log that the partner co-signed last, 0 when none."""
    query = select(func.max(CosignedCheckpointRow.size)).where(CosignedCheckpointRow.authority == authority)
    return session.scalar(query) or 0


def cosigned_covering(session: Session, authority: str, *, covering_index: int) -> CosignedCheckpoint | None:
    """Return the partner's co-signature on the smallest size that covers the entry, or None. One indexed read."""
    query = (
        select(CosignedCheckpointRow)
        .where(CosignedCheckpointRow.authority == authority, CosignedCheckpointRow.size > covering_index)
        .order_by(CosignedCheckpointRow.size)
        .limit(1)
    )
    return _cosigned(session.scalars(query).one_or_none())


def keep_reported(session: Session, reported: ReportedCheckpoint) -> None:
    """Keep what an administration reports of a partner's log in place of its report before."""
    forget_reported(session, reported.authority, reported.reporter)
    session.execute(insert(ReportedCheckpointRow).values({name: getattr(reported, name) for name in _REPORTED}))


def forget_reported(session: Session, authority: str, reporter: str) -> None:
    """Forget a report: it was settled, or a newer one came."""
    row = ReportedCheckpointRow
    session.execute(delete(row).where(row.authority == authority, row.reporter == reporter))


def reported_of(session: Session, authority: str) -> list[ReportedCheckpoint]:
    """Return what others reported of a partner's log and was not settled yet, oldest first."""
    row = ReportedCheckpointRow
    query = select(row).where(row.authority == authority).order_by(row.at, row.reporter)
    return [ReportedCheckpoint(*(getattr(one, name) for name in _REPORTED)) for one in session.scalars(query)]


def cosigned_sizes(session: Session, authority: str, *, before: datetime) -> list[tuple[int, datetime]]:
    """Return the sizes of our log that a partner co-signed before an instant, with the time, smallest first."""
    row = CosignedCheckpointRow
    query = select(row.size, row.at).where(row.authority == authority, row.at < before).order_by(row.size)
    return [(one.size, one.at) for one in session.execute(query)]


def forget_cosigned(session: Session, authority: str, sizes: Sequence[int]) -> None:
    """Forget a partner's co-signatures on some sizes of our log."""
    row = CosignedCheckpointRow
    for start in range(0, len(sizes), MOST_PLACES_A_READ):
        some = sizes[start : start + MOST_PLACES_A_READ]
        session.execute(delete(row).where(row.authority == authority, row.size.in_(some)))


def entry_after(session: Session, index: int, kind: str, *, within: int) -> LedgerEntry | None:
    """Return the first entry of a kind among the next `within` entries behind another."""
    row = LedgerEntryRow
    query = select(row).where(row.index > index, row.index <= index + within, row.kind == kind)
    found = session.scalars(query.order_by(row.index).limit(1)).one_or_none()
    return _entry(found) if found else None


def keep_evidence(session: Session, values: dict[str, Any]) -> bool:
    """Keep two statements of a log's owner that contradict each other; claim that it was not kept already.

    Each pair once, the first thousand of a partner.
    """
    query = select(func.count()).where(ForkEvidenceRow.authority == values["authority"])
    same = [getattr(ForkEvidenceRow, name) == values[name] for name in ("kind", "witnessed_note", "presented_note")]
    if session.scalar(query.where(*same)) or (session.scalar(query) or 0) >= MOST_EVIDENCE_A_PARTNER:
        return False
    session.execute(insert(ForkEvidenceRow).values(**values))
    return True


def evidence_against(session: Session, authority: str | None = None) -> list[KeptEvidence]:
    """Return what was kept against one log's owner, or against all, oldest first."""
    query = select(ForkEvidenceRow).order_by(ForkEvidenceRow.id)
    if authority is not None:
        query = query.where(ForkEvidenceRow.authority == authority)
    return [KeptEvidence(*(getattr(row, name) for name in _EVIDENCE)) for row in session.scalars(query)]


def unresolved_against(session: Session, authority: str) -> list[KeptEvidence]:
    """Return what was kept against a log's owner and not acknowledged since."""
    return [one for one in evidence_against(session, authority) if one.acknowledged_at is None]


def keep_acknowledgement(session: Session, evidence_id: int, *, acknowledgement: str, at: datetime) -> None:
    """Keep what an operator signed of a contradiction; the evidence stays."""
    values = {"acknowledged_at": at, "acknowledgement": acknowledgement}
    session.execute(update(ForkEvidenceRow).where(ForkEvidenceRow.id == evidence_id).values(values))


_WITNESSED = select(WitnessedLogRow.size, WitnessedLogRow.root, WitnessedLogRow.note)
_COLUMNS = ("index", "kind", "subject", "at", "leaf_hash", "salt", "statement")
_REPORTED = ("authority", "reporter", "size", "root", "note", "at")
_EVIDENCE = tuple(field.name for field in fields(KeptEvidence))
_COSIGNED = ("authority", "size", "root", "note", "at")


def _entry(row: LedgerEntryRow) -> LedgerEntry:
    return LedgerEntry(row.index, row.kind, row.subject, row.at, row.leaf_hash, row.salt, row.statement)


def _cosigned(row: CosignedCheckpointRow | None) -> CosignedCheckpoint | None:
    return CosignedCheckpoint(row.authority, row.size, row.root, row.note, row.at) if row else None


def _insert_unless_there(session: Session, statement: Executable) -> None:
    """Insert a row unless another transaction has just done so: on PostgreSQL both may find it absent."""
    try:
        with session.begin_nested():
            session.execute(statement)
    except IntegrityError:
        return
