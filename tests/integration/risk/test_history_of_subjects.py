"""Whether a line cleared online has the features that a batch gives it, from what the node's database keeps."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from comity.features.risk.history.store import keep_lines, keep_result, past_lines
from comity.features.risk.learning.features import FEATURES, History, Labels, day_of, replay
from comity.features.risk.learning.history.dimensions import taken
from comity.features.risk.learning.history.store import closed_through, keep_known, known_of
from comity.features.risk.learning.past import columns_of
from comity.flows.close_days import close_next_day
from comity.foundation.rates import ExchangeRates
from tests.unit.risk.learning.trade import trade

RATES = ExchangeRates({})
AFTER = timedelta(days=2)


@pytest.fixture
def session(database):
    with database.transaction() as opened:
        yield opened


def keep_trade(session, lines):
    """Keep lines as clearing does; every seventh was examined two days later, every second of these irregular."""
    skipped = ("declaration_id", "item", "accepted_at")
    for row in range(len(lines["item"])):
        facts = {name: column[row] for name, column in lines.items() if name not in skipped}
        facts = {
            name: int(value) if name == "package_count" else value if isinstance(value, str) else float(value)
            for name, value in facts.items()
            if value is not None and value == value
        }
        name, at = lines["declaration_id"][row], lines["accepted_at"][row].item().replace(tzinfo=UTC)
        keep_lines(session, name, [facts], kind="import", accepted_at=at)
        if row % 7 == 0:
            keep_result(session, name, irregular=row % 2 == 0, at=at + AFTER)


def close_days(session, *, before):
    days = []
    while (day := close_next_day(session, before=before, rates=RATES)) is not None:
        days.append(day)
    return days


def told_of(lines):
    rows = np.arange(0, len(lines["item"]), 7)
    days = day_of(lines)[rows] + AFTER.days
    return {
        day: (
            taken(lines, rows[days == day]),
            Labels(
                (rows[days == day] % 2 == 0).astype(float), np.zeros((days == day).sum()), np.ones((days == day).sum())
            ),
        )
        for day in np.unique(days).tolist()
    }


def test_features_from_the_database_are_the_bits_of_the_batch(session):
    keep_trade(session, trade(120, days=12))
    every = columns_of(
        list(
            past_lines(
                session, kind="import", since=datetime(2026, 1, 1, tzinfo=UTC), until=datetime(2026, 2, 1, tzinfo=UTC)
            )
        )
    )
    batch = replay(History(), every, told_of(every))

    online = np.empty_like(batch)
    for row in range(len(batch)):
        line = taken(every, [row])
        close_days(session, before=line["accepted_at"][0].item().date())
        online[row] = known_of(session, line).features(line)[0]

    np.testing.assert_array_equal(online, batch)
    assert (online[:, FEATURES.index("importer_examined")] > 0).any()


def test_a_day_is_taken_in_once(session):
    keep_trade(session, trade(40, days=4))

    first = close_days(session, before=date(2026, 1, 4))
    again = close_days(session, before=date(2026, 1, 4))

    assert (first, again) == ([date(2026, 1, day) for day in (1, 2, 3)], [])
    assert closed_through(session) == date(2026, 1, 3)


def test_lines_of_today_are_not_taken_in(session):
    keep_trade(session, trade(40, days=1))

    assert close_days(session, before=date(2026, 1, 1)) == []
    assert closed_through(session) is None


def test_what_is_known_is_kept_to_the_bit(session):
    history = History()
    replay(history, trade(100, days=5))

    keep_known(session, history)
    read = known_of(session, trade(100, days=5))

    kept = {(dimension, key): known.tobytes() for dimension, key, known in history.rows()}
    assert {(dimension, key): known.tobytes() for dimension, key, known in read.rows()} == kept
