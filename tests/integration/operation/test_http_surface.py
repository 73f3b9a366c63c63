"""The whole HTTP surface under generated requests: never a failure of the node, every refusal with its code."""

from __future__ import annotations

import warnings

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from comity.entrypoints.api.scopes import Scope
from comity.entrypoints.api.tokens import issue_token
from tests.integration.console.seeded import a_node, an_app

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its test client asks for a library that is no dependency of this project
    import schemathesis

CASES = 12  # for each operation; with a fixed seed, so that a run takes seconds and repeats


@pytest.fixture
def node(tmp_path, clock, sqlite_database):
    opened = a_node(sqlite_database, clock, tmp_path, requests_per_minute=1_000_000, max_document_bytes=100_000)
    yield opened
    opened.close()


def test_no_generated_request_makes_the_node_fail(node):
    app = an_app(node)
    with node.database.transaction() as session:
        token = issue_token(session, "KE000000001", [scope.value for scope in Scope], node.clock)
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    asked = []

    for operation in schema.get_all_operations():

        @settings(
            max_examples=CASES,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.ok().as_strategy())
        def ask(case):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                answer = case.call(headers={"authorization": f"Bearer {token}"})
            asked.append((case.method, case.path))
            assert answer.status_code < 500, (case.method, case.path, answer.status_code)
            if answer.status_code >= 400 and answer.headers["content-type"][0].startswith("application/json"):
                told = answer.json()
                assert "code" in told or "detail" in told

        ask()

    assert {path for _, path in asked} >= {"/exchange/batch", "/metrics", "/health", "/ledger/inclusion"}
    assert {method for method, _ in asked} == {"GET", "POST"}
