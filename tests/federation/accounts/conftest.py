"""Three administrations with their nodes, each on a database of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.simulators.databases import sqlite_with_tables
from tests.simulators.neighbours import Neighbours, make_neighbours


@pytest.fixture
def three(tmp_path, clock) -> Iterator[Neighbours]:
    """Return Kenya, Rwanda and Uganda on SQLite."""
    databases = {name: sqlite_with_tables(tmp_path / f"{name}.db") for name in ("KE", "RW", "UG")}
    yield make_neighbours(databases, clock)
    for database in databases.values():
        database.dispose()
