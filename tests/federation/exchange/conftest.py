"""What the tests of the exchange share: two nodes that know each other and have signed an agreement."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from comity.foundation.clock import FixedClock
from comity.foundation.storage.base import Base
from comity.foundation.storage.session import Database
from tests.simulators.nodes import Pair, make_pair


@pytest.fixture
def pair(sqlite_database: Database, tmp_path: Path, clock: FixedClock) -> Iterator[Pair]:
    """Return Kenya and Uganda on SQLite."""
    other = Database(f"sqlite:///{tmp_path / 'uganda.db'}")
    Base.metadata.create_all(other.engine)
    yield make_pair(sqlite_database, other, clock)
    other.dispose()
