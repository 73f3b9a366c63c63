"""How capacity, opened days, rules of offices and hits are kept; every query of selection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time

from sqlalchemy import and_, delete, insert, select, update
from sqlalchemy.orm import Session

from comity.features.risk.lanes import Lane
from comity.features.risk.selection.capacity import Capacity, Resource, check_capacity
from comity.features.risk.selection.rule import Rule, Used, from_record, to_record
from comity.features.risk.selection.set_rule import Earlier
from comity.features.risk.selection.tables import CapacityRow, HitRow, OfficeRuleRow, SelectionDayRow
from comity.features.risk.tables import DecisionRow
from comity.foundation.clock import Clock
from comity.foundation.storage.bulk import insert_rows

IMPORT = "import"
MOST_EARLIER = 100_000  # lines of earlier days that set a threshold: a thousandth of them is a hundred; the newest


def keep_capacity(session: Session, capacity: Capacity, *, officer: str, clock: Clock) -> None:
    """Keep a capacity; one of the same office, resource and first day is replaced.

    Raises:
        CapacityInvalid: it cannot be used.
    """
    check_capacity(capacity)
    key = (capacity.office, capacity.resource.value, capacity.valid_from)
    session.execute(
        delete(CapacityRow).where(
            CapacityRow.office == key[0], CapacityRow.resource == key[1], CapacityRow.valid_from == key[2]
        )
    )
    session.execute(
        insert(CapacityRow).values(
            office=key[0],
            resource=key[1],
            valid_from=key[2],
            valid_to=capacity.valid_to,
            slots=capacity.slots,
            weekdays=list(capacity.weekdays),
            officer=officer,
            set_at=clock.now(),
        )
    )


def capacities(session: Session) -> list[Capacity]:
    """Return every capacity, by office, resource and first day."""
    query = select(CapacityRow).order_by(CapacityRow.office, CapacityRow.resource, CapacityRow.valid_from)
    return [
        Capacity(
            office=row.office,
            resource=Resource(row.resource),
            slots=row.slots,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            weekdays=tuple(row.weekdays),
        )
        for row in session.scalars(query)
    ]


def seed_of(session: Session, day: date) -> bytes | None:
    """Return the seed of a day that was opened, or None."""
    return session.scalar(select(SelectionDayRow.seed).where(SelectionDayRow.day == day))


def keep_day(session: Session, day: date, *, seed: bytes, rules: Mapping[str, Rule], clock: Clock) -> None:
    """Keep a day with its seed and every office's rule."""
    session.execute(insert(SelectionDayRow).values(day=day, seed=seed, opened_at=clock.now(), revealed_at=None))
    rows = [{"day": day, "office": office, "rule": to_record(rule), "used": {}} for office, rule in rules.items()]
    insert_rows(session, OfficeRuleRow, rows)


def rule_for(session: Session, day: date, office: str | None) -> tuple[bytes, Rule | None] | None:
    """Return the seed of a day and the office's rule where it has one; None before the day is opened. One statement."""
    of_office = and_(OfficeRuleRow.day == SelectionDayRow.day, OfficeRuleRow.office == office)
    query = select(SelectionDayRow.seed, OfficeRuleRow.rule).outerjoin(OfficeRuleRow, of_office)
    row = session.execute(query.where(SelectionDayRow.day == day)).one_or_none()
    return None if row is None else (row[0], None if row[1] is None else from_record(row[1]))


def lock_used(session: Session, day: date, office: str) -> dict[Lane, Used]:
    """Return what is used of an office's slots, and keep other writers from using more until this transaction ends."""
    query = select(OfficeRuleRow.used).where(OfficeRuleRow.day == day, OfficeRuleRow.office == office)
    return {Lane(lane): Used(*counts) for lane, counts in session.scalars(query.with_for_update()).one().items()}


def keep_used(session: Session, day: date, office: str, used: Mapping[Lane, Used]) -> None:
    """Write what is used of an office's slots."""
    record = {lane.value: [one.exploit, one.explore] for lane, one in used.items()}
    where = (OfficeRuleRow.day == day, OfficeRuleRow.office == office)
    session.execute(update(OfficeRuleRow).where(*where).values(used=record))


def secret_days(session: Session, *, before: date) -> list[date]:
    """Return the opened days before one whose seed is not revealed."""
    query = select(SelectionDayRow.day).where(SelectionDayRow.revealed_at.is_(None), SelectionDayRow.day < before)
    return list(session.scalars(query.order_by(SelectionDayRow.day)))


def mark_revealed(session: Session, days: Sequence[date], *, clock: Clock) -> None:
    """Note that the seeds of some days are in the log."""
    session.execute(update(SelectionDayRow).where(SelectionDayRow.day.in_(list(days))).values(revealed_at=clock.now()))


def earlier(session: Session, office: str, *, since: date, before: date) -> Earlier:
    """Return what an office had to decide on the days from `since` to before `before`, the newest 100,000 lines."""
    columns = (DecisionRow.score, DecisionRow.curiosity, DecisionRow.mandatory, DecisionRow.decided_at)
    query = select(*columns).where(
        DecisionRow.kind == IMPORT,
        DecisionRow.office == office,
        DecisionRow.decided_at >= datetime.combine(since, time(), UTC),
        DecisionRow.decided_at < datetime.combine(before, time(), UTC),
    )
    rows = session.execute(query.order_by(DecisionRow.decided_at.desc()).limit(MOST_EARLIER)).all()
    return Earlier(
        days=len({row[3].date() for row in rows}),
        scores=[row[0] for row in rows],
        curiosities=[row[1] or 0.0 for row in rows],
        mandatory=[Lane(row[2]) if row[2] else None for row in rows],
    )


def keep_hits(session: Session, declaration_id: str, versions: Mapping[str, int], *, is_new: bool) -> None:
    """Keep which version of which profile hit; of a declaration decided again in place of the earlier ones."""
    if not is_new:
        session.execute(delete(HitRow).where(HitRow.declaration_id == declaration_id))
    rows = [
        {"declaration_id": declaration_id, "profile_id": profile, "profile_version": version}
        for profile, version in versions.items()
    ]
    insert_rows(session, HitRow, rows)
