"""Kenya, Uganda and Rwanda; the holder in the middle on each engine."""

from __future__ import annotations

import pytest

from tests.simulators.databases import sqlite_with_tables
from tests.simulators.league import agreement_between, make_league


@pytest.fixture
def league(database, tmp_path, clock):
    others = {name: sqlite_with_tables(tmp_path / f"{name}.db") for name in ("KE", "RW")}
    yield make_league(
        {**others, "UG": database},
        clock,
        agreement_between("KE", "UG", clock, retention_days=100),
        agreement_between("RW", "UG", clock, retention_days=300),
    )
    for other in others.values():
        other.dispose()
