"""A node with its API, on both engines."""

import pytest

from comity.entrypoints.api.tokens import issue_token
from tests.integration.console.browsing import TestClient
from tests.integration.console.seeded import a_node, an_app


@pytest.fixture
def node(database, clock, tmp_path):
    """Return a node on an empty database."""
    opened = a_node(database, clock, tmp_path, requests_per_minute=50, max_document_bytes=200_000)
    yield opened
    opened.close()


@pytest.fixture
def client(node):
    """Return a client of the node's API."""
    return TestClient(an_app(node), base_url="https://testserver")


@pytest.fixture
def bearer(node):
    """Return a function that issues a token and returns the header for it."""

    def issue(*scopes, trader="KE000000001"):
        with node.database.transaction() as session:
            return {"authorization": "Bearer " + issue_token(session, trader, scopes, node.clock)}

    return issue
