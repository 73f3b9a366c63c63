"""What is kept of partners' exports, our imports, their matches and discrepancies, and how one finds the other.

A record belongs to at most one match (`match_id`), so no export is ever used twice; a new match of a record replaces
the old one with its discrepancies.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session, defer

from comity.features.mirror.beyond_pairs import Finding
from comity.features.mirror.discrepancies import Comparison, Discrepancy, DiscrepancyKind
from comity.features.mirror.errors import MirrorRecordUnknown
from comity.features.mirror.evidence import prepare
from comity.features.mirror.in_words import Reason
from comity.features.mirror.keys import strong_keys
from comity.features.mirror.pair import LONGEST_DAYS, Pair, all_keys_of
from comity.features.mirror.record import MirrorRecord, as_stored, from_stored
from comity.features.mirror.stored_form import (
    comparison_as_stored,
    comparison_from_stored,
    reason_as_stored,
    reason_from_stored,
)
from comity.features.mirror.tables import MirrorDiscrepancyRow, MirrorKeyRow, MirrorMatchRow, MirrorRecordRow
from comity.foundation.clock import Clock

IMPORT, EXPORT = "import", "export"


@dataclass(frozen=True, slots=True)
class PartnerExport:
    """An export record received from a partner: as received (`record`) and as the mirror sees it."""

    partner: str
    message_id: str
    record: dict[str, Any]
    mirror: MirrorRecord
    kept_at: datetime
    match_id: str | None


@dataclass(frozen=True, slots=True)
class Neighbours:
    """All that has to be paired together to decide one declaration: `pair(neighbours.imports, neighbours.exports)`."""

    imports: tuple[MirrorRecord, ...]
    exports: tuple[MirrorRecord, ...]
    matched: frozenset[str]


@dataclass(frozen=True, slots=True)
class StoredMatch:
    """A pair as decided, with what comparing it gave."""

    id: str
    pair: Pair
    comparison: Comparison
    matched_at: datetime


def keep_partner_export(
    session: Session, *, partner: str, message_id: str, record: dict[str, Any], mirror: MirrorRecord, clock: Clock
) -> bool:
    """Keep an export record with its lookup keys; return False when it is already here.

    Another record of the same partner with the same MRN is an amendment: it takes the place of the earlier one, whose
    match is dissolved so that it is compared again.
    """
    same = MirrorRecordRow.id == mirror.id
    if mirror.mrn:
        same = or_(same, and_(MirrorRecordRow.partner == partner, MirrorRecordRow.mrn == mirror.mrn))
    if not _make_room(session, mirror.id, same):
        return False
    row = _record_row(mirror, side=EXPORT, clock=clock) | {
        "partner": partner,
        "message_id": message_id,
        "record": record,
    }
    session.execute(_RECORDS.insert(), row)
    _keep_keys(session, mirror, side=EXPORT)
    return True


def withdraw_partner_export(session: Session, export_id: str) -> tuple[str, ...]:
    """Forget a partner's export and its match; return the imports it was matched with."""
    match = match_of(session, export_id)
    _forget(session, session.scalars(select(MirrorRecordRow.id).where(_is_export(export_id))).all())
    return match.pair.import_ids if match else ()


def retire_imports(session: Session, ids: Sequence[str]) -> None:
    """Let imports leave the mirror: their comparison is over, and without its export each would look like a ghost."""
    _forget(session, ids)


def keep_import(session: Session, mirror: MirrorRecord, *, clock: Clock) -> bool:
    """Keep one of our imports so that later exports and split parts find it; return False when it is already here.

    Another import with the same MRN is an amendment and takes the place of the earlier one.
    """
    same = MirrorRecordRow.id == mirror.id
    if mirror.mrn:
        same = or_(same, and_(MirrorRecordRow.side == IMPORT, MirrorRecordRow.mrn == mirror.mrn))
    if not _make_room(session, mirror.id, same):
        return False
    session.execute(_RECORDS.insert(), _record_row(mirror, side=IMPORT, clock=clock))
    _keep_keys(session, mirror, side=IMPORT)
    return True


