"""Three administrations with their nodes, each on a database of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from comity.foundation.storage.base import Base
from comity.foundation.storage.session import Database
from tests.simulators.neighbours import Neighbours, make_neighbours


@pytest.fixture
def three(tmp_path, clock) -> Iterator[Neighbours]:
    """Return Kenya, Rwanda and Uganda on SQLite."""
    databases = {name: Database(f"sqlite:///{tmp_path / name}.db") for name in ("KE", "RW", "UG")}
    for database in databases.values():
        Base.metadata.create_all(database.engine)
    yield make_neighbours(databases, clock)
    for database in databases.values():
        database.dispose()
