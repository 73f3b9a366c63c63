"""What waits for an officer? Arrivals ranked by lane and score, with why."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from comity.features.risk import store
from comity.features.risk.lanes import Lane


@dataclass(frozen=True, slots=True)
class WorkRow:
    """One arrival."""

    id: str
    mrn: str | None
    lane: Lane
    score: float
    reasons: tuple[str, ...]
    importer_name: str | None
    goods: str | None
    origin: str | None
    kept_at: datetime
    is_examined: bool
    discrepancy_kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Worklist:
    """A page of arrivals, and how many there are in these lanes."""

    rows: tuple[WorkRow, ...]
    total: int


def worklist(session: Session, *, lanes: Collection[Lane] | None = None, limit: int = 50, offset: int = 0) -> Worklist:
    """Return a page of the imports in some lanes (all when None), what needs the officer first at the top."""
    counts = store.lane_counts(session)
    rows = store.worklist(session, lanes=lanes, limit=limit, offset=offset)
    return Worklist(
        tuple(
            WorkRow(
                id=row.declaration_id,
                mrn=row.mrn,
                lane=row.lane,
                score=row.score,
                reasons=row.reasons,
                importer_name=row.importer_name,
                goods=row.goods_code,
                origin=row.origin_country,
                kept_at=row.decided_at,
                is_examined=row.is_examined,
                discrepancy_kinds=row.discrepancy_kinds,
            )
            for row in rows
        ),
        sum(counts[lane.value] for lane in lanes) if lanes is not None else sum(counts.values()),
    )
