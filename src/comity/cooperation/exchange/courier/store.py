"""How are a courier's parts kept until they are complete, and what was packed until it is answered?"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from comity.cooperation.exchange.courier.errors import CourierPartsDiffer, CourierStoreFull
from comity.cooperation.exchange.courier.part import MOST_PARTS, Kind, PartHeader
from comity.cooperation.exchange.courier.tables import CourierBatchRow, CourierPartRow

MOST_KEPT_PARTS = 2 * MOST_PARTS  # of one partner; a guess: two batches of the largest kind in the smallest files
MOST_KEPT_BYTES = 512 * 1024 * 1024  # of one partner; a guess: eight batches of the largest kind


@dataclass(frozen=True, slots=True)
class Gathered:
    """A batch or answer of which parts are kept; `header` is that of any one of them."""

    header: PartHeader
    kept: frozenset[int]

    @property
    def is_complete(self) -> bool:
        """Claim that no part is missing."""
        return len(self.kept) == self.header.parts

    def missing(self) -> list[str]:
        """Return the names of the files that are missing."""
        return [self.header.name(part) for part in range(1, self.header.parts + 1) if part not in self.kept]


def keep_part(session: Session, header: PartHeader, content: bytes) -> bool:
    """Keep a part; claim that it was not kept already.

    Raises:
        CourierPartsDiffer: the partner signed another part in this place.
        CourierStoreFull: too much of this partner waits for what is missing.
    """
    written = msgspec.json.encode(header)
    others = select(CourierPartRow.part, CourierPartRow.parts, CourierPartRow.header)
    for row in session.execute(others.where(CourierPartRow.whole == header.whole)):
        if row.parts != header.parts or (row.part == header.part and row.header != written):
            raise CourierPartsDiffer
        if row.part == header.part:
            return False
    held = select(func.count(), func.coalesce(func.sum(func.length(CourierPartRow.content)), 0))
    parts, size = session.execute(held.where(CourierPartRow.sender == header.sender)).one()
    if parts >= MOST_KEPT_PARTS or size + len(content) > MOST_KEPT_BYTES:
        raise CourierStoreFull
    values = {"whole": header.whole, "part": header.part, "parts": header.parts, "kind": header.kind}
    values |= {"sender": header.sender, "packed_at": header.packed, "number": header.number}
    session.execute(insert(CourierPartRow).values(**values, header=written, content=content))
    return True


def gathered(session: Session, kind: Kind) -> list[Gathered]:
    """Return the batches or answers of which parts are kept, in the order in which they were packed."""
    columns = (CourierPartRow.whole, CourierPartRow.part, CourierPartRow.header)
    order = (CourierPartRow.packed_at, CourierPartRow.number, CourierPartRow.whole)
    kept: dict[str, tuple[bytes, set[int]]] = {}
    for row in session.execute(select(*columns).where(CourierPartRow.kind == kind).order_by(*order)):
        kept.setdefault(row.whole, (row.header, set()))[1].add(row.part)
    return [Gathered(msgspec.json.decode(one, type=PartHeader), frozenset(have)) for one, have in kept.values()]


def find_gathered(session: Session, whole: str) -> Gathered | None:
    """Return what is kept of one batch or answer, or None."""
    columns = (CourierPartRow.part, CourierPartRow.header)
    rows = session.execute(select(*columns).where(CourierPartRow.whole == whole)).all()
    if not rows:
        return None
    return Gathered(msgspec.json.decode(rows[0].header, type=PartHeader), frozenset(row.part for row in rows))


def joined(session: Session, header: PartHeader) -> bytes:
    """Return the batch or answer whose parts are all kept.

    Raises:
        CourierPartsDiffer: together they are not what their headers announce.
    """
    query = select(CourierPartRow.content).where(CourierPartRow.whole == header.whole).order_by(CourierPartRow.part)
    content = b"".join(session.scalars(query))
    if len(content) != header.whole_bytes or hashlib.sha256(content).hexdigest() != header.whole:
        raise CourierPartsDiffer
    return content


def drop_parts(session: Session, whole: str) -> None:
    """Let go of the parts of a batch or answer that was taken."""
    session.execute(delete(CourierPartRow).where(CourierPartRow.whole == whole))


def drop_parts_packed_before(session: Session, instant: datetime) -> None:
    """Let go of parts whose missing ones can be of no use any more."""
    session.execute(delete(CourierPartRow).where(CourierPartRow.packed_at < instant))


def note_packed(session: Session, whole: str, *, partner: str, messages: int, at: datetime) -> None:
    """Keep that a batch was packed: its answer will name it."""
    values = {"whole": whole, "partner": partner, "messages": messages, "packed_at": at, "answered_at": None}
    session.execute(insert(CourierBatchRow).values(**values))


def was_packed(session: Session, whole: str, *, partner: str) -> bool:
    """Claim that this batch was packed here for this partner."""
    row = session.get(CourierBatchRow, whole)
    return row is not None and row.partner == partner


def note_answered(session: Session, whole: str, *, at: datetime) -> None:
    """Keep when the partner answered a batch."""
    session.execute(update(CourierBatchRow).where(CourierBatchRow.whole == whole).values(answered_at=at))


def unanswered(session: Session, partner: str) -> Sequence[tuple[str, datetime, int]]:
    """Return hash, time and number of messages of the batches that wait for their answer, oldest first."""
    query = select(CourierBatchRow.whole, CourierBatchRow.packed_at, CourierBatchRow.messages)
    waiting = query.where(CourierBatchRow.partner == partner, CourierBatchRow.answered_at.is_(None))
    return [(row[0], row[1], row[2]) for row in session.execute(waiting.order_by(CourierBatchRow.packed_at))]
