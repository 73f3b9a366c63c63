"""How is what is known of subjects kept? One row each, read by name: some sixteen for a line, in one statement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np
from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from comity.features.risk.learning.features import History
from comity.features.risk.learning.history.dimensions import SEPARATOR, Lines, key_names, line_count
from comity.features.risk.learning.history.tables import ClosedDayRow, SubjectRow
from comity.foundation.storage.bulk import insert_rows

AT_ONCE = 500  # names in one statement: engines bound the number of parameters


def known_of(session: Session, *sets: Lines) -> History:
    """Return what is known of the subjects of some lines; of others it knows nothing."""
    wanted = {
        f"{dimension}{SEPARATOR}{key}"
        for lines in sets
        for row in range(line_count(lines))
        for dimension, key in key_names(lines, row)
    }
    history = History()
    for names in _batched(sorted(wanted)):
        query = select(SubjectRow.name, SubjectRow.known).where(SubjectRow.name.in_(names))
        for name, known in session.execute(query):
            dimension, key = name.split(SEPARATOR, 1)
            history.put(dimension, key, np.frombuffer(known, "<f8"))
    return history


def keep_known(session: Session, history: History) -> None:
    """Keep what is known of the subjects of a history, in place of what was kept of them before."""
    rows = {f"{dimension}{SEPARATOR}{key}": known for dimension, key, known in history.rows()}
    for names in _batched(sorted(rows)):
        session.execute(delete(SubjectRow).where(SubjectRow.name.in_(names)))
        insert_rows(
            session, SubjectRow, [{"name": name, "known": rows[name].astype("<f8").tobytes()} for name in names]
        )


def note_closed(session: Session, day: date, *, lines: int) -> None:
    """Note that a day's lines and results are in what is known."""
    session.execute(insert(ClosedDayRow).values(day=day, lines=lines))


def closed_through(session: Session) -> date | None:
    """Return the last day that was closed."""
    return session.execute(select(func.max(ClosedDayRow.day))).scalar_one()


def _batched(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for first in range(0, len(names), AT_ONCE):
        yield names[first : first + AT_ONCE]
