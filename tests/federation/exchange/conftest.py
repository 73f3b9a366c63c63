"""What the tests of the exchange share: two nodes that know each other and have signed an agreement."""

from __future__ import annotations

import pytest

from tests.simulators.pairs import a_pair


@pytest.fixture
def pair(sqlite_database, tmp_path, clock):
    """Return Kenya and Uganda on SQLite."""
    with a_pair(sqlite_database, tmp_path, clock) as made:
        yield made
