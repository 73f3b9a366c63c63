"""Whether windows tell the same online, from the node's own history, and in the batch; and never of what comes later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import duckdb
import pytest

from comity.features.risk.columns import BY_NAME, SqlType
from comity.features.risk.history.store import keep_lines, keep_result, past_lines, window_values
from comity.features.risk.rules.compile import compile_rule
from comity.features.risk.windows import KEYS, MEASURES
from comity.features.risk.windows_sql import windows_sql

START = datetime(2026, 3, 2, tzinfo=UTC)
RULE = """count_last(1, importer_id) > 0 OR count_last(30, importer_id, hs4) > 0 OR count_last(7, hs6) > 0
    OR sum_last(customs_value_usd, 30, importer_id, export_country) > 0 OR sum_last(net_mass_kg, 365, hs4) > 0
    OR irregular_last(30, importer_id) > 0 OR irregular_share_last(90, importer_id, hs4) > 0
    OR days_since_last(importer_id, hs6) > 0 OR irregular_share_last(5, declarant_id) > 0.5"""
TERMS = compile_rule(RULE).windows


def a_history(seed, declarations=120):
    """Return declarations with ties to the second and to the day, unknown keys, several lines, some results."""
    draw = Random(seed)
    for number in range(declarations):
        at = START + timedelta(days=draw.randrange(40), seconds=draw.choice([0, 0, 1, 2, 3600, 86_399]))
        whole = {
            "importer_id": draw.choice(["A", "B", "C", None]),
            "declarant_id": draw.choice(["X", None]),
            "export_country": draw.choice(["KE", "CN"]),
        }
        items = [
            whole
            | {
                "hs4": code and code[:4],
                "hs6": code,
                "customs_value_usd": draw.choice([None, 0.0, 0.1, 1e12, draw.random() * 1000]),
                "net_mass_kg": draw.choice([None, 0.0005, 12.3455, draw.random()]),
            }
            for code in draw.choices(["870323", "870899", "100630", None], k=draw.randrange(1, 4))
        ]
        result = draw.choice([None, None, True, False])
        yield f"d{number:03}", at, items, result, at + timedelta(seconds=draw.choice([-5, 0, 1, 86_400, 864_000]))


def keep_all(session, history):
    for name, at, items, result, examined_at in history:
        keep_lines(session, name, items, kind="import", accepted_at=at)
        if result is not None:
            keep_result(session, name, irregular=result, at=examined_at)


def in_batch(history):
    """Return the windows of each line by DuckDB, by declaration and item."""
    columns = [*dict.fromkeys([*KEYS, *MEASURES])]
    ddl = ", ".join(f'"{name}" {"DOUBLE" if BY_NAME[name].type is SqlType.DOUBLE else "VARCHAR"}' for name in columns)
    with duckdb.connect(config={"threads": "1"}) as connection:
        connection.execute(
            "CREATE TABLE past (declaration_id VARCHAR, item BIGINT, accepted_at TIMESTAMP_S, examined_at TIMESTAMP_S,"
            f" irregular BOOLEAN, {ddl})"
        )
        for name, at, items, result, examined_at in history:
            seen = examined_at.replace(tzinfo=None) if result is not None else None
            for number, item in enumerate(items, start=1):
                row = [name, number, at.replace(tzinfo=None), seen, result, *(item.get(each) for each in columns)]
                connection.execute(f"INSERT INTO past VALUES ({', '.join('?' * len(row))})", row)
        names = ", ".join(f'"{term.name}"' for term in TERMS)
        found = connection.execute(
            f"SELECT declaration_id, item, {names} FROM ({windows_sql(TERMS, 'past', 'past')})"
        ).fetchall()
    return {(row[0], row[1]): dict(zip((term.name for term in TERMS), row[2:], strict=True)) for row in found}


@pytest.fixture
def session(database):
    with database.transaction() as opened:
        yield opened


@pytest.mark.parametrize("seed", [1, 2])
def test_windows_tell_the_same_online_and_in_the_batch(session, seed):
    history = list(a_history(seed))
    keep_all(session, history)

    batch = in_batch(history)

    for name, at, items, _, _ in history:
        online = window_values(session, TERMS, items, kind="import", at=at)
        assert [batch[name, number] for number in range(1, len(items) + 1)] == online


def test_nothing_that_comes_later_is_told(session):
    history = list(a_history(3))
    half = START + timedelta(days=20)
    before = [(*one[:3], one[3] if one[4] < half else None, one[4]) for one in history if one[1] < half]
    keep_all(session, before)
    items = [{"importer_id": "A", "hs4": "8703", "hs6": "870323", "export_country": "KE", "declarant_id": "X"}]
    told = window_values(session, TERMS, items, kind="import", at=half)

    keep_all(session, history)

    assert window_values(session, TERMS, items, kind="import", at=half) == told
    assert any(told[0].values())


def test_the_same_instant_and_other_kinds_are_no_history(session):
    items = [{"importer_id": "A"}]
    keep_lines(session, "same", items, kind="import", accepted_at=START)
    keep_lines(session, "export", items, kind="export", accepted_at=START - timedelta(days=1))
    terms = compile_rule("count_last(30, importer_id) > 1").windows

    assert window_values(session, terms, items, kind="import", at=START) == [{terms[0].name: 0}]
    later = window_values(session, terms, items, kind="import", at=START + timedelta(seconds=1))
    assert later == [{terms[0].name: 1}]


def test_lines_are_read_back_as_they_were_judged_with_their_result(session):
    keep_lines(session, "d1", [{"hs6": "870323", "item_count": 1}], kind="import", accepted_at=START)
    keep_result(session, "d1", irregular=True, at=START + timedelta(days=1))
    keep_result(session, "d1", irregular=False, at=START + timedelta(days=2))

    (line,) = past_lines(session, kind="import", since=START, until=START + timedelta(days=1))

    assert (line.facts, line.irregular) == ({"hs6": "870323", "item_count": 1}, True)
    assert line.examined_at == START + timedelta(days=2)
