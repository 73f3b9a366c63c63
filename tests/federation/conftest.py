"""Two nodes for every test of the exchange, Kenya on each engine."""

from __future__ import annotations

import pytest

from comity.foundation.storage.base import Base
from comity.foundation.storage.session import Database
from tests.simulators.nodes import make_pair


@pytest.fixture
def pair(database, tmp_path, clock):
    other = Database(f"sqlite:///{tmp_path / 'uganda.db'}")
    Base.metadata.create_all(other.engine)
    yield make_pair(database, other, clock)
    other.dispose()
