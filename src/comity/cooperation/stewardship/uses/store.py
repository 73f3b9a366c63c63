"""How readings of partner records are kept; every query of them is here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from comity.cooperation.stewardship.uses.tables import UseRow


@dataclass(frozen=True, slots=True)
class Use:
    """One reading: whose record, which message, by which officer, for which purpose, at which door, when (UTC)."""

    originator: str
    message_id: str
    officer: str
    purpose: str
    door: str
    at: datetime
    leaf: int | None = None


def keep_uses(session: Session, uses: Sequence[Use]) -> None:
    """Keep readings, one statement for all."""
    if uses:
        session.execute(insert(UseRow), [{name: getattr(one, name) for name in Use.__slots__} for one in uses])


def uses_of(session: Session, originator: str, *, since: datetime, until: datetime, limit: int) -> list[Use]:
    """Return the readings of an originator's records from `since` up to `until`, oldest first."""
    query = select(UseRow).where(UseRow.originator == originator, UseRow.at >= since, UseRow.at < until)
    return [_use(row) for row in session.scalars(query.order_by(UseRow.at, UseRow.id).limit(limit))]


def unlogged(session: Session, *, limit: int) -> list[tuple[int, Use]]:
    """Return readings that no leaf of the ledger commits to yet, with their numbers, by originator and time."""
    query = select(UseRow).where(UseRow.leaf.is_(None))
    rows = session.scalars(query.order_by(UseRow.originator, UseRow.at, UseRow.id).limit(limit).with_for_update())
    return [(row.id, _use(row)) for row in rows]


def note_logged(session: Session, numbers: Sequence[int], *, leaf: int) -> None:
    """Note which leaf commits to some readings."""
    session.execute(update(UseRow).where(UseRow.id.in_(numbers)).values(leaf=leaf))


def _use(row: UseRow) -> Use:
    return Use(**{name: getattr(row, name) for name in Use.__slots__})
