"""A seeded node and a browser for it."""

import pytest

from tests.integration.console.browsing import Browser
from tests.integration.console.seeded import a_node, an_app, seed


@pytest.fixture
def node(sqlite_database, clock, tmp_path):
    """Return a node on an empty database."""
    opened = a_node(sqlite_database, clock, tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def import_id(node):
    """Seed the node and return the id of its one import."""
    return seed(node)


@pytest.fixture
def browser(node, import_id):
    """Return a browser that nobody has signed in with yet."""
    return Browser(an_app(node))
