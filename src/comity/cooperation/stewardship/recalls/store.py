"""How recalls are kept, sent and received; every query of them is here."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import insert, or_, select, update
from sqlalchemy.orm import Session

from comity.cooperation.stewardship.recalls.tables import RecalledRow, RecallRow

OUT, IN = "out", "in"


class RecallState(StrEnum):
    """Where a recall we sent stands."""

    OPEN = "open"
    OVERDUE = "overdue"
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True)
class Recalled:
    """One message of a recall; `outcome` is None until answered, `onward` holds (holder, outcome) of onward holders."""

    message_id: str
    replaced_by: str | None = None
    outcome: str | None = None
    ground: str = ""
    until: date | None = None
    onward: tuple[tuple[str, str], ...] = ()

    @property
    def is_settled(self) -> bool:
        """Claim that nothing remains to be chased: known here, and at every onward holder."""
        return self.outcome not in (None, "unknown") and not any(one in ("chased", "unknown") for _, one in self.onward)


@dataclass(frozen=True, slots=True)
class KeptRecall:
    """One notice to (`out`) or from (`in`) a partner. `parent` is the partner and id of the notice it passes on."""

    direction: str
    partner: str
    id: str
    kind: str
    reason: str
    deadline: datetime
    created_at: datetime
    messages: tuple[Recalled, ...]
    parent: tuple[str, str] | None = None
    chased_at: datetime | None = None
    chases: int = 0
    completed_at: datetime | None = None

    def state(self, at: datetime) -> RecallState:
        """Return where it stands at an instant."""
        if self.completed_at is not None:
            return RecallState.COMPLETE
        return RecallState.OVERDUE if at > self.deadline else RecallState.OPEN


def keep_recall(session: Session, recall: KeptRecall) -> None:
    """Keep a new recall with its messages."""
    parent_partner, parent_id = recall.parent or (None, None)
    session.execute(
        insert(RecallRow).values(
            **_key(recall),
            kind=recall.kind,
            reason=recall.reason,
            deadline=recall.deadline,
            created_at=recall.created_at,
            parent_partner=parent_partner,
            parent_id=parent_id,
            chased_at=recall.created_at,
            chases=0,
            completed_at=None,
        )
    )
    rows = [
        _in_recall(recall) | {"message_id": one.message_id, "replaced_by": one.replaced_by, **_outcome(one)}
        for one in recall.messages
    ]
    session.execute(insert(RecalledRow), rows)


def keep_outcomes(session: Session, recall: KeptRecall, outcomes: Sequence[Recalled], *, at: datetime) -> KeptRecall:
    """Keep what became of messages and return the recall as it is then; it is complete when every one is settled."""
    for one in outcomes:
        session.execute(
            update(RecalledRow)
            .where(
                RecalledRow.direction == recall.direction,
                RecalledRow.partner == recall.partner,
                RecalledRow.recall_id == recall.id,
                RecalledRow.message_id == one.message_id,
            )
            .values(**_outcome(one))
        )
    row = session.get(RecallRow, (recall.direction, recall.partner, recall.id), with_for_update=True)
    kept = find_recall(session, recall.direction, recall.partner, recall.id)
    if row is None or kept is None:
        return recall
    row.completed_at = (row.completed_at or at) if all(one.is_settled for one in kept.messages) else None
    session.flush()
    return find_recall(session, recall.direction, recall.partner, recall.id) or recall


def find_recall(session: Session, direction: str, partner: str, recall_id: str) -> KeptRecall | None:
    """Return a recall, or None."""
    query = select(RecallRow).where(
        RecallRow.direction == direction, RecallRow.partner == partner, RecallRow.id == recall_id
    )
    return next(iter(_recalls(session, query)), None)


def list_recalls(session: Session, direction: str, limit: int) -> list[KeptRecall]:
    """Return the recalls sent or received, those not complete first, then the newest."""
    query = select(RecallRow).where(RecallRow.direction == direction)
    order = (RecallRow.completed_at.is_not(None), RecallRow.created_at.desc(), RecallRow.id)
    return _recalls(session, query.order_by(*order).limit(limit))


def recalls_to_chase(session: Session, *, chased_before: datetime, at: datetime) -> list[KeptRecall]:
    """Return what we sent that is neither complete nor past its deadline, and was last sent before an instant."""
    query = select(RecallRow).where(
        RecallRow.direction == OUT,
        RecallRow.completed_at.is_(None),
        RecallRow.deadline > at,
        RecallRow.chased_at <= chased_before,
    )
    return _recalls(session, query.order_by(RecallRow.created_at, RecallRow.id).limit(500))


def note_chased(session: Session, recall: KeptRecall, at: datetime) -> None:
    """Note that a recall was sent again."""
    session.execute(
        update(RecallRow)
        .where(RecallRow.direction == recall.direction, RecallRow.partner == recall.partner, RecallRow.id == recall.id)
        .values(chased_at=at, chases=RecallRow.chases + 1)
    )


def recalls_naming(
    session: Session, direction: str, message_ids: Collection[str], *, unanswered: bool = False
) -> list[KeptRecall]:
    """Return the recalls that name any of some messages; `unanswered`: whose message was not known here then."""
    ids = sorted(set(message_ids))
    found: dict[tuple[str, str], KeptRecall] = {}
    for start in range(0, len(ids), 500):
        named = select(RecalledRow.partner, RecalledRow.recall_id).where(
            RecalledRow.direction == direction, RecalledRow.message_id.in_(ids[start : start + 500])
        )
        if unanswered:
            named = named.where(or_(RecalledRow.outcome.is_(None), RecalledRow.outcome == "unknown"))
        for partner, recall_id in session.execute(named.distinct()).all():
            recall = find_recall(session, direction, partner, recall_id)
            if recall is not None:
                found[partner, recall_id] = recall
    return [found[each] for each in sorted(found)]


def children_of(session: Session, partner: str, recall_id: str) -> list[KeptRecall]:
    """Return the notices that pass on a received one to onward holders."""
    query = select(RecallRow).where(RecallRow.direction == OUT, RecallRow.parent_partner == partner)
    return _recalls(session, query.where(RecallRow.parent_id == recall_id).order_by(RecallRow.partner, RecallRow.id))


def _recalls(session: Session, query: Any) -> list[KeptRecall]:
    found = []
    for row in session.scalars(query.execution_options(populate_existing=True)).all():
        messages = (
            select(RecalledRow)
            .where(
                RecalledRow.direction == row.direction,
                RecalledRow.partner == row.partner,
                RecalledRow.recall_id == row.id,
            )
            .order_by(RecalledRow.message_id)
            .execution_options(populate_existing=True)
        )
        found.append(_recall(row, [_recalled(one) for one in session.scalars(messages)]))
    return found


def _recall(row: RecallRow, messages: list[Recalled]) -> KeptRecall:
    return KeptRecall(
        direction=row.direction,
        partner=row.partner,
        id=row.id,
        kind=row.kind,
        reason=row.reason,
        deadline=row.deadline,
        created_at=row.created_at,
        messages=tuple(messages),
        parent=(row.parent_partner, row.parent_id) if row.parent_partner and row.parent_id else None,
        chased_at=row.chased_at,
        chases=row.chases,
        completed_at=row.completed_at,
    )


def _recalled(row: RecalledRow) -> Recalled:
    onward = tuple((str(holder), str(outcome)) for holder, outcome in row.onward)
    return Recalled(row.message_id, row.replaced_by, row.outcome, row.ground or "", row.until, onward)


def _outcome(one: Recalled) -> dict[str, Any]:
    onward = [list(each) for each in one.onward]
    return {"outcome": one.outcome, "ground": one.ground or None, "until": one.until, "onward": onward}


def _key(recall: KeptRecall) -> dict[str, str]:
    return {"direction": recall.direction, "partner": recall.partner, "id": recall.id}


def _in_recall(recall: KeptRecall) -> dict[str, str]:
    return {"direction": recall.direction, "partner": recall.partner, "recall_id": recall.id}