def neighbours_of(session: Session, mirror: MirrorRecord, limit: int = 50) -> Neighbours:
    """Return all that has to be paired again when this record arrives. At most two statements.

    Beside the candidates that are free: those a strong key names although they are in a match, with that whole match,
    because the record may be one more part of it.
    """
    found = {row.id: row for row in _hits(session, mirror, limit)}
    matches = {row.match_id for row in found.values() if row.match_id}
    if matches:
        members = select(MirrorRecordRow).options(defer(MirrorRecordRow.record))
        for row in session.scalars(members.where(MirrorRecordRow.match_id.in_(sorted(matches)))):
            found[row.id] = row
    records = {row.id: (row.side, from_stored(row.mirror)) for row in found.values()}
    records[mirror.id] = (EXPORT if mirror.kind == EXPORT else IMPORT, mirror)
    ordered = sorted(records.items())
    matched = frozenset(row.id for row in found.values() if row.match_id)
    return Neighbours(
        tuple(record for _, (side, record) in ordered if side == IMPORT),
        tuple(record for _, (side, record) in ordered if side == EXPORT),
        matched,
    )


def keep_match(session: Session, pair: Pair, *, comparison: Comparison, clock: Clock) -> str:
    """Keep a pair with its discrepancies and return the match's id; earlier matches of its members are dissolved.

    A pair that is kept already with an equal comparison is left as it is: running again writes nothing.

    Raises:
        MirrorRecordUnknown: an import or export of the pair was not kept before.
    """
    members = [*pair.import_ids, *pair.export_ids]
    known = {row.id: row.match_id for row in session.execute(_members(members))}
    if len(known) < len(members):
        raise MirrorRecordUnknown
    match_id = hashlib.sha256("\n".join((*pair.import_ids, "", *pair.export_ids)).encode()).hexdigest()
    if set(known.values()) == {match_id} and _is_kept(session, match_id, comparison):
        return match_id
    _dissolve(session, {each for each in known.values() if each})
    session.execute(delete(MirrorDiscrepancyRow).where(MirrorDiscrepancyRow.record_id.in_(members)))
    row = {
        "id": match_id,
        "probability": pair.probability,
        "key": pair.key,
        "reasons": [reason_as_stored(reason) for reason in pair.reasons],
        "comparison": comparison_as_stored(comparison),
        "matched_at": clock.now(),
    }
    session.execute(insert(MirrorMatchRow), [row])
    session.execute(update(MirrorRecordRow).where(MirrorRecordRow.id.in_(members)).values(match_id=match_id))
    findings = [Finding(pair.import_ids[0], discrepancy) for discrepancy in comparison.discrepancies]
    _insert_findings(session, findings, match_id=match_id, clock=clock)
    return match_id


def keep_findings(session: Session, findings: Sequence[Finding], *, clock: Clock) -> None:
    """Keep discrepancies of single declarations (ghosts, orphans, containers elsewhere), each record and kind once."""
    unmatched = [*{finding.record_id for finding in findings}]
    kinds = [*{finding.discrepancy.kind.value for finding in findings}]
    session.execute(
        delete(MirrorDiscrepancyRow).where(
            MirrorDiscrepancyRow.record_id.in_(unmatched),
            MirrorDiscrepancyRow.kind.in_(kinds),
            MirrorDiscrepancyRow.match_id.is_(None),
        )
    )
    _insert_findings(session, findings, match_id=None, clock=clock)


def match_of(session: Session, declaration_id: str) -> StoredMatch | None:
    """Return the match an import or export belongs to, with its discrepancies."""
    return matches_of(session, [declaration_id]).get(declaration_id)


def matches_of(session: Session, declaration_ids: Collection[str]) -> dict[str, StoredMatch]:
    """Return the match of each of some imports or exports that has one. Three statements, any number."""
    ours = select(MirrorRecordRow.match_id).where(MirrorRecordRow.id.in_(list(declaration_ids)))
    found = session.scalars(select(MirrorMatchRow).where(MirrorMatchRow.id.in_(ours))).all()
    if not found:
        return {}
    ids = [row.id for row in found]
    members: dict[str, list[tuple[str, str]]] = {each: [] for each in ids}
    sides = select(MirrorRecordRow.match_id, MirrorRecordRow.id, MirrorRecordRow.side).order_by(MirrorRecordRow.id)
    for match_id, record_id, side in session.execute(sides.where(MirrorRecordRow.match_id.in_(ids))):
        members[match_id or ""].append((record_id, side))
    differences: dict[str, list[Discrepancy]] = {each: [] for each in ids}
    for row in session.scalars(select(MirrorDiscrepancyRow).where(MirrorDiscrepancyRow.match_id.in_(ids))):
        differences[row.match_id or ""].append(_discrepancy(row))
    matches = [_match(row, members[row.id], differences[row.id]) for row in found]
    return {
        each: match
        for match in matches
        for each in (*match.pair.import_ids, *match.pair.export_ids)
        if each in declaration_ids
    }


