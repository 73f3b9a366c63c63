"""How holdings, legal holds and what partners told of ours are kept; every query of them is here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from comity.cooperation.agreements.agreement import Marking
from comity.cooperation.stewardship.errors import HoldUnknown, MessageNotHeld
from comity.cooperation.stewardship.holdings.tables import HoldingRow, LegalHoldRow, ToldRow

DISPOSED, HELD = "disposed", "held"


@dataclass(frozen=True, slots=True)
class Holding:
    """One received message and its terms; instants are UTC. `disposed_at` is None while its content is here."""

    message_id: str
    partner: str
    originator: str
    origin_id: str
    agreement_id: str
    agreement_hash: str
    clause: str
    message_type: str
    data_class: str
    purpose: str
    marking: Marking
    retention_days: int
    received_at: datetime
    due_at: datetime
    refusal: str | None = None
    superseded_by: str | None = None
    superseded_at: datetime | None = None
    disposed_at: datetime | None = None
    rule: str | None = None

    @property
    def is_onward(self) -> bool:
        """Claim that it came from another holder than its originator."""
        return self.originator != self.partner


@dataclass(frozen=True, slots=True)
class LegalHold:
    """A case that keeps a message longer: which, why, until which day (UTC), and who decided."""

    id: int
    message_id: str
    case_name: str
    reason: str
    until: date
    officer: str
    placed_at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """What a partner last told us of a message we sent it."""

    message_id: str
    partner: str
    state: str
    rule: str
    at: datetime
    until: date | None = None


def keep_holdings(session: Session, holdings: Sequence[Holding]) -> None:
    """Keep what came in, one statement for all."""
    if holdings:
        session.execute(_HOLDINGS.insert(), [{name: getattr(one, name) for name in _HELD} for one in holdings])


def find_holding(session: Session, message_id: str) -> Holding:
    """Return a received message.

    Raises:
        MessageNotHeld: none of that id.
    """
    found = holdings_of(session, [message_id]).get(message_id)
    if found is None:
        raise MessageNotHeld
    return found


def holdings_of(session: Session, message_ids: Collection[str]) -> dict[str, Holding]:
    """Return the received messages among `message_ids`, by id. One statement for every 500."""
    found: dict[str, Holding] = {}
    ids = sorted(set(message_ids))
    for start in range(0, len(ids), 500):
        query = select(HoldingRow).where(HoldingRow.message_id.in_(ids[start : start + 500]))
        found |= {row.message_id: _holding(row) for row in session.scalars(query)}
    return found


def due_holdings(session: Session, at: datetime, *, limit: int, locked: bool = False) -> list[Holding]:
    """Return what is due, not yet disposed of and under no legal hold, the longest due first."""
    query = select(HoldingRow).where(*_due(at))
    query = query.order_by(HoldingRow.due_at, HoldingRow.message_id).limit(limit)
    return [_holding(row) for row in session.scalars(query.with_for_update() if locked else query)]


def count_due(session: Session, at: datetime, *, most: int) -> int:
    """Return how many messages should have been disposed of by `at`; no more than `most` are counted."""
    counted = select(HoldingRow.message_id).where(*_due(at)).limit(most).subquery()
    return session.scalar(select(func.count()).select_from(counted)) or 0


def held_from(session: Session, partner: str | None, *, limit: int) -> list[Holding]:
    """Return what is held, of one partner or of all, the next due first."""
    query = select(HoldingRow).where(HoldingRow.disposed_at.is_(None))
    if partner is not None:
        query = query.where(HoldingRow.partner == partner)
    return [
        _holding(row) for row in session.scalars(query.order_by(HoldingRow.due_at, HoldingRow.message_id).limit(limit))
    ]


def terms_held(session: Session) -> list[tuple[str, str, int]]:
    """Return which terms what is held falls under: agreement, clause, days of retention."""
    columns = (HoldingRow.agreement_id, HoldingRow.clause, HoldingRow.retention_days)
    query = select(*columns).where(HoldingRow.disposed_at.is_(None), HoldingRow.refusal.is_(None)).distinct()
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def shorten(session: Session, agreement_id: str, clause: str, *, retention_days: int) -> int:
    """Let what is held under a clause for longer fall due after `retention_days`; return how many. Never lengthens."""
    longer = (
        HoldingRow.agreement_id == agreement_id,
        HoldingRow.clause == clause,
        HoldingRow.disposed_at.is_(None),
        HoldingRow.retention_days > retention_days,
    )
    query = select(HoldingRow.message_id, HoldingRow.received_at, HoldingRow.due_at).where(*longer)
    changed = [
        {
            "message_id": row.message_id,
            "retention_days": retention_days,
            "due_at": min(row.due_at, row.received_at + timedelta(days=retention_days)),
        }
        for row in session.execute(query)
    ]
    if changed:
        session.execute(update(HoldingRow), changed)
    return len(changed)


def mark_disposed(session: Session, message_ids: Sequence[str], *, rule: str, at: datetime) -> None:
    """Note that the content of received messages was erased."""
    _update(session, message_ids, {"disposed_at": at, "rule": rule})


def mark_superseded(session: Session, message_id: str, *, by: str | None, at: datetime) -> None:
    """Note that the originator replaced a message; `by` is None where what replaces it is not known here."""
    _update(session, [message_id], {"superseded_at": at, "superseded_by": by})


def place_hold(session: Session, hold: LegalHold) -> int:
    """Keep a legal hold and return its number; `hold.id` is not looked at."""
    values = {name: getattr(hold, name) for name in LegalHold.__slots__ if name != "id"}
    row = LegalHoldRow(**values)
    session.add(row)
    session.flush()
    return row.id


def lift_hold(session: Session, hold_id: int, *, officer: str, at: datetime) -> LegalHold:
    """End a legal hold and return it.

    Raises:
        HoldUnknown: none with this number is in force.
    """
    row = session.get(LegalHoldRow, hold_id, with_for_update=True)
    if row is None or row.lifted_at is not None:
        raise HoldUnknown
    row.lifted_at, row.lifted_by = at, officer
    session.flush()
    return _legal_hold(row)


def holds_in_force(session: Session, at: datetime, message_ids: Collection[str] | None = None) -> list[LegalHold]:
    """Return the legal holds in force on a day (UTC), on some messages or on all, by number."""
    query = select(LegalHoldRow).where(*_in_force(at)).order_by(LegalHoldRow.id)
    if message_ids is not None:
        query = query.where(LegalHoldRow.message_id.in_(sorted(set(message_ids))))
    return [_legal_hold(row) for row in session.scalars(query)]


def keep_told(session: Session, told: Iterable[Told]) -> None:
    """Keep what a partner told; it takes the place of what it told of the same message before."""
    rows = [{name: getattr(one, name) for name in Told.__slots__} for one in told]
    if rows:
        session.execute(delete(ToldRow).where(ToldRow.message_id.in_([row["message_id"] for row in rows])))
        session.execute(insert(ToldRow), rows)


def told_of(session: Session, message_ids: Collection[str]) -> dict[str, Told]:
    """Return what partners told of messages we sent, by message."""
    query = select(ToldRow).where(ToldRow.message_id.in_(sorted(set(message_ids))))
    return {
        row.message_id: Told(**{name: getattr(row, name) for name in Told.__slots__}) for row in session.scalars(query)
    }


def answered(at: datetime) -> Select[str]:
    """Return what selects the messages of ours that partners disposed of, or told that they hold longer."""
    is_held = and_(ToldRow.state == HELD, ToldRow.until >= at.date())
    return select(ToldRow.message_id).where(or_(ToldRow.state == DISPOSED, is_held))


def _update(session: Session, message_ids: Sequence[str], values: dict[str, Any]) -> None:
    session.execute(update(HoldingRow).where(HoldingRow.message_id.in_(message_ids)).values(**values))


def _due(at: datetime) -> tuple[ColumnElement[bool], ...]:
    return (HoldingRow.disposed_at.is_(None), HoldingRow.due_at <= at, HoldingRow.message_id.not_in(_on_hold(at)))


def _in_force(at: datetime) -> tuple[ColumnElement[bool], ...]:
    return (LegalHoldRow.lifted_at.is_(None), LegalHoldRow.until >= at.date())


def _on_hold(at: datetime) -> Any:
    return select(LegalHoldRow.message_id).where(*_in_force(at))


def _holding(row: HoldingRow) -> Holding:
    return Holding(**{name: getattr(row, name) for name in _HELD} | {"marking": Marking(row.marking)})


def _legal_hold(row: LegalHoldRow) -> LegalHold:
    return LegalHold(**{name: getattr(row, name) for name in LegalHold.__slots__})


_HOLDINGS = HoldingRow.metadata.tables[HoldingRow.__tablename__]
_HELD = tuple(Holding.__slots__)
