"""Kenya, Uganda and Rwanda; the holder in the middle on each engine."""

from __future__ import annotations

import pytest

from comity.foundation.storage.base import Base
from comity.foundation.storage.session import Database
from tests.simulators.league import agreement_between, make_league


@pytest.fixture
def league(database, tmp_path, clock):
    others = {name: Database(f"sqlite:///{tmp_path / f'{name}.db'}") for name in ("KE", "RW")}
    for other in others.values():
        Base.metadata.create_all(other.engine)
    yield make_league(
        {**others, "UG": database},
        clock,
        agreement_between("KE", "UG", clock, retention_days=100),
        agreement_between("RW", "UG", clock, retention_days=300),
    )
    for other in others.values():
        other.dispose()