def _match(row: MirrorMatchRow, members: list[tuple[str, str]], differences: list[Discrepancy]) -> StoredMatch:
    pair = Pair(
        import_ids=tuple(each for each, side in members if side == IMPORT),
        export_ids=tuple(each for each, side in members if side == EXPORT),
        probability=row.probability,
        key=row.key,
        reasons=tuple(reason_from_stored(reason) for reason in row.reasons),
    )
    differences.sort(key=lambda each: (-each.severity, each.kind, each.path))
    return StoredMatch(row.id, pair, comparison_from_stored(row.comparison, differences), row.matched_at)


def discrepancies_of(session: Session, declaration_ids: Collection[str]) -> dict[str, list[Discrepancy]]:
    """Return the discrepancies kept for each of some declarations, the most severe first. One statement.

    The discrepancies of a match stand under its first import.
    """
    rows = session.scalars(
        select(MirrorDiscrepancyRow)
        .where(MirrorDiscrepancyRow.record_id.in_(list(declaration_ids)))
        .order_by(MirrorDiscrepancyRow.severity.desc(), MirrorDiscrepancyRow.id)
    )
    found: dict[str, list[Discrepancy]] = {each: [] for each in declaration_ids}
    for row in rows:
        found[row.record_id].append(_discrepancy(row))
    return found


def find_export(session: Session, export_id: str) -> PartnerExport | None:
    """Return a partner's export record by its id."""
    row = session.get(MirrorRecordRow, export_id)
    return _partner_export(row) if row is not None and row.side == EXPORT else None


def all_exports(session: Session, partner: str | None = None) -> list[MirrorRecord]:
    """Return every export record kept, of one partner or of all, by id."""
    query = select(MirrorRecordRow.mirror).where(MirrorRecordRow.side == EXPORT).order_by(MirrorRecordRow.id)
    if partner is not None:
        query = query.where(MirrorRecordRow.partner == partner)
    return [from_stored(stored) for stored in session.scalars(query)]


def all_imports(session: Session) -> list[MirrorRecord]:
    """Return every import record kept, by id."""
    query = select(MirrorRecordRow.mirror).where(MirrorRecordRow.side == IMPORT).order_by(MirrorRecordRow.id)
    return [from_stored(stored) for stored in session.scalars(query)]


def export_counts(session: Session) -> tuple[int, int]:
    """Return how many partner exports are kept, and how many different messages they came in."""
    query = select(func.count(), func.count(func.distinct(MirrorRecordRow.message_id)))
    kept, messages = session.execute(query.where(MirrorRecordRow.side == EXPORT)).one()
    return kept, messages


# Tables, not row classes, where every declaration writes: half the time. The first look-up is a statement made once.
_RECORDS = MirrorRecordRow.metadata.tables[MirrorRecordRow.__tablename__]
_KEYS = MirrorRecordRow.metadata.tables[MirrorKeyRow.__tablename__]
_ANY_KEYED = (
    select(MirrorKeyRow.record_id)
    .where(MirrorKeyRow.side == bindparam("side"), MirrorKeyRow.key.in_(bindparam("keys", expanding=True)))
    .limit(1)
)


def _hits(session: Session, mirror: MirrorRecord, limit: int) -> Sequence[MirrorRecordRow]:
    """Return the other side's records under these keys: free ones, and matched ones a strong key names."""
    is_export = mirror.kind == EXPORT
    part = prepare(mirror)
    keys = sorted(all_keys_of(part, is_export=is_export))
    side = IMPORT if is_export else EXPORT
    if not keys or session.execute(_ANY_KEYED, {"side": side, "keys": keys}).first() is None:
        return []
    strong = sorted(strong_keys(part.keys, is_export=is_export))
    named = func.sum(case((MirrorKeyRow.key.in_(strong), 1), else_=0)).label("named")
    hits = (
        select(MirrorKeyRow.record_id, func.count().label("hits"), named)
        .where(MirrorKeyRow.side == side, MirrorKeyRow.key.in_(keys))
        .group_by(MirrorKeyRow.record_id)
        .subquery()
    )
    window = timedelta(days=LONGEST_DAYS)
    return session.scalars(
        select(MirrorRecordRow)
        .options(defer(MirrorRecordRow.record))
        .join(hits, hits.c.record_id == MirrorRecordRow.id)
        .where(
            MirrorRecordRow.date.between(mirror.date - window, mirror.date + window),
            or_(MirrorRecordRow.match_id.is_(None), hits.c.named > 0),
        )
        .order_by(hits.c.named.desc(), hits.c.hits.desc(), MirrorRecordRow.id)
        .limit(limit)
    ).all()


