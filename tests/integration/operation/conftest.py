"""A node with its API, with one partner, and a token for monitoring."""

import pytest

from comity.cooperation.exchange.card import PeerCard
from comity.cooperation.exchange.store import add_peer
from comity.entrypoints.api.tokens import issue_token
from tests.integration.console.browsing import TestClient
from tests.integration.console.seeded import KENYA, a_node, an_app


@pytest.fixture
def node(database, clock, tmp_path):
    """Return a node that knows Kenya, once on each engine."""
    opened = a_node(database, clock, tmp_path)
    with database.transaction() as session:
        add_peer(session, PeerCard(KENYA.public, "https://ke.example:8443", "not used here"), clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def client(node):
    """Return a client of the node's API."""
    return TestClient(an_app(node), base_url="https://testserver")


@pytest.fixture
def monitoring(node):
    """Return the header of a token that may read metrics."""
    with node.database.transaction() as session:
        token = issue_token(session, "monitoring", ["read-metrics"], node.clock)
    return {"authorization": f"Bearer {token}"}
