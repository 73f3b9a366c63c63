"""Two nodes for every test of the exchange, Kenya on each engine."""

from __future__ import annotations

import pytest

from tests.simulators.pairs import a_pair


@pytest.fixture
def pair(database, tmp_path, clock):
    with a_pair(database, tmp_path, clock) as made:
        yield made