def _is_kept(session: Session, match_id: str, comparison: Comparison) -> bool:
    held = session.scalar(select(MirrorMatchRow.comparison).where(MirrorMatchRow.id == match_id))
    return held == comparison_as_stored(comparison)


def _record_row(mirror: MirrorRecord, *, side: str, clock: Clock) -> dict[str, Any]:
    row = {"id": mirror.id, "side": side, "partner": None, "message_id": None, "mrn": mirror.mrn, "date": mirror.date}
    return row | {"mirror": as_stored(mirror), "record": {}, "kept_at": clock.now(), "match_id": None}


def _keep_keys(session: Session, mirror: MirrorRecord, *, side: str) -> None:
    keys = sorted(all_keys_of(prepare(mirror), is_export=side == EXPORT))
    if keys:
        session.execute(_KEYS.insert(), [{"side": side, "key": key, "record_id": mirror.id} for key in keys])


def _make_room(session: Session, record_id: str, same: ColumnElement[bool]) -> bool:
    """Forget what this record amends; return False when the record itself is already here."""
    earlier = session.scalars(select(MirrorRecordRow.id).where(same)).all()
    if record_id in earlier:
        return False
    if earlier:
        _forget(session, earlier)
    return True


def _is_export(export_id: str) -> ColumnElement[bool]:
    return and_(MirrorRecordRow.id == export_id, MirrorRecordRow.side == EXPORT)


def _members(ids: Sequence[str]) -> Any:
    return select(MirrorRecordRow.id, MirrorRecordRow.match_id).where(MirrorRecordRow.id.in_(ids))


def _forget(session: Session, ids: Sequence[str]) -> None:
    _dissolve(session, {row.match_id for row in session.execute(_members(ids)) if row.match_id})
    session.execute(delete(MirrorDiscrepancyRow).where(MirrorDiscrepancyRow.record_id.in_(ids)))
    session.execute(delete(MirrorKeyRow).where(MirrorKeyRow.record_id.in_(ids)))
    session.execute(delete(MirrorRecordRow).where(MirrorRecordRow.id.in_(ids)))


def _dissolve(session: Session, match_ids: Iterable[str]) -> None:
    ids = sorted(match_ids)
    if ids:
        session.execute(delete(MirrorDiscrepancyRow).where(MirrorDiscrepancyRow.match_id.in_(ids)))
        session.execute(update(MirrorRecordRow).where(MirrorRecordRow.match_id.in_(ids)).values(match_id=None))
        session.execute(delete(MirrorMatchRow).where(MirrorMatchRow.id.in_(ids)))


def _insert_findings(session: Session, findings: Iterable[Finding], *, match_id: str | None, clock: Clock) -> None:
    rows = [
        {
            "record_id": finding.record_id,
            "match_id": match_id,
            "kind": finding.discrepancy.kind.value,
            "path": finding.discrepancy.path,
            "ours": finding.discrepancy.ours,
            "theirs": finding.discrepancy.theirs,
            "ratio": finding.discrepancy.ratio,
            "severity": finding.discrepancy.severity,
            "message_id": finding.discrepancy.reason.message_id,
            "params": [list(param) for param in finding.discrepancy.reason.params],
            "found_at": clock.now(),
        }
        for finding in findings
    ]
    if rows:
        session.execute(insert(MirrorDiscrepancyRow), rows)


def _discrepancy(row: MirrorDiscrepancyRow) -> Discrepancy:
    reason = Reason(row.message_id, tuple((name, text) for name, text in row.params))
    kind = DiscrepancyKind(row.kind)
    return Discrepancy(kind, row.path, row.ours, row.theirs, row.ratio, row.severity, reason)


def _partner_export(row: MirrorRecordRow) -> PartnerExport:
    return PartnerExport(
        partner=row.partner or "",
        message_id=row.message_id or "",
        record=row.record,
        mirror=from_stored(row.mirror),
        kept_at=row.kept_at,
        match_id=row.match_id,
    )
