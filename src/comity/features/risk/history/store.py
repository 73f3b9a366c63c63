"""How is the history of lines kept, and what do windows over it tell? One or two statements for each set of keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, delete, func, or_, select, update
from sqlalchemy.orm import Session

from comity.features.risk.columns import BY_NAME
from comity.features.risk.facts import Facts
from comity.features.risk.history.tables import LineRow
from comity.features.risk.windows import DAY_SECONDS, KEYS, MEASURES, THOUSANDTHS, Kind, Window, thousandths
from comity.foundation.storage.bulk import insert_rows

_RESULTS = (Kind.IRREGULAR, Kind.SHARE)


@dataclass(frozen=True, slots=True)
class PastLine:
    """One goods item as it was judged: its published columns, and what an examination found (None: not looked at)."""

    declaration_id: str
    item: int
    accepted_at: datetime
    facts: dict[str, Any]
    examined_at: datetime | None
    irregular: bool | None


def keep_lines(
    session: Session, declaration_id: str, items: Sequence[Facts], *, kind: str, accepted_at: datetime
) -> None:
    """Keep the items of a declaration as they were judged, in place of what was kept of it before."""
    session.execute(delete(LineRow).where(LineRow.declaration_id == declaration_id))
    instant = accepted_at.replace(microsecond=0)
    rows = [
        {
            "declaration_id": declaration_id,
            "item": number,
            "kind": kind,
            "accepted_at": instant,
            **{key: facts.get(key) for key in KEYS},
            **{name: _measured(facts.get(name)) for name in MEASURES},
            "facts": {name: value for name, value in facts.items() if name in BY_NAME and value is not None},
            "examined_at": None,
            "irregular": None,
        }
        for number, facts in enumerate(items, start=1)
    ]
    insert_rows(session, LineRow, rows)


def keep_result(session: Session, declaration_id: str, *, irregular: bool, at: datetime) -> None:
    """Note that a declaration was examined; once found irregular it stays so, from the last result on."""
    session.execute(
        update(LineRow)
        .where(LineRow.declaration_id == declaration_id)
        .values(
            examined_at=at.replace(microsecond=0), irregular=case((LineRow.irregular.is_(True), True), else_=irregular)
        )
    )


def window_values(
    session: Session, windows: Sequence[Window], items: Sequence[Facts], *, kind: str, at: datetime
) -> list[dict[str, object]]:
    """Return the value of each window, by its name, for each item of a declaration accepted `at`."""
    by_keys: dict[tuple[str, ...], list[Window]] = {}
    for window in windows:
        by_keys.setdefault(window.keys, []).append(window)
    told: dict[tuple[tuple[str, ...], tuple[object, ...]], dict[str, object]] = {}
    values: list[dict[str, object]] = []
    for facts in items:
        found: dict[str, object] = {}
        for keys, of_keys in by_keys.items():
            given = tuple(facts.get(key) for key in keys)
            if (keys, given) not in told:
                known = {"kind": kind, **dict(zip(keys, given, strict=True))}
                told[keys, given] = _told(session, of_keys, known, at.replace(microsecond=0))
            found |= told[keys, given]
        values.append(found)
    return values


def past_lines(session: Session, *, kind: str, since: datetime, until: datetime) -> Iterator[PastLine]:
    """Give the lines of a kind accepted from `since` to before `until`, in order of acceptance."""
    query = (
        select(LineRow)
        .where(LineRow.kind == kind, LineRow.accepted_at >= since, LineRow.accepted_at < until)
        .order_by(LineRow.accepted_at, LineRow.declaration_id, LineRow.item)
    )
    for row in session.scalars(query.execution_options(yield_per=1_000)):
        yield PastLine(row.declaration_id, row.item, row.accepted_at, row.facts, row.examined_at, row.irregular)


def examined_lines(session: Session, *, kind: str, since: datetime, until: datetime) -> Iterator[PastLine]:
    """Give the lines of a kind whose result was noted from `since` to before `until`, in order of that."""
    query = (
        select(LineRow)
        .where(LineRow.kind == kind, LineRow.examined_at >= since, LineRow.examined_at < until)
        .order_by(LineRow.examined_at, LineRow.declaration_id, LineRow.item)
    )
    for row in session.scalars(query.execution_options(yield_per=1_000)):
        yield PastLine(row.declaration_id, row.item, row.accepted_at, row.facts, row.examined_at, row.irregular)


def next_instant(session: Session, *, kind: str, since: datetime, until: datetime) -> datetime | None:
    """Return when the first line was accepted or the first result noted, from `since` to before `until`."""
    told = [
        session.execute(
            select(func.min(instant)).where(LineRow.kind == kind, instant >= since, instant < until)
        ).scalar_one()
        for instant in (LineRow.accepted_at, LineRow.examined_at)
    ]
    return min((one for one in told if one is not None), default=None)


def _measured(value: object) -> int | None:
    return thousandths(float(value)) if isinstance(value, int | float) and value == value else None  # noqa: PLR0124 - NaN


def _told(session: Session, windows: Sequence[Window], known: Mapping[str, object], at: datetime) -> dict[str, object]:
    if None in known.values():
        return {window.name: None for window in windows}
    declared = [window for window in windows if window.kind not in _RESULTS]
    examined = [window for window in windows if window.kind in _RESULTS]
    values = _declared(session, declared, known, at) if declared else {}
    return values | (_examined(session, examined, known, at) if examined else {})


def _declared(
    session: Session, windows: Sequence[Window], known: Mapping[str, object], at: datetime
) -> dict[str, object]:
    asked = [_declared_term(window, at - timedelta(days=window.days)) for window in windows]
    first = at - timedelta(days=max(window.days for window in windows))
    row = session.execute(
        select(*asked).filter_by(**known).where(LineRow.accepted_at >= first, LineRow.accepted_at < at)
    ).one()
    return {window.name: _value(window, value, at) for window, value in zip(windows, row, strict=True)}


def _declared_term(window: Window, first: datetime) -> Any:
    is_in = LineRow.accepted_at >= first
    if window.kind is Kind.COUNT:
        return func.count(func.distinct(case((is_in, LineRow.declaration_id))))
    if window.kind is Kind.SUM:
        return func.sum(case((is_in, getattr(LineRow, window.measure or "")), else_=0))
    return func.max(LineRow.accepted_at)


def _value(window: Window, value: Any, at: datetime) -> object:
    if window.kind is Kind.SUM:
        return float(int(value or 0)) / THOUSANDTHS
    if window.kind is Kind.RECENCY:
        return None if value is None else int((at - value).total_seconds()) // DAY_SECONDS
    return int(value)


def _examined(
    session: Session, windows: Sequence[Window], known: Mapping[str, object], at: datetime
) -> dict[str, object]:
    asked = []
    for window in windows:
        first = at - timedelta(days=window.days)
        is_in = or_(LineRow.examined_at >= first, LineRow.accepted_at >= first)
        asked.append(func.count(func.distinct(case((is_in, LineRow.declaration_id)))))
        is_wrong = and_(is_in, LineRow.irregular.is_(True))
        asked.append(func.count(func.distinct(case((is_wrong, LineRow.declaration_id)))))
    row = session.execute(
        select(*asked).filter_by(**known).where(LineRow.accepted_at < at, LineRow.examined_at < at)
    ).one()
    told: dict[str, object] = {}
    for window, looked, wrong in zip(windows, row[::2], row[1::2], strict=True):
        share = float(wrong) / float(looked) if looked else None
        told[window.name] = int(wrong) if window.kind is Kind.IRREGULAR else share
    return told
