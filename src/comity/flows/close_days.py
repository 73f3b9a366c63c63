"""When does history take a day in? After it: its lines, and what examinations found on it, in the caller's transaction.

Clearing only reads what is known; no clearing waits for another one's rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.orm import Session

from comity.features.risk.examination import ExaminationResult
from comity.features.risk.history.store import PastLine, examined_lines, next_instant, past_lines
from comity.features.risk.learning.features import Labels
from comity.features.risk.learning.history.store import closed_through, keep_known, known_of, note_closed
from comity.features.risk.learning.past import columns_of
from comity.features.risk.store import IMPORT, decision_of, examinations_for
from comity.foundation.rates import ExchangeRates

EPOCH = date(1970, 1, 1)


def close_next_day(session: Session, *, before: date, rates: ExchangeRates) -> date | None:
    """Take in the first day with lines or results that is not taken in yet and is before `before`; None: none is left.

    A line that comes for a day already closed is not seen by history; clearing stamps lines with its own clock.
    """
    closed = closed_through(session)
    since = EPOCH if closed is None else closed + timedelta(days=1)
    instant = next_instant(session, kind=IMPORT, since=_bounds(since)[0], until=_bounds(before)[0])
    if instant is None:
        return None
    day = instant.date()
    first, end = _bounds(day)
    past = list(past_lines(session, kind=IMPORT, since=first, until=end))
    examined = list(examined_lines(session, kind=IMPORT, since=first, until=end))
    lines, looked_at = columns_of(past), columns_of(examined)
    history = known_of(session, lines, looked_at)
    history.close_day(lines)
    history.learn(looked_at, _labels(session, examined, rates), day=float((day - EPOCH).days))
    keep_known(session, history)
    note_closed(session, day, lines=len(past))
    return day


def _bounds(day: date) -> tuple[datetime, datetime]:
    first = datetime.combine(day, time(), UTC)
    return first, first + timedelta(days=1)


def _labels(session: Session, examined: list[PastLine], rates: ExchangeRates) -> Labels:
    results = examinations_for(session, {one.declaration_id for one in examined})
    shares = dict(_shares(examined))
    revenue = [
        shares[one.declaration_id, one.item] * _recovered(results[one.declaration_id].result, one, rates)
        if one.declaration_id in results
        else 0.0
        for one in examined
    ]
    propensity = {name: _propensity(session, name) for name in {one.declaration_id for one in examined}}
    irregular = [bool(one.irregular) for one in examined]
    return Labels.of(irregular, revenue, [propensity[one.declaration_id] for one in examined])


def _shares(examined: list[PastLine]) -> Iterator[tuple[tuple[str, int], float]]:
    """Give each line's share in its declaration's value; the same for each where no value is known."""
    totals: dict[str, list[float]] = {}
    for one in examined:
        totals.setdefault(one.declaration_id, []).append(float(one.facts.get("customs_value_usd") or 0.0))
    for one in examined:
        values = totals[one.declaration_id]
        own = float(one.facts.get("customs_value_usd") or 0.0)
        yield (one.declaration_id, one.item), own / sum(values) if sum(values) else 1 / len(values)


def _recovered(result: ExaminationResult, line: PastLine, rates: ExchangeRates) -> float:
    money = result.revenue_recovered
    converted = None if money is None else rates.convert(money, "USD", on=line.accepted_at.date())
    return 0.0 if converted is None else float(converted.amount)


def _propensity(session: Session, declaration_id: str) -> float:
    decision = decision_of(session, declaration_id)
    return decision.propensity if decision else 1.0
