"""Whether the Python function and DuckDB give the same answer, on random rules and rows."""

from __future__ import annotations

import re

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comity.features.risk.columns import COLUMNS
from comity.features.risk.errors import RuleInvalid
from comity.features.risk.rules.compile import compile_hits, compile_rule
from comity.features.risk.rules.engine import columns_ddl
from tests.unit.risk.random_rules import conditions, rows

QUICK = settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
INSERT = f"INSERT INTO facts VALUES ({', '.join('?' * len(COLUMNS))})"


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect(config={"threads": "1"}) as opened:
        opened.execute(f"CREATE TABLE facts ({columns_ddl()})")
        yield opened


def answers(connection, condition, table):
    connection.execute("DELETE FROM facts")
    connection.executemany(INSERT, table)
    return [answer for (answer,) in connection.execute(f"SELECT {condition} FROM facts").fetchall()]


def is_said_alike(text):
    """Claim that no operator is rewritten on purpose: division by zero is, and products, which overflow in BIGINT."""
    return not re.search(r"[*/%](?![^']*'(?:[^']*'[^']*')*[^']*$)", text)


@QUICK
@given(text=conditions, table=st.lists(rows, min_size=8, max_size=8))
def test_the_compiled_function_answers_as_duckdb_does(connection, text, table):
    rule = compile_rule(text, is_bound=False)

    expected = answers(connection, rule.sql, table)

    assert [rule.judge_row(row) for row in table] == expected


@QUICK
@given(text=conditions.filter(is_said_alike), table=st.lists(rows, min_size=8, max_size=8))
def test_the_compiled_function_answers_as_duckdb_does_to_the_analysts_own_text(connection, text, table):
    rule = compile_rule(text, is_bound=False)

    expected = answers(connection, f"({text})", table)

    assert [rule.judge_row(row) for row in table] == expected


@QUICK
@given(texts=st.lists(conditions, min_size=1, max_size=4), row=rows)
def test_all_rules_together_hit_where_each_alone_is_true(texts, row):
    rules = [compile_rule(text, is_bound=False) for text in texts]

    assert compile_hits(rules)(row) == [place for place, rule in enumerate(rules) if rule.judge_row(row) is True]


@settings(max_examples=60, deadline=None)
@given(text=conditions)
def test_duckdb_binds_every_rule_that_compiles(text):
    assert compile_rule(text, is_bound=True).text == text


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=80))
def test_any_text_compiles_or_is_refused_as_a_rule(text):
    try:
        compile_rule(text, is_bound=False)
    except RuleInvalid as refusal:
        assert refusal.message
