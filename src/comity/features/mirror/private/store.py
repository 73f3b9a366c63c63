"""How are private runs kept: their state, the parts that came, what each taught? Every query of them is here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from comity.features.mirror.private.errors import PrivateRunUnknown
from comity.features.mirror.private.keys import Buckets, Learned
from comity.features.mirror.private.messages import Step, read_step, write_step
from comity.features.mirror.private.tables import PrivateLearnedRow, PrivatePartRow, PrivateRunRow

ASKER, ANSWERER = "asker", "answerer"
OFFERED, ASKED, ANSWERED, MET, REFUSING = "offered", "asked", "answered", "met", "refusing"
DONE, REFUSED = "done", "refused"
OPEN = (OFFERED, ASKED, ANSWERED, MET, REFUSING)


@dataclass(frozen=True, slots=True)
class PrivateRun:
    """One run as kept. `keyed` holds our keys in the order sent, and the groups that met; both are emptied at the end.

    Asker: offered, met, done. Answerer: asked, answered, done. Either may end refused, with the ground.
    """

    run_id: str
    partner: str
    role: str
    side: str
    from_day: date
    to_day: date
    value_steps: int
    mass_steps: int
    state: str
    started_on: date
    started_at: datetime
    ground: str | None = None
    officer: str | None = None
    ended_at: datetime | None = None
    keys_ours: int = 0
    keys_theirs: int = 0
    met: int = 0
    crossed: int = 0
    records_sent: int = 0
    secret: bytes | None = None
    keyed: dict[str, Any] | None = None


def keep_run(session: Session, run: PrivateRun) -> None:
    """Keep a new run."""
    session.execute(insert(PrivateRunRow), [asdict(run) | {"keyed": run.keyed or {}}])


def change_run(session: Session, run: PrivateRun, **changes: Any) -> None:
    """Change some columns of a run."""
    session.execute(update(PrivateRunRow).where(*_is(run.run_id, run.partner)).values(**changes))


def find_run(session: Session, run_id: str, partner: str) -> PrivateRun | None:
    """Return a run with a partner, or None."""
    row = session.get(PrivateRunRow, (run_id, partner))
    return None if row is None else _run(row)


def run_named(session: Session, run_id: str) -> PrivateRun:
    """Return the run of this id.

    Raises:
        PrivateRunUnknown: there is none.
    """
    row = session.scalars(select(PrivateRunRow).where(PrivateRunRow.run_id == run_id).limit(1)).first()
    if row is None:
        raise PrivateRunUnknown
    return _run(row)


def list_runs(session: Session, *, states: Sequence[str] = (), limit: int = 200) -> list[PrivateRun]:
    """Return runs, the newest first; in some states or in any."""
    query = select(PrivateRunRow).order_by(PrivateRunRow.started_at.desc(), PrivateRunRow.run_id).limit(limit)
    if states:
        query = query.where(PrivateRunRow.state.in_(list(states)))
    return [_run(row) for row in session.scalars(query)]


def asked_today(session: Session, partner: str, today: date) -> int:
    """Return how many keys a partner has put to us today."""
    query = select(func.coalesce(func.sum(PrivateRunRow.keys_theirs), 0)).where(
        PrivateRunRow.partner == partner, PrivateRunRow.role == ANSWERER, PrivateRunRow.started_on == today
    )
    return int(session.scalar(query) or 0)


def keep_part(session: Session, partner: str, step: Step) -> bool:
    """Keep a part of a step; return False when it is here already."""
    key = (step.run_id, partner, step.step, step.part)
    if session.get(PrivatePartRow, key) is not None:
        return False
    row = {"run_id": key[0], "partner": key[1], "step": key[2], "part": key[3], "payload": write_step(step)}
    session.execute(insert(PrivatePartRow), [row])
    return True


def parts_of_step(session: Session, run: PrivateRun, step: str) -> list[Step]:
    """Return the parts of a step in order when all have come, else nothing."""
    rows = session.scalars(
        select(PrivatePartRow)
        .where(PrivatePartRow.run_id == run.run_id, PrivatePartRow.partner == run.partner, PrivatePartRow.step == step)
        .order_by(PrivatePartRow.part)
    )
    parts = [read_step(row.payload) for row in rows]
    return parts if parts and len(parts) == parts[0].parts else []


def keep_learned(session: Session, run: PrivateRun, learned: Sequence[Learned], at: datetime) -> None:
    """Keep what a run taught us."""
    rows = [
        {
            "run_id": run.run_id,
            "partner": run.partner,
            "meeting": one.meeting,
            "records": list(one.records),
            "keys": one.keys,
            "value_ours": one.ours.value,
            "value_theirs": one.theirs.value,
            "mass_ours": one.ours.mass,
            "mass_theirs": one.theirs.mass,
            "chapters_theirs": list(one.theirs.chapters),
            "crossed": one.crossed,
            "told_at": at,
        }
        for one in learned
    ]
    for start in range(0, len(rows), 1_000):
        session.execute(insert(PrivateLearnedRow), rows[start : start + 1_000])


def learned_in(session: Session, run: PrivateRun) -> list[Learned]:
    """Return what a run taught us, meeting by meeting."""
    rows = session.scalars(
        select(PrivateLearnedRow)
        .where(PrivateLearnedRow.run_id == run.run_id, PrivateLearnedRow.partner == run.partner)
        .order_by(PrivateLearnedRow.meeting)
    )
    return [
        Learned(
            row.meeting,
            tuple(row.records),
            row.keys,
            Buckets(row.value_ours, row.mass_ours, ()),
            Buckets(row.value_theirs, row.mass_theirs, tuple(row.chapters_theirs)),
            row.crossed,
        )
        for row in rows
    ]


def end_run(session: Session, run: PrivateRun, state: str, at: datetime, **changes: Any) -> None:
    """End a run: its secret, its keys and the parts that came are forgotten."""
    change_run(session, run, state=state, ended_at=at, secret=None, keyed={}, **changes)
    session.execute(
        delete(PrivatePartRow).where(PrivatePartRow.run_id == run.run_id, PrivatePartRow.partner == run.partner)
    )


def _is(run_id: str, partner: str) -> tuple[Any, Any]:
    return PrivateRunRow.run_id == run_id, PrivateRunRow.partner == partner


def _run(row: PrivateRunRow) -> PrivateRun:
    return PrivateRun(**{name: getattr(row, name) for name in PrivateRun.__dataclass_fields__})
